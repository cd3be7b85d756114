/**
 * The whole engine over a set of payments and open items: candidates, explanations, assignment,
 * decision. It works in rounds: what is certain by reference is taken first, which makes what
 * remains less ambiguous. Every round is a function of sets, so the order of arrival never matters. Pure.
 */
import { assignSteps, type Claimant } from './assignment.ts';
import { mayPost } from './decision.ts';
import { claimOf, type Evaluation, evaluate, isTouched, suggestSteps } from './evaluation.ts';
import type { CustomerLearning } from './learned-index.ts';
import { buildIndexes, type MatchIndexes, type OpenIndexes } from './open-indexes.ts';
import { defaultPolicy, type MatchPolicy } from './policy.ts';
import { inCanonicalOrder } from './transaction-order.ts';
import type {
  Decision,
  Explanation,
  MatchCustomer,
  MatchItem,
  MatchTransaction,
  RatedExplanation,
} from './types.ts';

export interface EngineInput {
  readonly transactions: readonly MatchTransaction[];
  readonly items: readonly MatchItem[];
  readonly customers: readonly MatchCustomer[];
  readonly policy?: MatchPolicy;
  /** Sets of items (`itemsKey`) that a person has said a payment does not settle. */
  readonly rejected?: ReadonlyMap<bigint, ReadonlySet<string>>;
  /** What people's decisions taught of customers. */
  readonly learned?: readonly CustomerLearning[];
}

export interface EngineResult {
  /** One for each transaction, in canonical order. */
  readonly decisions: readonly Decision[];
  /** The items in the order that `Allocation.itemIndex` counts. */
  readonly items: readonly MatchItem[];
  /** What is left of an item after the automatic matches, unsigned. */
  readonly leftMinor: (itemIndex: number) => bigint;
}

export interface EngineProgress {
  readonly stage: 'index' | 'match' | 'assign';
  readonly doneCount: number;
  readonly totalCount: number;
}

/** Each round posts at least one payment; chains of part payments of one item take one round each. */
const ROUND_LIMIT = 40;
/** A claim must beat the other claims on its items by this many nats, else neither is posted. */
const CLAIM_MARGIN = 3;

/** Runs the engine to its end at once. For many transactions drive `engineSteps` in slices. */
export function runEngine(input: EngineInput): EngineResult {
  const steps = engineSteps(input);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * The engine as a generator that yields its progress every few milliseconds of work, so that the
 * caller can give the event loop a turn or stop.
 */
export function* engineSteps(input: EngineInput): Generator<EngineProgress, EngineResult> {
  return yield* matchSteps(yield* indexInput(input), input);
}

/** The same over indexes that hold the items and customers already; it takes of the items in them. */
export function* matchSteps(
  indexes: OpenIndexes,
  input: Pick<EngineInput, 'transactions' | 'policy' | 'rejected'>,
): Generator<EngineProgress, EngineResult> {
  const policy = input.policy ?? defaultPolicy;
  const ordered = inCanonicalOrder(input.transactions);
  const posted = new Map<bigint, RatedExplanation>();
  let evaluations: Evaluation[] = [];
  let touched: ReadonlySet<string> | undefined;
  for (let round = 1; round <= ROUND_LIMIT; round += 1) {
    const previous: readonly (Evaluation | undefined)[] = touched ? evaluations : [];
    const open = touched ? evaluations.map(({ transaction }) => transaction) : ordered;
    evaluations = [];
    for (const [at, transaction] of open.entries()) {
      if (posted.has(transaction.id)) continue;
      const known = previous[at];
      const fresh = known !== undefined && !isTouched(known, touched!);
      const rejected = input.rejected?.get(transaction.id);
      evaluations.push(fresh ? known : evaluate(indexes, transaction, policy, rejected, known?.candidates));
      yield { stage: 'match', doneCount: posted.size + evaluations.length, totalCount: ordered.length };
    }
    const assigning = (): EngineProgress => ({
      stage: 'assign',
      doneCount: posted.size,
      totalCount: ordered.length,
    });
    const winners = yield* telling(chooseCertain(indexes, evaluations, policy, round === 1), assigning);
    const customers = new Set<string>();
    for (const [at, rated] of winners) {
      posted.set(evaluations[at]!.transaction.id, rated);
      for (const { itemIndex, allocatedMinor } of rated.explanation.allocations) {
        indexes.book.take(itemIndex, allocatedMinor);
        customers.add(indexes.book.item(itemIndex).customerId);
      }
    }
    touched = customers;
    yield assigning();
    // The first round posts named items only; the second always looks at the rest.
    if (winners.size === 0 && round > 1) break;
  }
  const remaining = evaluations.filter(({ transaction }) => !posted.has(transaction.id));
  const suggested = yield* telling(suggestSteps(indexes, remaining, policy), () => ({
    stage: 'assign',
    doneCount: posted.size,
    totalCount: ordered.length,
  }));
  const decisions = ordered.map((transaction): Decision => {
    const rated = posted.get(transaction.id);
    if (rated) return { transactionId: transaction.id, status: 'auto', explanations: [rated], notes: [] };
    return suggested.get(transaction.id)!;
  });
  return {
    decisions,
    items: indexes.items,
    leftMinor: (itemIndex) => {
      const left = indexes.book.available(itemIndex);
      return left < 0n ? -left : left;
    },
  };
}

function* indexInput({
  items,
  customers,
  learned = [],
}: EngineInput): Generator<EngineProgress, OpenIndexes> {
  const building = buildIndexes(items, customers, items.length);
  for (;;) {
    const step = building.next();
    if (step.done) {
      for (const learning of learned) step.value.learned.set(learning);
      return step.value;
    }
    yield { stage: 'index', doneCount: step.value, totalCount: items.length + customers.length };
  }
}

/** Runs `steps` and tells how far the engine is after each. */
function* telling<T>(steps: Generator<void, T>, told: () => EngineProgress): Generator<EngineProgress, T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    yield told();
  }
}

/**
 * Winners of this round by their position: unique, probable, and clear of all other claims. Of several
 * payments on one item only the first: what the next one means (the rest of it, a part, the rest less
 * charges) depends on what the one before has left.
 */
function* chooseCertain(
  indexes: MatchIndexes,
  evaluations: readonly Evaluation[],
  policy: MatchPolicy,
  namedOnly: boolean,
): Generator<void, Map<number, RatedExplanation>> {
  const eligible: number[] = [];
  evaluations.forEach(({ rated }, at) => {
    const best = rated[0];
    if (best && mayPost(best, policy) && (!namedOnly || best.explanation.named)) eligible.push(at);
  });
  const claimants = eligible.map(
    (at): Claimant => ({ claims: [claimOf(evaluations[at]!.rated[0]!.explanation)] }),
  );
  const { chosen } = yield* assignSteps(claimants, (item) => indexes.book.available(item));
  const selected = new Set(eligible.filter((_, position) => chosen[position] === 0));
  const claims = claimsByItem(evaluations, selected);
  const winners = new Map<number, RatedExplanation>();
  const taken = new Set<number>();
  for (const at of selected) {
    const rated = evaluations[at]!.rated[0]!;
    const items = rated.explanation.allocations.map(({ itemIndex }) => itemIndex);
    if (items.some((item) => taken.has(item)) || isContested(indexes, evaluations, at, claims)) continue;
    for (const item of items) taken.add(item);
    winners.set(at, rated);
  }
  return winners;
}

/** For each item that a selected payment takes of: every payment's best claim on it. */
function claimsByItem(
  evaluations: readonly Evaluation[],
  selected: ReadonlySet<number>,
): Map<number, { at: number; explanation: Explanation }[]> {
  const claims = new Map<number, { at: number; explanation: Explanation }[]>();
  for (const at of selected) {
    for (const { itemIndex } of evaluations[at]!.rated[0]!.explanation.allocations) claims.set(itemIndex, []);
  }
  evaluations.forEach(({ rated }, at) => {
    for (const { explanation } of rated) {
      for (const { itemIndex } of explanation.allocations) {
        const onItem = claims.get(itemIndex);
        if (onItem && onItem.at(-1)?.at !== at) onItem.push({ at, explanation });
      }
    }
  });
  return claims;
}

/**
 * True where another payment claims one of the items nearly as well and there is not enough for both.
 * A later repetition of the same payment (same amount for the same items) does not contest the first.
 */
function isContested(
  indexes: MatchIndexes,
  evaluations: readonly Evaluation[],
  at: number,
  claims: ReadonlyMap<number, readonly { at: number; explanation: Explanation }[]>,
): boolean {
  const own = evaluations[at]!.rated[0]!.explanation;
  return own.allocations.some(({ itemIndex, allocatedMinor }) =>
    (claims.get(itemIndex) ?? []).some((other) => {
      if (other.at === at || other.explanation.score < own.score - CLAIM_MARGIN) return false;
      const wanted = other.explanation.allocations.find((each) => each.itemIndex === itemIndex)!;
      if (indexes.book.canTake(itemIndex, allocatedMinor + wanted.allocatedMinor)) return false;
      return !(other.at > at && other.explanation.key === own.key);
    }),
  );
}
