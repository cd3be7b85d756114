/** From a figure back to the message's own bytes: a window of the file around a transaction, with the field marked. */
import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import type { sourceExcerpt } from '../../contract/statements.ts';
import { CountersignError } from '../base/index.ts';
import { locateFields, type SourcePosition, type StatementType } from '../messages/index.ts';
import type { StatementsContext } from './context.ts';
import { FEED_TYPE } from './feed-ids.ts';
import { contentOf, parseId } from './reading.ts';
import type { TransactionWithStatement } from './rows.ts';

export type SourceExcerpt = z.infer<typeof sourceExcerpt>;

export interface SourceReader {
  /** Errors: TRANSACTION_UNKNOWN, STATEMENT_SOURCE_ERASED. */
  source(transactionId: string, field: string): SourceExcerpt;
}

/** Lines shown before and after what is marked. */
const CONTEXT_LINES = 12;
/** Bytes that are read around it to find those lines; a file in one long line shows this much. */
const CONTEXT_BYTES = 4_096;

/** A single transaction's stretch is read up to here; the fields of an entry stand at its start. */
const MOST_STRETCH_BYTES = 1024 * 1024;
/** Where no field is found the start of the stretch is marked, this much of it at most. */
const MOST_MARKED_BYTES = 2_048;

interface SourceFile {
  readonly name: string;
  readonly encoding: string | null;
  bytes(start: number, end: number): Buffer;
}

export function createSourceReader(context: StatementsContext): SourceReader {
  const { store, files } = context;

  /** The file a transaction stands in, or the single message that told of it. */
  function fileOf(row: TransactionWithStatement): SourceFile {
    const { importId } = row;
    if (row.type !== FEED_TYPE) {
      return {
        name: files.fileName(importId) ?? '',
        encoding: files.encoding(importId),
        bytes: (start, end) => files.bytes(importId, start, end),
      };
    }
    const message = context.singleMessage?.(row.id);
    const bytes = message?.bytes() ?? Buffer.alloc(0);
    return { name: message?.name ?? '', encoding: null, bytes: (start, end) => bytes.subarray(start, end) };
  }

  /** Where the field stands: in the transaction's own stretch, else in the head of its entry. */
  function locate(row: TransactionWithStatement, file: SourceFile, field: string): SourcePosition {
    const { line, path, entryHead } = contentOf(context, row);
    const own = { byteStart: Number(row.byteStart), byteEnd: Number(row.byteEnd), line, path };
    const stretches = entryHead === undefined ? [own] : [own, entryHead];
    for (const stretch of stretches) {
      const end = Math.min(stretch.byteEnd, stretch.byteStart + MOST_STRETCH_BYTES);
      if (row.type === FEED_TYPE) continue;
      const bytes = file.bytes(stretch.byteStart, end);
      const marks = locateFields(bytes, stretch, row.type as StatementType).filter(
        (mark) => mark.field === field,
      );
      const first = marks[0]?.position;
      if (first === undefined) continue;
      // Remittance may have several lines; they stand together.
      const last = field === 'remittance' ? marks.at(-1)!.position : first;
      return { ...first, byteEnd: Math.max(first.byteEnd, last.byteEnd) };
    }
    return { ...own, byteEnd: Math.min(own.byteEnd, own.byteStart + MOST_MARKED_BYTES) };
  }

  return {
    source(transactionId, field) {
      const id = parseId(transactionId);
      const row = id === undefined ? undefined : store.transaction(id);
      if (row === undefined)
        throw new CountersignError('TRANSACTION_UNKNOWN', 'There is no such bank transaction.');
      const file = fileOf(row);
      const mark = locate(row, file, field);
      const from = Math.max(0, mark.byteStart - CONTEXT_BYTES);
      const bytes = file.bytes(from, mark.byteEnd + CONTEXT_BYTES);
      const start = windowStart(bytes, mark.byteStart - from, from === 0);
      const end = windowEnd(bytes, mark.byteEnd - from);
      const decode = decoderOf(file.encoding, bytes.subarray(start, end));
      const before = decode(bytes.subarray(start, mark.byteStart - from));
      const marked = decode(bytes.subarray(mark.byteStart - from, mark.byteEnd - from));
      const after = decode(bytes.subarray(mark.byteEnd - from, end));
      return {
        fileName: file.name,
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

/**
 * Where a window of whole lines before `start` begins. Where the lines are longer than what was
 * read it begins with the first whole character, or line, of that.
 */
function windowStart(bytes: Buffer, start: number, isFileStart: boolean): number {
  let from = start;
  for (let lines = 0; lines <= CONTEXT_LINES; lines += 1) {
    const found = from <= 0 ? -1 : bytes.lastIndexOf(LINE_FEED, from - 1);
    if (found < 0) return isFileStart ? 0 : lines === 0 ? characterStart(bytes, 0) : from + 1;
    from = found;
  }
  return from + 1;
}

/** Where a window of whole lines after `end` ends. */
function windowEnd(bytes: Buffer, end: number): number {
  let to = end;
  for (let lines = 0; lines <= CONTEXT_LINES; lines += 1) {
    const found = bytes.indexOf(LINE_FEED, to);
    if (found < 0) return characterEnd(bytes);
    to = found + 1;
  }
  return to;
}

/** Moves on from inside a UTF-8 sequence to the next character. */
function characterStart(bytes: Buffer, at: number): number {
  let start = at;
  while (start < bytes.length && start < at + 3 && (bytes[start]! & 0xc0) === 0x80) start += 1;
  return start;
}

/** The end of the last whole UTF-8 sequence. */
function characterEnd(bytes: Buffer): number {
  let last = bytes.length - 1;
  while (last > 0 && last > bytes.length - 4 && (bytes[last]! & 0xc0) === 0x80) last -= 1;
  const lead = bytes[last] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return last + length > bytes.length ? last : bytes.length;
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/**
 * Reads bytes as the parser read them: as ISO-8859-1 where the file declares it, else as UTF-8, and
 * as ISO-8859-1 where they are not UTF-8 (MT files declare nothing, and some banks mix).
 */
function decoderOf(encoding: string | null, window: Uint8Array): (bytes: Uint8Array) => string {
  const isLatin = /^(iso-?8859-1|latin-?1|windows-1252)$/i.test(encoding ?? '') || !isUtf8(window);
  const decoder = new TextDecoder(isLatin ? 'latin1' : 'utf-8', { ignoreBOM: true });
  return (bytes) => decoder.decode(bytes);
}
