/** Whether a file holds one single message, or a statement or list for the ordinary import. */
import { detectType } from '../messages/index.ts';

const SINGLE = /xsd:(pacs\.\d{3}|camt\.05[46]|camt\.029)/;
const WHOLE = /xsd:camt\.05[23]/;

/** By its first bytes, never by its name. What nobody knows counts as a message, and is kept as a dead letter. */
export function isSingleMessage(head: Uint8Array, sizeBytes: number, mostBytes: number): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  const start = text.replace(/^\xEF\xBB\xBF/, '').trimStart();
  if (/^\{[1-5]:/.test(start)) return false;
  if (start.startsWith('{') || start.startsWith('[')) return true;
  if (start.startsWith('<')) {
    // A camt.054 comes by itself and as a long file.
    if (/xsd:camt\.054/.test(text)) return sizeBytes <= mostBytes;
    return SINGLE.test(text) || !WHOLE.test(text);
  }
  return detectType(head) === 'unknown';
}
