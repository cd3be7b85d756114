import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Money } from '../../src/contract/common.ts';
import type { Policy, PolicyLimit } from '../../src/contract/policies.ts';
import {
  type Facts,
  limitObstacle,
  limitsLeft,
  longestWindowMs,
  type Use,
  withinFree,
} from '../../src/main/policies/index.ts';
import { HOUR_MS, START_MS, shipped } from './support.ts';

const eur = (amountMinor: bigint): Money => ({ amountMinor, currency: 'EUR' });
const usd = (amountMinor: bigint): Money => ({ amountMinor, currency: 'USD' });

const limited = (...limits: PolicyLimit[]): Policy => ({
  ...shipped('journal'),
  clauses: { ...shipped('journal').clauses, limits },
});
const free = (freeUpTo: Policy['clauses']['freeUpTo']): Policy => ({
  ...shipped('journal'),
  clauses: { ...shipped('journal').clauses, freeUpTo },
});
const use = (atMs: number, ...amounts: Money[]): Use => ({ atMs, amounts, count: 1 });
const facts = (count: number, ...amounts: Money[]): Facts => ({ amounts, count });

const DAY: PolicyLimit = { windowMs: 24 * HOUR_MS, count: 3, amounts: [eur(1_000n)] };

describe('limits', () => {
  it.each([
    { what: 'nothing used', uses: [], ask: facts(1, eur(1_000n)), fits: true },
    { what: 'more value than there is', uses: [], ask: facts(1, eur(1_001n)), fits: false },
    { what: 'more in number than there is', uses: [], ask: facts(4), fits: false },
    { what: 'the rest of the value', uses: [use(START_MS, eur(600n))], ask: facts(1, eur(400n)), fits: true },
    {
      what: 'one more than the rest',
      uses: [use(START_MS, eur(600n))],
      ask: facts(1, eur(401n)),
      fits: false,
    },
    { what: 'several sums of one currency', uses: [], ask: facts(1, eur(600n), eur(401n)), fits: false },
    { what: 'a currency that is not listed', uses: [], ask: facts(1, usd(1n)), fits: false },
    {
      what: 'money that flows back counts as well',
      uses: [use(START_MS, eur(-600n))],
      ask: facts(1, eur(-401n)),
      fits: false,
    },
    {
      what: 'what lies just outside the window',
      uses: [use(START_MS - 24 * HOUR_MS, eur(1_000n))],
      ask: facts(1, eur(1_000n)),
      fits: true,
    },
    {
      what: 'what lies just inside the window',
      uses: [use(START_MS - 24 * HOUR_MS + 1, eur(1_000n))],
      ask: facts(1, eur(1n)),
      fits: false,
    },
  ])('$what: $fits', ({ uses, ask, fits }) => {
    expect(limitObstacle(limited(DAY), uses, ask, START_MS) === null).toBe(fits);
  });

  it('are freed by no clock that is set back', () => {
    const uses = [use(START_MS, eur(1_000n))];
    for (const nowMs of [0, START_MS - 48 * HOUR_MS, START_MS]) {
      expect(limitObstacle(limited(DAY), uses, facts(1, eur(1n)), nowMs)).toContain('is left');
    }
  });

  it('tell what is left, of each', () => {
    const uses = [use(START_MS - 2 * HOUR_MS, eur(300n)), use(START_MS, eur(900n))];
    const hour: PolicyLimit = { windowMs: HOUR_MS, count: null, amounts: [eur(1_500n), usd(50n)] };
    const policy = limited(DAY, hour);
    expect(limitsLeft(policy, uses, START_MS)).toEqual([
      { windowMs: 24 * HOUR_MS, countLeft: 1, amountsLeft: [eur(0n)] },
      { windowMs: HOUR_MS, countLeft: null, amountsLeft: [eur(600n), usd(50n)] },
    ]);
    expect(longestWindowMs(policy)).toBe(24 * HOUR_MS);
    expect(longestWindowMs(limited())).toBe(0);
  });

  it('hold over every window, however commands come and the clock moves', () => {
    const asks = fc.array(
      fc.record({ moveMs: fc.integer({ min: -5 * HOUR_MS, max: 30 * HOUR_MS }), minor: fc.bigInt(1n, 900n) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(asks, (list) => {
        const policy = limited(DAY);
        const uses: Use[] = [];
        let nowMs = START_MS;
        for (const { moveMs, minor } of list) {
          nowMs += moveMs;
          if (limitObstacle(policy, uses, facts(1, eur(minor)), nowMs) !== null) continue;
          // What runs is written down at the latest time that is known, as the table does.
          uses.push(use(Math.max(nowMs, ...uses.map(({ atMs }) => atMs)), eur(minor)));
        }
        for (const { atMs: end } of uses) {
          const inside = uses.filter(({ atMs }) => atMs <= end && atMs > end - DAY.windowMs);
          expect(inside.length).toBeLessThanOrEqual(3);
          const sum = inside.reduce((total, { amounts }) => total + amounts[0]!.amountMinor, 0n);
          expect(sum).toBeLessThanOrEqual(1_000n);
        }
      }),
    );
  });

  it('of the wire policy are 100 and 10 million of each major currency a day', () => {
    const wire = shipped('wire-transfer');
    const million = (count: bigint) => facts(1, { amountMinor: count * 1_000_000n, currency: 'JPY' });
    expect(limitObstacle(wire, [], million(10n), START_MS)).toBeNull();
    expect(limitObstacle(wire, [], million(11n), START_MS)).not.toBeNull();
    expect(limitObstacle(wire, [], facts(1, eur(1_000_000_000n)), START_MS)).toBeNull();
    expect(limitObstacle(wire, [], facts(1, eur(1_000_000_001n)), START_MS)).not.toBeNull();
    expect(limitObstacle(wire, [], facts(1, { amountMinor: 1n, currency: 'VND' }), START_MS)).toContain(
      'VND',
    );
    const hundred = Array.from({ length: 100 }, (_, i) => use(START_MS - i, eur(1n)));
    expect(limitObstacle(wire, hundred.slice(1), facts(1, eur(1n)), START_MS)).toBeNull();
    expect(limitObstacle(wire, hundred, facts(1, eur(1n)), START_MS)).not.toBeNull();
  });
});

describe('what is free of a checker', () => {
  it.each([
    { what: 'nothing where there is no threshold', given: null, ask: facts(1, eur(1n)), is: false },
    {
      what: 'an amount up to it',
      given: { count: null, amounts: [eur(100n)] },
      ask: facts(9, eur(100n)),
      is: true,
    },
    {
      what: 'no amount above it',
      given: { count: null, amounts: [eur(100n)] },
      ask: facts(1, eur(101n)),
      is: false,
    },
    {
      what: 'no money taken back above it',
      given: { count: null, amounts: [eur(100n)] },
      ask: facts(1, eur(-101n)),
      is: false,
    },
    {
      what: 'no sum above it',
      given: { count: null, amounts: [eur(100n)] },
      ask: facts(1, eur(60n), eur(41n)),
      is: false,
    },
    {
      what: 'no other currency',
      given: { count: null, amounts: [eur(100n)] },
      ask: facts(1, usd(1n)),
      is: false,
    },
    {
      what: 'no command of unknown amount',
      given: { count: null, amounts: [eur(100n)] },
      ask: facts(1),
      is: false,
    },
    { what: 'a number up to it', given: { count: 2, amounts: [] }, ask: facts(2), is: true },
    { what: 'no number above it', given: { count: 2, amounts: [] }, ask: facts(3), is: false },
    {
      what: 'no money by its number alone',
      given: { count: 2, amounts: [] },
      ask: facts(1, eur(1n)),
      is: false,
    },
    {
      what: 'only what is within both',
      given: { count: 1, amounts: [eur(100n)] },
      ask: facts(2, eur(1n)),
      is: false,
    },
    {
      what: 'nothing where the threshold names nothing',
      given: { count: null, amounts: [] },
      ask: facts(1),
      is: false,
    },
  ])('$what', ({ given, ask, is }) => expect(withinFree(free(given), ask)).toBe(is));
});
