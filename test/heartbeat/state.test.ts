import { describe, expect, it } from 'vitest';
import type { HeartbeatState } from '../../src/contract/heartbeat.ts';
import {
  CATCH_UP_MS,
  dueAtMs,
  isSilent,
  overallState,
  sourceState,
  worstFirst,
} from '../../src/main/heartbeat/state.ts';

const MINUTE = 60_000;
const AT = Date.UTC(2026, 10, 20, 10);
const within15 = { source: 'engine.beat', atMs: AT, ok: true, nextWithinMs: 15 * MINUTE };
const never = { ...within15, nextWithinMs: null };
const failed = { ...within15, ok: false };
/** The vault was open all the time. */
const LONG_AGO = AT - 24 * 60 * MINUTE;
/** The vault was closed after the event and opened two hours later. */
const AFTER = AT + 120 * MINUTE;

describe('a source', () => {
  it.each<[what: string, last: typeof within15 | typeof never, opened: number, now: number, HeartbeatState]>([
    ['is green within its time', within15, LONG_AGO, AT + 15 * MINUTE, 'green'],
    ['is late beyond it', within15, LONG_AGO, AT + 15 * MINUTE + 1, 'late'],
    ['is never late where it stated no time', never, LONG_AGO, AT + 365 * 24 * 60 * MINUTE, 'green'],
    ['has failed where it says so', failed, LONG_AGO, AT, 'failed'],
    ['has failed before it is late', failed, LONG_AGO, AT + 60 * MINUTE, 'failed'],
    ['may catch up after the vault was closed', within15, AFTER, AFTER + CATCH_UP_MS, 'green'],
    ['is late when it did not catch up', within15, AFTER, AFTER + CATCH_UP_MS + 1, 'late'],
    ['is green where the clock was set back', within15, LONG_AGO, AT - 60 * MINUTE, 'green'],
  ])('%s', (_what, last, opened, now, state) => expect(sourceState(last, opened, now)).toBe(state));

  it('is silent whatever its last word was', () => {
    expect(isSilent(failed, LONG_AGO, AT + 15 * MINUTE)).toBe(false);
    expect(isSilent(failed, LONG_AGO, AT + 15 * MINUTE + 1)).toBe(true);
    expect(isSilent(never, LONG_AGO, AT + 15 * MINUTE + 1)).toBe(false);
  });

  it('is given no longer to catch up than its own time', () => {
    expect(dueAtMs({ ...within15, nextWithinMs: MINUTE }, AFTER)).toBe(AFTER + MINUTE);
    expect(dueAtMs(within15, AFTER)).toBe(AFTER + CATCH_UP_MS);
    expect(dueAtMs(within15, LONG_AGO)).toBe(AT + 15 * MINUTE);
  });
});

describe('the whole', () => {
  it.each<[states: HeartbeatState[], whole: HeartbeatState]>([
    [[], 'green'],
    [['green', 'green'], 'green'],
    [['green', 'late'], 'late'],
    [['late', 'failed', 'green'], 'failed'],
  ])('of %j is %s', (states, whole) => expect(overallState(states)).toBe(whole));

  it('shows the worst first, then by name', () => {
    const sources = [
      { source: 'b.b', state: 'green' },
      { source: 'a.a', state: 'green' },
      { source: 'd.d', state: 'late' },
      { source: 'c.c', state: 'failed' },
    ] as const;
    expect([...sources].sort(worstFirst).map(({ source }) => source)).toEqual(['c.c', 'd.d', 'a.a', 'b.b']);
  });
});
