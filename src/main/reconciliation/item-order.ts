/** An order of items and customers that follows from what they are, never from when they came in. Pure. */
import type { MatchCustomer, MatchItem } from './types.ts';

/** Compares texts by code unit. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Earlier due dates first; ids decide only between items that are the same in everything. */
export function compareItems(left: MatchItem, right: MatchItem): number {
  if (left === right) return 0;
  return (
    compareText(left.dueOn, right.dueOn) ||
    compareText(left.invoiceNumber, right.invoiceNumber) ||
    compareText(left.customerId, right.customerId) ||
    compareText(left.kind, right.kind) ||
    compareText(left.currency, right.currency) ||
    compareNumber(left.amountMinor, right.amountMinor) ||
    compareNumber(left.availableMinor, right.availableMinor) ||
    compareNumber(left.id, right.id)
  );
}

export function compareCustomers(left: MatchCustomer, right: MatchCustomer): number {
  return compareText(left.customerId, right.customerId);
}

function compareNumber(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
