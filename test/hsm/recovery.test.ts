import { expect, test } from 'vitest';
import type { Runtime } from '../../src/main/base/index.ts';
import {
  type CircuitState,
  createRecovery,
  RECOVERY_PLANS,
  type RecoveryStep,
} from '../../src/main/hsm/index.ts';
import { fixedClockRuntime } from '../support/vault.ts';

/** A clock that a test moves; what is due runs, and what it promised is waited for. */
function movedClock() {
  const clock = fixedClockRuntime(Date.UTC(2026, 0, 1));
  let due: { atMs: number; task: () => void }[] = [];
  const runtime: Runtime = {
    ...clock,
    schedule(delayMs, task) {
      const entry = { atMs: clock.nowMs() + delayMs, task };
      due.push(entry);
      return () => {
        due = due.filter((other) => other !== entry);
      };
    },
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  async function advance(byMs: number): Promise<void> {
    await settle();
    const endMs = clock.nowMs() + byMs;
    for (;;) {
      const next = due.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      due = due.filter((other) => other !== next);
      clock.advance(next.atMs - clock.nowMs());
      next.task();
      await settle();
    }
    clock.advance(endMs - clock.nowMs());
  }
  return { runtime, advance, nowMs: clock.nowMs };
}

function watched(
  component: keyof typeof RECOVERY_PLANS,
  heals: (step: RecoveryStep, nth: number) => boolean,
) {
  const { runtime, advance, nowMs } = movedClock();
  const taken: RecoveryStep[] = [];
  const states: CircuitState[] = [];
  let isThere = true;
  let checks = 0;
  const recovery = createRecovery({
    plan: RECOVERY_PLANS[component],
    runtime,
    take: (step) => {
      taken.push(step);
      return heals(step, taken.filter((one) => one === step).length);
    },
    check: async () => {
      checks += 1;
      return isThere;
    },
    onState: (state) => void states.push(state),
  });
  return {
    ...{ recovery, advance, nowMs, taken, states },
    get isThere() {
      return isThere;
    },
    set isThere(value: boolean) {
      isThere = value;
    },
    get checks() {
      return checks;
    },
  };
}

test('the plans are those of the table', () => {
  const rows = Object.values(RECOVERY_PLANS).map((plan) => [
    plan.component,
    plan.checkEveryMs,
    plan.failures,
    plan.steps.join(' → '),
    plan.attempts,
    plan.coolDownMs,
  ]);
  expect(rows).toEqual([
    ['hsm', 30_000, 5, 'reconnect → fail-over → open-circuit → alert', 3, 60_000],
    ['database', 10_000, 3, 'reconnect → fail-over', 5, 30_000],
    ['endpoint', null, 3, 'open-circuit → alert', 3, 120_000],
    ['crypto-provider', null, 1, 'reconnect → rotate-credentials → fail-over', 3, 60_000],
  ]);
});

test('five failed checks in a row, not four, start the steps; one that succeeds begins the count anew', async () => {
  const hsm = watched('hsm', () => true);
  hsm.isThere = false;
  await hsm.advance(4 * 30_000);
  hsm.isThere = true;
  await hsm.advance(30_000);
  hsm.isThere = false;
  await hsm.advance(4 * 30_000);
  expect(hsm.taken).toEqual([]);
  await hsm.advance(30_000);
  expect(hsm.taken).toEqual(['reconnect']);
  expect(hsm.states).toEqual(['recovering', 'healthy']);
  expect(hsm.checks).toBe(10);
});

test('a failure that leaves no doubt starts them at once; three tries, then the circuit opens and somebody is told', async () => {
  const hsm = watched('hsm', (step) => step === 'alert');
  hsm.recovery.failed(true);
  await hsm.advance(5_000);
  expect(hsm.taken).toEqual(['reconnect', 'reconnect', 'reconnect', 'fail-over', 'alert']);
  expect(hsm.recovery.state).toBe('open');
  expect(hsm.recovery.retryAtMs).not.toBeNull();
  // One try after the cool-down, and the time counts anew.
  await hsm.advance(60_000);
  expect(hsm.taken.filter((step) => step === 'reconnect')).toHaveLength(4);
  expect(hsm.recovery.state).toBe('open');
});

test('an open circuit closes with the first try that succeeds', async () => {
  const hsm = watched('hsm', (step, nth) => step === 'alert' || (step === 'reconnect' && nth > 3));
  hsm.recovery.failed(true);
  await hsm.advance(5_000);
  expect(hsm.recovery.state).toBe('open');
  await hsm.advance(60_000);
  expect(hsm.recovery.state).toBe('healthy');
  expect(hsm.states).toEqual(['recovering', 'open', 'healthy']);
});

test('a fail-over that helps opens no circuit; the first one is tried again after the cool-down', async () => {
  const hsm = watched('hsm', (step, nth) => step === 'fail-over' || nth > 3);
  hsm.recovery.failed(true);
  await hsm.advance(5_000);
  expect(hsm.recovery.state).toBe('failed-over');
  expect(hsm.taken).not.toContain('alert');
  await hsm.advance(60_000);
  expect(hsm.recovery.state).toBe('healthy');
});

test('the other plans take their own steps', async () => {
  const endpoint = watched('endpoint', () => true);
  for (let i = 0; i < 2; i += 1) endpoint.recovery.failed();
  expect(endpoint.recovery.state).toBe('healthy');
  endpoint.recovery.failed();
  await endpoint.advance(100);
  expect([endpoint.taken, endpoint.recovery.state]).toEqual([['alert'], 'open']);
  expect(endpoint.recovery.retryAtMs! - endpoint.nowMs()).toBe(119_900);

  const provider = watched('crypto-provider', (step) => step === 'fail-over');
  provider.recovery.failed();
  await provider.advance(10_000);
  expect(provider.taken).toEqual([
    ...Array(3).fill('reconnect'),
    ...Array(3).fill('rotate-credentials'),
    'fail-over',
  ]);
  expect(provider.recovery.state).toBe('failed-over');

  const database = watched('database', (step, nth) => step === 'reconnect' && nth === 5);
  for (let i = 0; i < 3; i += 1) database.recovery.failed();
  await database.advance(10_000);
  expect(database.taken).toHaveLength(5);
  expect(database.recovery.state).toBe('healthy');
});

test('once stopped, no clock starts it again; a person does', async () => {
  const hsm = watched('hsm', () => true);
  hsm.recovery.stop();
  hsm.isThere = false;
  hsm.recovery.failed(true);
  await hsm.advance(3_600_000);
  expect(hsm.taken).toEqual([]);
  expect(hsm.recovery.state).toBe('stopped');
  expect(await hsm.recovery.resume()).toBe(true);
  expect(hsm.recovery.state).toBe('healthy');
});

test('what is closed takes no step, even one whose time had been set', async () => {
  const hsm = watched('hsm', () => false);
  hsm.recovery.failed(true);
  await hsm.advance(500);
  hsm.recovery.close();
  const before = hsm.taken.length;
  await hsm.advance(600_000);
  expect(hsm.taken).toHaveLength(before);
});
