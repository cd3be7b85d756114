/**
 * Holds the lines of statements against the payments that wait for one: right after a statement counts,
 * at the start of the console, and before every run of the machine. It goes on where it stopped.
 */
import { isCountersignError, yieldToLoop } from '../base/index.ts';
import type { TransactionForMatching } from '../statements/index.ts';
import { type InstantContext, SYSTEM } from './context.ts';
import { type Changing, joinLine, joinReturnLine } from './joining.ts';
import { lineFor, paymentFor, returnFor, returnLineFor } from './known.ts';
import { returnedBy, returnedLine, takeReturnLine } from './returning.ts';
import type { NoticeRow, PaymentRow } from './store.ts';

/** Lines of one transaction at most, and milliseconds after which it is closed. */
const BATCH_LINES = 100;
const BATCH_MS = 10;
const BATCH_WAITING = 500;

/** A line and the payment that it confirms; `back`: it takes the money back, as a return told or by itself. */
interface Pair {
  readonly line: TransactionForMatching;
  readonly payment: PaymentRow;
  readonly back?: NoticeRow | 'untold';
}

/** The pass, one at a time; a call during one waits for it and looks again. */
export function createConfirming(context: InstantContext): {
  /** Lines that nobody has looked at yet. */
  newLines(): Promise<void>;
  /** These, and then what still waits. */
  all(): Promise<void>;
} {
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    newLines: () => inTurn(() => pass(context)),
    all: () =>
      inTurn(async () => {
        await pass(context);
        await lookAgain(context);
      }),
  };
}

async function pass(context: InstantContext): Promise<void> {
  const { store, statements, book, vault } = context;
  for (;;) {
    const lastLine = statements.lastPublishedLine();
    // Where something ever came by a message, each line may confirm it, or take it back.
    if (!store.anyPayment() && (!book.isAware() || book.through() !== lastLine)) {
      vault.transaction(() => book.moveThrough(lastLine));
    }
    const after = book.through();
    if (after >= lastLine) return;
    vault.transaction(() => confirmBatch(context, after));
    await yieldToLoop();
  }
}

/** One transaction of the pass: some lines, what they confirm, and how far it has come. */
function confirmBatch(context: InstantContext, after: bigint): void {
  const { statements, book, runtime } = context;
  const untilMs = runtime.monotonicMs() + BATCH_MS;
  let through = after;
  let line: TransactionForMatching | undefined;
  const lines = statements.transactionsForMatching({ afterId: after, limit: BATCH_LINES });
  for (line of lines) {
    const pair = pairOf(context, line);
    if (pair !== undefined) joinAlone(context, pair);
    through = line.id;
    if (runtime.monotonicMs() > untilMs) break;
  }
  book.moveThrough(line === undefined ? statements.lastPublishedLine() : through);
}

/** Joins one pair, and the line that took all of the money back where that stands on a statement already. */
function joinAlone(context: InstantContext, pair: Pair): void {
  change(context, pair);
  const payment = pair.back === undefined ? context.store.payment(pair.payment.id) : undefined;
  const line = payment?.lineId == null ? undefined : returnedLine(context, payment, pair.line);
  if (line !== undefined) change(context, { line, payment: payment!, back: 'untold' });
}

/** One change. What the books refuse (a closed account, a limit) is left to people, and stands in nobody's way. */
function change(context: InstantContext, pair: Pair): void {
  const { reconciliation, runtime, log } = context;
  try {
    reconciliation.instant.change(SYSTEM, 'instant.confirm', (changes) => {
      const changing: Changing = { context, changes, atMs: runtime.nowMs() };
      join(changing, pair);
    });
  } catch (error) {
    if (error instanceof DecidedApart) return;
    if (!isCountersignError(error) || !error.code.startsWith('LEDGER_')) throw error;
    log?.warn('instant.confirm-refused', { payment: pair.payment.id.toString(), code: error.code });
  }
}

/** What a line confirms, where it is free to. */
function pairOf(context: InstantContext, line: TransactionForMatching): Pair | undefined {
  const { store } = context;
  if (store.paymentOfLine(line.id) !== undefined || store.noticeOfLine(line.id) !== undefined)
    return undefined;
  const payment = paymentFor(context, line);
  if (payment !== undefined) return { line, payment };
  const found = returnFor(context, line);
  if (found !== undefined) return { line, payment: found.payment, back: found.notice };
  const returned = returnedBy(context, line);
  return returned && { line, payment: returned, back: 'untold' };
}

function join(changing: Changing, { line, payment, back }: Pair): void {
  if (back === 'untold') takeReturnLine(changing, payment, line);
  else if (back !== undefined) joinReturnLine(changing, back, payment, line);
  else if (!joinLine(changing, payment, line)) throw new DecidedApart();
}

/** People decided both apart: the books stay as they are, and the payment waits for a person. */
class DecidedApart extends Error {}

/**
 * Looks again at what waits although its line may have been there for long: what was ambiguous then may
 * be the only one now, and what people wrote off may have been taken back.
 */
async function lookAgain(context: InstantContext): Promise<void> {
  const { store, vault, runtime } = context;
  let after = 0n;
  for (;;) {
    const ids = store.unconfirmedAfter(after, BATCH_WAITING);
    const untilMs = runtime.monotonicMs() + BATCH_MS;
    vault.transaction(() => {
      for (const id of ids) {
        after = id;
        const payment = store.payment(id)!;
        const line = lineFor(context, payment);
        if (line !== undefined) joinAlone(context, { line, payment });
        if (runtime.monotonicMs() > untilMs) break;
      }
    });
    if (ids.length === 0) break;
    await yieldToLoop();
  }
  vault.transaction(() => {
    for (const notice of store.waitingReturns(BATCH_WAITING)) {
      const payment = store.payment(notice.paymentId!)!;
      const line = returnLineFor(context, notice, payment);
      if (line !== undefined) joinAlone(context, { line, payment, back: notice });
    }
  });
}
