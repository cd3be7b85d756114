/**
 * What a payment may be about, from the indexes: the items its text names, the customers that may
 * have paid. Never a scan of all items or customers. Pure.
 */
import type { ToldMoney } from './exchange.ts';
import { type ReadRemittance, readRemittance } from './normalise-remittance.ts';
import type { MatchIndexes } from './open-indexes.ts';
import type { KnownPayer, Payers } from './party-index.ts';
import type { NamedReferences } from './reference-index.ts';
import type { RawHit } from './reference-text.ts';
import { hitWeight, isStrong } from './reference-weight.ts';
import type { MatchTransaction } from './types.ts';

export interface Candidates {
  readonly transaction: MatchTransaction;
  readonly remittance: ReadRemittance;
  readonly references: NamedReferences;
  readonly payers: Payers;
  /** The strongest hit of each item that the text names. */
  readonly named: ReadonlyMap<number, RawHit>;
  /** For each place that names items beyond doubt, those items. */
  readonly certainPlaces: readonly (readonly number[])[];
  /** Set where `transaction` is the money as it was told in another currency than its account's. */
  readonly told?: ToldMoney;
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
    payers: indexes.parties.find(transaction, remittance, learnedPayers(indexes, transaction, remittance)),
    named,
    certainPlaces: references.slots
      .map(({ hits }) => hits.filter(isStrong).map(({ itemIndex }) => itemIndex))
      .filter((items) => items.length > 0),
  };
}

/** Customers for whom people decided payments of this payer, by their places. */
function learnedPayers(
  { learned, customerIndex }: MatchIndexes,
  transaction: MatchTransaction,
  remittance: ReadRemittance,
): KnownPayer[] {
  return learned.payers(transaction, remittance).flatMap((payer) => {
    const place = customerIndex.get(payer.customerId);
    return place === undefined ? [] : [{ customerIndex: place, payer }];
  });
}
