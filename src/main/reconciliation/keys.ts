/** Texts by which equal things are known as equal. Pure. */
import type { MatchExchange } from './types.ts';

interface SettledAmounts {
  readonly openItemId: bigint;
  readonly allocatedMinor: bigint;
  readonly discountMinor: bigint;
  readonly chargesMinor: bigint;
}

/** Ascending item ids, separated by blanks: what a rejection names. */
export function itemsKey(openItemIds: readonly bigint[]): string {
  return [...openItemIds].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0)).join(' ');
}

/** Text that two equal sets of allocations share. */
export function allocationsKey(allocations: readonly SettledAmounts[]): string {
  return allocations
    .map((each) => `${each.openItemId}:${each.allocatedMinor}:${each.discountMinor}:${each.chargesMinor}`)
    .sort()
    .join(' ');
}

/** Text that two equal exchanges share. */
export function exchangeKey(exchange: MatchExchange | undefined): string {
  if (exchange === undefined) return '';
  const { currency, moneyMinor, chargesMinor, rate, unitCurrency, rateFrom } = exchange;
  return [currency, moneyMinor, chargesMinor, rate, unitCurrency, rateFrom].join(' ');
}
