/**
 * Bytes into text for the formats that declare no encoding (MT, CSV): strict UTF-8, and from the
 * first stretch that is not UTF-8 on, ISO-8859-1.
 */
import { isAscii, isUtf8 } from 'node:buffer';

/** Decodes stretches that never split a line, so that no character is cut in two. */
export class LenientDecoder {
  #latin1 = false;

  /** True once a stretch was not UTF-8. */
  get fellBack(): boolean {
    return this.#latin1;
  }

  get encoding(): string {
    return this.#latin1 ? 'iso-8859-1' : 'utf-8';
  }

  /** `bytes` as one-byte characters in, text out. */
  decode(bytes: string): string {
    const buffer = Buffer.from(bytes, 'latin1');
    if (isAscii(buffer)) return bytes;
    if (!this.#latin1 && isUtf8(buffer)) return buffer.toString('utf8');
    this.#latin1 = true;
    return bytes;
  }
}

/** Whether the first bytes are UTF-16 or UTF-32, with or without a byte order mark. */
export function looksLikeUtf16(head: Uint8Array): boolean {
  if (head.length < 2) return false;
  const [a, b] = head;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return true;
  return (a === 0 && b !== 0) || (a !== 0 && b === 0);
}
