/** Values that the room hands to other desks. */
import type { IsoDate } from '../base/index.ts';
import type { BankTransaction } from '../messages/index.ts';

/** Money in and out of one day and currency, over all own accounts. */
export interface CashMovement {
  readonly date: IsoDate;
  readonly currency: string;
  readonly inMinor: bigint;
  readonly outMinor: bigint;
  readonly transactions: number;
}

/** A break that stands: money on the bank account that no line explains. */
export interface OpenBreak {
  readonly id: bigint;
  readonly statementId: bigint;
  readonly bankAccountId: bigint;
  readonly kind: 'opening' | 'gap' | 'difference';
  readonly date: IsoDate;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly entryId: Buffer;
}

/** One line a bank reported, opened, as matching needs it. */
export interface TransactionForMatching {
  readonly id: bigint;
  /** A payment that a single message told of: its statement has not come. */
  readonly isPayment: boolean;
  readonly statementId: bigint;
  readonly bankAccountId: bigint;
  /** The ledger account of the own bank account. */
  readonly ledgerAccountId: bigint;
  readonly currency: string;
  readonly direction: 'credit' | 'debit';
  /** Unsigned. */
  readonly amountMinor: bigint;
  readonly bookingDate: IsoDate;
  readonly valueDate: IsoDate | null;
  readonly reversal: boolean;
  /** The entry that posted the line against Unapplied cash; null for a line of zero. */
  readonly entryId: Buffer | null;
  /** Parties, references, remittance. */
  readonly content: Omit<
    BankTransaction,
    | 'amountMinor'
    | 'currency'
    | 'direction'
    | 'status'
    | 'reversal'
    | 'bookingDate'
    | 'valueDate'
    | 'position'
  >;
}
