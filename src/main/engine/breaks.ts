import {
  type Breaks,
  booksSource,
  createBreaks,
  prePostSource,
  statementSource,
  type UnsettledLine,
  type UnsettledLines,
  unmatchedSource,
} from '../breaks/index.ts';
import type { Instant } from '../instant/index.ts';
import type { Operators } from '../operators/index.ts';
import { createUnsettledReader, type UnsettledRow } from '../reconciliation/index.ts';
import type { Statements } from '../statements/index.ts';
import type { Console, ConsoleOptions } from './console.ts';

/** A change of these rooms may make or end a break; the dashboard's is told after each verification. */
const SOURCE_ROOMS: ReadonlySet<string> = new Set([
  'statements',
  'reconciliation',
  'ledger',
  'instant',
  'dashboard',
]);
/** Changes come in bursts: the sweep waits until one has passed. */
const SWEEP_AFTER_MS = 250;
/** Time alone makes breaks too: lines grow old, deadlines pass. */
const SWEEP_EVERY_MS = 10 * 60_000;

/** Lines that nothing settles, with their accounts; what only informs is no money and no break. */
export function unsettledLines(
  reader: ReturnType<typeof createUnsettledReader>,
  statements: Pick<Statements, 'bookedAccountsOf'>,
  instant: Pick<Instant, 'isOfReturn'>,
): UnsettledLines {
  function* placed(rows: readonly UnsettledRow[]): Generator<UnsettledLine, void, void> {
    const accounts = statements.bookedAccountsOf(rows.map(({ transactionId }) => transactionId));
    for (const row of rows) {
      const bankAccountId = accounts.get(row.transactionId);
      if (bankAccountId === undefined || instant.isOfReturn(row.transactionId)) continue;
      yield { ...row, bankAccountId };
    }
  }
  return {
    *unsettledUpTo(date) {
      for (const rows of reader.unsettledUpTo(date)) yield* placed(rows);
    },
    unsettled(transactionId) {
      const row = reader.unsettled(transactionId);
      return row && [...placed([row])][0];
    },
  };
}

/** Who may have a break in hand, and what everybody is called. */
const peopleOf = (operators: Pick<Operators, 'list'>) => ({
  workers: () =>
    operators
      .list()
      .filter(({ kind, state, permissions }) => {
        return kind === 'person' && state === 'active' && permissions.includes('match');
      })
      .map(({ id, name }) => ({ actor: `operator-${id}`, name })),
  names: () => new Map(operators.list().map(({ id, name }) => [`operator-${id}`, name])),
});

type Rooms = Pick<
  Console,
  'sealing' | 'audit' | 'ledger' | 'statements' | 'compliance' | 'operators' | 'instant'
>;

/** The desk of breaks with the sources that there are, and its check among the laws of the books. */
export function wireBreaks({ vault, runtime }: ConsoleOptions, rooms: Rooms): Breaks {
  const { sealing, audit, ledger, statements, compliance, operators, instant } = rooms;
  const { prePosts } = instant;
  const lines = unsettledLines(createUnsettledReader(vault.db), statements, instant);
  const breaks = createBreaks({
    ...{ vault, sealing, audit, ledger, statements, compliance, runtime },
    prePosts,
    people: peopleOf(operators),
    sources: ({ today, unmatchedAfterDays }) => [
      statementSource(statements),
      unmatchedSource(lines, today, unmatchedAfterDays),
      prePostSource(prePosts, today),
      booksSource(statements.lastDifferences),
    ],
  });
  ledger.addCheck(async () => ({
    name: 'breaks stand as their history says',
    ...(await breaks.verifyStates()),
  }));
  return breaks;
}

/** Sweeps when the sources have changed and now and then; the returned function ends it. */
export function keepSweeping(
  { runtime, feed, log }: Pick<ConsoleOptions, 'runtime' | 'feed' | 'log'>,
  breaks: Pick<Breaks, 'sweep'>,
): { soon(): void; stop(): Promise<void> } {
  const controller = new AbortController();
  let isDue = false;
  let isStopping = false;
  let cancel = () => {};
  let running: Promise<void> = Promise.resolve();

  async function sweep(): Promise<void> {
    try {
      const { opened, closed, turned } = await breaks.sweep();
      if (opened + closed + turned > 0) feed.changed('breaks', 'audit');
    } catch (error) {
      log.error('breaks.sweep-failed', { name: error instanceof Error ? error.name : typeof error });
    }
  }
  function after(delayMs: number): void {
    cancel();
    cancel = runtime.schedule(delayMs, () => {
      isDue = false;
      running = sweep().then(() => {
        if (!isStopping && !isDue) after(SWEEP_EVERY_MS);
      });
    });
  }
  function soon(): void {
    if (isDue || isStopping) return;
    isDue = true;
    after(SWEEP_AFTER_MS);
  }
  void (async () => {
    for await (const event of feed.watch(controller.signal)) {
      if (event.type === 'changed' && event.rooms.some((room) => SOURCE_ROOMS.has(room))) soon();
    }
  })();
  soon();
  return {
    soon,
    async stop() {
      isStopping = true;
      cancel();
      await running;
      // What a short run has changed is in the queue when the next one opens.
      if (isDue) await sweep();
      controller.abort();
    },
  };
}
