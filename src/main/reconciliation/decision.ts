/** When the machine may post without a person. Pure. */
import { heldByRule } from './desk-rules.ts';
import type { MatchPolicy } from './policy.ts';
import type { MatchTransaction, RatedExplanation } from './types.ts';

/** Probability and uniqueness must both pass, and nothing may stand in the way, also no rule of the desk. */
export function mayPost(
  rated: RatedExplanation,
  policy: MatchPolicy,
  transaction: Pick<MatchTransaction, 'ruling' | 'amountMinor'>,
): boolean {
  return (
    rated.probability >= policy.autoProbability &&
    rated.rivals === 0 &&
    rated.explanation.obstacles.length === 0 &&
    rated.explanation.allocations.length > 0 &&
    heldByRule(rated.probability, transaction) === undefined
  );
}
