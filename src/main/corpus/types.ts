/** What the corpus is made of. It knows bank messages and books, and nothing of how they are matched. */
import type { IsoDate } from '../base/index.ts';

export type PaymentClass =
  | 'iso-structured'
  | 'iso-unstructured'
  | 'lump-sum'
  | 'part-payment'
  | 'third-party'
  | 'typo'
  | 'mt940'
  | 'mt942'
  | 'cross-currency'
  | 'foreign-invoice'
  | 'duplicate'
  | 'nobody'
  | 'look-alike';

export interface CorpusCustomer {
  readonly customerId: string;
  readonly name: string;
  readonly country: string;
  readonly ibans: readonly string[];
  readonly aliases: readonly string[];
  /** The company beside it in its group, by place in the list; absent where it stands alone. */
  readonly sister?: number;
}

export interface CorpusItem {
  readonly number: string;
  readonly customerId: string;
  readonly kind: 'invoice' | 'credit_note';
  readonly issuedOn: IsoDate;
  readonly dueOn: IsoDate;
  readonly currency: string;
  /** Changed only while the corpus is made, where two items are to have one amount. */
  amountMinor: bigint;
  readonly reference?: string;
  readonly discountPpm?: number;
  readonly discountUntil?: IsoDate;
}

/** What an entry tells of its money in another currency. */
export interface CorpusExchange {
  readonly currency: string;
  /** What the payer instructed. */
  readonly instructedMinor?: bigint;
  /** One unit of `unit`, which is euro or the other currency, is so much of the other one. */
  readonly rate?: { readonly text: string; readonly unit: string };
}

/** A payment as a bank is told of it. */
export interface CorpusPayment {
  /** The bank's own reference; no other payment has it. */
  readonly bankReference: string;
  readonly route: 'camt.053' | 'mt940' | 'mt942';
  readonly bookingDate: IsoDate;
  readonly amountMinor: bigint;
  readonly debtorName: string;
  readonly debtorAccount?: string;
  readonly ultimateDebtorName?: string;
  readonly text: string;
  readonly reference?: string;
  readonly documents?: readonly { readonly number: string; readonly amountMinor: bigint }[];
  readonly endToEndId?: string;
  readonly chargesMinor?: bigint;
  readonly exchange?: CorpusExchange;
}

export interface CorpusTruth {
  readonly class: PaymentClass;
  /** Invoice number → what the payment settles of it; empty where it settles nothing that is open. */
  readonly settles: ReadonlyMap<string, bigint>;
  /** True where the message and the books together tell what it settles: the denominator of the match rate. */
  readonly hasAnswer: boolean;
}

export interface Corpus {
  readonly customers: readonly CorpusCustomer[];
  readonly items: readonly CorpusItem[];
  readonly payments: readonly CorpusPayment[];
  /** By the bank's reference. */
  readonly truth: ReadonlyMap<string, CorpusTruth>;
}

export interface CorpusOptions {
  readonly seed: number;
  readonly customers: number;
  readonly items: number;
  readonly payments: number;
}
