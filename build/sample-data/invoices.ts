/** The open items of a sample world: invoices and credit notes with the day on which each gets paid. */
import { daysFrom, plusDays } from './calendar.ts';
import { creditorReference } from './identifiers.ts';
import type { Random } from './random.ts';
import type { Customer } from './world.ts';

export interface Invoice {
  readonly number: string;
  readonly customer: Customer;
  readonly kind: 'invoice' | 'credit_note';
  readonly issuedOn: string;
  readonly dueOn: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  /** Empty where the invoice carries none. */
  readonly structuredReference: string;
  /** Whole percent, 0 for none; the discount comes out exact in minor units. */
  readonly discountPercent: number;
  readonly discountUntil: string;
  /** When its payer means to pay; absent for what is never paid in the sample's time. */
  readonly paidOn?: string;
}

/** The discount that an invoice grants, in minor units; exact by the way amounts are made. */
export function discountMinor(invoice: Invoice): bigint {
  return (invoice.amountMinor * BigInt(invoice.discountPercent)) / 100n;
}

interface Draft extends Omit<Invoice, 'number' | 'structuredReference'> {
  readonly withReference: boolean;
}

const PRICE_POINTS = [4_900, 9_900, 24_900, 49_000, 119_000, 238_000];

function amountOf(customer: Customer, discountPercent: number, random: Random): bigint {
  // One invoice in seven is a subscription or a set price, so that equal amounts do occur.
  if (random.chance(140)) return BigInt(random.pick(PRICE_POINTS));
  const minor = Math.max(1_500, Math.round(random.skewed(customer.medianMinor)));
  // A rate of p percent is exact where the amount is a multiple of 100 minor units (of 50 at 2 percent).
  if (discountPercent > 0) return BigInt(minor - (minor % 100));
  return BigInt(minor);
}

function draftInvoice(customer: Customer, issuedOn: string, random: Random): Draft {
  const termDays = random.weighted([
    [10, 30],
    [14, 32],
    [30, 32],
    [45, 4],
    [60, 2],
  ]);
  const discountPercent = termDays >= 30 && random.chance(420) ? random.pick([2, 2, 3]) : 0;
  const dueOn = plusDays(issuedOn, termDays);
  const discountUntil = discountPercent ? plusDays(issuedOn, 10) : '';
  const takesDiscount = discountPercent > 0 && random.chance(600);
  const paidOn = takesDiscount
    ? plusDays(issuedOn, random.int(4, 8))
    : plusDays(dueOn, customer.latenessDays + random.int(-2, 5));
  const base = {
    customer,
    kind: 'invoice' as const,
    issuedOn,
    dueOn,
    currency: customer.currency,
    amountMinor: amountOf(customer, discountPercent, random),
    discountPercent,
    discountUntil,
    withReference: customer.currency === 'EUR' ? random.chance(900) : random.chance(500),
  };
  return random.chance(35) ? base : { ...base, paidOn };
}

function draftCreditNote(customer: Customer, issuedOn: string, random: Random): Draft {
  return {
    customer,
    kind: 'credit_note',
    issuedOn,
    dueOn: issuedOn,
    currency: customer.currency,
    amountMinor: BigInt(Math.max(500, Math.round(random.skewed(customer.medianMinor / 9)))),
    discountPercent: 0,
    discountUntil: '',
    withReference: false,
  };
}

/** How far back before the first statement an invoice may have been issued, in days. */
const REACH_BACK_DAYS = 130;

/**
 * The open items between two dates: what was issued before `from` and is not paid by then,
 * and what is issued until `to`. Numbers ascend with the date of issue, as an ERP gives them.
 */
export function makeInvoices(
  customers: readonly Customer[],
  from: string,
  to: string,
  random: Random,
): Invoice[] {
  const drafts: Draft[] = [];
  const start = plusDays(from, -REACH_BACK_DAYS);
  const days = daysFrom(start, to) + 1;
  for (const customer of customers) {
    const draws = random.stream(customer.customerId);
    for (let day = 0; day < days; day += 1) {
      const count = Math.floor(customer.invoicesPerThousandDays / 1000);
      const more = draws.chance(customer.invoicesPerThousandDays % 1000) ? 1 : 0;
      for (let at = 0; at < count + more; at += 1) {
        drafts.push(draftInvoice(customer, plusDays(start, day), draws));
        if (draws.chance(18)) drafts.push(draftCreditNote(customer, plusDays(start, day), draws));
      }
    }
  }
  return numbered(drafts, from);
}

function numbered(drafts: readonly Draft[], from: string): Invoice[] {
  const sorted = [...drafts].sort((a, b) => (a.issuedOn < b.issuedOn ? -1 : a.issuedOn > b.issuedOn ? 1 : 0));
  const invoices: Invoice[] = [];
  let serial = 10_200;
  for (const { withReference, ...draft } of sorted) {
    serial += 1;
    // What was settled before the first statement is no longer an open item.
    if (draft.paidOn !== undefined && draft.paidOn < from) continue;
    if (draft.kind === 'credit_note' && draft.issuedOn < plusDays(from, -30)) continue;
    const year = draft.issuedOn.slice(0, 4);
    const number = `${draft.kind === 'invoice' ? 'RE' : 'GS'}-${year}-${serial}`;
    const body = `${draft.customer.customerId.slice(1)}${year.slice(2)}${serial}`;
    invoices.push({ ...draft, number, structuredReference: withReference ? creditorReference(body) : '' });
  }
  return invoices;
}
