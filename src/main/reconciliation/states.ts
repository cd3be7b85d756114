/** How a transaction stands in the queue after each decision. Pure. */
import type { TransactionFacts } from './context.ts';
import type { StateRow, SuggestionRow } from './store.ts';

/** The state of a transaction whose match is made. */
export function stateOf(
  change: { readonly facts: TransactionFacts } & Pick<
    StateRow,
    'status' | 'decidedBy' | 'probabilityPpm' | 'rivals' | 'evidence' | 'digest'
  >,
  matchId: bigint,
): StateRow {
  return {
    transactionId: change.facts.id,
    bookingDate: change.facts.bookingDate,
    direction: change.facts.direction,
    currency: change.facts.currency,
    moneyMinor: change.facts.moneyMinor,
    status: change.status,
    decidedBy: change.decidedBy,
    matchId,
    probabilityPpm: change.probabilityPpm,
    rivals: change.rivals,
    evidence: change.evidence,
    digest: change.digest,
  };
}

/** The state of a transaction that nobody has decided and nothing is proposed for. */
export function undecided(facts: TransactionFacts): StateRow {
  return {
    transactionId: facts.id,
    bookingDate: facts.bookingDate,
    direction: facts.direction,
    currency: facts.currency,
    moneyMinor: facts.moneyMinor,
    status: 'unmatched',
    decidedBy: null,
    matchId: null,
    probabilityPpm: null,
    rivals: 0n,
    evidence: '[]',
    digest: null,
  };
}

/** What the state of a transaction is where its suggestions are all that there is. */
export function stateFromSuggestions(
  facts: TransactionFacts,
  suggestions: readonly SuggestionRow[],
): StateRow {
  const first = suggestions[0];
  if (!first) return undecided(facts);
  return {
    ...undecided(facts),
    status: 'suggested',
    probabilityPpm: first.probabilityPpm,
    rivals: first.rivals,
    evidence: first.evidence,
  };
}
