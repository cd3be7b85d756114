/** What field 86 may say, and how its broken lines are joined; shared by its dialects. */
import type { Party } from './types.ts';

/** The fields that any dialect may give. `counterparty` is the other side, whichever way the money went. */
export interface Mt86 {
  dialect: 'subfields' | 'slashes' | 'plain';
  /** Business transaction code, three digits. */
  gvc?: string;
  bookingText?: string;
  primaNota?: string;
  endToEndId?: string;
  customerReference?: string;
  mandateId?: string;
  creditorId?: string;
  uetr?: string;
  transactionId?: string;
  instructionId?: string;
  purpose?: string;
  returnReason?: string;
  /** Decimal text and currency as given (`OCMT`, `OAMT+`). */
  originalAmount?: { currency?: string; amount: string };
  chargesAmount?: { currency?: string; amount: string };
  exchangeRate?: string;
  counterparty: Mutable<Party>;
  debtor?: Mutable<Party>;
  creditor?: Mutable<Party>;
  ultimateDebtor?: Mutable<Party>;
  ultimateCreditor?: Mutable<Party>;
  /** The account holder as the payer named them (`?70`, `?71`). */
  ownName?: string;
  unstructured: string[];
  /** A structured creditor reference the dialect marks as such. */
  reference?: string;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Joins lines of text: a full line runs on in the next, a short one ends a word. */
export function joinLines(lines: readonly string[], width: number): string {
  let joined = '';
  let full = true;
  for (const line of lines) {
    if (line.trim() === '') continue;
    joined += full || joined === '' ? line : ` ${line}`;
    full = line.length >= width;
  }
  return joined.replace(/\s+/g, ' ').trim();
}
