/** When the machine may post without a person. Pure. */
import type { MatchPolicy } from './policy.ts';
import type { RatedExplanation } from './types.ts';

/** Probability and uniqueness must both pass, and nothing may stand in the way. */
export function mayPost(rated: RatedExplanation, policy: MatchPolicy): boolean {
  return (
    rated.probability >= policy.autoProbability &&
    rated.rivals === 0 &&
    rated.explanation.obstacles.length === 0 &&
    rated.explanation.allocations.length > 0
  );
}
