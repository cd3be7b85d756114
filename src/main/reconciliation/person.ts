/** What people decide: confirm, allocate by hand, reject, undo. Each is one transaction and one record. */

import type { MatchStatus } from '../../contract/statements.ts';
import { CountersignError } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import { refuse } from './allocation-check.ts';
import { byHand, type GivenExchange } from './by-hand.ts';
import { sealNote, writeChanges } from './changes.ts';
import type { ReconciliationContext, TransactionFacts } from './context.ts';
import { factsOf, isCleared, withPayment } from './inputs.ts';
import { itemsKey } from './keys.ts';
import { fingerprintOf } from './outcome.ts';
import type { Settlement } from './reallocation.ts';
import { stateFromSuggestions } from './states.ts';
import type { MatchRow, StateRow, SuggestionRow } from './store.ts';

export interface DecisionResult {
  readonly bankTransactionId: string;
  readonly status: MatchStatus;
  readonly matchId: string | null;
}

export interface ConfirmInput {
  readonly bankTransactionId: string;
  readonly suggestionId?: string | undefined;
  readonly allocations?:
    | readonly {
        readonly openItemId: string;
        readonly allocatedMinor: bigint;
        readonly discountMinor: bigint;
        readonly chargesMinor: bigint;
      }[]
    | undefined;
  /** Of items in another currency than the money: what they use of it, where the entry does not tell. */
  readonly exchange?: GivenExchange | undefined;
  readonly note?: string | undefined;
}

export interface PersonInput {
  readonly bankTransactionId: string;
  readonly suggestionId?: string | undefined;
  readonly note?: string | undefined;
}

/** An id of the contract as the integer it is; one that cannot exist where it is none. */
export function parseId(text: string): bigint {
  return /^\d{1,18}$/.test(text) ? BigInt(text) : -1n;
}

/** An allocation as a person gives it. */
type GivenAllocation = NonNullable<ConfirmInput['allocations']>[number];

const parsed = ({ openItemId, ...amounts }: GivenAllocation) => ({
  openItemId: parseId(openItemId),
  ...amounts,
});

export function createPersonDecisions(context: ReconciliationContext) {
  const { store, statements, ledger, payments } = context;

  /** Errors: TRANSACTION_UNKNOWN. */
  function factsById(id: string): TransactionFacts {
    const row = statements.transactionForMatching(parseId(id));
    if (row.isPayment && !payments.isOpen(row.id)) {
      throw new CountersignError(
        'MATCH_NOT_OPEN',
        "The payment does not stand by itself any more: its statement's line does, or it went back.",
      );
    }
    return factsOf(withPayment(context, row));
  }

  function standingMatch(state: StateRow | undefined): MatchRow | undefined {
    return state?.matchId == null ? undefined : store.match(state.matchId);
  }

  function refuseCleared(match: MatchRow, isApproved: boolean): void {
    if (!isApproved && isCleared(match, ledger.closedThrough())) {
      throw new CountersignError(
        'MATCH_CLEARED',
        'The match lies in a closed period and needs a second person.',
        {
          expected: 'a match in an open period',
        },
      );
    }
  }

  /**
   * A person confirms a suggestion, the machine's standing match, or allocates by hand.
   * Errors: TRANSACTION_UNKNOWN, MATCH_NOT_OPEN, MATCH_WRITTEN_OFF, MATCH_UNKNOWN, MATCH_STALE,
   * MATCH_OVER_ALLOCATED, MATCH_CURRENCY, MATCH_CURRENCY_RATE, OPEN_ITEM_UNKNOWN.
   */
  function confirm(input: ConfirmInput, caller: Caller): DecisionResult {
    if (input.exchange && !input.allocations) refuse('exchange', 'allocations beside it');
    return decide(input.bankTransactionId, caller, 'reconciliation.confirm', (facts, state, changes) => {
      if (context.isWrittenOff?.(facts.id)) {
        throw new CountersignError(
          'MATCH_WRITTEN_OFF',
          'The money of the transaction was written off; take that back first.',
        );
      }
      const standing = standingMatch(state);
      if (standing && standing.kind === 'match') {
        const asItStands = input.allocations === undefined && input.suggestionId === undefined;
        if (!asItStands || standing.decidedBy === 'person') {
          throw new CountersignError(
            'MATCH_NOT_OPEN',
            'The transaction is matched already; undo that match first.',
          );
        }
        const allocations = store.allocationsOf(standing.id);
        changes.takeOver({
          facts,
          match: standing,
          allocations,
          endedBy: 'person',
          evidence: state!.evidence,
          note: input.note,
        });
        return;
      }
      if (standing) {
        refuseCleared(standing, false);
        changes.end({ facts, match: standing, allocations: [], endedBy: 'person' });
      }
      const chosen: Chosen = input.allocations
        ? byHand(context, facts, input.allocations.map(parsed), input.exchange)
        : fromSuggestion(context, facts, input.suggestionId);
      changes.make({
        facts,
        kind: 'match',
        status: 'confirmed',
        decidedBy: 'person',
        probabilityPpm: chosen.suggestion?.probabilityPpm ?? null,
        rivals: chosen.suggestion?.rivals ?? 0n,
        evidence: chosen.suggestion?.evidence ?? '[]',
        remainderMinor: chosen.remainderMinor,
        allocations: chosen.allocations,
        exchange: chosen.exchange,
        note: input.note,
        digest: null,
      });
      for (const rejection of store.rejectionsOf(facts.id)) {
        if (rejection.openItems === null) endRejection(context, changes, caller, rejection.id, undefined);
      }
    });
  }

  /**
   * A person says that none of the suggestions is right, or this one, or the machine's match.
   * Errors: TRANSACTION_UNKNOWN, MATCH_UNKNOWN, MATCH_DECIDED, MATCH_CLEARED.
   */
  function reject(input: PersonInput, caller: Caller, isApproved = false): DecisionResult {
    return decide(input.bankTransactionId, caller, 'reconciliation.reject', (facts, state, changes) => {
      const standing = standingMatch(state);
      if (state?.decidedBy === 'person') {
        throw new CountersignError('MATCH_DECIDED', 'A person has decided this already.');
      }
      let openItems: string | null = null;
      if (standing) {
        refuseCleared(standing, isApproved);
        const allocations = store.allocationsOf(standing.id);
        changes.end({ facts, match: standing, allocations, endedBy: 'person' });
        openItems = itemsKey(allocations.map((each) => each.openItemId));
      } else if (input.suggestionId !== undefined) {
        const suggestion = knownSuggestion(context, facts, input.suggestionId);
        openItems = itemsKey(store.suggestionAllocations(suggestion.id).map((each) => each.openItemId));
      }
      addRejection(context, changes, caller, { facts, openItems, note: input.note });
      changes.write(() => store.putState(stateAfterRejections(facts)));
    });
  }

  /**
   * Takes back the match that stands, else the latest rejection. The machine does not make again
   * what a person undid.
   * Errors: TRANSACTION_UNKNOWN, MATCH_CLEARED, MATCH_UNDO_MACHINE_ONLY.
   */
  function undo(input: PersonInput, caller: Caller, isApproved = false): DecisionResult {
    return decide(input.bankTransactionId, caller, 'reconciliation.undo', (facts, state, changes) => {
      const standing = standingMatch(state);
      if (standing) {
        refuseCleared(standing, isApproved);
        const allocations = store.allocationsOf(standing.id);
        changes.end({ facts, match: standing, allocations, endedBy: 'person', note: input.note });
        const wasMachines = standing.decidedBy === 'machine' || isTakenOver(standing);
        if (wasMachines && allocations.length > 0) {
          const openItems = itemsKey(allocations.map((each) => each.openItemId));
          addRejection(context, changes, caller, { facts, openItems, note: undefined });
        }
      } else {
        const rejection = store.rejectionsOf(facts.id)[0];
        if (!rejection) {
          throw new CountersignError(
            'MATCH_UNDO_MACHINE_ONLY',
            'Nothing to undo: no match of this transaction stands.',
          );
        }
        endRejection(context, changes, caller, rejection.id, input.note);
      }
      changes.write(() => store.putState(stateAfterRejections(facts)));
    });
  }

  /** A confirmation of the machine's own match shares its entry with it. */
  function isTakenOver(match: MatchRow): boolean {
    const { source } = ledger.entry(match.entryId);
    if (source?.kind !== 'match' || source.id === match.id.toString()) return false;
    // A match of a person's own that was carried from a payment to its line shares its entry too.
    return store.match(BigInt(source.id))?.decidedBy === 'machine';
  }

  /** Where the transaction stands by its rejections and what suggestions they leave. */
  function stateAfterRejections(facts: TransactionFacts): StateRow {
    const rejections = store.rejectionsOf(facts.id);
    const all = rejections.some(({ openItems }) => openItems === null);
    const rejected = new Set(rejections.map(({ openItems }) => openItems));
    const left = store
      .suggestionsOf(facts.id)
      .filter(
        ({ id }) => !rejected.has(itemsKey(store.suggestionAllocations(id).map((each) => each.openItemId))),
      );
    const state = stateFromSuggestions(facts, all ? [] : left);
    return {
      ...state,
      decidedBy: all ? 'person' : null,
      evidence:
        rejections.length > 0 && (all || left.length === 0)
          ? JSON.stringify([{ code: 'rejected', weight: 0 }])
          : state.evidence,
    };
  }

  function decide(
    id: string,
    caller: Caller,
    kind: string,
    work: (
      facts: TransactionFacts,
      state: StateRow | undefined,
      changes: Parameters<Parameters<typeof writeChanges>[3]>[0],
    ) => void,
  ): DecisionResult {
    const facts = factsById(id);
    writeChanges(context, caller, kind, (changes) => {
      changes.subject('bank-transaction', facts.id);
      work(facts, store.state(facts.id), changes);
    });
    const state = store.state(facts.id);
    const status = state?.status ?? 'unmatched';
    context.metrics?.reconciliationDecisionsTotal.inc({ status });
    return { bankTransactionId: id, status, matchId: state?.matchId?.toString() ?? null };
  }

  return { confirm, reject, undo };
}

type Changes = Parameters<Parameters<typeof writeChanges>[3]>[0];

interface Chosen extends Settlement {
  readonly remainderMinor: bigint;
  readonly suggestion?: SuggestionRow;
}

/** Errors: MATCH_UNKNOWN. */
function knownSuggestion(
  { store }: ReconciliationContext,
  facts: TransactionFacts,
  id: string,
): SuggestionRow {
  const suggestion = store.suggestion(parseId(id));
  if (suggestion?.transactionId !== facts.id) {
    throw new CountersignError('MATCH_UNKNOWN', 'There is no such suggestion for this transaction.');
  }
  return suggestion;
}

function fromSuggestion(
  context: ReconciliationContext,
  facts: TransactionFacts,
  id: string | undefined,
): Chosen {
  const { store, receivables } = context;
  const suggestion =
    id === undefined ? store.suggestionsOf(facts.id)[0] : knownSuggestion(context, facts, id);
  if (!suggestion) {
    throw new CountersignError(
      'MATCH_UNKNOWN',
      'Nothing is suggested for this transaction; allocate it by hand.',
    );
  }
  const allocations = store.suggestionAllocations(suggestion.id);
  const rests = allocations.map(({ openItemId }) => ({
    openItemId,
    openMinor: receivables.openMinorOf(openItemId),
  }));
  if (!fingerprintOf(facts.id, rests).equals(suggestion.fingerprint)) {
    throw new CountersignError(
      'MATCH_STALE',
      'The suggestion is out of date: an open item changed since it was made.',
    );
  }
  const exchange = store.exchangeOfSuggestion(suggestion.id);
  return { allocations, exchange, remainderMinor: suggestion.remainderMinor, suggestion };
}

function addRejection(
  context: ReconciliationContext,
  changes: Changes,
  caller: Caller,
  { facts, openItems, note }: { facts: TransactionFacts; openItems: string | null; note: string | undefined },
): void {
  const { store, runtime } = context;
  const rejectedAtMs = BigInt(Math.trunc(runtime.nowMs()));
  changes.say({ action: 'reject', transaction: facts.id, items: openItems });
  changes.write((record) => {
    const id = store.lastRejectionId() + 1n;
    store.insertRejection({
      id,
      transactionId: facts.id,
      openItems,
      actor: caller.actor,
      rejectedAtMs,
      noteSealedId: sealNote(context, 'match_rejection', id, note),
      record,
    });
  });
}

function endRejection(
  context: ReconciliationContext,
  changes: Changes,
  caller: Caller,
  rejectionId: bigint,
  note: string | undefined,
): void {
  const endedAtMs = BigInt(Math.trunc(context.runtime.nowMs()));
  changes.say({ action: 'undo-reject', rejection: rejectionId });
  changes.write((record) => {
    context.store.insertRejectionEnd({
      rejectionId,
      actor: caller.actor,
      endedAtMs,
      noteSealedId: sealNote(context, 'match_rejection_end', rejectionId, note),
      record,
    });
  });
}
