/**
 * The ambiguity of an explanation: how belief is shared among all explanations of one payment, and
 * how many others lie within tolerance. Pure.
 */
import type { MatchPolicy } from './policy.ts';
import type { Explanation, RatedExplanation } from './types.ts';

/** Scores above this change nothing any more; it keeps the exponentials small. */
const MOST_SCORE = 30;
/** An explanation this unlikely by itself is nobody's rival. */
const LEAST_RIVAL_SCORE = -4;

/**
 * Rates explanations that exclude each other, and the one that none of them holds. Keeps their order;
 * the probabilities and the share of "none" sum to one.
 */
export function rate(explanations: readonly Explanation[], policy: MatchPolicy): RatedExplanation[] {
  const odds = explanations.map((each) => Math.exp(Math.min(MOST_SCORE, each.score)));
  const total = odds.reduce((sum, each) => sum + each, 1);
  return explanations.map((explanation, at) => ({
    explanation,
    probability: odds[at]! / total,
    rivals: explanations.filter((other, otherAt) => otherAt !== at && isRival(other, explanation, policy))
      .length,
  }));
}

/** Whether an explanation lies within tolerance of another one. */
export function isRival(other: Explanation, explanation: Explanation, policy: MatchPolicy): boolean {
  return other.score >= explanation.score - policy.rivalMargin && other.score >= LEAST_RIVAL_SCORE;
}
