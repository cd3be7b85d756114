/**
 * How an amount of money fits a set of items: exactly, less discount, less charges, in part, or with
 * something over. Integers only. Pure.
 */
import { daysBetween } from '../base/index.ts';
import { exchangeTolerance } from './exchange.ts';
import type { ItemBook } from './item-book.ts';
import { chargesLimit, type MatchPolicy } from './policy.ts';
import type { Allocation, MatchItem, MatchTransaction } from './types.ts';

export type FitKind =
  | 'exact'
  | 'discount'
  | 'discount-grace'
  | 'discount-late'
  | 'discount-and-charges'
  | 'charges-stated'
  | 'instructed'
  | 'exchange'
  | 'charges-guessed'
  | 'documents'
  | 'part'
  | 'over';

export interface Fit {
  readonly kind: FitKind;
  readonly allocations: readonly Allocation[];
  readonly remainderMinor: bigint;
}

export interface FitInput {
  readonly transaction: MatchTransaction;
  readonly book: ItemBook;
  readonly policy: MatchPolicy;
  /** True where the money is told in another currency than its account's: what rounding leaves belongs to no item. */
  readonly isConverted?: boolean;
}

/** Money of the transaction, signed: credit is positive. */
export function signedMoney(transaction: Pick<MatchTransaction, 'amountMinor' | 'direction'>): bigint {
  return transaction.direction === 'credit' ? transaction.amountMinor : -transaction.amountMinor;
}

/** Every way the money fits exactly these items, the likeliest first. */
export function fits(input: FitInput, items: readonly number[]): Fit[] {
  const money = signedMoney(input.transaction);
  const sum = items.reduce((total, item) => total + input.book.available(item), 0n);
  if (items.length === 0) return [];
  if (money === sum) return [{ kind: 'exact', allocations: whole(input.book, items), remainderMinor: 0n }];
  if (money < 0n) return [];
  const converted = exchangeFit(input, items, sum - money);
  if (converted) return [converted];
  if (money > sum) {
    return sum > 0n
      ? [{ kind: 'over', allocations: whole(input.book, items), remainderMinor: money - sum }]
      : [];
  }
  const discounts = discountFits(input, items, sum - money);
  const charges = chargesFits(input, items, sum - money);
  const explained = [...discounts, ...charges].filter(({ kind }) => EXPLAINED.has(kind));
  // What terms or the bank explain to the cent needs no guess beside it.
  if (explained.length > 0) return explained;
  const part = partFit(input, items, money);
  return [...discounts, ...charges, ...(part ? [part] : [])];
}

/** Shortfalls that the terms of the items or the bank's own statement account for. */
const EXPLAINED: ReadonlySet<FitKind> = new Set<FitKind>([
  'discount',
  'discount-grace',
  'discount-and-charges',
  'charges-stated',
  'instructed',
]);

function whole(book: ItemBook, items: readonly number[]): Allocation[] {
  return items.map((itemIndex) => ({
    itemIndex,
    allocatedMinor: book.available(itemIndex),
    discountMinor: 0n,
    chargesMinor: 0n,
  }));
}

/** The discount an item's terms allow on what is left of it, rounded half up; 0 where it has none. */
export function discountOf(item: MatchItem, availableMinor: bigint): bigint {
  if (item.discountPpm === undefined || availableMinor <= 0n) return 0n;
  return (availableMinor * BigInt(item.discountPpm) + 500_000n) / 1_000_000n;
}

function discountFits(input: FitInput, items: readonly number[], shortfall: bigint): Fit[] {
  const { book, transaction, policy } = input;
  if (items.every((item) => book.item(item).discountPpm === undefined)) return [];
  const discounts = items.map((item) => discountOf(book.item(item), book.available(item)));
  const total = discounts.reduce((sum, discount) => sum + discount, 0n);
  if (total === 0n) return [];
  const tolerance = BigInt(items.length);
  if (within(total, shortfall, tolerance)) {
    return discountFit(input, items, discounts, shortfall - total);
  }
  const stated = statedCharges(input);
  if (stated > 0n && within(total + stated, shortfall, tolerance)) {
    return discountFit(input, items, discounts, shortfall - total - stated).map((fit) => ({
      ...fit,
      kind: fit.kind === 'discount-late' ? fit.kind : 'discount-and-charges',
      allocations: withCharges(fit.allocations, stated),
    }));
  }
  const guessed = shortfall - total;
  const limit = chargesLimit(policy, transaction.currency, signedMoney(transaction));
  if (guessed > tolerance && guessed <= limit) {
    return discountFit(input, items, discounts, 0n).map((fit) => ({
      ...fit,
      kind: 'charges-guessed',
      allocations: withCharges(fit.allocations, guessed),
    }));
  }
  // Some of several items may have been paid in time and others not.
  const taken = takenDiscounts(items, discounts, shortfall, transaction, book, policy);
  return taken
    ? discountFit(input, items, taken, shortfall - taken.reduce((sum, each) => sum + each, 0n))
    : [];
}

/** Only those discounts whose time has not run out, or only a single item's. */
function takenDiscounts(
  items: readonly number[],
  discounts: readonly bigint[],
  shortfall: bigint,
  transaction: MatchTransaction,
  book: ItemBook,
  policy: MatchPolicy,
): bigint[] | undefined {
  const inTime = items.map((item, at) =>
    daysLate(book.item(item), transaction) <= policy.discountGraceDays ? discounts[at]! : 0n,
  );
  const tries = [inTime, ...items.map((_, at) => discounts.map((each, other) => (other === at ? each : 0n)))];
  return tries.find((each) => {
    const sum = each.reduce((total, discount) => total + discount, 0n);
    return sum > 0n && within(sum, shortfall, 1n);
  });
}

function discountFit(
  input: FitInput,
  items: readonly number[],
  discounts: readonly bigint[],
  rounding: bigint,
): Fit[] {
  const { book, transaction, policy } = input;
  let late = 0;
  items.forEach((item, at) => {
    if (discounts[at]! > 0n) late = Math.max(late, daysLate(book.item(item), transaction));
  });
  if (late > policy.discountLateDays) return [];
  const kind = late <= 0 ? 'discount' : late <= policy.discountGraceDays ? 'discount-grace' : 'discount-late';
  const largest = discounts.reduce((best, discount, at) => (discount > discounts[best]! ? at : best), 0);
  const allocations = whole(book, items).map((allocation, at) => ({
    ...allocation,
    discountMinor: discounts[at]! + (at === largest ? rounding : 0n),
  }));
  return [{ kind, allocations, remainderMinor: 0n }];
}

/** The discount that an item still allows on the day of the payment; 0 where its time is over. */
export function discountInTime({ book, transaction, policy }: FitInput, itemIndex: number): bigint {
  const item = book.item(itemIndex);
  const inTime = daysLate(item, transaction) <= policy.discountGraceDays;
  return inTime ? discountOf(item, book.available(itemIndex)) : 0n;
}

/** Days from the last day of the discount to the payment; 0 or less is in time. */
export function daysLate(item: MatchItem, transaction: MatchTransaction): number {
  if (item.discountUntil === undefined) return 0;
  const { bookingDate, valueDate } = transaction;
  const paid = valueDate !== undefined && valueDate < bookingDate ? valueDate : bookingDate;
  return daysBetween(item.discountUntil, paid);
}

/** Charges that the bank states, and what the payer instructed beyond the money that came. */
function statedCharges({ transaction }: FitInput): bigint {
  if (!transaction.charges && !transaction.instructed) return 0n;
  const stated = (transaction.charges ?? [])
    .filter((charge) => charge.currency === transaction.currency)
    .reduce(
      (sum, { direction, amountMinor }) => sum + (direction === 'debit' ? amountMinor : -amountMinor),
      0n,
    );
  if (stated !== 0n) return stated;
  const { instructed, amountMinor, currency } = transaction;
  return instructed?.currency === currency ? instructed.amountMinor - amountMinor : 0n;
}

function chargesFits(input: FitInput, items: readonly number[], shortfall: bigint): Fit[] {
  const { transaction, policy, book } = input;
  const sum = signedMoney(transaction) + shortfall;
  const stated = statedCharges(input);
  let kind: FitKind;
  if (stated === shortfall) kind = (transaction.charges?.length ?? 0) > 0 ? 'charges-stated' : 'instructed';
  else {
    if (shortfall > chargesLimit(policy, transaction.currency, sum)) return [];
    kind = 'charges-guessed';
  }
  const allocations = withCharges(whole(book, items), shortfall);
  return allocations.length === 0 ? [] : [{ kind, allocations, remainderMinor: 0n }];
}

/** Money that differs from the items by no more than its conversion explains, charges that the bank states beside it. */
function exchangeFit(input: FitInput, items: readonly number[], shortfall: bigint): Fit | undefined {
  const tolerance = exchangeTolerance(input.transaction, input.policy);
  const stated = tolerance === 0n ? 0n : statedCharges(input);
  if (tolerance === 0n || !within(shortfall, stated, tolerance)) return undefined;
  if (input.isConverted) {
    const settled = withCharges(whole(input.book, items), stated > 0n ? stated : 0n);
    return settled.length === 0 ? undefined : { kind: 'exchange', allocations: settled, remainderMinor: 0n };
  }
  if (shortfall < 0n)
    return { kind: 'exchange', allocations: whole(input.book, items), remainderMinor: -shortfall };
  const allocations = withCharges(whole(input.book, items), shortfall);
  return allocations.length === 0 ? undefined : { kind: 'exchange', allocations, remainderMinor: 0n };
}

/** Puts charges on the largest item; nothing where it is smaller than they are. */
function withCharges(allocations: readonly Allocation[], chargesMinor: bigint): Allocation[] {
  const largest = allocations.reduce(
    (best, allocation, at) => (allocation.allocatedMinor > allocations[best]!.allocatedMinor ? at : best),
    0,
  );
  if (allocations[largest]!.allocatedMinor < chargesMinor) return [];
  return allocations.map((allocation, at) => (at === largest ? { ...allocation, chargesMinor } : allocation));
}

/**
 * Fills the items in order until the money ends; credit notes count in full first. Charges that the
 * bank states were paid too, though they did not arrive.
 */
function partFit(input: FitInput, items: readonly number[], arrivedMinor: bigint): Fit | undefined {
  const { book } = input;
  const stated = statedCharges(input);
  const money = arrivedMinor + (stated > 0n ? stated : 0n);
  const credits = items.filter((item) => book.available(item) < 0n);
  let left = money - credits.reduce((sum, item) => sum + book.available(item), 0n);
  const allocations = whole(book, credits);
  for (const itemIndex of items) {
    const available = book.available(itemIndex);
    if (available <= 0n || left <= 0n) continue;
    const allocatedMinor = lesser(available, left);
    allocations.push({ itemIndex, allocatedMinor, discountMinor: 0n, chargesMinor: 0n });
    left -= allocatedMinor;
  }
  if (left !== 0n || allocations.length === 0) return undefined;
  const withStated = stated > 0n ? withCharges(allocations, stated) : allocations;
  return withStated.length === 0 ? undefined : { kind: 'part', allocations: withStated, remainderMinor: 0n };
}

/** What structured remittance says is paid of each document, where it adds up to the money. */
export function documentFit(
  input: FitInput,
  stated: ReadonlyMap<number, { paidMinor: bigint; discountMinor: bigint }>,
): Fit | undefined {
  const { book, transaction } = input;
  if (stated.size === 0) return undefined;
  let total = 0n;
  const allocations: Allocation[] = [];
  for (const [itemIndex, { paidMinor, discountMinor }] of stated) {
    const signed = book.available(itemIndex) < 0n ? -paidMinor : paidMinor;
    const allocatedMinor = signed + discountMinor;
    if (paidMinor <= 0n || discountMinor < 0n || !book.canTake(itemIndex, allocatedMinor)) return undefined;
    total += signed;
    allocations.push({ itemIndex, allocatedMinor, discountMinor, chargesMinor: 0n });
  }
  if (total !== signedMoney(transaction)) return undefined;
  return { kind: 'documents', allocations, remainderMinor: 0n };
}

function lesser(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}

function within(left: bigint, right: bigint, tolerance: bigint): boolean {
  const difference = left - right;
  return difference <= tolerance && difference >= -tolerance;
}
