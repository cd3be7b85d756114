/** What the rules of the desk say to the engine, as plain values that cross threads. Pure. */
import type { TransactionForMatching } from '../statements/index.ts';
import type { Evidence, MatchTransaction } from './types.ts';

/** The rule that says something, as evidence names it. */
export interface NamedRule {
  readonly rule: number;
  readonly version: number;
}

/** What the rules say of one transaction: of each kind the first rule whose conditions hold. */
export interface Ruling {
  /** Never without a person. */
  readonly ask?: NamedRule;
  /** A person looks at what is less probable, or at more money. */
  readonly stricter?: NamedRule & {
    readonly leastProbability: number | null;
    readonly mostMinor: bigint | null;
  };
  readonly payer?: NamedRule & { readonly customerId: string };
  readonly shortfall?: NamedRule & {
    readonly mostMinor: bigint;
    /** Of what is owed. */
    readonly mostPpm: bigint;
    readonly to: 'bank-charges' | 'discounts-allowed';
  };
  /** Where the money of a line goes that settles nothing. */
  readonly book?: NamedRule & { readonly accountId: bigint; readonly mostMinor: bigint };
}

/** What the rules that are on at this moment say of one transaction; undefined where none holds. */
export type Ruler = (row: TransactionForMatching) => Ruling | undefined;

export interface DeskRules {
  /** The rules as they are now; a run asks once, so that one run knows one set of them. */
  current(): Ruler;
}

export const noRules: DeskRules = { current: () => () => undefined };

/** A rule as evidence tells of it. */
export const ruledBy = (
  code: Extract<Evidence['code'], `desk-rule-${string}`>,
  { rule, version }: NamedRule,
  weight = 0,
): Evidence => ({ code, weight, values: { rule: `${rule}`, version: `${version}` } });

/** The rule by which a person must look at this explanation, where one says so. */
export function heldByRule(
  probability: number,
  { ruling, amountMinor }: Pick<MatchTransaction, 'ruling' | 'amountMinor'>,
): Evidence | undefined {
  if (ruling?.ask) return ruledBy('desk-rule-ask', ruling.ask);
  const { stricter } = ruling ?? {};
  if (!stricter) return undefined;
  const isUnsure = stricter.leastProbability !== null && probability < stricter.leastProbability;
  const isMuch = stricter.mostMinor !== null && amountMinor > stricter.mostMinor;
  return isUnsure || isMuch ? ruledBy('desk-rule-stricter', stricter) : undefined;
}
