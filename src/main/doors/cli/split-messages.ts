/** Single messages out of a stream: a line of JSON each, or XML documents one after the other. */
import { MOST_MESSAGE_BYTES } from '../../../contract/connectors.ts';

/** A message, or one that is too long to be kept: only its beginning is known. */
export type StreamedMessage =
  | { readonly bytes: Buffer; readonly tooLong?: undefined }
  | { readonly tooLong: true };

const NEWLINE = 0x0a;
const LESS = 0x3c;
const WHITE = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

interface Splitter {
  push(chunk: Uint8Array): Generator<StreamedMessage>;
  /** What is left without an end counts as a message: whoever reads it says what is wrong with it. */
  end(): Generator<StreamedMessage>;
}

/** Where the document at the start of `buffer` ends; `undefined` where that has not come yet. */
function endOfXml(buffer: Buffer): number | undefined {
  let depth = 0;
  let at = 0;
  for (;;) {
    at = buffer.indexOf(LESS, at);
    if (at < 0) return undefined;
    // A declaration in the middle: the document before it was never finished.
    if (at > 0 && depth > 0 && startsAt(buffer, at, '<?xml ')) return at;
    const end = endOfTag(buffer, at);
    if (end === undefined) return undefined;
    const next = buffer[at + 1];
    if (next === 0x2f) {
      depth -= 1;
      if (depth <= 0) return end;
    } else if (next !== 0x3f && next !== 0x21) {
      if (buffer[end - 2] !== 0x2f) depth += 1;
      else if (depth === 0) return end;
    }
    at = end;
  }
}

const startsAt = (buffer: Buffer, at: number, text: string) =>
  buffer.subarray(at, at + text.length).toString('latin1') === text;

const SPANS = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

/** Just behind what begins with `<` at a place. */
function endOfTag(buffer: Buffer, at: number): number | undefined {
  for (const [open, close] of SPANS) {
    if (!startsAt(buffer, at, open)) continue;
    const found = buffer.indexOf(close, at + open.length, 'latin1');
    return found < 0 ? undefined : found + close.length;
  }
  let quote = 0;
  for (let i = at + 1; i < buffer.length; i += 1) {
    const byte = buffer[i]!;
    if (quote !== 0) quote = byte === quote ? 0 : quote;
    else if (byte === 0x22 || byte === 0x27) quote = byte;
    else if (byte === 0x3e) return i + 1;
  }
  return undefined;
}

/** Makes a splitter. Of a message that is too long nothing more is kept than a message may have. */
export function createSplitter(most = MOST_MESSAGE_BYTES): Splitter {
  let rest = Buffer.alloc(0);
  /** What ends the message that is skipped. */
  let skipping: 'line' | 'document' | undefined;

  function skip(): boolean {
    const found = skipping === 'line' ? rest.indexOf(NEWLINE) : rest.indexOf('<?xml ');
    if (found < 0) {
      rest = Buffer.from(rest.subarray(Math.max(0, rest.length - 5)));
      return false;
    }
    rest = rest.subarray(found);
    skipping = undefined;
    return true;
  }

  function trim(): void {
    let start = 0;
    while (start < rest.length && WHITE.has(rest[start]!)) start += 1;
    rest = rest.subarray(start);
  }

  function* drain(): Generator<StreamedMessage> {
    for (;;) {
      if (skipping !== undefined && !skip()) return;
      trim();
      if (rest.length === 0) return;
      const isXml = rest[0] === LESS;
      const line = isXml ? -1 : rest.indexOf(NEWLINE);
      const end = isXml ? endOfXml(rest) : line < 0 ? undefined : line;
      if (end === undefined && rest.length <= most) return;
      if (end === undefined || end > most) {
        yield { tooLong: true };
        if (end === undefined) skipping = isXml ? 'document' : 'line';
        else rest = rest.subarray(end);
        continue;
      }
      yield { bytes: Buffer.from(rest.subarray(0, end)) };
      rest = rest.subarray(end);
    }
  }

  return {
    *push(chunk) {
      rest = Buffer.concat([rest, chunk]);
      yield* drain();
    },
    *end() {
      yield* drain();
      if (rest.length > 0 && skipping === undefined) yield { bytes: Buffer.from(rest) };
      rest = Buffer.alloc(0);
    },
  };
}
