/**
 * What a payment may be about, from the indexes: the items its text names, the customers that may
 * have paid. Never a scan of all items or customers. Pure.
 */
import { ItemBook } from './item-book.ts';
import { type ReadRemittance, readRemittance } from './normalise-remittance.ts';
import { PartyIndex, type Payers } from './party-index.ts';
import { type NamedReferences, ReferenceIndex } from './reference-index.ts';
import type { RawHit } from './reference-text.ts';
import { hitWeight } from './reference-weight.ts';
import type { MatchCustomer, MatchItem, MatchTransaction } from './types.ts';

/** Everything the engine looks things up in. Items and customers are in canonical order. */
export interface MatchIndexes {
  readonly items: readonly MatchItem[];
  readonly customers: readonly MatchCustomer[];
  readonly book: ItemBook;
  readonly references: ReferenceIndex;
  readonly parties: PartyIndex;
  readonly customerIndex: ReadonlyMap<string, number>;
}

export interface Candidates {
  readonly transaction: MatchTransaction;
  readonly remittance: ReadRemittance;
  readonly references: NamedReferences;
  readonly payers: Payers;
  /** The strongest hit of each item that the text names. */
  readonly named: ReadonlyMap<number, RawHit>;
}

/** Sorts copies of the inputs, so that whatever follows does not depend on the order they came in. */
export function createIndexes(
  items: readonly MatchItem[],
  customers: readonly MatchCustomer[],
): { indexes: MatchIndexes; steps: () => Generator<void> } {
  const sortedItems = [...items].sort(
    (left, right) =>
      compare(left.dueOn, right.dueOn) ||
      compare(left.invoiceNumber, right.invoiceNumber) ||
      compare(left.customerId, right.customerId),
  );
  const sortedCustomers = [...customers].sort((left, right) => compare(left.customerId, right.customerId));
  const customerIndex = new Map(sortedCustomers.map((customer, at) => [customer.customerId, at]));
  const indexes: MatchIndexes = {
    items: sortedItems,
    customers: sortedCustomers,
    book: new ItemBook(sortedItems),
    references: new ReferenceIndex(sortedItems),
    parties: new PartyIndex(sortedCustomers),
    customerIndex,
  };
  return { indexes, steps: () => fill(indexes) };
}

/** Fills the indexes a little at a time; the caller gives the event loop a turn between steps. */
function* fill(indexes: MatchIndexes): Generator<void> {
  for (let at = 0; at < indexes.items.length; at += 1) {
    indexes.book.add(at);
    indexes.references.add(at);
    if (at % 512 === 511) yield;
  }
  for (let at = 0; at < indexes.customers.length; at += 1) {
    indexes.parties.add(at);
    if (at % 512 === 511) yield;
  }
}

/** Looks up what `transaction` names and who may have paid it. */
export function findCandidates(indexes: MatchIndexes, transaction: MatchTransaction): Candidates {
  const remittance = readRemittance(transaction);
  const references = indexes.references.find(remittance);
  const named = new Map<number, RawHit>();
  for (const slot of references.slots) {
    for (const hit of slot.hits) {
      const known = named.get(hit.itemIndex);
      if (!known || hitWeight(hit) > hitWeight(known)) named.set(hit.itemIndex, hit);
    }
  }
  return {
    transaction,
    remittance,
    references,
    payers: indexes.parties.find(transaction, remittance),
    named,
  };
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
