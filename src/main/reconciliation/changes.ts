/**
 * Writing decisions: matches made and taken back, suggestions, states. A batch is one vault
 * transaction with one audit record over one batch of journal entries.
 */

import type { MatchStatus } from '../../contract/statements.ts';
import type { Caller } from '../base/procedures.ts';
import type { CanonicalJson } from '../crypto/index.ts';
import type { NewEntry } from '../ledger/index.ts';
import {
  ENGINE_VERSION,
  magnitude,
  type ReconciliationContext,
  roleEntry,
  type TransactionFacts,
} from './context.ts';
import { effectiveDate, holdPostings, matchPostings, opposite } from './reallocation.ts';
import type { AllocationRow, MatchRow, StateRow, SuggestionRow } from './store.ts';

/** A match (or hold) to be made. */
export interface MatchToMake {
  readonly facts: TransactionFacts;
  readonly kind: 'match' | 'hold';
  readonly status: MatchStatus;
  readonly decidedBy: 'machine' | 'person';
  readonly probabilityPpm: bigint | null;
  readonly rivals: bigint;
  readonly evidence: string;
  readonly remainderMinor: bigint;
  readonly allocations: readonly AllocationRow[];
  readonly note?: string | undefined;
  readonly digest: Buffer | null;
}

/** A standing match to be taken back, and what the transaction is then. */
export interface MatchToEnd {
  readonly facts: TransactionFacts;
  readonly match: MatchRow;
  readonly allocations: readonly AllocationRow[];
  readonly endedBy: 'machine' | 'person';
  readonly note?: string | undefined;
}

/** The journal entries of one batch and the rows that wait for its record. */
export interface ChangeSet {
  /** Takes a match back; its items are open again at once. */
  end(change: MatchToEnd): void;
  /** Makes a match; the items must have that much left. Errors: MATCH_OVER_ALLOCATED. */
  make(change: MatchToMake): bigint;
  /** A person takes over the machine's standing match as it is; no money moves. */
  takeOver(change: MatchToEnd & { readonly evidence: string }): bigint;
  /** Rows that belong to the batch; they get its record. */
  write(rows: (record: bigint) => void): void;
  subject(kind: string, id: bigint): void;
  say(detail: CanonicalJson): void;
}

/**
 * Runs `build` in one vault transaction and writes what it put together, with one record of `kind`.
 * Nothing is written, not even the record, where `build` put nothing together.
 */
export function writeChanges(
  context: ReconciliationContext,
  caller: Caller,
  kind: string,
  build: (changes: ChangeSet) => void,
): bigint | undefined {
  return context.vault.transaction(() => {
    const entries: NewEntry[] = [];
    const rows: ((record: bigint) => void)[] = [];
    const details: CanonicalJson[] = [];
    const subjects = new Map<string, { kind: string; id: string }>();
    build(createChangeSet(context, caller, { entries, rows, details, subjects }));
    if (rows.length === 0 && entries.length === 0) return undefined;
    const record = (journal?: { root: string; count: number }): bigint =>
      context.audit.record({
        kind,
        actor: caller.actor,
        ...(caller.traceId === '' ? {} : { traceId: caller.traceId }),
        subjects: [...subjects.values()],
        detail: {
          ...(journal ? { journal: { root: journal.root, count: journal.count } } : {}),
          changes: details,
        },
      });
    const number = entries.length > 0 ? context.ledger.append(entries, record).record : record();
    for (const write of rows) write(number);
    return number;
  });
}

interface Gathered {
  readonly entries: NewEntry[];
  readonly rows: ((record: bigint) => void)[];
  readonly details: CanonicalJson[];
  readonly subjects: Map<string, { kind: string; id: string }>;
}

function createChangeSet(context: ReconciliationContext, caller: Caller, gathered: Gathered): ChangeSet {
  const { store, receivables, runtime, ledger, scorer } = context;
  const { entries, rows, details, subjects } = gathered;
  let nextMatchId: bigint | undefined;
  const newMatchId = (): bigint => {
    const id = nextMatchId ?? store.lastMatchId() + 1n;
    nextMatchId = id + 1n;
    return id;
  };
  const subject = (kind: string, id: bigint): void => {
    subjects.set(`${kind} ${id}`, { kind, id: id.toString() });
  };
  const describe = (
    action: string,
    facts: TransactionFacts,
    matchId: bigint,
    allocations: readonly AllocationRow[],
  ): void => {
    subject('bank-transaction', facts.id);
    for (const { openItemId } of allocations) subject('open-item', openItemId);
    details.push({
      action,
      transaction: facts.id,
      match: matchId,
      items: allocations.map((each) => ({
        item: each.openItemId,
        allocated: each.allocatedMinor,
        discount: each.discountMinor,
        charges: each.chargesMinor,
      })),
    });
  };
  const insert = (change: MatchToMake, id: bigint, at: { effectiveDate: string; entryId: Buffer }): void => {
    const nowMs = BigInt(Math.trunc(runtime.nowMs()));
    rows.push((record) => {
      store.insertMatch(
        {
          id,
          transactionId: change.facts.id,
          kind: change.kind,
          decidedBy: change.decidedBy,
          actor: caller.actor,
          decidedAtMs: nowMs,
          probabilityPpm: change.probabilityPpm,
          rivals: change.rivals,
          evidence: change.evidence,
          remainderMinor: change.remainderMinor,
          engineVersion: ENGINE_VERSION,
          scorerVersion: scorer.version,
          effectiveDate: at.effectiveDate,
          entryId: at.entryId,
          noteSealedId: sealNote(context, 'match', id, change.note),
          record,
        },
        change.allocations,
      );
      store.putState(stateOf(change, id));
    });
  };

  return {
    end({ facts, match, allocations, endedBy, note }) {
      const postings = match.kind === 'hold' ? holdPostings(facts.moneyMinor) : matchPostings(allocations);
      const entry = roleEntry(context, {
        // Where two people undo what lies in a closed period, the books change in the open one.
        effectiveDate: effectiveDate(match.effectiveDate, ledger.closedThrough()),
        currency: facts.currency,
        matchId: match.id,
        postings: opposite(postings),
        reverses: match.entryId,
      });
      entries.push(entry);
      for (const each of allocations) {
        receivables.settle(each.openItemId, -magnitude(each.allocatedMinor), match.id.toString());
      }
      describe('end', facts, match.id, allocations);
      const endedAtMs = BigInt(Math.trunc(runtime.nowMs()));
      rows.push((record) => {
        store.insertMatchEnd({
          matchId: match.id,
          endedBy,
          actor: caller.actor,
          endedAtMs,
          entryId: entry.id,
          noteSealedId: sealNote(context, 'match_end', match.id, note),
          record,
        });
        store.putState(undecided(facts));
      });
    },
    make(change) {
      const id = newMatchId();
      const date = effectiveDate(change.facts.bookingDate, ledger.closedThrough());
      const entry = roleEntry(context, {
        effectiveDate: date,
        currency: change.facts.currency,
        matchId: id,
        postings:
          change.kind === 'hold' ? holdPostings(change.facts.moneyMinor) : matchPostings(change.allocations),
      });
      entries.push(entry);
      for (const each of change.allocations) {
        receivables.settle(each.openItemId, magnitude(each.allocatedMinor), id.toString());
      }
      describe(change.kind, change.facts, id, change.allocations);
      insert(change, id, { effectiveDate: date, entryId: entry.id });
      return id;
    },
    takeOver({ facts, match, allocations, evidence, note }) {
      const id = newMatchId();
      describe('confirm', facts, id, allocations);
      const endedAtMs = BigInt(Math.trunc(runtime.nowMs()));
      rows.push((record) => {
        store.insertMatchEnd({
          matchId: match.id,
          endedBy: 'person',
          actor: caller.actor,
          endedAtMs,
          entryId: null,
          noteSealedId: null,
          record,
        });
      });
      insert(
        {
          facts,
          kind: 'match',
          status: 'confirmed',
          decidedBy: 'person',
          probabilityPpm: match.probabilityPpm,
          rivals: match.rivals,
          evidence,
          remainderMinor: match.remainderMinor,
          allocations,
          note,
          digest: null,
        },
        id,
        match,
      );
      return id;
    },
    write: (row) => {
      rows.push(row);
    },
    subject,
    say: (detail) => {
      details.push(detail);
    },
  };
}

/** A note's sealed row; null where there is no note. */
export function sealNote(
  context: Pick<ReconciliationContext, 'sealing'>,
  table: string,
  rowId: bigint,
  note: string | undefined,
): bigint | null {
  if (note === undefined || note.trim() === '') return null;
  const applicationId = rowId.toString();
  return context.sealing.seal({ purpose: 'invoice', table, column: 'note', applicationId, plaintext: note });
}

function stateOf(change: MatchToMake, matchId: bigint): StateRow {
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
