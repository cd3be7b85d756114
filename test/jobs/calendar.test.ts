import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CountersignError, silentLogger } from '../../src/main/base/index.ts';
import { type Calendar, type CalendarTask, createCalendar } from '../../src/main/jobs/index.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 4, 15, 12);

let t: TestVault;
let runtime: ReturnType<typeof fixedClockRuntime>;
let calendar: Calendar;
let runs: number[];
let findings: CountersignError[];

const open = () =>
  createCalendar({
    vault: t.vault,
    runtime,
    log: silentLogger,
    onClockSetBack: (finding) => findings.push(finding),
  });
const hourly = (more: Partial<CalendarTask> = {}): CalendarTask => ({
  name: 'test.hourly',
  everyMs: HOUR_MS,
  run: () => void runs.push((runtime.nowMs() - START_MS) / HOUR_MS),
  ...more,
});

beforeEach(async () => {
  runtime = fixedClockRuntime(START_MS);
  t = await openTestVault({ runtime });
  runs = [];
  findings = [];
  calendar = open();
});
afterEach(async () => {
  await calendar.close();
  t.close();
});

/** Closes the vault and opens it again, as a restart does. */
async function restart(task: CalendarTask): Promise<void> {
  await calendar.close();
  t = await t.reopen();
  calendar = open();
  calendar.register(task);
}

async function after(hours: number): Promise<void> {
  runtime.advance(hours * HOUR_MS);
  await calendar.runDue();
}

describe('a calendar entry', () => {
  test('runs at first, then whenever its time has passed', async () => {
    calendar.register(hourly());
    for (const hours of [0, 0.5, 0.5, 0.9, 0.2]) await after(hours);
    expect(runs).toEqual([0, 1, 2.1]);
    expect(calendar.list()).toEqual([
      {
        name: 'test.hourly',
        everyMs: HOUR_MS,
        lastRunAtMs: START_MS + 2.1 * HOUR_MS,
        lastOutcome: 'done',
        nextRunAtMs: START_MS + 3.1 * HOUR_MS,
        findings: [],
      },
    ]);
  });

  test('may wait before its first run', async () => {
    calendar.register(hourly({ firstAfterMs: 2 * HOUR_MS }));
    for (const hours of [0, 1.9, 0.1, 0.5]) await after(hours);
    expect(runs).toEqual([2]);
  });

  test('catches up once on what was missed while the vault was closed', async () => {
    calendar.register(hourly());
    await after(0);
    runtime.advance(50 * HOUR_MS);
    await restart(hourly());
    await after(0);
    await after(0.5);
    expect(runs).toEqual([0, 50]);
  });

  test('runs by itself, without being asked', async () => {
    calendar.register(hourly());
    while (runs.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(runs).toEqual([0]);
  });

  test('is due at once where a crash cut its run short', async () => {
    let crash = true;
    const task = hourly({
      run: () => {
        runs.push(1);
        return crash ? new Promise<void>(() => {}) : undefined;
      },
    });
    calendar.register(task);
    void calendar.runDue();
    await new Promise((resolve) => setImmediate(resolve));
    t = await t.reopen();
    crash = false;
    calendar = open();
    calendar.register(task);
    expect(calendar.list()).toMatchObject([{ lastOutcome: null }]);
    await calendar.runDue();
    expect(runs).toEqual([1, 1]);
    expect(calendar.list()).toMatchObject([{ lastOutcome: 'done' }]);
  });

  test('that fails is told, stops no other, and runs again at its time', async () => {
    let fails = true;
    const run = () => {
      if (fails) throw new Error('no disk');
    };
    calendar.register(hourly({ name: 'test.failing', run }));
    calendar.register(hourly());
    expect(await calendar.runDue()).toEqual(['test.failing', 'test.hourly']);
    expect(calendar.list()[0]).toMatchObject({ lastOutcome: 'failed', findings: [{ code: 'RUN_FAILED' }] });
    fails = false;
    await after(1);
    expect(calendar.list()[0]).toMatchObject({ lastOutcome: 'done', findings: [] });
  });

  test('runs now where it is asked to, and counts its time from there', async () => {
    calendar.register(hourly());
    await after(0);
    runtime.advance(HOUR_MS / 2);
    await calendar.runNow('test.hourly');
    await after(0.6);
    expect(runs).toEqual([0, 0.5]);
    expect(() => calendar.runNow('test.unknown')).toThrow('not registered');
    expect(() => calendar.register(hourly())).toThrow('registered already');
  });
});

describe('a clock that was set back', () => {
  test('is told once, and nothing runs twice', async () => {
    calendar.register(hourly());
    await after(0);
    await after(1);
    runtime.advance(-1.5 * HOUR_MS);
    await calendar.runDue();
    await calendar.runDue();
    expect(findings).toMatchObject([{ code: 'CLOCK_SET_BACK', details: { path: 'test.hourly' } }]);
    expect(calendar.list()).toMatchObject([{ findings: [{ code: 'CLOCK_SET_BACK' }] }]);
    await after(0.6);
    expect(runs).toEqual([0, 1]);
    await after(0.4);
    expect(runs).toEqual([0, 1, 0.5]);
    expect(calendar.list()).toMatchObject([{ findings: [] }]);
    expect(findings).toHaveLength(1);
  });

  test('does not keep an entry from running for the years by which it had been ahead', async () => {
    calendar.register(hourly());
    await after(87_600);
    runtime.advance(-87_600 * HOUR_MS);
    await restart(hourly());
    await after(0);
    await after(1);
    expect(runs).toEqual([87_600, 1]);
  });

  test('before the first run is told as well', async () => {
    calendar.register(hourly({ firstAfterMs: HOUR_MS }));
    await after(-2);
    expect(findings).toHaveLength(1);
    await after(1);
    expect(runs).toEqual([-1]);
  });
});

describe('an entry that is patient', () => {
  test('is caught up once, and some time after the opening only', async () => {
    const task = hourly({ firstAfterMs: HOUR_MS, catchUpAfterMs: HOUR_MS / 4 });
    calendar.register(task);
    await after(0.9);
    await calendar.close();
    runtime.advance(30 * HOUR_MS);
    await restart(task);
    expect(calendar.list()[0]!.nextRunAtMs).toBe(runtime.nowMs() + HOUR_MS / 4);
    await after(0.2);
    expect(runs).toEqual([]);
    await after(0.1);
    await after(0.1);
    expect(runs).toHaveLength(1);
  });

  test('does not wait for years where the clock is set back', async () => {
    const task = hourly({ catchUpAfterMs: HOUR_MS / 4 });
    calendar.register(task);
    await after(1);
    await after(-24 * 365);
    await after(1);
    expect(runs).toHaveLength(2);
  });

  test('waits while it is held up, and keeps nobody waiting', async () => {
    let isHeldUp = true;
    const names: string[] = [];
    calendar.register(hourly({ isHeldUp: () => isHeldUp }));
    calendar.register(hourly({ name: 'test.other', run: () => void names.push('other') }));
    await after(0);
    expect([runs, names]).toEqual([[], ['other']]);
    isHeldUp = false;
    await after(0.5);
    expect(runs).toEqual([0.5]);
  });
});
