/** A statement on its way in, and each currency of it. */
import type { IsoDate } from '../base/index.ts';
import type { StatementBalance, StatementHeader } from '../messages/index.ts';
import type { OwnAccount } from './accounts.ts';
import type { DatedBalance } from './identity.ts';
import type { createSums } from './section.ts';

export interface OpenStatement {
  header: StatementHeader;
  readonly balances: StatementBalance[];
  /** By currency. */
  readonly sections: Map<string, Section>;
  readonly informs: boolean;
}

/** One currency of a statement that is being read. */
export interface Section {
  readonly id: bigint;
  readonly currency: string;
  readonly account: OwnAccount;
  readonly statement: OpenStatement;
  readonly sums: ReturnType<typeof createSums>;
  readonly firstTransactionId: bigint;
  lastTransactionId: bigint;
  /** Under which id the ledger stages its entries; set when its first rows are written. */
  ledgerUnit: bigint | null;
  writtenRows: number;
  /** Set once the statement was read to its end and is to be taken in. */
  ended: SectionEnd | null;
  /** Where a booked line lies in a closed period: only a statement that is known already may do so. */
  closedLine: { readonly line: number; readonly date: IsoDate } | null;
}

export interface SectionEnd {
  readonly opening: DatedBalance | null;
  readonly closing: DatedBalance | null;
  readonly identity: Buffer;
}

/** Statements that an audit record lists one by one; further ones are counted. */
export const MOST_DETAILS = 500;
const MOST_SUBJECTS = 200;

export function subjectsOf(taken: readonly Section[]): { kind: string; id: string }[] {
  const accounts = new Set(taken.map(({ account }) => account.id));
  return [
    ...[...accounts].map((id) => ({ kind: 'bank-account', id: id.toString() })),
    ...taken.map(({ id }) => ({ kind: 'statement', id: id.toString() })),
  ].slice(0, MOST_SUBJECTS);
}

/** What an audit record says of a statement. */
export function detailOf(section: Section): { [key: string]: string | number | null } {
  const sums = section.sums.result();
  const { opening, closing, identity } = section.ended!;
  return {
    id: section.id.toString(),
    bankAccountId: section.account.id.toString(),
    identity: identity.toString('hex'),
    transactions: sums.transactionCount,
    booked: sums.bookedCount,
    bookedMinor: sums.bookedMinor.toString(),
    openingMinor: opening?.amountMinor.toString() ?? null,
    closingMinor: closing?.amountMinor.toString() ?? null,
    closingDate: closing?.date ?? null,
    currency: section.currency,
  };
}
