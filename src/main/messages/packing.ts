/**
 * Transactions as columns and bytes. What sums, dates and order need of a transaction is a handful of
 * numbers; the rest is only stored, sealed. So the parse worker writes the rest down at once, and
 * the engine's thread neither receives it as objects nor writes it a second time.
 */
import type { IsoDate } from '../base/index.ts';
import type { BankTransaction, ParseEvent, SourcePosition } from './types.ts';

/** Fields of a transaction that are columns of a packed batch. */
type ColumnField =
  | 'amountMinor'
  | 'currency'
  | 'direction'
  | 'status'
  | 'reversal'
  | 'bookingDate'
  | 'valueDate'
  | 'position';

/** The rest of a transaction: parties, references, remittance and its place in the message. */
export interface TransactionContent extends Omit<BankTransaction, ColumnField> {
  readonly line: number;
  readonly path: string;
  readonly entryHead?: SourcePosition;
}

/** A batch of transactions; place `i` of each list belongs to the transaction `i`. */
export interface PackedTransactions {
  readonly count: number;
  readonly bookingDates: readonly IsoDate[];
  readonly valueDates: readonly (IsoDate | null)[];
  /** Signed minor units as the own account sees them: credit is positive. */
  readonly signedMinor: BigInt64Array;
  readonly currencies: readonly string[];
  readonly statuses: readonly BankTransaction['status'][];
  /** 1 where the line takes back an earlier one. */
  readonly reversals: Uint8Array;
  readonly byteStarts: Float64Array;
  readonly byteEnds: Float64Array;
  readonly lines: Float64Array;
  /** The contents as UTF-8 JSON, one after the other. */
  readonly contents: Uint8Array;
  /** Content `i` lies between the offsets `i` and `i + 1`. */
  readonly offsets: Float64Array;
}

export interface PackedBatch {
  readonly kind: 'packed-transactions';
  readonly statementIndex: number;
  readonly packed: PackedTransactions;
}

/** What `parsePacked` yields: the events of `parseStream` with packed batches for its transactions. */
export type PackedEvent = Exclude<ParseEvent, { kind: 'transactions' }> | PackedBatch;

const AMOUNT_KEYS = new Set(['amountMinor', 'dueMinor', 'discountMinor', 'creditNoteMinor']);

function amountToText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** True where an amount stands somewhere inside, so that the slower way of writing is needed. */
function holdsAmounts({ charges, instructed, remittance }: BankTransaction): boolean {
  return (
    charges !== undefined ||
    instructed !== undefined ||
    remittance.structured.some(({ documents }) => documents !== undefined)
  );
}

/** The JSON of a transaction's content. Amounts are text in it, since JSON's numbers are floats. */
export function writeContent(transaction: BankTransaction): string {
  const {
    amountMinor: _amount,
    currency: _currency,
    direction: _direction,
    status: _status,
    reversal: _reversal,
    bookingDate: _bookingDate,
    valueDate: _valueDate,
    position,
    ...rest
  } = transaction;
  const content: TransactionContent = { ...rest, line: position.line, path: position.path };
  if (position.entryHead !== undefined) Object.assign(content, { entryHead: position.entryHead });
  return holdsAmounts(transaction) ? JSON.stringify(content, amountToText) : JSON.stringify(content);
}

/** The content of `writeContent`. */
export function readContent(text: string): TransactionContent {
  if (!text.includes('Minor"')) return JSON.parse(text) as TransactionContent;
  return JSON.parse(text, (key, value) =>
    AMOUNT_KEYS.has(key) && typeof value === 'string' ? BigInt(value) : value,
  ) as TransactionContent;
}

const encoder = new TextEncoder();

/** Packs a batch. */
export function packTransactions(transactions: readonly BankTransaction[]): PackedTransactions {
  const count = transactions.length;
  const texts = transactions.map(writeContent);
  const contents = encoder.encode(texts.join(''));
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  // Where every character is one byte the lengths of the texts are those of their bytes.
  const isAscii = contents.byteLength === characters;
  const offsets = new Float64Array(count + 1);
  texts.forEach((text, i) => {
    offsets[i + 1] = offsets[i]! + (isAscii ? text.length : Buffer.byteLength(text));
  });
  return {
    count,
    bookingDates: transactions.map(({ bookingDate }) => bookingDate),
    valueDates: transactions.map(({ valueDate }) => valueDate ?? null),
    signedMinor: BigInt64Array.from(transactions, ({ direction, amountMinor }) =>
      direction === 'credit' ? amountMinor : -amountMinor,
    ),
    currencies: transactions.map(({ currency }) => currency),
    statuses: transactions.map(({ status }) => status),
    reversals: Uint8Array.from(transactions, ({ reversal }) => (reversal ? 1 : 0)),
    byteStarts: Float64Array.from(transactions, ({ position }) => position.byteStart),
    byteEnds: Float64Array.from(transactions, ({ position }) => position.byteEnd),
    lines: Float64Array.from(transactions, ({ position }) => position.line),
    contents,
    offsets,
  };
}

/** An event with its transactions packed. */
export function packEvent(event: ParseEvent): PackedEvent {
  if (event.kind !== 'transactions') return event;
  const { statementIndex, transactions } = event;
  return { kind: 'packed-transactions', statementIndex, packed: packTransactions(transactions) };
}
