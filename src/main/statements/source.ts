/** From a figure back to the message's own bytes: a window of the file around a transaction, with the field marked. */
import type { z } from 'zod';
import type { sourceExcerpt } from '../../contract/statements.ts';
import { CountersignError } from '../base/index.ts';
import type { StatementsContext } from './context.ts';
import { contentOf, parseId } from './reading.ts';

export type SourceExcerpt = z.infer<typeof sourceExcerpt>;

export interface SourceReader {
  /** Errors: TRANSACTION_UNKNOWN, STATEMENT_SOURCE_ERASED. */
  source(transactionId: string, field: string): SourceExcerpt;
}

/** Lines shown before and after what is marked. */
const CONTEXT_LINES = 12;
/** Bytes that are read around it to find those lines; a file in one long line shows this much. */
const CONTEXT_BYTES = 4_096;

export function createSourceReader(context: StatementsContext): SourceReader {
  const { store, files } = context;
  return {
    source(transactionId, field) {
      const id = parseId(transactionId);
      const row = id === undefined ? undefined : store.transaction(id);
      if (row === undefined)
        throw new CountersignError('TRANSACTION_UNKNOWN', 'There is no such bank transaction.');
      const content = contentOf(context, row);
      const byteStart = Number(row.byteStart);
      const byteEnd = Number(row.byteEnd);
      const mark = { byteStart, byteEnd, line: content.line, path: content.path };
      const from = Math.max(0, mark.byteStart - CONTEXT_BYTES);
      const bytes = files.bytes(row.importId, from, mark.byteEnd + CONTEXT_BYTES);
      const window = cutWindow(bytes, mark.byteStart - from, mark.byteEnd - from);
      const decode = decoderOf(files.encoding(row.importId));
      const before = decode(bytes.subarray(window.start, mark.byteStart - from));
      const marked = decode(bytes.subarray(mark.byteStart - from, mark.byteEnd - from));
      const after = decode(bytes.subarray(mark.byteEnd - from, window.end));
      return {
        fileName: files.fileName(row.importId) ?? '',
        messageType: row.type,
        field,
        path: mark.path,
        firstLine: Math.max(1, mark.line - countLines(before)),
        text: before + marked + after,
        markStart: before.length,
        markEnd: before.length + marked.length,
        byteStart: mark.byteStart,
        byteEnd: mark.byteEnd,
      };
    },
  };
}

const LINE_FEED = 0x0a;

/** The stretch of `bytes` that holds some whole lines before `start` and after `end`. */
function cutWindow(bytes: Buffer, start: number, end: number): { start: number; end: number } {
  let from = start;
  for (let lines = 0; lines <= CONTEXT_LINES; lines += 1) {
    const found = from <= 0 ? -1 : bytes.lastIndexOf(LINE_FEED, from - 1);
    if (found < 0) {
      // No further line begins in what was read: show all of it, from the start of a character on.
      from = characterStart(bytes, lines === 0 ? 0 : from);
      return { start: from, end: cutEnd(bytes, end) };
    }
    from = found;
  }
  return { start: from + 1, end: cutEnd(bytes, end) };
}

function cutEnd(bytes: Buffer, end: number): number {
  let to = end;
  for (let lines = 0; lines <= CONTEXT_LINES; lines += 1) {
    const found = bytes.indexOf(LINE_FEED, to);
    if (found < 0) return characterStart(bytes, bytes.length);
    to = found + 1;
  }
  return to;
}

/** Moves on from inside a UTF-8 sequence to the next character. */
function characterStart(bytes: Buffer, at: number): number {
  let start = at;
  while (start < bytes.length && (bytes[start]! & 0xc0) === 0x80) start += 1;
  return start;
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function decoderOf(encoding: string | null): (bytes: Uint8Array) => string {
  const label = /^(iso-8859-1|latin-?1|windows-1252)$/i.test(encoding ?? '') ? 'latin1' : 'utf-8';
  const decoder = new TextDecoder(label, { ignoreBOM: true });
  return (bytes) => decoder.decode(bytes);
}
