/** What a file is by its bytes. Pure: the name and what the sender says of it count for nothing. */
import { isUtf8 } from 'node:buffer';
import type { AttachmentType } from '../../contract/breaks.ts';

const startsWith = (bytes: Uint8Array, ...head: readonly number[]) =>
  head.every((byte, at) => bytes[at] === byte);

/** Control characters that no text for people holds, apart from tab, line feed and carriage return. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;

function isText(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && !CONTROL.test(Buffer.from(bytes).toString('utf8'));
}

function isXml(bytes: Uint8Array): boolean {
  return isText(bytes) && /^\uFEFF?\s*<[?!\w]/.test(Buffer.from(bytes).toString('utf8'));
}

/** Whether the bytes of a whole file are of a type. */
export function isOfType(bytes: Uint8Array, type: AttachmentType): boolean {
  switch (type) {
    case 'application/pdf':
      return startsWith(bytes, 0x25, 0x50, 0x44, 0x46, 0x2d);
    case 'image/png':
      return startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
    case 'image/jpeg':
      return startsWith(bytes, 0xff, 0xd8, 0xff);
    case 'application/xml':
      return isXml(bytes);
    default:
      return isText(bytes);
  }
}
