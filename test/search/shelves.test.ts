import { describe, expect, test } from 'vitest';
import { Shelves } from '../../src/main/search/shelves.ts';
import type { SearchDocument } from '../../src/main/search/word-index.ts';

const payment = (n: number): SearchDocument => ({
  kind: 'bank-transaction',
  id: `${n}`,
  title: `Muster ${n}`,
  subtitle: '',
  text: `reference${n}`,
});
const customer: SearchDocument = {
  kind: 'customer',
  id: '1',
  title: 'Muster Handels GmbH',
  subtitle: '',
  text: '',
};

describe('shelves', () => {
  test('keep all of one source and the newest of another', () => {
    const shelves = new Shelves();
    shelves.add([customer], 0, undefined);
    for (let n = 0; n < 1_000; n += 1) shelves.add([payment(n)], 1, 100);
    const kept = shelves.filter('muster', 'bank-transaction').map(Number);
    expect(kept.length).toBeGreaterThanOrEqual(50);
    expect(kept.length).toBeLessThanOrEqual(100);
    expect(new Set(kept)).toEqual(new Set(Array.from(kept, (_, at) => 999 - at)));
    expect(shelves.filter('muster', 'customer')).toEqual(['1']);
    expect(shelves.query('reference999', 5).map(({ id }) => id)).toEqual(['999']);
    expect(shelves.filter('reference10', 'bank-transaction')).toEqual([]);
    // An error in a word is forgiven where nothing holds the word as it is.
    expect(shelves.query('refrence999', 5).map(({ id }) => id)).toEqual(['999']);
  });

  test('answer the best of all', () => {
    const shelves = new Shelves();
    shelves.add([customer], 0, undefined);
    shelves.add([payment(1), payment(2)], 1, 100);
    const hits = shelves.query('muster', 2);
    expect(hits).toHaveLength(2);
    expect(hits.map(({ score }) => score)).toEqual(hits.map(({ score }) => score).sort((a, b) => b - a));
    expect(shelves.query('handels', 5).map(({ kind }) => kind)).toEqual(['customer']);
  });
});
