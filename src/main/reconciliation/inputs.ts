/** What a run reads before it thinks: everything undecided, opened, a slice at a time. */
import { yieldToLoop } from '../base/index.ts';
import type { OpenItemForMatching } from '../receivables/index.ts';
import type { TransactionForMatching } from '../statements/index.ts';
import type { ReconciliationContext, TransactionFacts } from './context.ts';
import { magnitude } from './context.ts';
import type { Ruling } from './desk-rules.ts';
import { SLICE_MS, throwIfAborted } from './engine-host.ts';
import type { CustomerLearning } from './learned-index.ts';
import { mergeContents } from './payments.ts';
import type { AllocationRow, MatchRow, StateRow } from './store.ts';
import type { MatchCustomer, MatchItem, MatchTransaction } from './types.ts';

/** The machine's match that stands for a transaction, as it was when the run began. */
export interface StandingMatch {
  readonly match: MatchRow;
  readonly allocations: readonly AllocationRow[];
}

export interface RunInputs {
  /** Transactions that the machine may decide. */
  readonly transactions: readonly MatchTransaction[];
  readonly facts: ReadonlyMap<bigint, TransactionFacts>;
  /** Of these returns took everything back: nothing of them is to be matched. */
  readonly returned: readonly bigint[];
  readonly items: readonly MatchItem[];
  readonly customers: readonly MatchCustomer[];
  readonly learned: readonly CustomerLearning[];
  readonly rejected: ReadonlyMap<bigint, ReadonlySet<string>>;
  readonly states: ReadonlyMap<bigint, StateRow>;
  /** Matches of the machine that it may revise. */
  readonly revisable: ReadonlyMap<bigint, StandingMatch>;
  /** How many booked transactions there are, decided ones included. */
  readonly bookedCount: number;
}

const STATES_PER_READ = 1_000;

/** Gives the loop a turn whenever a slice of time is used up. */
export function createPacer(
  { runtime }: Pick<ReconciliationContext, 'runtime'>,
  signal: AbortSignal | undefined,
): () => Promise<void> | undefined {
  let startMs = runtime.monotonicMs();
  return () => {
    if (runtime.monotonicMs() - startMs < SLICE_MS) return undefined;
    return yieldToLoop().then(() => {
      throwIfAborted(signal);
      startMs = runtime.monotonicMs();
    });
  };
}

/** Reads the inputs of a run. Errors: CANCELLED. */
export async function readInputs(
  context: ReconciliationContext,
  signal: AbortSignal | undefined,
  onRead: (count: number) => void,
  /** Hears of the lines that people decided, or that lie in a closed period. */
  onLeft?: (row: TransactionForMatching) => void,
): Promise<RunInputs> {
  const { store, statements, receivables, ledger, payments, learning } = context;
  const pace = createPacer(context, signal);
  const ruler = context.rules.current();
  const states = new Map<bigint, StateRow>();
  let after = 0n;
  for (;;) {
    const rows = store.statesAfter(after, STATES_PER_READ);
    for (const state of rows) states.set(state.transactionId, state);
    if (rows.length < STATES_PER_READ) break;
    after = rows.at(-1)!.transactionId;
    await pace();
  }
  const closedThrough = ledger.closedThrough();
  const revisable = new Map<bigint, StandingMatch>();
  const given = new Map<bigint, bigint>();
  for (const { matchId } of states.values()) {
    const match = matchId === null ? undefined : store.match(matchId);
    if (match === undefined || match.decidedBy === 'person' || isCleared(match, closedThrough)) continue;
    const allocations = store.allocationsOf(match.id);
    revisable.set(match.transactionId, { match, allocations });
    for (const each of allocations) {
      given.set(each.openItemId, (given.get(each.openItemId) ?? 0n) + magnitude(each.allocatedMinor));
    }
    await pace();
  }
  const { rejected, closed } = rejections(context);
  const transactions: MatchTransaction[] = [];
  const facts = new Map<bigint, TransactionFacts>();
  let bookedCount = 0;
  const returned: bigint[] = [];
  const consider = (row: TransactionForMatching): void => {
    const state = states.get(row.id);
    const machineMay = state?.decidedBy !== 'person' && !closed.has(row.id);
    const free = state === undefined || state.matchId === null || revisable.has(row.id);
    if (!machineMay || !free || context.isWrittenOff?.(row.id)) {
      onLeft?.(row);
      return;
    }
    const told = withPayment(context, row);
    facts.set(row.id, factsOf(told));
    const wentBack = told.amountMinor === 0n && row.amountMinor !== 0n;
    if (wentBack || payments.isReturnLine(row.id)) returned.push(row.id);
    else transactions.push(toMatchTransaction(told, ruler(told)));
  };
  const through = payments.confirmedThrough();
  for (const row of statements.transactionsForMatching()) {
    if (row.id > through) break;
    bookedCount += 1;
    consider(row);
    if (bookedCount % 500 === 0) onRead(bookedCount);
    await pace();
  }
  for (const row of statements.feedPayments()) {
    if (payments.isOpen(row.id)) consider(row);
    await pace();
  }
  const items: MatchItem[] = [];
  for (const row of receivables.openItemsForMatching({ withPaid: true })) {
    items.push(toMatchItem(row, given.get(row.id) ?? 0n));
    await pace();
  }
  const customers: MatchCustomer[] = [];
  for (const { customerId, name, ibans, aliases } of receivables.customersForMatching()) {
    customers.push({ customerId, name, ibans, aliases });
    await pace();
  }
  await learning.ready();
  const learned: CustomerLearning[] = [];
  for (const customerId of learning.customers()) {
    learned.push(learning.of(customerId));
    await pace();
  }
  return {
    transactions,
    facts,
    returned,
    items,
    customers,
    learned,
    rejected,
    states,
    revisable,
    bookedCount,
  };
}

/** A match is cleared when it lies in a closed period; then the machine leaves it as it is. */
export function isCleared(match: Pick<MatchRow, 'effectiveDate'>, closedThrough: string | null): boolean {
  return closedThrough !== null && match.effectiveDate <= closedThrough;
}

/** What people rejected: sets of items by transaction, and transactions of which nothing is right. */
function rejections({ store }: ReconciliationContext): {
  rejected: Map<bigint, Set<string>>;
  closed: Set<bigint>;
} {
  const rejected = new Map<bigint, Set<string>>();
  const closed = new Set<bigint>();
  for (const { transactionId, openItems } of store.standingRejections()) {
    if (openItems === null) closed.add(transactionId);
    else {
      const known = rejected.get(transactionId) ?? new Set<string>();
      rejected.set(transactionId, known.add(openItems));
    }
  }
  return { rejected, closed };
}

/** A transaction of which it is known what came back. */
export type TransactionTold = TransactionForMatching & { readonly returnedMinor: bigint };

/**
 * A transaction with what single messages add to it: to a line all that its payment's messages said,
 * and off both what returns took back.
 */
export function withPayment(
  { payments }: Pick<ReconciliationContext, 'payments'>,
  row: TransactionForMatching,
): TransactionTold {
  const paymentId = row.isPayment ? row.id : payments.paymentOf(row.id);
  if (paymentId === undefined) return { ...row, returnedMinor: 0n };
  const returnedMinor = payments.returnedMinor(paymentId);
  const leftMinor = row.amountMinor - returnedMinor;
  const told = payments.contentsOf(paymentId);
  const contents = row.isPayment ? told : [row.content, ...told];
  const amountMinor = leftMinor > 0n ? leftMinor : 0n;
  return { ...row, amountMinor, returnedMinor, content: mergeContents(contents) };
}

export function factsOf(row: TransactionTold): TransactionFacts {
  const { id, isPayment, bookingDate, direction, currency, returnedMinor } = row;
  return {
    id,
    isPayment,
    returnedMinor,
    bookingDate,
    direction,
    currency,
    moneyMinor: direction === 'credit' ? row.amountMinor : -row.amountMinor,
  };
}

/** A transaction as the engine reads it. What was instructed for all of it says nothing of a rest. */
export function toMatchTransaction(row: TransactionTold, ruling?: Ruling): MatchTransaction {
  const { id, currency, direction, amountMinor, bookingDate, valueDate, reversal, content } = row;
  const { index: _index, entryIndex: _entryIndex, instructed, ...said } = content;
  return {
    ...said,
    ...(instructed === undefined || row.returnedMinor > 0n ? {} : { instructed }),
    id,
    currency,
    direction,
    amountMinor,
    bookingDate,
    reversal,
    ...(valueDate === null ? {} : { valueDate }),
    ...(ruling === undefined ? {} : { ruling }),
  };
}

export function toMatchItem(row: OpenItemForMatching, givenMinor: bigint): MatchItem {
  const { id, invoiceNumber, customerId, kind, issuedOn, dueOn, currency, amountMinor, openMinor } = row;
  return {
    id,
    invoiceNumber,
    customerId,
    kind,
    issuedOn,
    dueOn,
    currency,
    amountMinor,
    availableMinor: openMinor + givenMinor,
    ...(row.structuredReference === null ? {} : { structuredReference: row.structuredReference }),
    ...(row.discountPpm === null ? {} : { discountPpm: Number(row.discountPpm) }),
    ...(row.discountUntil === null ? {} : { discountUntil: row.discountUntil }),
  };
}
