/**
 * The ambiguity of an explanation: how belief is shared among all explanations of one payment, how
 * often such a belief comes true, and which others lie within tolerance. Pure.
 */
import { calibrated } from './calibration.ts';
import type { MatchPolicy } from './policy.ts';
import type { Explanation, Ground, Obstacle, RatedExplanation } from './types.ts';

/** Scores above this change nothing any more; it keeps the exponentials small. */
const MOST_SCORE = 30;
/** An explanation this unlikely by itself is nobody's rival. */
const LEAST_RIVAL_SCORE = -4;
/** Rivals that a certificate names. */
const NAMED_RIVALS = 7;

/**
 * Rates explanations that exclude each other, and the one that none of them holds; keeps as many as the
 * policy says, in their order. `complete` tells whether there may be further ones.
 */
export function rate(
  explanations: readonly Explanation[],
  policy: MatchPolicy,
  complete: boolean,
): RatedExplanation[] {
  const odds = explanations.map((each) => Math.exp(Math.min(MOST_SCORE, each.score)));
  const total = odds.reduce((sum, each) => sum + each, 1);
  return explanations.slice(0, policy.keepExplanations).map((explanation, at) => {
    const others = explanations.filter((other, place) => place !== at && isRival(other, explanation, policy));
    const next = explanations[at === 0 ? 1 : 0];
    const logOdds = Math.log(odds[at]! / Math.max(total - odds[at]!, 1));
    const ground = others.length > 0 ? 'chance' : groundOf(explanation);
    return {
      explanation,
      probability: calibrated(logOdds, ground),
      logOdds,
      ground,
      rivals: others.length,
      certificate: {
        considered: explanations.length,
        others: others.slice(0, NAMED_RIVALS),
        ...(next === undefined ? {} : { margin: explanation.score - next.score }),
        complete,
      },
    };
  });
}

/** Obstacles that say that something else may explain the money as well; all others speak against it. */
const CHANCE: ReadonlySet<Obstacle> = new Set<Obstacle>([
  'amount-common',
  'owed-by-another',
  'sum-may-be-chance',
  'search-not-complete',
  'part-payment-unsure',
  'shortfall-unexplained',
  'discount-late',
  'overpaid',
  'exchange-unsure',
]);

function groundOf({ obstacles }: Explanation): Ground {
  if (obstacles.length === 0) return 'clear';
  return obstacles.every((each) => CHANCE.has(each)) ? 'chance' : 'contradicted';
}

/** Whether an explanation lies within tolerance of another one. */
export function isRival(other: Explanation, explanation: Explanation, policy: MatchPolicy): boolean {
  return other.score >= explanation.score - policy.rivalMargin && other.score >= LEAST_RIVAL_SCORE;
}
