/** Writes what the machine decided of one transaction: a match, a hold, or what it proposes. */
import type { ChangeSet } from './changes.ts';
import type { ReconciliationContext, TransactionFacts } from './context.ts';
import { magnitude } from './context.ts';
import { itemsKey } from './keys.ts';
import { fingerprintOf, type Outcome, type OutcomeExplanation } from './outcome.ts';
import { stateFromSuggestions } from './states.ts';
import type { SuggestionRow } from './store.ts';

/** What writing one decision takes. */
export interface Writing {
  readonly context: ReconciliationContext;
  readonly changes: ChangeSet;
  readonly digest: Buffer;
}

/** Makes the match or hold of an outcome; false where an item is not open any more. */
export function make(
  { context, changes, digest }: Writing,
  facts: TransactionFacts,
  outcome: Outcome,
): boolean {
  const best = outcome.explanations[0];
  const reasons = best?.evidence ?? outcome.notes;
  if (best && !isStillOpen(context, best)) return false;
  changes.make({
    facts,
    kind: outcome.status === 'quarantined' ? 'hold' : 'match',
    status: outcome.status,
    decidedBy: 'machine',
    probabilityPpm: best ? BigInt(best.probabilityPpm) : null,
    rivals: BigInt(best?.rivals ?? 0),
    evidence: JSON.stringify(reasons),
    reasons,
    remainderMinor: best?.remainderMinor ?? 0n,
    allocations: best?.allocations ?? [],
    ...(outcome.booking === undefined ? {} : { booking: outcome.booking }),
    exchange: best?.exchange,
    digest,
  });
  changes.write(() => context.store.removeSuggestions(facts.id));
  return true;
}

/** Each item still has open what the explanation takes of it. */
function isStillOpen(context: ReconciliationContext, explanation: OutcomeExplanation): boolean {
  return explanation.allocations.every(
    ({ openItemId, allocatedMinor }) =>
      context.receivables.openMinorOf(openItemId) >= magnitude(allocatedMinor),
  );
}

/** Writes the suggestions of an outcome, or why there is none. */
export function propose(
  { context, changes, digest }: Writing,
  facts: TransactionFacts,
  outcome: Outcome,
): void {
  const suggestions = outcome.explanations.map((explanation, place) =>
    suggestionOf(facts, explanation, place),
  );
  changes.subject('bank-transaction', facts.id);
  changes.say({
    action: outcome.status,
    transaction: facts.id,
    suggestions: suggestions.length,
    // Which items each proposes: without it nobody could rebuild what a rejection leaves of them.
    sets: outcome.explanations.map((each) => itemsKey(each.allocations.map(({ openItemId }) => openItemId))),
  });
  changes.write((record) => {
    context.store.removeSuggestions(facts.id);
    suggestions.forEach((row, place) => {
      const { allocations, exchange } = outcome.explanations[place]!;
      context.store.insertSuggestion({ ...row, record }, allocations, exchange);
    });
    const state = stateFromSuggestions(
      facts,
      suggestions.map((row) => ({ ...row, id: 0n, record })),
    );
    const evidence = suggestions.length > 0 ? state.evidence : JSON.stringify(outcome.notes);
    context.store.putState({ ...state, evidence, digest });
  });
}

function suggestionOf(
  facts: TransactionFacts,
  explanation: OutcomeExplanation,
  place: number,
): Omit<SuggestionRow, 'id' | 'record'> {
  return {
    transactionId: facts.id,
    place: BigInt(place),
    probabilityPpm: BigInt(explanation.probabilityPpm),
    rivals: BigInt(explanation.rivals),
    evidence: JSON.stringify(explanation.evidence),
    remainderMinor: explanation.remainderMinor,
    fingerprint: fingerprintOf(facts.id, explanation.allocations),
  };
}
