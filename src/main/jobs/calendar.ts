import { CountersignError, isCountersignError, type Logger, type Runtime } from '../base/index.ts';
import type { Vault } from '../vault/index.ts';
import { type CalendarRow, createCalendarStore } from './store.ts';

/** Something that runs again and again while a vault is open. */
export interface CalendarTask {
  /** `room.what`; its last run is remembered under it. */
  readonly name: string;
  readonly everyMs: number;
  /** Wait before the very first run of all; without it that is due at once. */
  readonly firstAfterMs?: number;
  /** What was missed is caught up no sooner than this after the opening, which itself stays quick. */
  readonly catchUpAfterMs?: number;
  /** Asked when it is due: while it answers true, the run waits. Nothing else waits with it. */
  readonly isHeldUp?: () => boolean;
  run(): void | Promise<void>;
}

/** What is wrong with an entry. */
export interface CalendarFinding {
  readonly code: 'CLOCK_SET_BACK' | 'RUN_FAILED';
  readonly message: string;
}

export interface CalendarEntry {
  readonly name: string;
  readonly everyMs: number;
  readonly lastRunAtMs: number | null;
  /** Null where it never ran, and while it runs. */
  readonly lastOutcome: 'done' | 'failed' | null;
  readonly nextRunAtMs: number;
  readonly findings: readonly CalendarFinding[];
}

export interface CalendarOptions {
  readonly vault: Vault;
  readonly runtime: Runtime;
  readonly log: Logger;
  /** Hears of a clock that was set back behind the last run: a `CLOCK_SET_BACK`, once for each time. */
  readonly onClockSetBack?: (finding: CountersignError, entry: string) => void;
}

/**
 * Recurring work on the runtime's clock. Last runs are kept in the vault, so what was missed while
 * it was closed is caught up when it opens: once, however often it was missed.
 */
export interface Calendar {
  /** Adds a task. Throws where the name is taken. */
  register(task: CalendarTask): void;
  /** Runs what is due, one after another; answers the names. A task that fails stops no other. */
  runDue(): Promise<string[]>;
  /** Runs one task now, due or not, and counts its time from here. */
  runNow(name: string): Promise<void>;
  list(): CalendarEntry[];
  /** Ends the clockwork and waits for the run that is under way. */
  close(): Promise<void>;
}

/** Due entries are looked for at least this often: a timer does not see a machine sleep or a clock change. */
const MOST_WAIT_MS = 60_000;
/** The first look comes soon after the start, when the first screens have had their answers. */
const FIRST_LOOK_MS = 1_000;

const SET_BACK = 'The clock shows a time before the last run. Nothing runs twice; the time counts from now.';

export function createCalendar(options: CalendarOptions): Calendar {
  const { vault, runtime, log } = options;
  const store = createCalendarStore(vault.db);
  const tasks = new Map<string, CalendarTask>();
  let cancelTimer = () => {};
  let running: Promise<unknown> = Promise.resolve();
  let closed = false;
  let openedAtMs = runtime.nowMs();

  const rowOf = (task: CalendarTask): CalendarRow => store.get(task.name)!;
  /** A run that a crash cut short is due at once. */
  const wasCutShort = (row: CalendarRow) => row.lastRunAtMs !== null && row.lastOutcome === null;
  const dueAtMs = (task: CalendarTask, row: CalendarRow) => {
    const atMs = wasCutShort(row) ? row.anchorAtMs : row.anchorAtMs + task.everyMs;
    return task.catchUpAfterMs === undefined ? atMs : Math.max(atMs, openedAtMs + task.catchUpAfterMs);
  };

  /** Where the clock went back, the entry's time counts from now: it neither runs twice nor waits for years. */
  function noticeSetBack(task: CalendarTask): void {
    const nowMs = runtime.nowMs();
    openedAtMs = Math.min(openedAtMs, nowMs);
    const row = rowOf(task);
    const { anchorAtMs, lastRunAtMs, setBackAtMs } = row;
    const isUntouched = lastRunAtMs === null && setBackAtMs === null;
    // The latest time that the entry has seen: its last run, or its registration before the first.
    const seenMs = isUntouched ? anchorAtMs + task.everyMs - (task.firstAfterMs ?? 0) : anchorAtMs;
    if (nowMs >= seenMs) return;
    vault.transaction(() => store.setBack(task.name, nowMs));
    log.warn('calendar.clock-set-back', { entry: task.name, lastRunAtMs, nowMs });
    const expected = `a time after ${new Date(seenMs).toISOString()}`;
    const finding = new CountersignError('CLOCK_SET_BACK', SET_BACK, { path: task.name, expected });
    options.onClockSetBack?.(finding, task.name);
  }

  async function runTask(task: CalendarTask): Promise<void> {
    vault.transaction(() => store.begin(task.name, runtime.nowMs()));
    let outcome: 'done' | 'failed' = 'done';
    try {
      await task.run();
    } catch (error) {
      outcome = 'failed';
      const code = isCountersignError(error) ? error.code : 'INTERNAL';
      log.error('calendar.run-failed', { entry: task.name, code, name: String(error) });
    }
    if (vault.db.open) vault.transaction(() => store.end(task.name, outcome));
  }

  async function runWhatIsDue(): Promise<string[]> {
    const ran: string[] = [];
    for (const task of tasks.values()) {
      if (closed) break;
      noticeSetBack(task);
      if (dueAtMs(task, rowOf(task)) > runtime.nowMs() || task.isHeldUp?.()) continue;
      await runTask(task);
      ran.push(task.name);
    }
    return ran;
  }

  /** One run at a time, in the order in which they were asked for. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = running.then(work);
    running = result.catch(() => undefined);
    return result;
  }

  function arm(delayMs: number): void {
    cancelTimer();
    cancelTimer = runtime.schedule(delayMs, () => {
      inTurn(runWhatIsDue)
        .catch((error: unknown) => log.error('calendar.failed', { name: String(error) }))
        .finally(() => {
          if (!closed) arm(nextLookMs());
        });
    });
  }

  function nextLookMs(): number {
    const waits = [...tasks.values()]
      .map((task) => ({ task, waitMs: dueAtMs(task, rowOf(task)) - runtime.nowMs() }))
      // What is held up is asked again by the next look that there is anyway.
      .map(({ task, waitMs }) => (waitMs <= 0 && task.isHeldUp?.() ? MOST_WAIT_MS : waitMs));
    return Math.max(FIRST_LOOK_MS, Math.min(MOST_WAIT_MS, ...waits));
  }

  function entryOf(task: CalendarTask): CalendarEntry {
    const row = rowOf(task);
    const findings: CalendarFinding[] = [];
    if (row.setBackAtMs !== null) findings.push({ code: 'CLOCK_SET_BACK', message: SET_BACK });
    if (row.lastOutcome === 'failed') {
      findings.push({ code: 'RUN_FAILED', message: 'The last run failed; the log says why.' });
    }
    const { lastRunAtMs, lastOutcome } = row;
    const nextRunAtMs = dueAtMs(task, row);
    return { name: task.name, everyMs: task.everyMs, lastRunAtMs, lastOutcome, nextRunAtMs, findings };
  }

  return {
    register(task) {
      if (tasks.has(task.name)) throw new TypeError(`calendar: ${task.name} is registered already`);
      if (!(task.everyMs > 0)) throw new TypeError('calendar: a time between runs is needed');
      const anchorAtMs = runtime.nowMs() - task.everyMs + (task.firstAfterMs ?? 0);
      if (store.get(task.name) === undefined) vault.transaction(() => store.add(task.name, anchorAtMs));
      tasks.set(task.name, task);
      arm(FIRST_LOOK_MS);
    },
    runDue: () => inTurn(runWhatIsDue),
    runNow(name) {
      const task = tasks.get(name);
      if (task === undefined) throw new TypeError(`calendar: ${name} is not registered`);
      return inTurn(() => runTask(task));
    },
    list: () => [...tasks.values()].map(entryOf),
    async close() {
      closed = true;
      cancelTimer();
      await running;
    },
  };
}
