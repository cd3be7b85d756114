import { describe, expect, it } from 'vitest';
import { factsOf, inWords } from '../../src/renderer/src/audit/factsOf.ts';

it.each([
  ['contentHash', 'content hash'],
  ['sizeBytes', 'size bytes'],
  ['value_date', 'value date'],
  ['kind', 'kind'],
])('%s reads %s', (key, words) => expect(inWords(key)).toBe(words));

describe('factsOf', () => {
  it('writes a detail as lines, each with its way down', () => {
    const detail = {
      outcome: 'imported',
      journal: { count: 8, root: 'ab' },
      warnings: ['one', 'two'],
      statements: [{ id: '3', closingMinor: '24415267', currency: 'USD' }],
      rest: null,
      none: [],
    };
    expect(factsOf(detail).map(({ name, text }) => `${name} = ${text}`)).toEqual([
      'outcome = imported',
      'journal · count = 8',
      'journal · root = ab',
      'warnings = one, two',
      'statements · 1 · id = 3',
      'statements · 1 · closing = 244,152.67 USD',
      'statements · 1 · currency = USD',
    ]);
  });

  it('leaves minor units without a currency as they are, named for what they are', () => {
    expect(factsOf({ amountMinor: '500' })).toEqual([{ name: 'amount minor', text: '500' }]);
  });

  it('stops where nobody reads on', () => {
    expect(factsOf({ rows: Array.from({ length: 50 }, (_, id) => ({ id })) }, 10)).toHaveLength(10);
  });
});
