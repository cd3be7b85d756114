/**
 * The engine for money that is decided the moment it arrives: the stages and indexes of a run, kept in
 * memory beside the books. One payment is decided as a run over it alone would decide it. Pure.
 */
import { mayPost } from './decision.ts';
import { evaluate, suggest } from './evaluation.ts';
import type { CustomerLearning } from './learned-index.ts';
import { buildIndexes } from './open-indexes.ts';
import { defaultPolicy, type MatchPolicy } from './policy.ts';
import type { Decision, MatchCustomer, MatchItem, MatchTransaction } from './types.ts';

export interface OnlineDecision extends Decision {
  /** The item that an allocation counts, as it was when the payment was decided. */
  items(itemIndex: number): MatchItem;
}

/** Indexes over open items and customers that stay in memory and follow the books. */
export interface OnlineMatcher {
  /** Items known, settled ones included. */
  readonly itemCount: number;
  /**
   * Decides one payment against what is open now; takes nothing of any item. `rejected` are the sets
   * of items (`itemsKey`) that a person has said it does not settle.
   */
  decide(transaction: MatchTransaction, rejected?: ReadonlySet<string>): OnlineDecision;
  /** A new item, or what is left of a known one. */
  setItem(item: MatchItem): void;
  removeItem(id: bigint): void;
  /** A new customer, or what a known one is now. */
  setCustomer(customer: MatchCustomer): void;
  /** What people's decisions taught of a customer is this from here on. */
  setLearning(learning: CustomerLearning): void;
}

/** Room for items that come later, so that the indexes need not be laid out anew while money waits. */
const HEADROOM = 20_000;

/**
 * Builds the matcher a little at a time: every yield is a chance to give the event loop a turn, a
 * millisecond or two of work after the one before.
 */
export function* createOnlineMatcher(
  items: Iterable<MatchItem>,
  customers: Iterable<MatchCustomer>,
  policy: MatchPolicy = defaultPolicy,
): Generator<void, OnlineMatcher> {
  const building = buildIndexes(items, customers, HEADROOM + (Array.isArray(items) ? items.length : 0));
  let step = building.next();
  while (!step.done) {
    yield;
    step = building.next();
  }
  const indexes = step.value;
  return {
    get itemCount() {
      return indexes.itemCount;
    },
    setItem: (item) => indexes.setItem(item),
    removeItem: (id) => indexes.removeItem(id),
    setCustomer: (customer) => indexes.setCustomer(customer),
    setLearning: (learning) => indexes.learned.set(learning),
    decide(transaction, rejected) {
      const evaluation = evaluate(indexes, transaction, policy, rejected);
      const best = evaluation.rated[0];
      const decision: Decision =
        best && mayPost(best, policy, transaction)
          ? { transactionId: transaction.id, status: 'auto', explanations: [best], notes: [] }
          : suggest(indexes, [evaluation], policy).get(transaction.id)!;
      return { ...decision, items: itemsOf(indexes.items, decision) };
    },
  };
}

/** The items of a decision as they are now: places in the indexes are used again when an item goes. */
function itemsOf(items: readonly MatchItem[], { explanations }: Decision): (itemIndex: number) => MatchItem {
  const kept = new Map<number, MatchItem>();
  for (const { explanation, certificate } of explanations) {
    for (const { allocations } of [explanation, ...certificate.others]) {
      for (const { itemIndex } of allocations) kept.set(itemIndex, items[itemIndex]!);
    }
  }
  return (itemIndex) => {
    const item = kept.get(itemIndex);
    if (!item) throw new RangeError('The decision says nothing of that item.');
    return item;
  };
}
