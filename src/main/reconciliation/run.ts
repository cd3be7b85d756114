/** A run of the machine: read what is undecided, think, write what has changed. */
import type { RunResult } from '../../contract/reconciliation.ts';
import type { Caller } from '../base/procedures.ts';
import { isBookable, isSameBooking, withBooking } from './booking.ts';
import { type ChangeSet, writeChanges } from './changes.ts';
import type { ReconciliationContext, TransactionFacts } from './context.ts';
import type { EngineProgress } from './engine.ts';
import { hostEngine } from './engine-host.ts';
import { createPacer, type RunInputs, readInputs, type StandingMatch } from './inputs.ts';
import { allocationsKey, exchangeKey } from './keys.ts';
import { type Outcome, outcomeDigest } from './outcome.ts';
import { undecided } from './states.ts';
import type { StateRow } from './store.ts';
import type { MatchTransaction } from './types.ts';
import { make, propose } from './writing.ts';

export interface RunProgress {
  readonly stage: 'read' | EngineProgress['stage'] | 'write';
  readonly doneCount: number;
  readonly totalCount: number;
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
  /** Sets larger than this are thought about on a worker thread. */
  readonly workerFrom?: number;
}

/** Decisions written in one vault transaction, at most. */
const BATCH_DECISIONS = 100;
/** Transactions and items that one record tells of, so that its receipt stays under 32 KB. */
const MOST_TOLD = 40;
/** A batch is closed after this much work: writing it out takes about as long again, well under 50 ms. */
const BUILD_MS = 8;
/** How often a run starts over because people or imports changed what it had read. */
const PASS_LIMIT = 3;

/** What is said of a payment whose money went back. */
const WENT_BACK = [{ code: 'return-or-reversal', weight: 0 }] as const;

/** Considers every booked transaction that no person has decided. Errors: CANCELLED. */
export async function runMatching(
  context: ReconciliationContext,
  caller: Caller,
  options: RunOptions = {},
): Promise<RunResult> {
  const startMs = context.runtime.monotonicMs();
  let outcomes: Outcome[] = [];
  for (let pass = 1; pass <= PASS_LIMIT; pass += 1) {
    await context.payments.confirm();
    const inputs = await readInputs(context, options.signal, (doneCount) => {
      const totalCount = Math.max(doneCount, context.statements.bookedTransactionCount());
      options.onProgress?.({ stage: 'read', doneCount, totalCount });
    });
    outcomes = await think(context, inputs, options);
    const skipped = await apply(context, caller, inputs, outcomes, options);
    if (skipped === 0) break;
  }
  const count = (status: Outcome['status']): number =>
    outcomes.filter((each) => each.status === status).length;
  return {
    considered: outcomes.length,
    matched: count('auto'),
    suggested: count('suggested'),
    unmatched: count('unmatched'),
    durationMs: context.runtime.monotonicMs() - startMs,
  };
}

/** The engine's outcomes, and a hold for each payment that the scorer does not let through. */
export async function think(
  context: ReconciliationContext,
  inputs: RunInputs,
  options: RunOptions,
): Promise<Outcome[]> {
  const held: Outcome[] = [];
  const transactions = inputs.transactions.filter((transaction) => {
    const hold = transaction.amountMinor === 0n ? undefined : context.scorer.holds(transaction);
    if (!hold) return true;
    held.push({
      transactionId: transaction.id,
      status: 'quarantined',
      explanations: [],
      notes: hold.reasons,
    });
    return false;
  });
  const { items, customers, learned, rejected } = inputs;
  const outcomes = await hostEngine(
    { transactions, items, customers, learned, rejected, policy: context.policy },
    {
      runtime: context.runtime,
      signal: options.signal,
      onProgress: options.onProgress,
      ...(options.workerFrom === undefined ? {} : { workerFrom: options.workerFrom }),
    },
  );
  const returned = inputs.returned.map(
    (transactionId): Outcome => ({ transactionId, status: 'unmatched', explanations: [], notes: WENT_BACK }),
  );
  return [...(await afterRules(context, transactions, outcomes, options)), ...held, ...returned];
}

/** Books what the rules of the desk book, to accounts that take it at this moment. */
async function afterRules(
  context: ReconciliationContext,
  transactions: readonly MatchTransaction[],
  outcomes: readonly Outcome[],
  { signal }: RunOptions,
): Promise<Outcome[]> {
  const { payments, ledger } = context;
  // Only lines of a statement alone: what a single message told of is booked by nobody.
  const ruled = new Map(
    transactions
      .filter(({ id, ruling }) => ruling?.book !== undefined && payments.paymentOf(id) === undefined)
      .map((transaction) => [transaction.id, transaction]),
  );
  if (ruled.size === 0) return [...outcomes];
  const bookable = new Map(
    ledger.accounts().flatMap((account) => (isBookable(account) ? [[account.id, account.currency!]] : [])),
  );
  const pace = createPacer(context, signal);
  const after: Outcome[] = [];
  for (const outcome of outcomes) {
    const transaction = ruled.get(outcome.transactionId);
    after.push(transaction ? withBooking(outcome, transaction, (id) => bookable.get(`${id}`)) : outcome);
    await pace();
  }
  return after;
}

/** Writes the difference between what stands and what was decided; answers how many decisions were out of date. */
async function apply(
  context: ReconciliationContext,
  caller: Caller,
  inputs: RunInputs,
  outcomes: readonly Outcome[],
  { signal, onProgress }: RunOptions,
): Promise<number> {
  const pace = createPacer(context, signal);
  const steps = await stepsOf(context, inputs, outcomes, pace);
  let skipped = 0;
  for (let from = 0; from < steps.length; ) {
    const written: Outcome[] = [];
    let skippedHere = 0;
    let next = from;
    const untilMs = context.runtime.monotonicMs() + BUILD_MS;
    const isOver = () =>
      next >= Math.min(steps.length, from + BATCH_DECISIONS) || context.runtime.monotonicMs() > untilMs;
    const record = (changes: ChangeSet) => {
      let told = 0;
      do {
        const step = steps[next]!;
        next += 1;
        told += 1 + (step.outcome.explanations[0]?.allocations.length ?? 0);
        if (!applyStep({ context, inputs, changes, digest: step.digest }, step)) skippedHere += 1;
        else if (step.action !== 'release') written.push(step.outcome);
      } while (told < MOST_TOLD && !isOver());
    };
    context.vault.transaction(() => {
      do writeChanges(context, caller, 'reconciliation.match', record);
      while (!isOver());
    });
    from = next;
    skipped += skippedHere;
    countDecisions(context, inputs, written);
    onProgress?.({ stage: 'write', doneCount: from, totalCount: steps.length });
    await pace();
  }
  return skipped;
}

interface Step {
  readonly outcome: Outcome;
  readonly digest: Buffer;
  readonly action: 'release' | 'make' | 'propose';
}

/** First everything that gives way, then what takes its place, at last what only proposes. */
async function stepsOf(
  context: ReconciliationContext,
  inputs: RunInputs,
  outcomes: readonly Outcome[],
  pace: () => Promise<void> | undefined,
): Promise<Step[]> {
  const released: Step[] = [];
  const made: Step[] = [];
  const proposed: Step[] = [];
  for (const outcome of outcomes) {
    const digest = outcomeDigest(outcome);
    if (!inputs.states.get(outcome.transactionId)?.digest?.equals(digest)) {
      if (givesWay(context, inputs, outcome)) released.push({ outcome, digest, action: 'release' });
      if (makes(outcome)) made.push({ outcome, digest, action: 'make' });
      else proposed.push({ outcome, digest, action: 'propose' });
    }
    await pace();
  }
  return released.concat(made, proposed);
}

interface Applying {
  readonly context: ReconciliationContext;
  readonly inputs: RunInputs;
  readonly changes: ChangeSet;
  readonly digest: Buffer;
}

function makes(outcome: Outcome): boolean {
  return outcome.status === 'auto' || outcome.status === 'quarantined';
}

/** True where the machine's standing match is not the one that it would make now. */
function givesWay(context: ReconciliationContext, inputs: RunInputs, outcome: Outcome): boolean {
  const standing = inputs.revisable.get(outcome.transactionId);
  return standing !== undefined && !isSame(context, standing, outcome);
}

function isSame(
  { store }: ReconciliationContext,
  { match, allocations }: StandingMatch,
  outcome: Outcome,
): boolean {
  if (outcome.status === 'quarantined') return match.kind === 'hold';
  if (outcome.status !== 'auto' || match.kind !== 'match') return false;
  if (allocations.length === 0) return isSameBooking(store.bookingOf(match.id), outcome.booking);
  const best = outcome.explanations[0];
  if (best === undefined) return false;
  if (allocationsKey(allocations) !== allocationsKey(best.allocations)) return false;
  // The same items can stand for another share of the money, where more is known of its exchange.
  return !best.exchange || exchangeKey(best.exchange) === exchangeKey(store.exchangeOfMatch(match.id));
}

/** Applies one step in the batch's transaction; false where people or imports were faster. */
function applyStep(applying: Applying, { outcome, action }: Step): boolean {
  const { context, inputs, changes } = applying;
  const facts = inputs.facts.get(outcome.transactionId)!;
  const before = inputs.states.get(outcome.transactionId);
  const now = context.store.state(outcome.transactionId);
  const isHeldBack = context.isWrittenOff?.(facts.id) === true || hasMoved(context, facts);
  if (now?.decidedBy === 'person' || isHeldBack) return false;
  const standing = inputs.revisable.get(outcome.transactionId);
  if (action === 'release') {
    if (now?.matchId !== before?.matchId) return false;
    changes.end({ facts, match: standing!.match, allocations: standing!.allocations, endedBy: 'machine' });
    return true;
  }
  const isStanding = standing !== undefined && isSame(context, standing, outcome);
  if ((now?.matchId ?? null) !== (isStanding ? standing.match.id : null)) return false;
  if (rejectedNow(context, outcome) !== (inputs.rejected.get(outcome.transactionId)?.size ?? 0)) return false;
  if (action === 'propose') {
    propose(applying, facts, outcome);
    return true;
  }
  if (isStanding) {
    restate(applying, facts, outcome, standing);
    return true;
  }
  return make(applying, facts, outcome);
}

/** True where a message or a statement has changed what the transaction is worth, or in whose place it stands. */
function hasMoved({ payments }: ReconciliationContext, facts: TransactionFacts): boolean {
  if (facts.isPayment && !payments.isOpen(facts.id)) return true;
  const paymentId = facts.isPayment ? facts.id : payments.paymentOf(facts.id);
  return (paymentId === undefined ? 0n : payments.returnedMinor(paymentId)) !== facts.returnedMinor;
}

/** How many sets of items people have rejected for a transaction by now. */
function rejectedNow({ store }: ReconciliationContext, { transactionId }: Outcome): number {
  return new Set(store.rejectionsOf(transactionId).map(({ openItems }) => openItems)).size;
}

/** The same match stands; only what is said about it has changed. */
function restate(
  { context, changes, digest }: Applying,
  facts: TransactionFacts,
  outcome: Outcome,
  standing: StandingMatch,
): void {
  const best = outcome.explanations[0];
  const state: StateRow = {
    ...undecided(facts),
    status: outcome.status,
    decidedBy: 'machine',
    matchId: standing.match.id,
    probabilityPpm: best ? BigInt(best.probabilityPpm) : null,
    rivals: BigInt(best?.rivals ?? 0),
    evidence: JSON.stringify(best?.evidence ?? outcome.notes),
    digest,
  };
  changes.subject('bank-transaction', facts.id);
  changes.write(() => context.store.putState(state));
}

function countDecisions(
  context: ReconciliationContext,
  inputs: RunInputs,
  outcomes: readonly Outcome[],
): void {
  const { metrics } = context;
  if (!metrics) return;
  for (const outcome of outcomes) {
    if (inputs.states.get(outcome.transactionId)?.status === outcome.status) continue;
    metrics.reconciliationDecisionsTotal.inc({ status: outcome.status });
    if (outcome.status === 'unmatched') metrics.reconciliationDiscrepanciesTotal.inc({ kind: 'unmatched' });
  }
}
