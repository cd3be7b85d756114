/** Tells the kind of a file from its first bytes, never from its name. */

import type { MessageType } from '../../contract/messages.ts';
import { csvTypeOf } from './csv-rows.ts';
import { looksLikeUtf16 } from './encoding.ts';

export type Format = 'camt' | 'mt' | 'csv' | 'utf-16' | 'unknown';

/** Bytes that `detectFormat` needs at most. */
export const DETECT_BYTES = 8_192;

function textOf(head: Uint8Array): string {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, DETECT_BYTES)).toString(
    'latin1',
  );
  return text.startsWith('\xEF\xBB\xBF') ? text.slice(3) : text;
}

/** Which reader a file needs. `head` is its first bytes, at least `DETECT_BYTES` or the whole file. */
export function detectFormat(head: Uint8Array): Format {
  if (looksLikeUtf16(head)) return 'utf-16';
  const text = textOf(head);
  const start = text.trimStart();
  if (start.startsWith('<')) return 'camt';
  if (/^\{[1-5]:/.test(start) || /^:\d{2}[A-Z]?:/.test(start)) return 'mt';
  // A bank's own line or a control character may stand before the first tag.
  if (/^[^\n]{0,200}\n?[\s\S]{0,400}?^:20:/m.test(text) && !text.slice(0, text.indexOf(':20:')).includes(','))
    return 'mt';
  const header = headerOf(start);
  return header !== undefined && csvTypeOf(header) !== undefined ? 'csv' : 'unknown';
}

function headerOf(text: string): string[] | undefined {
  const line = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  if (!line.includes(',')) return undefined;
  return line.split(',').map((name) => name.replace(/^\s*"|"\s*$/g, ''));
}

/**
 * The message type as far as the first bytes tell it; the parse itself decides. `unknown` where
 * nothing is recognised.
 */
export function detectType(head: Uint8Array): MessageType {
  const format = detectFormat(head);
  const text = textOf(head);
  if (format === 'camt') {
    const found = /urn:iso:std:iso:20022:tech:xsd:(camt\.05[234])\.001\.\d\d/.exec(text);
    return found === null ? 'unknown' : (found[1] as 'camt.052' | 'camt.053' | 'camt.054');
  }
  if (format === 'mt') {
    const first = /^(?:\{[^\n]*)?:(60[FM]|34F|13D?|90[CD]):/m.exec(text)?.[1];
    return first === undefined || first.startsWith('60') ? 'mt940' : 'mt942';
  }
  if (format === 'csv') return csvTypeOf(headerOf(text.trimStart()) ?? []) ?? 'unknown';
  return 'unknown';
}
