/**
 * Money that an entry tells in another currency than its account's, matched in that currency by the stages
 * that match all money. Only what the entry says counts: it has no other rate. Pure.
 */
import type { Candidates } from './candidates.ts';
import { draftExplanations } from './combinations.ts';
import { byStrength } from './evidence.ts';
import { exchangeEvidence, exchangeOf, type ToldMoney, toldMoney } from './exchange.ts';
import type { MatchIndexes } from './open-indexes.ts';
import type { MatchPolicy } from './policy.ts';
import { scoreDrafts } from './score.ts';
import type { Explanation, MatchTransaction } from './types.ts';

export interface ToldExplanations {
  /** The other currency; absent where the entry tells of none. */
  readonly currency?: string;
  readonly explanations: readonly Explanation[];
  readonly complete: boolean;
}

/** Explanations by open items of the other currency that the entry tells of. */
export function explainTold(
  indexes: MatchIndexes,
  candidates: Candidates,
  policy: MatchPolicy,
): ToldExplanations {
  const own = candidates.transaction;
  const told = toldMoney(own, policy);
  if (told === undefined) return { explanations: [], complete: true };
  const asTold: Candidates = { ...candidates, transaction: told.transaction, told };
  const { drafts, complete } = draftExplanations(indexes, asTold, policy);
  const explanations = scoreDrafts(indexes, asTold, drafts, policy).flatMap((each) =>
    inOwnMoney(each, told, own),
  );
  return { currency: told.transaction.currency, explanations, complete };
}

/** What an explanation is worth of the money that came; nothing where that does not even cover the charges. */
function inOwnMoney(explanation: Explanation, told: ToldMoney, own: MatchTransaction): Explanation[] {
  const exchange = exchangeOf(told, own, explanation.remainderMinor);
  if (exchange === undefined) return [];
  const evidence = exchangeEvidence(told);
  const used = exchange.moneyMinor < 0n ? -exchange.moneyMinor : exchange.moneyMinor;
  return [
    {
      ...explanation,
      exchange,
      remainderMinor: own.amountMinor - used,
      score: explanation.score + evidence.weight,
      evidence: [...explanation.evidence, evidence].sort(byStrength),
    },
  ];
}
