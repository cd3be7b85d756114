/** A PDF of ours opened and read back: its texts, and its QR code as a camera would see it. */
import { inflateSync } from 'node:zlib';
import jsQR from 'jsqr';

/** The drawing commands of the pages. */
function drawn(pdf: Uint8Array): string {
  const file = Buffer.from(pdf).toString('latin1');
  if (!file.startsWith('%PDF-') || !file.trimEnd().endsWith('%%EOF')) throw new Error('no whole PDF');
  return [...file.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)]
    .map(({ 1: body }) => {
      try {
        return inflateSync(Buffer.from(body!, 'latin1')).toString('latin1');
      } catch {
        return '';
      }
    })
    .join('\n');
}

/** Pixels of a point of the page. */
const SCALE = 4;
const PAGE = { width: 595, height: 842 };

/** Texts in the order in which they are drawn, and what the code says. */
export function readPdf(pdf: Uint8Array): { readonly texts: string[]; readonly code: string | undefined } {
  const page = drawn(pdf);
  const texts = [...page.matchAll(/<([0-9A-F]+)> Tj/g)].map(({ 1: hex }) =>
    Buffer.from(hex!, 'hex').toString('latin1'),
  );
  const [width, height] = [PAGE.width * SCALE, PAGE.height * SCALE];
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  const bars = page.matchAll(/1 0 0 1 ([\d.]+) ([\d.]+) cm[\s\S]*?0 0 m\s+0 ([\d.]+) l\s+([\d.]+)/g);
  for (const found of bars) {
    const [x, y, tall, wide] = found.slice(1, 5).map((one) => Number(one) * SCALE) as number[];
    const [top, bottom] = [Math.round(height - y! - tall!), Math.round(height - y!)];
    for (let row = top; row < bottom; row += 1) {
      const [from, to] = [Math.round(x!), Math.round(x! + wide!)];
      for (let at = row * width + from; at < row * width + to; at += 1) pixels.fill(0, at * 4, at * 4 + 3);
    }
  }
  return { texts, code: jsQR(pixels, width, height)?.data };
}
