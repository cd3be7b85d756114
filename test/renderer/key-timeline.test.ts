import { describe, expect, it } from 'vitest';
import type { Key, KeyFinding, KeyState } from '../../src/contract/keys.ts';
import { placeOf, places } from '../../src/renderer/src/app/places.ts';
import { linesOf, percentOf, spanOf, ticksOf } from '../../src/renderer/src/keys/bands.ts';
import { ageMs, byWeight, countShows, daysBetween, stepsOf } from '../../src/renderer/src/keys/choosing.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 21, 12);

const finding = (code: KeyFinding['code']): KeyFinding => ({ code, message: code });

function aKey(change: Partial<Key> = {}): Key {
  const activatedAtMs = change.activatedAtMs === undefined ? NOW - 10 * DAY : change.activatedAtMs;
  return {
    id: 'dek-1',
    type: 'DEK',
    algorithm: 'AES-256-GCM',
    purpose: 'customer_pii',
    retentionClass: '7y',
    quarter: '2026Q4',
    version: 1,
    state: 'active',
    owner: 'console',
    policy: 'DEK 90 days',
    custody: 'vault',
    createdAtMs: NOW - 10 * DAY,
    activatedAtMs,
    expiresAtMs: activatedAtMs === null ? null : activatedAtMs + 90 * DAY,
    nextRotationAtMs: null,
    endedAtMs: null,
    protects: 3,
    protectsWhat: 'values',
    findings: [],
    ...change,
  };
}

describe('which keys are shown', () => {
  it('is counted by tab from what the engine counts: in use or on its way out, due, with a finding', () => {
    const states = [
      { state: 'active', count: 5 },
      { state: 'expiring', count: 2 },
      { state: 'rotating', count: 1 },
      { state: 'retired', count: 40 },
      { state: 'destroyed', count: 7 },
    ] as const;
    expect(countShows({ states, due: 3, findings: 4 })).toEqual({ all: 55, active: 8, due: 3, findings: 4 });
  });
});

describe('what a key says of itself', () => {
  it('puts what presses before what waits for a token', () => {
    const codes = byWeight([
      finding('HSM_REQUIRED'),
      finding('STILL_PROTECTS'),
      finding('REPLACEMENT_URGENT'),
    ]);
    expect(codes.map(({ code }) => code)).toEqual(['REPLACEMENT_URGENT', 'STILL_PROTECTS', 'HSM_REQUIRED']);
  });

  it('counts days of the calendar, also over the change of the clock', () => {
    expect(daysBetween(NOW, NOW)).toBe(0);
    expect(daysBetween(NOW, NOW + 365 * DAY)).toBe(365);
    expect(daysBetween(new Date(2026, 2, 28, 23).getTime(), new Date(2026, 2, 30, 1).getTime())).toBe(2);
    expect(daysBetween(NOW, NOW - 3 * DAY)).toBe(-3);
  });

  it('stops ageing when it leaves use, and has no age before it was in use', () => {
    expect(ageMs(aKey(), NOW)).toBe(10 * DAY);
    expect(ageMs(aKey({ endedAtMs: NOW - 4 * DAY }), NOW)).toBe(6 * DAY);
    expect(ageMs(aKey({ activatedAtMs: null }), NOW)).toBeNull();
  });

  it.each<[KeyState, string]>([
    ['pre-active', 'compromise destroy'],
    ['active', 'rotate compromise retire destroy'],
    ['expiring', 'rotate compromise retire destroy'],
    ['rotating', 'compromise retire destroy'],
    ['retired', 'rotate compromise destroy'],
    ['compromised', 'rotate destroy'],
    ['destroyed', ''],
  ])('offers from %s: %s', (state, expected) => {
    const steps = Object.entries(stepsOf(aKey({ state }))).filter(([, allowed]) => allowed);
    expect(steps.map(([step]) => step).join(' ')).toBe(expected);
  });

  it('offers no rotation of what holds nothing any more, and no retirement of a KEK', () => {
    expect(stepsOf(aKey({ state: 'retired', protects: 0 })).rotate).toBe(false);
    expect(stepsOf(aKey({ type: 'KEK' })).retire).toBe(false);
    const signing = aKey({
      type: 'signing',
      state: 'compromised',
      findings: [finding('REPLACEMENT_URGENT')],
    });
    expect(stepsOf(signing).rotate).toBe(true);
  });
});

describe('keys as bands over time', () => {
  const first = aKey({ activatedAtMs: NOW - 100 * DAY, endedAtMs: NOW - 10 * DAY, state: 'retired' });
  const second = aKey({ id: 'dek-2', version: 2 });
  const other = aKey({ id: 'dek-3', quarter: '2026Q3' });
  const late = aKey({ id: 'kek-1', type: 'KEK', purpose: null, activatedAtMs: NOW - 120 * DAY });
  const never = aKey({ id: 'dek-4', activatedAtMs: null, state: 'pre-active' });

  it('draws the versions of a line in one row, and no band for what was never in use', () => {
    const lines = linesOf([second, other, first, never, late], NOW);
    expect(lines.map(({ bands }) => bands.map(({ key }) => key.id))).toEqual([
      ['kek-1'],
      ['dek-1', 'dek-2'],
      ['dek-3'],
    ]);
  });

  it('tells what was used, what is planned and what is past its time', () => {
    const [kek, line] = linesOf([first, second, late], NOW);
    expect(line!.bands[0]).toMatchObject({ toMs: NOW - 10 * DAY, plannedToMs: null, overdueFromMs: null });
    expect(line!.bands[1]).toMatchObject({ toMs: NOW, plannedToMs: NOW + 80 * DAY, overdueFromMs: null });
    expect(kek!.bands[0]).toMatchObject({ toMs: NOW, plannedToMs: null, overdueFromMs: NOW - 30 * DAY });
  });

  it('spans all bands with room at both ends, and marks months that can be told apart', () => {
    const span = spanOf(linesOf([first, second, late], NOW), NOW);
    expect(span.fromMs).toBeLessThan(NOW - 120 * DAY);
    expect(span.toMs).toBeGreaterThan(NOW + 80 * DAY);
    expect(percentOf(span.fromMs, span)).toBe(0);
    expect(percentOf(span.toMs, span)).toBe(100);
    const ticks = ticksOf(span).map((atMs) => new Date(atMs).toISOString().slice(0, 10));
    expect(ticks).toEqual([
      '2026-08-01',
      '2026-09-01',
      '2026-10-01',
      '2026-11-01',
      '2026-12-01',
      '2027-01-01',
      '2027-02-01',
    ]);
    const decades = ticksOf({ fromMs: NOW - 7300 * DAY, toMs: NOW });
    expect(decades.length).toBeGreaterThan(1);
    expect(decades.length).toBeLessThan(12);
    expect(spanOf([], NOW)).toEqual({ fromMs: NOW - DAY, toMs: NOW + DAY });
  });
});

describe('where keys lie', () => {
  it('spells the queue with what is chosen, and leads from a key to its own address', () => {
    expect(places.keys({ show: 'all', type: undefined })).toBe('/keys');
    expect(places.keys({ show: 'due', item: 'kek-1' })).toBe('/keys?show=due&item=kek-1');
    expect(placeOf({ kind: 'key', id: 'dek-7' })).toBe('/keys/dek-7');
  });
});
