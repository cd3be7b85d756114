/** One MT message as far as it is read. */
import type { Mutable } from './camt-draft.ts';
import type { MtStatementLine } from './mt-fields.ts';
import type { MtField } from './mt-lines.ts';
import type { StatementBook } from './statement-book.ts';
import type { StatementAccount, StatementHeader } from './types.ts';

interface PendingLine {
  readonly field: MtField;
  readonly read: MtStatementLine;
  readonly number: number;
  details?: MtField;
}

interface Sums {
  credit?: { count: number };
  debit?: { count: number };
}

export class MtMessage {
  readonly index: number;
  readonly start: MtField;
  readonly book: StatementBook;
  readonly header: Partial<Mutable<StatementHeader>> = {};
  type: 'mt940' | 'mt942' | undefined;
  account: StatementAccount | undefined;
  currency: string | undefined;
  hasOpening = false;
  hasClosing = false;
  hasInterimMark = false;
  lineCount = 0;
  readonly seen = new Set<string>();
  pending: PendingLine | undefined;
  readonly sums: Sums = {};

  constructor(index: number, start: MtField, book: StatementBook) {
    this.index = index;
    this.start = start;
    this.book = book;
  }
}

/** Tags that may stand once in a message. */
export const ONCE: Readonly<Record<string, string>> = {
  '21': '21',
  '25': '25',
  '25P': '25',
  '28': '28',
  '28C': '28',
  '13': '13',
  '13D': '13',
  '60F': '60',
  '60M': '60',
  '62F': '62',
  '62M': '62',
  '64': '64',
  '90C': '90C',
  '90D': '90D',
};
