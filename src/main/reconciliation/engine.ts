/**
 * The whole engine over a set of payments and open items: candidates, explanations, assignment,
 * decision. It works in rounds: what is certain by reference is taken first, which makes what
 * remains less ambiguous. Every round is a function of sets, so the order of arrival never matters. Pure.
 */
import { assign, type Claimant } from './assignment.ts';
import { type Candidates, createIndexes, findCandidates, type MatchIndexes } from './candidates.ts';
import { draftExplanations } from './combinations.ts';
import { mayPost } from './decision.ts';
import { itemsKey } from './keys.ts';
import { defaultPolicy, type MatchPolicy } from './policy.ts';
import { isReturn } from './returns.ts';
import { isRival, rate } from './rivals.ts';
import { scoreDrafts } from './score.ts';
import { inCanonicalOrder } from './transaction-order.ts';
import type {
  Decision,
  Evidence,
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

interface Evaluation {
  readonly transaction: MatchTransaction;
  readonly rated: readonly RatedExplanation[];
  readonly notes: readonly Evidence[];
  /** Customers whose items or names it looked at: when something of theirs is taken, it is out of date. */
  readonly customers: ReadonlySet<string>;
}

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
  const policy = input.policy ?? defaultPolicy;
  const { indexes, steps } = createIndexes(input.items, input.customers);
  let indexed = 0;
  for (const _ of steps()) {
    indexed += 512;
    yield { stage: 'index', doneCount: indexed, totalCount: input.items.length + input.customers.length };
  }
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
      evaluations.push(
        fresh ? known : evaluate(indexes, transaction, policy, input.rejected?.get(transaction.id)),
      );
      yield { stage: 'match', doneCount: posted.size + evaluations.length, totalCount: ordered.length };
    }
    const winners = chooseCertain(indexes, evaluations, policy, round === 1);
    const customers = new Set<string>();
    for (const [at, rated] of winners) {
      posted.set(evaluations[at]!.transaction.id, rated);
      for (const { itemIndex, allocatedMinor } of rated.explanation.allocations) {
        indexes.book.take(itemIndex, allocatedMinor);
        customers.add(indexes.book.item(itemIndex).customerId);
      }
    }
    touched = customers;
    yield { stage: 'assign', doneCount: posted.size, totalCount: ordered.length };
    // The first round posts named items only; the second always looks at the rest.
    if (winners.size === 0 && round > 1) break;
  }
  const remaining = evaluations.filter(({ transaction }) => !posted.has(transaction.id));
  const suggested = suggest(indexes, remaining, policy);
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

function evaluate(
  indexes: MatchIndexes,
  transaction: MatchTransaction,
  policy: MatchPolicy,
  rejected: ReadonlySet<string> | undefined,
): Evaluation {
  const candidates = findCandidates(indexes, transaction);
  if (isReturn(transaction)) {
    return {
      transaction,
      rated: [],
      notes: [{ code: 'return-or-reversal', weight: 0 }],
      customers: new Set(),
    };
  }
  const scored = scoreDrafts(indexes, candidates, draftExplanations(indexes, candidates, policy), policy);
  const allowed = rejected
    ? scored.filter(
        (each) =>
          !rejected.has(itemsKey(each.allocations.map(({ itemIndex }) => indexes.items[itemIndex]!.id))),
      )
    : scored;
  const notes: Evidence[] = [];
  if (allowed.length < scored.length) notes.push({ code: 'rejected', weight: 0 });
  if (scored.length === 0) notes.push(...whyNothing(indexes, candidates.named.keys(), transaction));
  const rated = rate(allowed.slice(0, policy.keepExplanations), policy);
  return { transaction, rated, notes, customers: customersOf(indexes, candidates, scored) };
}

function customersOf(
  indexes: MatchIndexes,
  candidates: Candidates,
  explanations: readonly Explanation[],
): ReadonlySet<string> {
  const customers = new Set<string>();
  for (const item of candidates.named.keys()) customers.add(indexes.book.item(item).customerId);
  for (const { customerIndex } of candidates.payers.matches)
    customers.add(indexes.customers[customerIndex]!.customerId);
  for (const { allocations } of explanations) {
    for (const { itemIndex } of allocations) customers.add(indexes.book.item(itemIndex).customerId);
  }
  return customers;
}

function isTouched({ customers }: Evaluation, touched: ReadonlySet<string>): boolean {
  for (const customer of customers) if (touched.has(customer)) return true;
  return false;
}

function whyNothing(
  indexes: MatchIndexes,
  named: Iterable<number>,
  transaction: MatchTransaction,
): Evidence[] {
  if (transaction.direction === 'debit') return [{ code: 'outgoing', weight: 0 }];
  for (const item of named) {
    if (indexes.book.item(item).currency !== transaction.currency)
      return [{ code: 'currency-other', weight: 0 }];
    if (indexes.book.available(item) === 0n) return [{ code: 'settled-before', weight: 0 }];
  }
  return [{ code: 'no-candidate', weight: 0 }];
}

/** Winners of this round by their position: unique, probable, and clear of all other claims. */
function chooseCertain(
  indexes: MatchIndexes,
  evaluations: readonly Evaluation[],
  policy: MatchPolicy,
  namedOnly: boolean,
): Map<number, RatedExplanation> {
  const eligible: number[] = [];
  evaluations.forEach(({ rated }, at) => {
    const best = rated[0];
    if (best && mayPost(best, policy) && (!namedOnly || best.explanation.named)) eligible.push(at);
  });
  const claimants = eligible.map(
    (at): Claimant => ({ claims: [claimOf(evaluations[at]!.rated[0]!.explanation)] }),
  );
  const { chosen } = assign(claimants, (item) => indexes.book.available(item));
  const selected = new Set(eligible.filter((_, position) => chosen[position] === 0));
  const claims = claimsByItem(evaluations, selected);
  const winners = new Map<number, RatedExplanation>();
  for (const at of selected) {
    if (!isContested(indexes, evaluations, at, claims)) winners.set(at, evaluations[at]!.rated[0]!);
  }
  return oneInstalmentEach(winners);
}

/**
 * Of several payments on one item only the first of a round: what the next one means (the rest of it,
 * a part, the rest less charges) depends on what the one before has left.
 */
function oneInstalmentEach(winners: ReadonlyMap<number, RatedExplanation>): Map<number, RatedExplanation> {
  const taken = new Set<number>();
  const kept = new Map<number, RatedExplanation>();
  for (const [at, rated] of [...winners].sort(([left], [right]) => left - right)) {
    const items = rated.explanation.allocations.map(({ itemIndex }) => itemIndex);
    if (items.some((item) => taken.has(item))) continue;
    for (const item of items) taken.add(item);
    kept.set(at, rated);
  }
  return kept;
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
    const seen = new Set<number>();
    for (const { explanation } of rated) {
      for (const { itemIndex } of explanation.allocations) {
        if (seen.has(itemIndex)) continue;
        seen.add(itemIndex);
        claims.get(itemIndex)?.push({ at, explanation });
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

function claimOf(explanation: Explanation): Claimant['claims'][number] {
  return {
    weight: Math.round(explanation.score * 1000),
    takes: explanation.allocations.map(({ itemIndex, allocatedMinor }) => ({
      item: itemIndex,
      amountMinor: allocatedMinor,
    })),
  };
}

/** Suggestions for what remains, so that no two of them propose the same money of one item first. */
function suggest(
  indexes: MatchIndexes,
  evaluations: readonly Evaluation[],
  policy: MatchPolicy,
): Map<bigint, Decision> {
  const likely = evaluations.map(({ rated }) =>
    rated.filter(({ explanation }) => explanation.score > 0).slice(0, 4),
  );
  const { chosen } = assign(
    likely.map((rated) => ({ claims: rated.map(({ explanation }) => claimOf(explanation)) })),
    (item) => indexes.book.available(item),
  );
  const decisions = new Map<bigint, Decision>();
  evaluations.forEach(({ transaction, rated, notes }, at) => {
    const first = chosen[at]! >= 0 ? likely[at]![chosen[at]!] : undefined;
    const best = first ?? rated.find((each) => each.probability >= policy.suggestProbability);
    // Whoever is told of rivals must see them, so they are proposed however unlikely they are.
    const isShown = (each: RatedExplanation) =>
      each.probability >= policy.suggestProbability || isRival(each.explanation, best!.explanation, policy);
    const explanations = best ? [best, ...rated.filter((each) => each !== best && isShown(each))] : [];
    const lost = !first && likely[at]!.length > 0;
    decisions.set(transaction.id, {
      transactionId: transaction.id,
      status: explanations.length > 0 ? 'suggested' : 'unmatched',
      explanations,
      notes: lost
        ? [...notes, { code: 'taken-by-another', weight: 0 }]
        : notes.length > 0 || explanations.length > 0
          ? notes
          : [{ code: 'no-candidate', weight: 0 }],
    });
  });
  return decisions;
}
