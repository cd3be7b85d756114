/** The journal postings of a match: what moves from Unapplied cash to where it belongs. Pure. */
import { addDays, type IsoDate } from '../base/index.ts';
import type { AccountRole } from '../ledger/index.ts';
import type { AllocationRow } from './store.ts';

export interface RolePosting {
  readonly role: AccountRole;
  /** Debit positive, credit negative. */
  readonly amountMinor: bigint;
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

/** Money that the allocations use, signed like the transaction: what is settled less discount and charges. */
export function moneyUsed(allocations: readonly AllocationRow[]): bigint {
  return allocations.reduce(
    (sum, each) => sum + each.allocatedMinor - each.discountMinor - each.chargesMinor,
    0n,
  );
}

/**
 * Postings of a match. The line stands in Unapplied cash since it was imported, a credit there for
 * money that came in; what it settles leaves Receivables. Sums to zero; postings of zero are left out.
 */
export function matchPostings(allocations: readonly AllocationRow[]): RolePosting[] {
  const total = (pick: (each: AllocationRow) => bigint): bigint =>
    allocations.reduce((sum, each) => sum + pick(each), 0n);
  const postings: RolePosting[] = [
    { role: 'unapplied-cash', amountMinor: moneyUsed(allocations) },
    { role: 'discounts-allowed', amountMinor: total((each) => each.discountMinor) },
    { role: 'bank-charges', amountMinor: total((each) => each.chargesMinor) },
    { role: 'receivables', amountMinor: -total((each) => each.allocatedMinor) },
  ];
  return postings.filter(({ amountMinor }) => amountMinor !== 0n);
}

/**
 * Postings of a match of money that no statement has yet: all of it stands in In-transit until the line
 * comes, and what the items do not need is Unapplied cash at once. `moneyMinor` is signed.
 */
export function prePostings(moneyMinor: bigint, allocations: readonly AllocationRow[]): RolePosting[] {
  const postings = matchPostings(allocations).filter(({ role }) => role !== 'unapplied-cash');
  const restMinor = moneyMinor - moneyUsed(allocations);
  return [
    { role: 'in-transit' as const, amountMinor: moneyMinor },
    ...postings,
    { role: 'unapplied-cash' as const, amountMinor: -restMinor },
  ].filter(({ amountMinor }) => amountMinor !== 0n);
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
