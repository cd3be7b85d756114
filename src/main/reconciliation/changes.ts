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
import {
  type AccountPosting,
  bookingPostings,
  clearingPostings,
  effectiveDate,
  holdPostings,
  matchPostings,
  moneyOf,
  opposite,
  prePostings,
  type RolePosting,
  type Settlement,
} from './reallocation.ts';
import { codesOf, parseReasons, type Reason, whyOf } from './reasons.ts';
import { stateOf, undecided } from './states.ts';
import type { AllocationRow, MatchRow, StateRow } from './store.ts';
import { createTelling, type Telling } from './telling.ts';

/** A match (or hold) to be made. */
export interface MatchToMake extends Settlement {
  readonly facts: TransactionFacts;
  readonly kind: 'match' | 'hold';
  readonly status: MatchStatus;
  readonly decidedBy: 'machine' | 'person';
  readonly probabilityPpm: bigint | null;
  readonly rivals: bigint;
  readonly evidence: string;
  /** The same as values, where they are at hand. */
  readonly reasons?: readonly Reason[];
  readonly remainderMinor: bigint;
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
  /** Signed: of what was pre-posted, how much a return takes back; its own line will clear that. */
  readonly returnedMinor?: bigint;
}

/** The journal entries of one batch and the rows that wait for its record. */
export interface ChangeSet {
  /** Takes a match back; its items are open again at once. */
  end(change: MatchToEnd): void;
  /** Makes a match; the items must have that much left. Errors: MATCH_OVER_ALLOCATED. */
  make(change: MatchToMake): bigint;
  /** A person takes over the machine's standing match as it is; no money moves. */
  takeOver(change: MatchToEnd & { readonly evidence: string }): bigint;
  /** The machine's or a person's standing match of a payment becomes that of the line that confirms it. */
  carry(change: {
    readonly payment: StateRow;
    readonly line: TransactionFacts;
    readonly match: MatchRow;
  }): void;
  /** A journal entry of its own. */
  post(entry: NewEntry): void;
  /** What a person decided of the transaction has changed: the engine learns it, or unlearns it. */
  decided(transactionId: bigint): void;
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
  return context.vault.transaction(() => joinChanges(context, caller, kind, build));
}

/** The same as a part of the caller's transaction, which does not outlive its failure. */
export function joinChanges(
  context: ReconciliationContext,
  caller: Caller,
  kind: string,
  build: (changes: ChangeSet) => void,
): bigint | undefined {
  return context.vault.joined(() => {
    const entries: NewEntry[] = [];
    const rows: ((record: bigint) => void)[] = [];
    const decided = new Set<bigint>();
    const telling = createTelling(context, caller, kind);
    build(createChangeSet(context, caller, { entries, rows, decided, telling }));
    if (rows.length === 0 && entries.length === 0) return undefined;
    const number =
      entries.length > 0 ? context.ledger.append(entries, telling.record).record : telling.record();
    telling.recordFurther();
    for (const write of rows) write(number);
    for (const transactionId of decided) context.learning.decided(transactionId);
    return number;
  });
}

interface Gathered {
  readonly entries: NewEntry[];
  readonly rows: ((record: bigint) => void)[];
  /** Transactions of which a person's decision has changed. */
  readonly decided: Set<bigint>;
  readonly telling: Telling;
}

function createChangeSet(context: ReconciliationContext, caller: Caller, gathered: Gathered): ChangeSet {
  const { store, receivables, runtime, ledger, scorer } = context;
  const { entries, rows, decided, telling } = gathered;
  const { describe, subject } = telling;
  let nextMatchId: bigint | undefined;
  const newMatchId = (): bigint => {
    const id = nextMatchId ?? store.lastMatchId() + 1n;
    nextMatchId = id + 1n;
    return id;
  };
  const settlementOf = ({ id }: MatchRow, allocations: readonly AllocationRow[]): Settlement => ({
    allocations,
    exchange: store.exchangeOfMatch(id),
    booking: store.bookingOf(id),
  });
  /** What stands of a match against In-transit, signed; 0 where it was made of a line. */
  const prePostedMinor = (facts: TransactionFacts, match: MatchRow, settlement: Settlement) => {
    if (match.prePosted === 0n) return 0n;
    const rest = facts.direction === 'credit' ? match.remainderMinor : -match.remainderMinor;
    return moneyOf(settlement) + rest;
  };
  /** Where the money goes that a match which was pre-posted does not need any more. */
  const release = (change: MatchToEnd, fullMinor: bigint, effective: string): void => {
    const restMinor = fullMinor - (change.returnedMinor ?? 0n);
    if (restMinor === 0n) return;
    if (change.facts.isPayment) {
      context.payments.addTransit(change.facts.id, -restMinor);
      return;
    }
    // The line has cleared it: it stands in Unapplied cash again, as that of any line.
    entries.push(
      roleEntry(context, {
        effectiveDate: effective,
        currency: change.facts.currency,
        matchId: change.match.id,
        reason: 'instant.release',
        postings: opposite(clearingPostings(restMinor)),
      }),
    );
  };
  const insert = (
    change: MatchToMake,
    id: bigint,
    at: { effectiveDate: string; entryId: Buffer; prePosted: bigint },
  ): void => {
    const nowMs = BigInt(Math.trunc(runtime.nowMs()));
    if (change.decidedBy === 'person') decided.add(change.facts.id);
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
          prePosted: at.prePosted,
        },
        change.allocations,
        change.exchange,
      );
      if (change.booking) store.insertBooking(id, change.booking);
      store.putState(stateOf(change, id));
    });
  };

  return {
    end(change) {
      const { facts, match, allocations, endedBy, note } = change;
      if (match.decidedBy === 'person') decided.add(facts.id);
      const settlement = settlementOf(match, allocations);
      const fullMinor = prePostedMinor(facts, match, settlement);
      const moneyMinor = match.prePosted === 1n ? fullMinor : facts.moneyMinor;
      const postings = postingsOf(match.kind, match.prePosted === 1n, moneyMinor, settlement);
      // Where two people undo what lies in a closed period, the books change in the open one.
      const effective = effectiveDate(match.effectiveDate, ledger.closedThrough());
      const entry = roleEntry(context, {
        effectiveDate: effective,
        ...(change.returnedMinor === undefined ? {} : { reason: 'instant.return' }),
        currency: facts.currency,
        matchId: match.id,
        postings: opposite(postings),
        reverses: match.entryId,
      });
      entries.push(entry);
      release(change, fullMinor, effective);
      for (const each of allocations) {
        receivables.settle(each.openItemId, -magnitude(each.allocatedMinor), match.id.toString());
      }
      describe('end', facts, match.id, settlement);
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
      const { isPayment, moneyMinor } = change.facts;
      const date = effectiveDate(change.facts.bookingDate, ledger.closedThrough());
      const entry = roleEntry(context, {
        effectiveDate: date,
        currency: change.facts.currency,
        matchId: id,
        ...(isPayment ? { reason: 'instant.pre-post' } : {}),
        postings: postingsOf(change.kind, isPayment, moneyMinor, change),
      });
      entries.push(entry);
      if (isPayment) context.payments.addTransit(change.facts.id, moneyMinor);
      for (const each of change.allocations) {
        receivables.settle(each.openItemId, magnitude(each.allocatedMinor), id.toString());
      }
      describe(change.kind, change.facts, id, change, whyOf(change));
      // Of a hold nothing is allocated: what it keeps of the money is all of it.
      const kept =
        isPayment && change.kind === 'hold' ? { ...change, remainderMinor: magnitude(moneyMinor) } : change;
      insert(kept, id, { effectiveDate: date, entryId: entry.id, prePosted: isPayment ? 1n : 0n });
      return id;
    },
    takeOver({ facts, match, allocations, evidence, note }) {
      const id = newMatchId();
      const settlement = settlementOf(match, allocations);
      describe('confirm', facts, id, settlement, { by: 'person', reasons: codesOf(parseReasons(evidence)) });
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
          ...settlement,
          note,
          digest: null,
        },
        id,
        match,
      );
      return id;
    },
    carry({ payment, line, match }) {
      const id = newMatchId();
      const allocations = store.allocationsOf(match.id);
      const exchange = store.exchangeOfMatch(match.id);
      const settlement = { allocations, exchange };
      const date = effectiveDate(line.bookingDate, ledger.closedThrough());
      subject('bank-transaction', payment.transactionId);
      describe('carry', line, id, settlement, {
        by: match.decidedBy,
        kind: match.kind,
        from: payment.transactionId,
        before: match.id,
      });
      const atMs = BigInt(Math.trunc(runtime.nowMs()));
      if (match.decidedBy === 'person') decided.add(payment.transactionId).add(line.id);
      rows.push((record) => {
        store.insertMatchEnd({
          matchId: match.id,
          endedBy: 'machine',
          actor: caller.actor,
          endedAtMs: atMs,
          entryId: null,
          noteSealedId: null,
          record,
        });
        store.insertMatch(
          { ...match, id, transactionId: line.id, effectiveDate: date, noteSealedId: null, record },
          allocations,
          exchange,
        );
        store.carryForgotten(match.id, id, record);
        const { bookingDate, direction, currency, moneyMinor } = line;
        store.putState({
          ...payment,
          transactionId: line.id,
          bookingDate,
          direction,
          currency,
          moneyMinor,
          matchId: id,
        });
      });
    },
    decided: (transactionId) => {
      decided.add(transactionId);
    },
    post: (entry) => {
      entries.push(entry);
    },
    write: (row) => {
      rows.push(row);
    },
    subject,
    say: telling.say,
  };
}

/** The postings of a match or hold, of money that is in transit or on the account. */
function postingsOf(
  kind: 'match' | 'hold',
  isPrePost: boolean,
  moneyMinor: bigint,
  settlement: Settlement,
): (RolePosting | AccountPosting)[] {
  if (settlement.booking) return bookingPostings(moneyMinor, settlement.booking.accountId);
  if (kind === 'hold') return holdPostings(moneyMinor, isPrePost ? 'in-transit' : 'unapplied-cash');
  return isPrePost ? prePostings(moneyMinor, settlement) : matchPostings(settlement);
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
