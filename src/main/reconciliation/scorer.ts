/** The place of a score on the road: how unlike its payer is a payment? The desk that knows hands a scorer in. */
import type { Evidence, MatchTransaction } from './types.ts';

export interface Scorer {
  /** Kept with every match, so that it can be told later by which rules it was let through. */
  readonly version: string;
  /** True where the payment is to be held until a person has looked at it. */
  holds(transaction: MatchTransaction): { readonly reasons: readonly Evidence[] } | undefined;
}

/** Lets everything through. */
export const noScorer: Scorer = { version: 'none', holds: () => undefined };
