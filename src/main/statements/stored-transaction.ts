/**
 * What of a bank transaction stands in its sealed value: everything but the few columns that
 * sums, dates and order need. Kept as JSON; amounts travel as text, since JSON's numbers are floats.
 */
import type { BankTransaction, Remittance, SourcePosition } from '../messages/index.ts';

/** Fields of the transaction that are columns of the main table. */
type ColumnField =
  | 'amountMinor'
  | 'currency'
  | 'direction'
  | 'status'
  | 'reversal'
  | 'bookingDate'
  | 'valueDate'
  | 'position';

/** The sealed part of a bank transaction, opened. */
export interface TransactionContent extends Omit<BankTransaction, ColumnField> {
  readonly line: number;
  readonly path: string;
  readonly entryHead?: SourcePosition;
}

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

/** The text that is sealed for a transaction. */
export function toSealedText(transaction: BankTransaction): string {
  const { amountMinor, currency, direction, status, reversal, bookingDate, valueDate, position, ...rest } =
    transaction;
  const content: TransactionContent = { ...rest, line: position.line, path: position.path };
  if (position.entryHead !== undefined) Object.assign(content, { entryHead: position.entryHead });
  return holdsAmounts(transaction) ? JSON.stringify(content, amountToText) : JSON.stringify(content);
}

/** The content of a sealed text. */
export function fromSealedText(text: string): TransactionContent {
  const content = JSON.parse(text) as TransactionContent & { charges?: unknown; instructed?: unknown };
  const amounts = text.includes('Minor"');
  return amounts
    ? (JSON.parse(text, (key, value) =>
        AMOUNT_KEYS.has(key) && typeof value === 'string' ? BigInt(value) : value,
      ) as TransactionContent)
    : content;
}

/** The remittance as one text, for lists: unstructured lines, else what the structured part names. */
export function remittanceText(remittance: Remittance): string | null {
  const structured = remittance.structured.flatMap(({ reference, documents, additional }) => [
    ...(reference === undefined ? [] : [reference]),
    ...(documents ?? []).flatMap(({ number }) => (number === undefined ? [] : [number])),
    ...(additional ?? []),
  ]);
  const text = [...remittance.unstructured, ...structured].join(' ').trim();
  return text === '' ? null : text;
}

/** Who is on the other side: of a credit the debtor, of a debit the creditor, else the ultimate one. */
export function counterpartyName(
  content: Pick<TransactionContent, 'debtor' | 'creditor' | 'ultimateDebtor' | 'ultimateCreditor'>,
  direction: 'credit' | 'debit',
): string | null {
  const [near, far] =
    direction === 'credit'
      ? [content.debtor, content.ultimateDebtor]
      : [content.creditor, content.ultimateCreditor];
  return near?.name ?? far?.name ?? null;
}
