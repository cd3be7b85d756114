import type { IsoDate } from '../base/index.ts';

/** What an entry came from. */
export interface EntrySource {
  readonly kind: string;
  readonly id: string;
}

export interface NewPosting {
  readonly accountId: bigint;
  /** Minor units of the account's currency; debit positive, credit negative. */
  readonly amountMinor: bigint;
  /** Checked against the account's where it is given. */
  readonly currency?: string;
}

/** A journal entry as a caller hands it in. */
export interface NewEntry {
  /** A UUID of 16 bytes and the idempotency key at once; version 7 keeps the indexes in order. */
  readonly id: Buffer;
  readonly effectiveDate: IsoDate;
  /** room.reason: `statement.line`, `match.reallocate`, `invoice`, `adjustment`, `reversal` … */
  readonly reason: string;
  readonly source?: EntrySource;
  /** Never a name or an account number. */
  readonly memo?: string;
  readonly postings: readonly NewPosting[];
  /** The entry this one takes back; the postings must be its exact opposite. */
  readonly reverses?: Buffer;
  /** Held until it is posted, voided or expired; counts in no balance, but in the limits. */
  readonly pending?: { readonly expiresAtMs?: number };
}

/** What became of one entry of a call. */
export interface EntryResult {
  readonly id: Buffer;
  /** The record from which the entry is known. */
  readonly record: bigint;
  /** True where the entry was there before with the same content, and nothing was written. */
  readonly repeated: boolean;
}

/** What an audit record says of the entries it covers. */
export type BatchProof = {
  /** Hex Merkle root (RFC 9162) over the entries' leaves. */
  readonly root: string;
  readonly count: number;
};

/** What the accounts say at a point: up to the end of a date, as known at a record. */
export interface BalancePoint {
  readonly asOf?: IsoDate | undefined;
  readonly knownAt?: bigint | undefined;
}

export type AccountKind = 'asset' | 'liability' | 'equity' | 'income' | 'expense';
export type Side = 'debit' | 'credit';
export type EntryState = 'posted' | 'pending' | 'voided' | 'expired';

/** Accounts that the console keeps by what they are for; one a currency, made on demand. */
export type AccountRole =
  | 'receivables'
  | 'unapplied-cash'
  | 'held'
  | 'in-transit'
  | 'erp-clearing'
  | 'statement-differences'
  | 'opening-balances'
  | 'discounts-allowed'
  | 'bank-charges'
  | 'write-offs'
  | 'currency-position';
