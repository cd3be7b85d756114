/** What one payment may be for: its explanations, rated, and what is proposed where none is certain. Pure. */
import { assignSteps, type Claimant } from './assignment.ts';
import { type Candidates, findCandidates } from './candidates.ts';
import { draftExplanations } from './combinations.ts';
import { mayPost } from './decision.ts';
import { itemsKey } from './keys.ts';
import type { MatchIndexes } from './open-indexes.ts';
import type { MatchPolicy } from './policy.ts';
import { isReturn } from './returns.ts';
import { isRival, rate } from './rivals.ts';
import { scoreDrafts } from './score.ts';
import { explainTold } from './told.ts';
import type { Decision, Evidence, Explanation, MatchTransaction, RatedExplanation } from './types.ts';

export interface Evaluation {
  readonly transaction: MatchTransaction;
  /** What was looked up for it, where it will be looked at again: no item that is taken changes that. */
  readonly candidates?: Candidates;
  readonly rated: readonly RatedExplanation[];
  readonly notes: readonly Evidence[];
  /** Customers whose items or names it looked at: when something of theirs is taken, it is out of date. */
  readonly customers: ReadonlySet<string>;
}

/**
 * Drafts, scores and rates what one payment may be for, as things stand in the indexes; `candidates` are
 * what was looked up for it before.
 */
export function evaluate(
  indexes: MatchIndexes,
  transaction: MatchTransaction,
  policy: MatchPolicy,
  rejected: ReadonlySet<string> | undefined,
  candidates: Candidates = findCandidates(indexes, transaction),
): Evaluation {
  if (isReturn(transaction)) {
    return {
      transaction,
      rated: [],
      notes: [{ code: 'return-or-reversal', weight: 0 }],
      customers: new Set(),
    };
  }
  const { drafts, complete: isOwnComplete } = draftExplanations(indexes, candidates, policy);
  const told = explainTold(indexes, candidates, policy);
  const complete = isOwnComplete && told.complete;
  const scored = bestFirst(scoreDrafts(indexes, candidates, drafts, policy), told.explanations);
  const allowed = rejected
    ? scored.filter(
        (each) =>
          !rejected.has(itemsKey(each.allocations.map(({ itemIndex }) => indexes.items[itemIndex]!.id))),
      )
    : scored;
  const notes: Evidence[] = [];
  if (allowed.length < scored.length) notes.push({ code: 'rejected', weight: 0 });
  if (scored.length === 0) notes.push(...whyNothing(indexes, candidates, told.currency));
  if (!complete) notes.push({ code: 'search-not-complete', weight: 0 });
  const rated = rate(allowed, policy, complete);
  const isDone = rated[0]?.explanation.named && mayPost(rated[0], policy);
  const customers = customersOf(indexes, candidates, scored);
  return { transaction, rated, notes, customers, ...(isDone ? {} : { candidates }) };
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

/** True where something it looked at was taken of meanwhile. */
export function isTouched({ customers }: Evaluation, touched: ReadonlySet<string>): boolean {
  for (const customer of customers) if (touched.has(customer)) return true;
  return false;
}

/** Explanations of both kinds in the order of each. */
function bestFirst(own: readonly Explanation[], told: readonly Explanation[]): readonly Explanation[] {
  if (told.length === 0) return own;
  return [...own, ...told].sort((left, right) => right.score - left.score || (left.key < right.key ? -1 : 1));
}

function whyNothing(
  indexes: MatchIndexes,
  { named, transaction }: Candidates,
  toldCurrency: string | undefined,
): Evidence[] {
  if (transaction.direction === 'debit') return [{ code: 'outgoing', weight: 0 }];
  for (const item of named.keys()) {
    const { currency } = indexes.book.item(item);
    if (currency !== transaction.currency && currency !== toldCurrency)
      return [{ code: 'currency-other', weight: 0 }];
    if (indexes.book.available(item) === 0n) return [{ code: 'settled-before', weight: 0 }];
  }
  return [{ code: 'no-candidate', weight: 0 }];
}

/** What an explanation takes, as the assignment weighs it. */
export function claimOf(explanation: Explanation): Claimant['claims'][number] {
  return {
    weight: Math.round(explanation.score * 1000),
    takes: explanation.allocations.map(({ itemIndex, allocatedMinor }) => ({
      item: itemIndex,
      amountMinor: allocatedMinor,
    })),
  };
}

/** Suggestions for what remains, so that no two of them propose the same money of one item first. */
export function suggest(
  indexes: MatchIndexes,
  evaluations: readonly Evaluation[],
  policy: MatchPolicy,
): Map<bigint, Decision> {
  const steps = suggestSteps(indexes, evaluations, policy);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same with a chance to stop for a moment after each group of payments that compete. */
export function* suggestSteps(
  indexes: MatchIndexes,
  evaluations: readonly Evaluation[],
  policy: MatchPolicy,
): Generator<void, Map<bigint, Decision>> {
  const likely = evaluations.map(({ rated }) =>
    rated.filter(({ explanation }) => explanation.score > 0).slice(0, 4),
  );
  const { chosen } = yield* assignSteps(
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
