/** The rows of the room's tables as plain values. */
import type { IsoDate } from '../base/index.ts';
import type { BreakKind } from './sequence.ts';

export interface BankAccountRow {
  readonly id: bigint;
  readonly ordinal: bigint;
  readonly currency: string;
  readonly ledgerAccountId: bigint;
  readonly sealedId: bigint;
  readonly record: bigint | null;
}

export interface StatementRecord {
  readonly id: bigint;
  readonly importId: bigint;
  readonly ledgerUnit: bigint;
  readonly bankAccountId: bigint;
  readonly place: bigint;
  readonly type: string;
  readonly informs: bigint;
  readonly sealedId: bigint;
  readonly sequenceNumber: string | null;
  readonly page: string | null;
  readonly openingMinor: bigint | null;
  readonly openingDate: IsoDate | null;
  readonly closingMinor: bigint | null;
  readonly closingDate: IsoDate | null;
  readonly firstDate: IsoDate | null;
  readonly lastDate: IsoDate | null;
  readonly bookedMinor: bigint;
  readonly bookedCount: bigint;
  readonly transactionCount: bigint;
  readonly firstTransactionId: bigint;
  readonly lastTransactionId: bigint;
  readonly identity: Buffer | null;
  readonly record: bigint | null;
}

/** What the end of a statement completes. */
export type StatementEnding = Pick<
  StatementRecord,
  | 'id'
  | 'openingMinor'
  | 'openingDate'
  | 'closingMinor'
  | 'closingDate'
  | 'firstDate'
  | 'lastDate'
  | 'bookedMinor'
  | 'bookedCount'
  | 'transactionCount'
  | 'firstTransactionId'
  | 'lastTransactionId'
  | 'identity'
>;

export interface TransactionRecord {
  readonly id: bigint;
  readonly statementId: bigint;
  readonly bookingDate: IsoDate;
  readonly valueDate: IsoDate | null;
  readonly amountMinor: bigint;
  readonly status: string;
  readonly reversal: bigint;
  readonly byteStart: bigint;
  readonly byteEnd: bigint;
  readonly entryId: Buffer | null;
  readonly sealedId: bigint;
}

/** A transaction with what its statement says of it. */
export interface TransactionWithStatement extends TransactionRecord {
  readonly bankAccountId: bigint;
  readonly ledgerAccountId: bigint;
  readonly currency: string;
  readonly importId: bigint;
  readonly type: string;
  readonly informs: bigint;
}

export interface BreakRecord {
  readonly id: bigint;
  readonly statementId: bigint;
  readonly bankAccountId: bigint;
  readonly kind: BreakKind;
  readonly effectiveDate: IsoDate;
  readonly amountMinor: bigint;
  readonly entryId: Buffer;
  readonly record: bigint;
}

export interface DaySum {
  readonly statementId: bigint;
  readonly bookingDate: IsoDate;
  readonly creditMinor: bigint;
  readonly debitMinor: bigint;
  readonly bookedCount: bigint;
  readonly linesSum: Buffer;
}

export interface CashDay {
  readonly currency: string;
  readonly bookingDate: IsoDate;
  readonly creditMinor: bigint;
  readonly debitMinor: bigint;
  readonly bookedCount: bigint;
}

/** Position in a list ordered by booking date and id, newest first. */
export interface TransactionCursor {
  readonly bookingDate: IsoDate;
  readonly id: bigint;
}

export interface TransactionFilter {
  readonly statementId?: bigint;
  readonly bankAccountId?: bigint;
  readonly bookingDate?: IsoDate;
}
