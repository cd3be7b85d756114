/** A line that a bank will report, planned together with the truth about it. */
import type { AccountNumber } from './identifiers.ts';
import type { Invoice } from './invoices.ts';
import type { AccountKey } from './world.ts';

/** What a line is, for whoever measures a matching engine against it. */
export type TruthClass =
  | 'structured'
  | 'written'
  | 'damaged'
  | 'missing'
  | 'joint'
  | 'lump-sum'
  | 'part-payment'
  | 'fee-deducted'
  | 'overpayment'
  | 'third-party'
  | 'direct-debit'
  | 'cross-currency'
  | 'duplicate-payment'
  | 'return'
  | 'nobody'
  | 'internal-transfer'
  | 'fx-conversion'
  | 'supplier-payment'
  | 'salary'
  | 'tax'
  | 'bank-fee';

export type Trait =
  | 'discount'
  | 'late-discount'
  | 'credit-note'
  | 'batch'
  | 'known-account'
  | 'unknown-account'
  | 'fee-shown'
  | `damage:${string}`;

/** What a line pays of one open item, in the item's currency. */
export interface Allocation {
  readonly invoice: Invoice;
  /** What is settled of the item, discount and charges included; negative for a credit note. */
  readonly allocatedMinor: bigint;
  readonly discountMinor: bigint;
  readonly chargesMinor: bigint;
}

/** How the bank booked it; the writers turn it into codes of their format. */
export type Booking =
  | 'sepa-credit'
  | 'instant-credit'
  | 'cross-border-credit'
  | 'direct-debit'
  | 'direct-debit-return'
  | 'credit-reversal'
  | 'sepa-payment'
  | 'salary-batch'
  | 'charge'
  | 'internal'
  | 'exchange';

export interface Counterparty {
  readonly name: string;
  readonly account?: AccountNumber;
  readonly country: string;
  readonly town?: string;
}

export interface BankLine {
  readonly account: AccountKey;
  /** Booking date: a business day. */
  readonly date: string;
  readonly direction: 'credit' | 'debit';
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly booking: Booking;
  readonly className: TruthClass;
  readonly traits: readonly Trait[];
  readonly pays: readonly Allocation[];
  readonly counterparty?: Counterparty;
  /** Who owes, where somebody else pays. */
  readonly ultimate?: string;
  readonly text: readonly string[];
  /** An RF reference in the structured field. */
  readonly reference?: string;
  /** Invoices named as structured documents. */
  readonly documents?: readonly Invoice[];
  /** Absent where the payer gave none. */
  readonly endToEndId?: string;
  readonly charge?: { readonly amountMinor: bigint; readonly shown: boolean };
  /** What the payer instructed, where it is another amount or currency; `rate` as the bank prints it. */
  readonly instructed?: { readonly amountMinor: bigint; readonly currency: string; readonly rate?: string };
  readonly returnReason?: string;
  readonly mandateId?: string;
  /** Lines of one batch are one entry with a detail each. */
  readonly batch?: string;
  /** Time of day at which an instant payment was accepted. */
  readonly time?: string;
  /** Ties the line to a planted outlier. */
  readonly planted?: string;
  /** The line that this one takes back or repeats. */
  readonly original?: BankLine;
}

/** A line with the place it found in a file. */
export interface PlacedLine {
  readonly line: BankLine;
  readonly file: string;
  readonly statement: number;
  readonly index: number;
  readonly servicerReference: string;
}

/** Something planted for the fraud desk to find. */
export interface Planted {
  readonly id: string;
  readonly kind:
    | 'changed-account'
    | 'changed-supplier-account'
    | 'odd-hour'
    | 'duplicate-invoice'
    | 'duplicate-payment'
    | 'unusual-amount';
  readonly note: string;
  readonly invoices: readonly string[];
}

/** What is open of each invoice while payments are planned, so that nothing is paid twice by accident. */
export class OpenAmounts {
  readonly #left = new Map<string, bigint>();

  left(invoice: Invoice): bigint {
    return this.#left.get(invoice.number) ?? invoice.amountMinor;
  }

  settle(allocation: Allocation): void {
    const settled = allocation.allocatedMinor < 0n ? -allocation.allocatedMinor : allocation.allocatedMinor;
    const left = this.left(allocation.invoice) - settled;
    if (left < 0n) throw new Error(`${allocation.invoice.number} would be paid beyond its amount.`);
    this.#left.set(allocation.invoice.number, left);
  }
}
