/** What the scoring of one draft looks at. */
import type { Candidates } from './candidates.ts';
import type { Draft } from './combinations.ts';
import type { MatchIndexes } from './open-indexes.ts';
import type { PayerSupport } from './payer-evidence.ts';
import type { MatchPolicy } from './policy.ts';

export interface Scoring {
  readonly indexes: MatchIndexes;
  readonly candidates: Candidates;
  readonly draft: Draft;
  /** Support of customers as it was worked out for earlier drafts of the same payment. */
  readonly supports: Map<number, PayerSupport>;
  /** Short numbers in the payment's text, see `textNumbers`. */
  readonly numbers: ReadonlySet<string>;
  readonly policy: MatchPolicy;
}
