import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCalendarDay, plainAmount } from '../../src/renderer/src/kit/typed.ts';
import {
  type DraftPosting,
  evaluateEntry,
  lastMonthEnd,
  uuidV7,
} from '../../src/renderer/src/ledger/drafting.ts';

const CURRENCIES: Readonly<Record<string, string>> = { a: 'EUR', b: 'EUR', c: 'USD', d: 'JPY' };
const currencyOf = (id: string) => CURRENCIES[id] ?? null;
const lines = (...drawn: readonly (readonly [string, string, string])[]): DraftPosting[] =>
  drawn.map(([accountId, debitText, creditText], key) => ({ key, accountId, debitText, creditText }));

describe('evaluateEntry', () => {
  it.each([
    ['two sides that agree', lines(['a', '10.50', ''], ['b', '', '10.5']), true, []],
    [
      'two currencies, each in balance',
      lines(['a', '1', ''], ['b', '', '1'], ['c', '2', ''], ['c', '', '2']),
      true,
      [],
    ],
    ['sides that differ', lines(['a', '10.50', ''], ['b', '', '10']), false, ['unbalanced']],
    [
      'one currency against another',
      lines(['a', '1', ''], ['c', '', '1']),
      false,
      ['unbalanced', 'unbalanced'],
    ],
    ['both sides of one line', lines(['a', '1', '1'], ['b', '', '1']), false, ['bothSides']],
    ['digits a currency has not', lines(['d', '1.5', ''], ['d', '', '1']), false, ['badAmount']],
    ['zero', lines(['a', '0', ''], ['b', '', '1']), false, ['badAmount']],
    ['a minus', lines(['a', '-1', ''], ['b', '', '1']), false, ['badAmount']],
    ['a line without an account', lines(['a', '1', ''], ['', '', '1']), false, []],
    ['a line without an amount', lines(['a', '1', ''], ['b', '', '1'], ['b', '', '']), false, []],
    ['one line', lines(['a', '1', '']), false, []],
  ])('%s', (_name, typed, ready, problems) => {
    const draft = evaluateEntry(typed, currencyOf);
    expect(draft.ready).toBe(ready);
    expect(draft.problems.map(({ kind }) => kind)).toEqual(problems);
  });

  it('says by how much the sides differ', () => {
    const { problems, sums } = evaluateEntry(lines(['a', '10.50', ''], ['b', '', '10']), currencyOf);
    expect(problems).toEqual([{ kind: 'unbalanced', currency: 'EUR', more: 'debit', difference: '0.50' }]);
    expect(sums).toEqual([{ currency: 'EUR', debitMinor: 10_50n, creditMinor: 10_00n }]);
  });
});

describe('uuidV7', () => {
  it('carries the clock, the version and the variant', () => {
    const id = uuidV7(0x0123456789ab, new Uint8Array(10).fill(0xff));
    expect(id).toBe('01234567-89ab-7fff-bfff-ffffffffffff');
  });

  it('sorts by the clock', () => {
    const clock = fc.integer({ min: 0, max: 2 ** 47 });
    const random = fc.uint8Array({ minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(clock, random, random, (nowMs, one, other) => {
        expect(uuidV7(nowMs, one) < uuidV7(nowMs + 1, other)).toBe(true);
      }),
    );
  });
});

it.each([
  ['2026-11-21', '2026-10-31'],
  ['2026-03-01', '2026-02-28'],
  ['2024-03-31', '2024-02-29'],
  ['2026-01-15', '2025-12-31'],
])('the month before %s ended on %s', (day, end) => expect(lastMonthEnd(day)).toBe(end));

it.each([
  ['2026-02-28', true],
  ['2026-02-29', false],
  ['2024-02-29', true],
  ['2026-13-01', false],
  ['21.11.2026', false],
  ['2026-1-1', false],
  ['', false],
])('%s is a day of the calendar: %s', (text, expected) => expect(isCalendarDay(text)).toBe(expected));

it.each([
  ['1,234,567.00', '1234567.00'],
  ['1 234.5', '1234.5'],
  ["1'000", '1000'],
  [' 12.34 ', '12.34'],
  ['1,5', '1,5'],
])('%s is typed for %s', (typed, plain) => expect(plainAmount(typed)).toBe(plain));
