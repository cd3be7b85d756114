import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import jsQR from 'jsqr';
import { encode } from 'uqr';
import { describe, expect, it } from 'vitest';
import { fromBase45, toBase45 } from '../../src/renderer/src/packets/base45.ts';
import {
  createFrameReader,
  FRAME_QR,
  type FrameReader,
  framesOf,
  MOST_TEXT_CHARACTERS,
} from '../../src/renderer/src/packets/frames.ts';

/** A text as a packet is: words, and signatures in Base 64, which do not pack. */
const packetLike = (bytes = 10_700) =>
  JSON.stringify({ form: 'x', signature: randomBytes(bytes).toString('base64') });

async function readAll(reader: FrameReader, frames: readonly string[]): Promise<string[]> {
  const words: string[] = [];
  for (const frame of frames) words.push(await reader.add(frame));
  return words;
}

describe('Base 45', () => {
  it.each([
    ['AB', 'BB8'],
    ['Hello!!', '%69 VD92EX0'],
    ['base-45', 'UJCLQE7W581'],
    ['ietf!', 'QED8WEX0'],
    ['', ''],
  ])('writes %j as %j (RFC 9285)', (text, written) => {
    expect(toBase45(Buffer.from(text))).toBe(written);
    expect(Buffer.from(fromBase45(written)!).toString()).toBe(text);
  });

  it.each(['GGW', ':::', '::', 'A', 'AB8C', 'ab8', 'BB8\n'])('refuses %j', (text) => {
    expect(fromBase45(text)).toBeUndefined();
  });

  it('gives back every bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(fromBase45(toBase45(bytes))).toEqual(bytes);
      }),
    );
  });
});

describe('frames', () => {
  it('carry any text, in any order, with repetitions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 4_000 }),
        fc.infiniteStream(fc.nat()),
        async (text, dice) => {
          // What does not pack makes several frames of a short text.
          const whole = `${text}${packetLike(1_500)}`;
          const frames = await framesOf(whole);
          const order = frames.flatMap((frame) => (dice.next().value! % 3 === 0 ? [frame, frame] : [frame]));
          order.sort(() => (dice.next().value! % 2 === 0 ? 1 : -1));
          const reader = createFrameReader();
          const words = await readAll(reader, order);
          expect(reader.text()).toBe(whole);
          expect(words.filter((word) => word === 'new' || word === 'done')).toHaveLength(frames.length);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('say how far the reading is', async () => {
    const frames = await framesOf(packetLike(1_000));
    const reader = createFrameReader();
    expect(reader.progress()).toEqual({ have: 0, total: 0 });
    expect(await reader.add(frames[1]!)).toBe('new');
    expect(await reader.add(frames[1]!)).toBe('known');
    expect(reader.progress()).toEqual({ have: 1, total: frames.length });
    expect(reader.parts()).toEqual(frames.map((_, index) => index === 1));
    expect(reader.text()).toBe(null);
  });

  it('of another packet are passed over with a word', async () => {
    const [mine, other] = [await framesOf(packetLike(1_200)), await framesOf(packetLike(1_200))];
    const reader = createFrameReader();
    const words = await readAll(
      reader,
      mine.flatMap((frame, index) => [frame, other[index]!]),
    );
    expect(words.filter((word) => word === 'other-packet')).toHaveLength(other.length);
    expect(reader.text()).not.toBe(null);
  });

  it('are refused with any one character changed', async () => {
    const text = packetLike(300);
    const [frame] = await framesOf(text);
    for (let at = 0; at < frame!.length; at += 1) {
      for (const other of ['0', 'A', '/', ':']) {
        if (frame![at] === other) continue;
        const changed = frame!.slice(0, at) + other + frame!.slice(at + 1);
        expect(await createFrameReader().add(changed)).toBe('unreadable');
      }
    }
  });

  it.each([
    ['nothing', ''],
    ['an address', 'https://example.test/'],
    ['another form', 'CS2/0000000000000000/0/1/00000000/'],
    ['a frame beyond the last', 'CS1/0000000000000000/1/1/00000000/'],
    ['too many frames', 'CS1/0000000000000000/0/999/00000000/'],
    ['small letters', 'cs1/0000000000000000/0/1/00000000/'],
  ])('are told from %s', async (_, scanned) => {
    expect(await createFrameReader().add(scanned)).toBe('unreadable');
  });

  it('whose parts were exchanged among forged checksums do not pass the hash', async () => {
    const frames = await framesOf(packetLike(900));
    const reader = createFrameReader();
    const swapped = await forged(frames, (payloads) => [payloads[1]!, payloads[0]!]);
    const words = await readAll(reader, swapped);
    expect(words.at(-1)).toBe('spoilt');
    expect(reader.progress()).toEqual({ have: 0, total: 0 });
    // And the true ones are read afterwards.
    expect((await readAll(reader, frames)).at(-1)).toBe('done');
  });

  it('that would inflate without end are not followed', async () => {
    const bomb = deflateRawSync(Buffer.alloc(40_000_000, 0x61));
    expect(bomb.length).toBeLessThan(45_000);
    const reader = createFrameReader();
    const words = await readAll(reader, await framesOfPacked(bomb));
    expect(words.at(-1)).toBe('spoilt');
  });

  it('are not made of what no packet holds', async () => {
    await expect(framesOf('x'.repeat(MOST_TEXT_CHARACTERS + 1))).rejects.toThrow(RangeError);
    expect((await framesOf('x'.repeat(MOST_TEXT_CHARACTERS))).length).toBeLessThan(3);
  });

  it('fit the code they are shown in, and are read out of its picture', async () => {
    const frames = await framesOf(packetLike());
    // Of a request with a maker's and a carrier's signature: a loop of some four seconds at six a second.
    expect(frames.length).toBeGreaterThan(18);
    expect(frames.length).toBeLessThan(26);
    const reader = createFrameReader();
    for (const frame of frames) {
      const { version, size, data } = encode(frame, { ...FRAME_QR, border: 4 });
      expect(version).toBe(18);
      const scale = 4;
      const side = size * scale;
      const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
      for (let y = 0; y < side; y += 1) {
        for (let x = 0; x < side; x += 1) {
          if (!data[Math.floor(y / scale)]![Math.floor(x / scale)]) continue;
          pixels.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
        }
      }
      const read = jsQR(pixels, side, side, { inversionAttempts: 'dontInvert' });
      expect(read?.data).toBe(frame);
      await reader.add(read!.data);
    }
    expect(reader.text()).not.toBe(null);
  });
});

const partsOf = (frame: string) => {
  const [, hash, index, total] = frame.split('/', 4);
  return { hash: hash!, index: index!, total: total!, payload: frame.split('/').slice(5).join('/') };
};

/** CRC-32 by another hand than the codec's. */
function crc(text: string): string {
  let value = ~0;
  for (const byte of Buffer.from(text, 'latin1')) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (0xedb88320 & -(value & 1));
  }
  return (~value >>> 0).toString(16).toUpperCase().padStart(8, '0');
}

/** Frames with their first payloads replaced, under checksums that fit. */
async function forged(
  frames: readonly string[],
  change: (payloads: string[]) => string[],
): Promise<string[]> {
  const payloads = frames.map((frame) => partsOf(frame).payload);
  const changed = [...change(payloads), ...payloads.slice(2)];
  return frames.map((frame, at) => {
    const { hash, index, total } = partsOf(frame);
    const head = `${hash}/${index}/${total}`;
    return `CS1/${head}/${crc(`${head}/${changed[at]}`)}/${changed[at]}`;
  });
}

/** Frames of bytes that are deflated already. */
async function framesOfPacked(packed: Uint8Array): Promise<string[]> {
  const digest = await crypto.subtle.digest('SHA-256', Uint8Array.from(packed));
  const hash = Buffer.from(digest).toString('hex').slice(0, 16).toUpperCase();
  const total = Math.ceil(packed.length / 480);
  return Array.from({ length: total }, (_, index) => {
    const payload = toBase45(packed.subarray(index * 480, (index + 1) * 480));
    const head = `${hash}/${index}/${total}`;
    return `CS1/${head}/${crc(`${head}/${payload}`)}/${payload}`;
  });
}
