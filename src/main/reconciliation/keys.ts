/** Texts by which equal things are known as equal. Pure. */

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
