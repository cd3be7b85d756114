/** Formats only: bytes in, values out. No storage, no ledger. */
export { checkBalances } from './balance-check.ts';
export { RawCsvReader, type RawRecord, rawFields, rawFieldText } from './csv-raw.ts';
export { CUSTOMER_COLUMNS, csvTypeOf, INVOICE_COLUMNS } from './csv-rows.ts';
export { detectType } from './detect.ts';
export { checkIban, isIban, makeIban, normaliseIban } from './iban.ts';
export { type InstantOptions, MAX_MESSAGE_BYTES, readInstant } from './instant-read.ts';
export type * from './instant-types.ts';
export { type WrittenEnvelope, type WrittenMessage, writeInstant } from './instant-writer.ts';
export type { WrittenItem } from './instant-writing.ts';
export { type FieldMark, locateFields } from './locate-fields.ts';
export {
  type PackedBatch,
  type PackedEvent,
  type PackedTransactions,
  readContent,
  type TransactionContent,
  writeContent,
} from './packing.ts';
export { parseBytes, parseHere } from './parse-here.ts';
export { parsePacked, parseStream } from './parse-stream.ts';
export { type Rail, type RailHours, railById, rails } from './rails.ts';
export {
  isRfReference,
  looksLikeRfReference,
  makeRfReference,
  normaliseRfReference,
} from './rf-reference.ts';
export type * from './types.ts';
