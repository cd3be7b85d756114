/**
 * What single messages and the lines that confirm them change: a payment is decided as it arrives, its
 * line takes its place, and what goes back is taken off its match. The desk of instant payments says
 * when; what it does to matches and to the books is said here.
 */
import type { MatchStatus } from '../../contract/statements.ts';
import type { Caller } from '../base/procedures.ts';
import { type ChangeSet, joinChanges } from './changes.ts';
import { magnitude, type ReconciliationContext, roleEntry, type TransactionFacts } from './context.ts';
import { factsOf, type TransactionTold, toMatchTransaction } from './inputs.ts';
import { itemsKey } from './keys.ts';
import type { OnlineBooks } from './online-books.ts';
import { fingerprintOf, outcomeDigest } from './outcome.ts';
import { type Parting, part } from './parting.ts';
import { clearingPostings, effectiveDate, lessOf, moneyOf } from './reallocation.ts';
import { stateFromSuggestions, undecided } from './states.ts';
import type { AllocationRow, MatchRow, StateRow } from './store.ts';
import { make, propose } from './writing.ts';

/** What became of a payment. */
export interface Arrival {
  readonly status: MatchStatus;
  /** What it pays of items, signed like the payment. */
  readonly matchedMinor: bigint;
}

/** A change of what a payment is worth. */
export interface TakingBack {
  /** The payment, or the line that confirms it, before and after. */
  readonly before: TransactionTold;
  readonly after: TransactionTold;
  /** A rejection leaves nothing for any line to clear; of a return a second line does. */
  readonly kind: 'return' | 'rejection';
}

/** What a payment has handed over to what takes its place. */
export interface Handing {
  /** What of it was in In-transit and is cleared now, signed. */
  readonly clearedMinor: bigint;
  /** What is matched from here on, unsigned. */
  readonly matchedMinor: bigint;
}

export interface InstantChanges extends ChangeSet {
  /** Decides a payment that no statement has yet, and pre-posts it where the machine is sure. */
  arrive(payment: TransactionTold): Arrival;
  /**
   * The line takes the payment's place: what stands in In-transit is cleared, and the match is the line's.
   * Where the line moved another amount, the pre-post is reversed and the line decided by itself. Undefined
   * where people decided both apart; then nothing changes.
   */
  confirm(payment: TransactionTold, line: TransactionTold): Handing | undefined;
  /**
   * The payment is the same money as another, or as that one's line: one match stays, and where people
   * decided both, that of the one which stays.
   */
  join(payment: TransactionTold, stays: TransactionTold): Handing;
  /** A person says that the line is not the payment: each stands by itself again. */
  part(parting: Parting): void;
  /** Takes the match back as far as the money went back; answers what its second line is to clear, signed. */
  takeBack(change: TakingBack): bigint;
  /** Nothing of a transaction is left to be matched. */
  wentBack(transaction: TransactionTold): void;
  /** A line clears what stands in In-transit of a payment, signed. */
  clear(
    paymentId: bigint,
    line: Pick<TransactionFacts, 'bookingDate' | 'currency'>,
    transitMinor: bigint,
  ): void;
}

/** What stands for a transaction. */
export interface StandingDecision {
  readonly isMatched: boolean;
  /** Matched, or left alone by a person. */
  readonly isDecided: boolean;
  /** What it pays of items, unsigned. */
  readonly matchedMinor: bigint;
}

export interface InstantDecisions {
  standing(transactionId: bigint): StandingDecision;
  /** Every match that was ever made of a transaction: its entries name it as their source. */
  matchIdsOf(transactionId: bigint): bigint[];
  /** Runs `build` in one transaction and writes what it put together, with one record of `kind`. */
  change(caller: Caller, kind: string, build: (changes: InstantChanges) => void): bigint;
  /** The same as a part of the caller's transaction, which does not outlive its failure. */
  joinedChange(caller: Caller, kind: string, build: (changes: InstantChanges) => void): bigint;
}

export function createInstantDecisions(
  context: ReconciliationContext,
  online: OnlineBooks,
): InstantDecisions {
  function change(caller: Caller, kind: string, build: (changes: InstantChanges) => void): bigint {
    const record = joinChanges(context, caller, kind, (changes) => {
      const at: Changing = { context, online, changes };
      build({
        ...changes,
        arrive: (payment) => arrive(at, payment),
        confirm: (payment, line) => confirm(at, payment, line),
        join: (payment, stays) => takePlace(at, payment, stays, true),
        part: (parting) => part(at, parting, (transaction, rejected) => arrive(at, transaction, rejected)),
        takeBack: (change) => takeBack(at, change),
        wentBack: (transaction) => wentBack(at, factsOf(transaction), 'return'),
        clear: (paymentId, line, transitMinor) =>
          changes.post(clearing(context, paymentId, line, transitMinor)),
      });
    });
    if (record === undefined) throw new TypeError('instant: a change that changes nothing');
    return record;
  }

  return {
    matchIdsOf: (transactionId) => context.store.matchIdsOf(transactionId),
    standing(transactionId) {
      const { state, match } = standingOf(context, transactionId);
      return {
        isMatched: match !== undefined,
        isDecided: match !== undefined || state?.decidedBy === 'person',
        matchedMinor: usedBy(context, match),
      };
    },
    change: (caller, kind, build) => context.vault.transaction(() => change(caller, kind, build)),
    joinedChange: change,
  };
}

interface Changing {
  readonly context: ReconciliationContext;
  readonly online: OnlineBooks;
  readonly changes: ChangeSet;
}

function arrive(
  { context, online, changes }: Changing,
  payment: TransactionTold,
  rejected = rejectedOf(context, payment.id),
): Arrival {
  // At the start of the console statements are looked at first: then the next run decides.
  if (!online.isReady()) return { status: 'unmatched', matchedMinor: 0n };
  const transaction = toMatchTransaction(payment, context.rules.current()(payment));
  const facts = factsOf(payment);
  const hold = transaction.amountMinor === 0n ? undefined : context.scorer.holds(transaction);
  const outcome = hold
    ? ({ transactionId: facts.id, status: 'quarantined', explanations: [], notes: hold.reasons } as const)
    : online.decide(transaction, rejected);
  const writing = { context, changes, digest: outcomeDigest(outcome) };
  const isMade = (outcome.status === 'auto' || hold !== undefined) && make(writing, facts, outcome);
  if (!isMade) {
    propose(writing, facts, outcome);
    return { status: outcome.explanations.length > 0 ? 'suggested' : 'unmatched', matchedMinor: 0n };
  }
  context.metrics?.reconciliationDecisionsTotal.inc({ status: outcome.status });
  const best = outcome.explanations[0];
  return { status: outcome.status, matchedMinor: best ? moneyOf(best) : 0n };
}

/** The sets of items that people said a transaction does not settle. */
function rejectedOf({ store }: ReconciliationContext, id: bigint): ReadonlySet<string> {
  return new Set(store.rejectionsOf(id).flatMap(({ openItems }) => (openItems === null ? [] : [openItems])));
}

interface Standing {
  readonly state: StateRow | undefined;
  readonly match: MatchRow | undefined;
}

function standingOf({ store }: ReconciliationContext, id: bigint): Standing {
  const state = store.state(id);
  return { state, match: state?.matchId == null ? undefined : store.match(state.matchId) };
}

const byPerson = ({ state }: Standing): boolean => state?.decidedBy === 'person';

/** What a match uses of its money, unsigned. */
const usedBy = ({ store }: ReconciliationContext, match: MatchRow | undefined): bigint =>
  match === undefined
    ? 0n
    : magnitude(
        moneyOf({ allocations: store.allocationsOf(match.id), exchange: store.exchangeOfMatch(match.id) }),
      );

function confirm(at: Changing, payment: TransactionTold, line: TransactionTold): Handing | undefined {
  const both = [payment, line].map(({ id }) => standingOf(at.context, id));
  return both.every(byPerson) ? undefined : takePlace(at, payment, line, false);
}

/** One of two decisions stays, a person's before the machine's, and it is that of `stays` from here on. */
function takePlace(at: Changing, payment: TransactionTold, stays: TransactionTold, anew: boolean): Handing {
  const { context, changes } = at;
  const { store } = context;
  const [goes, remains] = [factsOf(payment), factsOf(stays)];
  const [ofGoes, ofStays] = [standingOf(context, payment.id), standingOf(context, stays.id)];
  const isKept = byPerson(ofStays) || (ofStays.match !== undefined && !byPerson(ofGoes));
  const isCarried = !isKept && goes.moneyMinor === remains.moneyMinor;
  const end = (facts: TransactionFacts, match: MatchRow) =>
    changes.end({ facts, match, allocations: store.allocationsOf(match.id), endedBy: 'machine' });
  if (!isCarried && ofGoes.match) end(goes, ofGoes.match);
  if (!isKept && ofStays.match) end(remains, ofStays.match);
  const clearedMinor = handOver(at, payment.id, remains);
  let matchedMinor = usedBy(context, isKept ? ofStays.match : ofGoes.match);
  if (isCarried && ofGoes.match)
    changes.carry({ payment: ofGoes.state!, line: remains, match: ofGoes.match });
  else if (isCarried && ofGoes.state && (!anew || byPerson(ofGoes))) carryProposal(at, ofGoes.state, remains);
  else if (!isKept && (anew || !isCarried)) matchedMinor = decideAnew(at, stays, ofGoes);
  changes.say({ action: 'join', transaction: payment.id, line: stays.id });
  changes.subject('bank-transaction', payment.id);
  changes.subject('bank-transaction', stays.id);
  changes.write(() => {
    store.removeSuggestions(payment.id);
    store.removeState(payment.id);
  });
  return { clearedMinor, matchedMinor };
}

/** What is decided of the one that stays where no decision can be taken over as it is; answers what is matched. */
function decideAnew(at: Changing, stays: TransactionTold, { state, match }: Standing): bigint {
  const facts = factsOf(stays);
  if (facts.moneyMinor === 0n) {
    wentBack(at, facts, 'return');
    return 0n;
  }
  if (match?.decidedBy !== 'person' || match.kind !== 'match')
    return magnitude(arrive(at, stays).matchedMinor);
  makeLess(at, facts, match, at.context.store.allocationsOf(match.id), state!);
  const usedMinor = usedBy(at.context, match);
  if (usedMinor > magnitude(facts.moneyMinor)) return magnitude(facts.moneyMinor);
  return usedMinor;
}

/**
 * What a payment still has in In-transit meets what its line has put into Unapplied cash, or stands there
 * in the name of the payment that it turned out to be. Answers what was cleared.
 */
function handOver({ context, changes }: Changing, paymentId: bigint, stays: TransactionFacts): bigint {
  const { payments } = context;
  const transitMinor = payments.transitMinor(paymentId);
  if (transitMinor === 0n) return 0n;
  payments.addTransit(paymentId, -transitMinor);
  if (stays.isPayment) payments.addTransit(stays.id, transitMinor);
  else changes.post(clearing(context, paymentId, stays, transitMinor));
  return stays.isPayment ? 0n : transitMinor;
}

/** The entry by which a line clears money in transit. */
function clearing(
  context: ReconciliationContext,
  paymentId: bigint,
  line: Pick<TransactionFacts, 'bookingDate' | 'currency'>,
  transitMinor: bigint,
) {
  return roleEntry(context, {
    effectiveDate: effectiveDate(line.bookingDate, context.ledger.closedThrough()),
    currency: line.currency,
    matchId: paymentId,
    sourceKind: 'bank-transaction',
    reason: 'instant.clear',
    postings: clearingPostings(transitMinor),
  });
}

/** What was proposed for a payment, and what people rejected of it, is the line's from here on. */
function carryProposal({ context, changes }: Changing, payment: StateRow, line: TransactionFacts): void {
  const { store, receivables } = context;
  const kept = store
    .suggestionsOf(payment.transactionId)
    .map((row) => ({ row, allocations: store.suggestionAllocations(row.id) }));
  const rejections = store.rejectionsOf(payment.transactionId);
  changes.say({
    action: kept.length > 0 ? 'suggested' : 'unmatched',
    transaction: line.id,
    suggestions: kept.length,
    sets: kept.map(({ allocations }) => itemsKey(allocations.map(({ openItemId }) => openItemId))),
  });
  for (const { openItems } of rejections) {
    changes.say({ action: 'reject', transaction: line.id, items: openItems });
  }
  changes.write((record) => {
    const rows = kept.map(({ row, allocations }) => {
      const rests = allocations.map(({ openItemId }) => ({
        openItemId,
        openMinor: receivables.openMinorOf(openItemId),
      }));
      const moved = { ...row, transactionId: line.id, fingerprint: fingerprintOf(line.id, rests), record };
      store.insertSuggestion(moved, allocations, store.exchangeOfSuggestion(row.id));
      return moved;
    });
    for (const rejection of [...rejections].reverse()) {
      const id = store.lastRejectionId() + 1n;
      store.insertRejection({ ...rejection, id, transactionId: line.id, noteSealedId: null, record });
    }
    const state = stateFromSuggestions(line, payment.status === 'suggested' ? rows : []);
    store.putState({ ...state, decidedBy: payment.decidedBy, evidence: payment.evidence });
  });
}

function takeBack(at: Changing, { before, after, kind }: TakingBack): bigint {
  const { context, changes } = at;
  const { store } = context;
  const [factsBefore, factsAfter] = [factsOf(before), factsOf(after)];
  const { state, match } = standingOf(context, before.id);
  let legMinor = 0n;
  if (match) {
    const allocations = store.allocationsOf(match.id);
    if (kind === 'return' && match.prePosted === 1n)
      legMinor = factsBefore.moneyMinor - factsAfter.moneyMinor;
    changes.end({
      facts: factsBefore,
      match,
      allocations,
      endedBy: 'machine',
      ...(kind === 'return' ? { returnedMinor: legMinor } : {}),
    });
    const isPersons = match.decidedBy === 'person' && match.kind === 'match' && allocations.length > 0;
    if (isPersons && factsAfter.moneyMinor !== 0n) {
      makeLess(at, factsAfter, match, allocations, state!);
      return legMinor;
    }
  }
  if (kind === 'rejection' || factsAfter.moneyMinor === 0n) wentBack(at, factsAfter, kind);
  else if (state?.decidedBy !== 'person' || match) arrive(at, after);
  return legMinor;
}

/** Nothing of it is left to be matched: a payment leaves the queue, a line says why it stays unmatched. */
function wentBack({ context, changes }: Changing, facts: TransactionFacts, kind: TakingBack['kind']): void {
  const { store } = context;
  changes.subject('bank-transaction', facts.id);
  changes.say(
    facts.isPayment
      ? { action: 'join', transaction: facts.id, because: kind }
      : { action: 'unmatched', transaction: facts.id, suggestions: 0, sets: [] },
  );
  changes.write(() => {
    store.removeSuggestions(facts.id);
    if (facts.isPayment) store.removeState(facts.id);
    else {
      const evidence = JSON.stringify([{ code: 'return-or-reversal', weight: 0 }]);
      store.putState({ ...undecided(facts), evidence });
    }
  });
}

/** A person's match of what is left. */
function makeLess(
  { context, changes }: Changing,
  facts: TransactionFacts,
  match: MatchRow,
  allocations: readonly AllocationRow[],
  state: StateRow,
): void {
  const settlement = { allocations, exchange: context.store.exchangeOfMatch(match.id) };
  const less = lessOf(settlement, facts.moneyMinor);
  const lessId = changes.make({
    facts,
    kind: 'match',
    status: 'confirmed',
    decidedBy: 'person',
    probabilityPpm: match.probabilityPpm,
    rivals: match.rivals,
    evidence: state.evidence,
    remainderMinor: magnitude(facts.moneyMinor - moneyOf(less)),
    ...less,
    digest: null,
  });
  changes.write((record) => context.store.carryForgotten(match.id, lessId, record));
  context.metrics?.reconciliationDecisionsTotal.inc({ status: 'confirmed' });
}
