import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { subsetSums } from '../../src/main/reconciliation/subset-sum.ts';
import { seeded } from './synthetic.ts';

const all = { maxSolutions: 1_000, maxSize: 100, workLimit: 1_000_000 };

/** Every subset, tried one by one. */
function bruteForce(pool: readonly bigint[], target: bigint, maxSize: number): string[] {
  const found: string[] = [];
  for (let mask = 1; mask < 1 << pool.length; mask += 1) {
    const chosen = pool.map((_, index) => index).filter((index) => mask & (1 << index));
    const sum = chosen.reduce((total, index) => total + pool[index]!, 0n);
    if (sum === target && chosen.length <= maxSize && chosen.every((index) => pool[index] !== 0n)) {
      found.push(chosen.join(','));
    }
  }
  return found.sort();
}

describe('subset sums', () => {
  test.each([
    ['one item', [5n, 7n, 9n], 7n, [[1]]],
    ['two items', [5n, 7n, 9n], 14n, [[0, 2]]],
    ['an invoice less a credit note', [100n, -30n, 50n], 70n, [[0, 1]]],
    ['none', [5n, 7n, 9n], 13n, []],
    [
      'two ways',
      [5n, 5n, 9n],
      14n,
      [
        [0, 2],
        [1, 2],
      ],
    ],
    ['the smaller first', [3n, 4n, 7n], 7n, [[2], [0, 1]]],
  ])('%s', (_, pool, target, solutions) => {
    const search = subsetSums(pool, target, all);
    expect(search.solutions).toEqual(solutions);
    expect(search.complete).toBe(true);
  });

  test('finds what trying every subset finds', () => {
    const value = fc.bigInt({ min: -40n, max: 120n });
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 11 }),
        fc.bigInt({ min: 1n, max: 300n }),
        fc.integer({ min: 1, max: 11 }),
        (pool, target, maxSize) => {
          const search = subsetSums(pool, target, { ...all, maxSize });
          expect(search.complete).toBe(true);
          expect(search.solutions.map((solution) => solution.join(',')).sort()).toEqual(
            bruteForce(pool, target, maxSize),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test('finds a planted subset among items beyond the tabled ones', () => {
    const random = seeded(5);
    const pool = Array.from({ length: 20 }, () => BigInt(1_000 + Math.floor(random() * 5_000_000)));
    const target = pool[2]! + pool[9]! + pool[17]!;
    const search = subsetSums(pool, target, { maxSolutions: 4, maxSize: 20, workLimit: 200_000 });
    expect(search.solutions).toContainEqual([2, 9, 17]);
  });

  test('stops at the number of solutions asked for and says that it is not complete', () => {
    const search = subsetSums(
      Array.from({ length: 20 }, () => 1n),
      10n,
      { ...all, maxSolutions: 3 },
    );
    expect(search.solutions).toHaveLength(3);
    expect(search.complete).toBe(false);
  });

  test('gives up within its work on hostile input, quickly', () => {
    // Nearly equal amounts: no bound cuts the search, and no sum is hit.
    const pool = Array.from({ length: 60 }, (_, index) => 1_000_000n + BigInt(index) * 2n);
    const startMs = process.threadCpuUsage();
    const search = subsetSums(pool, 30_000_001n, { maxSolutions: 4, maxSize: 60, workLimit: 20_000 });
    const used = process.threadCpuUsage(startMs);
    expect(search.complete).toBe(false);
    expect((used.user + used.system) / 1000).toBeLessThan(50);
  });
});
