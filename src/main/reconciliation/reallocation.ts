/** The journal postings of a match: what moves from Unapplied cash to where it belongs. Pure. */
import { divideRounded } from '../../contract/rates.ts';
import { addDays, type IsoDate } from '../base/index.ts';
import type { AccountRole } from '../ledger/index.ts';
import type { Booking } from './booking.ts';
import type { AllocationRow } from './store.ts';
import type { MatchExchange } from './types.ts';

export interface RolePosting {
  readonly role: AccountRole;
  /** Debit positive, credit negative. */
  readonly amountMinor: bigint;
  /** Where it is another than the transaction's. */
  readonly currency?: string;
}

/** A posting to an account that somebody named. */
export interface AccountPosting {
  readonly accountId: bigint;
  readonly amountMinor: bigint;
}

/** Postings of a line that settles nothing and that a rule moves to an account. `moneyMinor` is signed. */
export function bookingPostings(moneyMinor: bigint, accountId: bigint): (RolePosting | AccountPosting)[] {
  return [
    { role: 'unapplied-cash', amountMinor: moneyMinor },
    { accountId, amountMinor: -moneyMinor },
  ];
}

/** What a match settles, and at which rate where the items are of another currency than the money. */
export interface Settlement {
  readonly allocations: readonly AllocationRow[];
  readonly exchange?: MatchExchange | undefined;
  /** Where a rule of the desk moves the money of what settles nothing. */
  readonly booking?: Booking | undefined;
}

/** Money that the items take, in their own currency and signed like the transaction: what is settled less discount and charges. */
export function moneyUsed(allocations: readonly AllocationRow[]): bigint {
  return allocations.reduce(
    (sum, each) => sum + each.allocatedMinor - each.discountMinor - each.chargesMinor,
    0n,
  );
}

/** Money of the transaction that a match uses, in the transaction's currency and signed like it. */
export function moneyOf({ allocations, exchange }: Settlement): bigint {
  return exchange?.moneyMinor ?? moneyUsed(allocations);
}

/**
 * Postings of a match. The line stands in Unapplied cash since it was imported, a credit there for
 * money that came in; what it settles leaves Receivables. Between two currencies the money goes through the
 * Currency position of each. Sums to zero in each currency; postings of zero are left out.
 */
export function matchPostings({ allocations, exchange }: Settlement): RolePosting[] {
  const total = (pick: (each: AllocationRow) => bigint): bigint =>
    allocations.reduce((sum, each) => sum + pick(each), 0n);
  const settled: RolePosting[] = [
    { role: 'discounts-allowed', amountMinor: total((each) => each.discountMinor) },
    { role: 'bank-charges', amountMinor: total((each) => each.chargesMinor) },
    { role: 'receivables', amountMinor: -total((each) => each.allocatedMinor) },
  ];
  const usedMinor = moneyUsed(allocations);
  const postings: RolePosting[] =
    exchange === undefined
      ? [{ role: 'unapplied-cash', amountMinor: usedMinor }, ...settled]
      : [
          { role: 'unapplied-cash', amountMinor: exchange.moneyMinor },
          { role: 'bank-charges', amountMinor: exchange.chargesMinor },
          { role: 'currency-position', amountMinor: -exchange.moneyMinor - exchange.chargesMinor },
          ...[{ role: 'currency-position' as const, amountMinor: usedMinor }, ...settled].map((each) => ({
            ...each,
            currency: exchange.currency,
          })),
        ];
  return postings.filter(({ amountMinor }) => amountMinor !== 0n);
}

/**
 * Postings of a match of money that no statement has yet: all of it stands in In-transit until the line
 * comes, and what the items do not need is Unapplied cash at once. `moneyMinor` is signed.
 */
export function prePostings(moneyMinor: bigint, settlement: Settlement): RolePosting[] {
  const postings = matchPostings(settlement).filter(({ role }) => role !== 'unapplied-cash');
  const restMinor = moneyMinor - moneyOf(settlement);
  return [
    { role: 'in-transit' as const, amountMinor: moneyMinor },
    ...postings,
    { role: 'unapplied-cash' as const, amountMinor: -restMinor },
  ].filter(({ amountMinor }) => amountMinor !== 0n);
}

/**
 * What less money still settles: what went back is taken off what was left over, then off the last items.
 * Of items in another currency it pays the share that it is of the money of before. `moneyMinor` is signed.
 */
export function lessOf({ allocations, exchange }: Settlement, moneyMinor: bigint): Settlement {
  if (exchange === undefined) return { allocations: paidBy(allocations, moneyMinor) };
  if (moneyMinor / exchange.moneyMinor >= 1n) return { allocations, exchange };
  // The charges were taken of all the money, so that what went back is a share of what was exchanged.
  const [before, now] = [exchange.moneyMinor + exchange.chargesMinor, moneyMinor + exchange.chargesMinor];
  const share = before < 0n ? [-now, -before] : [now, before];
  const paid = paidBy(allocations, divideRounded(moneyUsed(allocations) * share[0]!, share[1]!));
  return paid.length === 0
    ? { allocations: [] }
    : { allocations: paid, exchange: { ...exchange, moneyMinor } };
}

/** The allocations that so much money pays, in their order; the last of them in part. */
function paidBy(allocations: readonly AllocationRow[], moneyMinor: bigint): AllocationRow[] {
  const size = (amountMinor: bigint): bigint => (amountMinor < 0n ? -amountMinor : amountMinor);
  const paid: AllocationRow[] = [];
  let leftMinor = moneyMinor;
  for (const each of allocations) {
    const cash = moneyUsed([each]);
    const taken = moneyMinor > 0n === cash > 0n && size(cash) > size(leftMinor) ? leftMinor : cash;
    leftMinor -= taken;
    if (taken === cash) paid.push(each);
    else if (taken !== 0n) paid.push({ ...each, allocatedMinor: taken, discountMinor: 0n, chargesMinor: 0n });
  }
  return paid;
}

/** Postings of the line that confirms money in transit: the line itself was posted to Unapplied cash. */
export function clearingPostings(transitMinor: bigint): RolePosting[] {
  return [
    { role: 'unapplied-cash', amountMinor: transitMinor },
    { role: 'in-transit', amountMinor: -transitMinor },
  ];
}

/** Postings of a hold: the whole line from Unapplied cash to Held. `moneyMinor` is signed. */
export function holdPostings(
  moneyMinor: bigint,
  from: 'unapplied-cash' | 'in-transit' = 'unapplied-cash',
): RolePosting[] {
  return [
    { role: from, amountMinor: moneyMinor },
    { role: 'held', amountMinor: -moneyMinor },
  ];
}

export function opposite<Posting extends RolePosting | AccountPosting>(
  postings: readonly Posting[],
): Posting[] {
  return postings.map((posting) => ({ ...posting, amountMinor: -posting.amountMinor }));
}

/** The line's booking date, or the first open day where its period is closed. */
export function effectiveDate(bookingDate: IsoDate, closedThrough: IsoDate | null): IsoDate {
  if (closedThrough === null || bookingDate > closedThrough) return bookingDate;
  return addDays(closedThrough, 1);
}
