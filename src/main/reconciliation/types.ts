/**
 * The plain values the matching engine works on. They are complete: an engine run is a function
 * of these values alone, and two runs over the same set give the same answer whatever the order.
 */
import type { IsoDate } from '../base/index.ts';
import type { BankTransaction } from '../messages/index.ts';
import type { Ruling } from './desk-rules.ts';
import type { EvidenceCode } from './evidence.ts';

/** A booked bank transaction as the engine reads it: what the message said, under its id. */
export interface MatchTransaction
  extends Pick<
    BankTransaction,
    | 'amountMinor'
    | 'currency'
    | 'direction'
    | 'reversal'
    | 'bookingDate'
    | 'valueDate'
    | 'accountServicerReference'
    | 'entryReference'
    | 'endToEndId'
    | 'uetr'
    | 'bankTransactionCode'
    | 'creditor'
    | 'debtor'
    | 'ultimateCreditor'
    | 'ultimateDebtor'
    | 'remittance'
    | 'charges'
    | 'instructed'
    | 'exchange'
    | 'returnReason'
    | 'additionalInfo'
  > {
  readonly id: bigint;
  /** What the rules of the desk say of it, where one does. */
  readonly ruling?: Ruling;
}

/** An open item, with what no standing decision of a person has taken of it yet. */
export interface MatchItem {
  readonly id: bigint;
  readonly invoiceNumber: string;
  readonly customerId: string;
  readonly kind: 'invoice' | 'credit_note';
  readonly issuedOn: IsoDate;
  readonly dueOn: IsoDate;
  readonly currency: string;
  /** Original amount, positive also for a credit note. */
  readonly amountMinor: bigint;
  /** What may still be allocated, positive also for a credit note; 0 where it is settled. */
  readonly availableMinor: bigint;
  readonly structuredReference?: string;
  /** Discount for early payment in parts per million, with its last day. */
  readonly discountPpm?: number;
  readonly discountUntil?: IsoDate;
}

export interface MatchCustomer {
  readonly customerId: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly ibans: readonly string[];
}

/** What one explanation settles of one item; negative for a credit note. */
export interface Allocation {
  readonly itemIndex: number;
  /** Discount and charges included. */
  readonly allocatedMinor: bigint;
  readonly discountMinor: bigint;
  readonly chargesMinor: bigint;
}

/**
 * How money settles items of another currency. The amounts of the allocations are the items', these are the
 * transaction's.
 */
export interface MatchExchange {
  /** The items' currency. */
  readonly currency: string;
  /** Money of the transaction that the items use, signed like it. */
  readonly moneyMinor: bigint;
  /** What banks took of the transaction's currency before the money came, unsigned. */
  readonly chargesMinor: bigint;
  /** One unit of `unitCurrency` is `rate` of the other currency. */
  readonly rate: string;
  readonly unitCurrency: string;
  /** Where the rate is from: the entry states it, the two amounts give it, a person typed it. */
  readonly rateFrom: 'entry' | 'amounts' | 'person';
}

export interface Evidence {
  readonly code: EvidenceCode;
  /** Natural-log likelihood ratio that this evidence adds; negative speaks against. */
  readonly weight: number;
  /** Numbers the words need, as text: `{percent: '2'}`. Never a name or an account number. */
  readonly values?: Readonly<Record<string, string>>;
}

/** One way to explain a bank transaction by open items. */
export interface Explanation {
  readonly allocations: readonly Allocation[];
  /** Of items in another currency than the transaction's. */
  readonly exchange?: MatchExchange;
  /** Money of the transaction that the allocations leave for Unapplied cash; never negative. */
  readonly remainderMinor: bigint;
  /** Log-odds: prior plus the evidence's weights. */
  readonly score: number;
  /** Strongest first. */
  readonly evidence: readonly Evidence[];
  /** Two explanations with the same key settle the same items by the same amounts. */
  readonly key: string;
  /** Every item is named by an exact reference of the payment. */
  readonly named: boolean;
  /** What forbids posting it without a person, however probable it is. */
  readonly obstacles: readonly Obstacle[];
}

export type Obstacle =
  | 'payer-is-another-customer'
  | 'reference-alone'
  | 'reference-damaged-payer-unknown'
  | 'payer-not-certain'
  | 'owed-by-another'
  | 'names-another-invoice'
  | 'leaves-named-item-out'
  | 'search-not-complete'
  | 'sum-may-be-chance'
  | 'amount-common'
  | 'shortfall-unexplained'
  | 'discount-late'
  | 'overpaid'
  | 'part-payment-unsure'
  | 'before-invoice'
  | 'many-customers'
  | 'exchange-unsure'
  | 'exchange-contradicted'
  | 'return-said'
  | 'outgoing';

/** What the engine says of one transaction. Suggestions are best first. */
export interface Decision {
  readonly transactionId: bigint;
  readonly status: 'auto' | 'suggested' | 'unmatched';
  readonly explanations: readonly RatedExplanation[];
  /** Why nothing is proposed, or what stands in the way; for lines without an explanation. */
  readonly notes: readonly Evidence[];
}

/** What the probability of an explanation rests on: nothing against it, chance, or something that contradicts it. */
export type Ground = 'clear' | 'chance' | 'contradicted';

/** How unambiguous an explanation is: what else was considered, and whether everything was. */
export interface Certificate {
  /** Explanations of this transaction that were drafted and weighed, this one included. */
  readonly considered: number;
  /** The others that lie within tolerance, the likeliest first; a few of them where there are many. */
  readonly others: readonly Explanation[];
  /** Nats between this one and the likeliest other; absent where there is no other. */
  readonly margin?: number;
  /** True where no search gave up and no list was cut, so that there is no explanation beside those considered. */
  readonly complete: boolean;
}

export interface RatedExplanation {
  readonly explanation: Explanation;
  /** How often an explanation like this one is right, 0..1: learned, see `calibration-data`. */
  readonly probability: number;
  /** Natural-log odds against all other explanations of this transaction and none of them, as weighed. */
  readonly logOdds: number;
  readonly ground: Ground;
  /** How many other explanations lie within tolerance of this one. */
  readonly rivals: number;
  readonly certificate: Certificate;
}
