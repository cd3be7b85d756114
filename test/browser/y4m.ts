/** What a camera would see of a loop of codes, as a file that Chromium plays in a camera's place. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { encode } from 'uqr';
import { FRAME_QR } from '../../src/renderer/src/packets/frames.ts';

const WIDTH = 1280;
const HEIGHT = 720;
const PER_SECOND = 8;
/** Pixels of a module: 97 of them, with the quiet zone, fill most of the height. */
const SCALE = 6;
/** A screen's grey white and black behind a lens, not the ideal ones. */
const [LIGHT, DARK, AROUND] = [205, 45, 120];

/** Brightness alone; the colour planes stay grey. */
function pictureOf(frame: string): Buffer {
  const picture = Buffer.alloc((WIDTH * HEIGHT * 3) / 2, 128);
  picture.fill(AROUND, 0, WIDTH * HEIGHT);
  const { data, size } = encode(frame, { ...FRAME_QR, border: 4 });
  const left = Math.floor((WIDTH - size * SCALE) / 2);
  const top = Math.floor((HEIGHT - size * SCALE) / 2);
  for (let y = 0; y < size * SCALE; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const level = data[Math.floor(y / SCALE)]![x] ? DARK : LIGHT;
      const at = (top + y) * WIDTH + left + x * SCALE;
      picture.fill(level, at, at + SCALE);
    }
  }
  return picture;
}

/** Writes the frames as a YUV4MPEG2 film of 1280 by 720, one code a picture. Chromium plays it again and again. */
export function writeFilm(path: string, frames: readonly string[]): void {
  const file = openSync(path, 'wx');
  try {
    writeSync(file, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${PER_SECOND}:1 Ip A1:1 C420jpeg\n`);
    for (const frame of frames) {
      writeSync(file, 'FRAME\n');
      writeSync(file, pictureOf(frame));
    }
  } finally {
    closeSync(file);
  }
}
