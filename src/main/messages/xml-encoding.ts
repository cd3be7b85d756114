/** The start of an XML file and whether its bytes are of the encoding they declare. */
import { isAscii, isUtf8 } from 'node:buffer';
import { decoderOf, readXmlDeclaration } from './xml-text.ts';

export const READABLE_ENCODINGS = 'UTF-8, ISO-8859-1, ISO-8859-15, windows-1252 or US-ASCII';
/** An XML declaration longer than this is none. */
const MAX_DECLARATION = 1024;

export interface XmlHead {
  /** Lower case. */
  readonly encoding: string;
  readonly decode: (bytes: string) => string;
  /** Bytes of the byte order mark and the declaration. */
  readonly length: number;
}

/** Reads byte order mark and declaration of a file's first bytes, given as one-byte characters. */
export function readXmlHead(text: string): XmlHead | 'incomplete' | 'malformed' | 'unreadable' {
  const hasBom = text.startsWith('\xEF\xBB\xBF');
  const start = hasBom ? 3 : 0;
  if (text.length < start + 5) return 'incomplete';
  if (!text.startsWith('<?xml', start) || !/[ \t\r\n]/.test(text[start + 5] ?? ' ')) {
    return { encoding: 'utf-8', decode: decoderOf('utf-8'), length: start };
  }
  const end = text.indexOf('?>', start);
  if (end < 0) return text.length > MAX_DECLARATION ? 'malformed' : 'incomplete';
  const declared = readXmlDeclaration(text.slice(start, end + 2));
  if (declared === undefined) return 'malformed';
  const encoding = declared.encoding?.toLowerCase() ?? 'utf-8';
  const decode = decoderOf(encoding);
  if (decode === undefined || (hasBom && encoding !== 'utf-8')) return 'unreadable';
  return { encoding, decode, length: end + 2 };
}

/** Checks bytes that arrive in pieces; a character may lie across two of them. */
export class EncodingCheck {
  readonly #encoding: string;
  #carry: Buffer = Buffer.alloc(0);

  constructor(encoding: string) {
    this.#encoding = encoding;
  }

  /**
   * Where the next bytes are wrong: an offset into them of the first wrong line's start (negative where that
   * lies in an earlier piece), or undefined where nothing is wrong.
   */
  wrongAt(bytes: Buffer): number | undefined {
    const ascii = isAscii(bytes);
    if (this.#encoding === 'us-ascii') return ascii ? undefined : firstWrongLine(bytes, isAscii);
    if (this.#encoding !== 'utf-8' || (ascii && this.#carry.length === 0)) return undefined;
    const carried = this.#carry.length;
    const all = carried > 0 ? Buffer.concat([this.#carry, bytes]) : bytes;
    const whole = all.subarray(0, all.length - incompleteUtf8Tail(all));
    if (!isUtf8(whole)) return firstWrongLine(whole, isUtf8) - carried;
    this.#carry = Buffer.from(all.subarray(whole.length));
    return undefined;
  }
}

function firstWrongLine(bytes: Buffer, isRight: (line: Buffer) => boolean): number {
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    if (!isRight(bytes.subarray(start, end))) break;
    start = end;
  }
  return start;
}

/** Number of bytes at the end that begin a UTF-8 sequence without finishing it. */
function incompleteUtf8Tail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? back : 0;
    }
  }
  return 0;
}
