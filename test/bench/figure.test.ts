import { describe, expect, it } from 'vitest';
import { type BenchFigure, median, percentile, ratioOf, reaches } from '../../bench/figure.ts';
import { renderTable, short } from '../../bench/table.ts';

const base: BenchFigure = { section: 'ledger', name: 'entries posted', value: 70_000, unit: '/s' };
const reference = { name: 'bare', value: 200_000 };

describe('a figure', () => {
  it.each([
    ['no goal', {}, undefined],
    ['value high enough', { goal: { of: 'value', atLeast: 50_000 } }, true],
    ['value too low', { goal: { of: 'value', atLeast: 80_000 } }, false],
    ['value low enough', { goal: { of: 'value', atMost: 70_000 } }, true],
    ['ratio high enough', { reference, goal: { of: 'ratio', atLeast: 0.35 } }, true],
    ['ratio too low', { reference, goal: { of: 'ratio', atLeast: 0.36 } }, false],
    ['ratio without a reference', { goal: { of: 'ratio', atLeast: 0.1 } }, false],
    [
      'reference of nothing',
      { reference: { name: 'bare', value: 0 }, goal: { of: 'ratio', atLeast: 0 } },
      false,
    ],
  ] as const)('with %s', (_, rest, reached) => {
    expect(reaches({ ...base, ...rest })).toBe(reached);
  });

  it('stands beside its reference as a ratio', () => {
    expect(ratioOf({ ...base, reference })).toBe(0.35);
    expect(ratioOf(base)).toBeUndefined();
  });
});

describe('the middle and the tail', () => {
  it.each([
    [[3, 1, 2], 50, 2],
    [[1, 2, 3, 4], 50, 2],
    [[5], 99, 5],
    [Array.from({ length: 100 }, (_, at) => at + 1), 99, 99],
  ])('of %j at %i is %i', (values, percent, expected) => {
    expect(percentile(values, percent)).toBe(expected);
  });

  it('of nothing is an error', () => {
    expect(() => median([])).toThrow('nothing measured');
  });
});

describe('the table', () => {
  it.each([
    [0, '0'],
    [0.1234, '0.123'],
    [1.234, '1.23'],
    [12.34, '12.3'],
    [123_456.7, '123,457'],
  ])('writes %d as %s', (value, text) => {
    expect(short(value)).toBe(text);
  });

  it('says what was reached and what was not', () => {
    const table = renderTable([
      { ...base, reference, goal: { of: 'ratio', atLeast: 0.35 } },
      { ...base, name: 'too slow', goal: { of: 'value', atLeast: 80_000, atMost: 90_000 } },
    ]);
    const [head, , first, second] = table.split('\n');
    expect(head).toMatch(/^section\s+figure\s+measured\s+reference\s+ratio\s+goal\s+reached$/);
    expect(first).toMatch(/70,000 \/s\s+200,000 bare\s+0\.35\s+ratio >= 0\.35\s+yes$/);
    expect(second).toMatch(/>= 80000 and <= 90000\s+NO$/);
  });
});
