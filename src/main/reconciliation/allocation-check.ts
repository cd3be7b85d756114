/** Whether allocations that a person gives can be made at all. Pure. */
import { formatAmount } from '../../contract/money.ts';
import { CountersignError } from '../base/index.ts';
import type { TransactionFacts } from './context.ts';
import { moneyUsed } from './reallocation.ts';
import type { AllocationRow } from './store.ts';

export interface AllocatableItem {
  readonly invoiceNumber: string;
  readonly kind: 'invoice' | 'credit_note';
  readonly currency: string;
  readonly openMinor: bigint;
}

/**
 * Throws where the allocations do not fit the items or the money, which are of one currency.
 * Errors: INPUT_INVALID, MATCH_CURRENCY, MATCH_OVER_ALLOCATED.
 */
export function checkAllocations(
  facts: Pick<TransactionFacts, 'currency' | 'moneyMinor'>,
  allocations: readonly AllocationRow[],
  itemOf: (id: bigint) => AllocatableItem,
): void {
  checkItems(facts.currency, allocations, itemOf);
  checkMoney(facts, moneyUsed(allocations));
}

/** Throws where the allocations do not fit the items, all of `currency`. Errors: as `checkAllocations`. */
export function checkItems(
  currency: string,
  allocations: readonly AllocationRow[],
  itemOf: (id: bigint) => AllocatableItem,
): void {
  if (allocations.length === 0) refuse('allocations', 'at least one allocation');
  const seen = new Set<bigint>();
  allocations.forEach((each, at) => {
    const path = `allocations[${at}]`;
    if (seen.has(each.openItemId)) refuse(`${path}.openItemId`, 'each open item once');
    seen.add(each.openItemId);
    checkOne(currency, each, itemOf(each.openItemId), path);
  });
  if (moneyUsed(allocations) === 0n) refuse('allocations', 'allocations that use some of the money');
}

/** Throws where a match would use more money than there is, or of the other side. Errors: MATCH_OVER_ALLOCATED. */
export function checkMoney(
  facts: Pick<TransactionFacts, 'currency' | 'moneyMinor'>,
  usedMinor: bigint,
): void {
  const isOtherWay = usedMinor > 0n !== facts.moneyMinor > 0n;
  const isTooMuch = facts.moneyMinor > 0n ? usedMinor > facts.moneyMinor : usedMinor < facts.moneyMinor;
  if (isOtherWay || isTooMuch) {
    throw new CountersignError('MATCH_OVER_ALLOCATED', 'More would be allocated than the money received.', {
      path: 'allocations',
      expected: `at most ${formatAmount(facts.moneyMinor, facts.currency)} ${facts.currency}`,
      actual: `${formatAmount(usedMinor, facts.currency)} ${facts.currency}`,
    });
  }
}

function checkOne(currency: string, each: AllocationRow, item: AllocatableItem, path: string): void {
  if (item.currency !== currency) {
    throw new CountersignError('MATCH_CURRENCY', 'The open items of one match are of one currency.', {
      path: `${path}.openItemId`,
      expected: currency,
      actual: item.currency,
    });
  }
  const size = item.kind === 'credit_note' ? -each.allocatedMinor : each.allocatedMinor;
  if (size <= 0n) {
    refuse(`${path}.allocatedMinor`, item.kind === 'credit_note' ? 'a negative amount' : 'a positive amount');
  }
  if (each.discountMinor < 0n || each.chargesMinor < 0n) refuse(path, 'discount and charges of zero or more');
  if (each.discountMinor + each.chargesMinor > size) {
    refuse(path, 'discount and charges no larger than what is allocated');
  }
  if (size > item.openMinor) {
    throw new CountersignError(
      'MATCH_OVER_ALLOCATED',
      'More would be allocated to an open item than remains of it.',
      {
        path: `${path}.allocatedMinor`,
        invoiceNumber: item.invoiceNumber,
        expected: `at most ${formatAmount(item.openMinor, item.currency)} ${item.currency}`,
        actual: `${formatAmount(size, item.currency)} ${item.currency}`,
      },
    );
  }
}

/** Throws INPUT_INVALID. */
export function refuse(path: string, expected: string): never {
  throw new CountersignError('INPUT_INVALID', 'The allocations cannot be made as they are.', {
    path,
    expected,
  });
}
