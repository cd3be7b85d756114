import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign, type Claimant } from '../../src/main/reconciliation/assignment.ts';

const claim = (weight: number, ...takes: readonly (readonly [item: number, amount: bigint])[]) => ({
  weight,
  takes: takes.map(([item, amountMinor]) => ({ item, amountMinor })),
});

/** The best sum of weights over every choice. */
function bruteForce(claimants: readonly Claimant[], available: readonly bigint[]): number {
  const visit = (at: number, left: readonly bigint[]): number => {
    if (at === claimants.length) return 0;
    let best = visit(at + 1, left);
    for (const { weight, takes } of claimants[at]!.claims) {
      const rest = [...left];
      for (const { item, amountMinor } of takes) rest[item]! -= amountMinor;
      const fits = takes.every(({ item, amountMinor }) =>
        amountMinor > 0n ? rest[item]! >= 0n : rest[item]! <= 0n,
      );
      if (fits) best = Math.max(best, weight + visit(at + 1, rest));
    }
    return best;
  };
  return visit(0, available);
}

describe('assignment', () => {
  test.each<[string, Claimant[], bigint[], number[]]>([
    ['no conflict', [{ claims: [claim(5, [0, 10n])] }, { claims: [claim(5, [1, 10n])] }], [10n, 10n], [0, 0]],
    [
      'the stronger claim wins',
      [{ claims: [claim(5, [0, 10n])] }, { claims: [claim(7, [0, 10n])] }],
      [10n],
      [-1, 0],
    ],
    [
      'the earlier of equals',
      [{ claims: [claim(5, [0, 10n])] }, { claims: [claim(5, [0, 10n])] }],
      [10n],
      [0, -1],
    ],
    [
      'both where there is enough',
      [{ claims: [claim(5, [0, 4n])] }, { claims: [claim(5, [0, 6n])] }],
      [10n],
      [0, 0],
    ],
    [
      'a second choice where that is best for all',
      [{ claims: [claim(9, [0, 10n]), claim(8, [1, 10n])] }, { claims: [claim(7, [0, 10n])] }],
      [10n, 10n],
      [1, 0],
    ],
    [
      'credit notes count the other way',
      [{ claims: [claim(5, [0, -10n])] }, { claims: [claim(4, [0, -5n])] }],
      [-10n],
      [0, -1],
    ],
    ['nothing to claim', [{ claims: [] }], [], [-1]],
  ])('%s', (_, claimants, available, chosen) => {
    const result = assign(claimants, (item) => available[item]!);
    expect(result.chosen).toEqual(chosen);
    expect(result.exact).toBe(true);
  });

  const claims = fc
    .array(
      fc.record({
        weight: fc.integer({ min: 1, max: 20 }),
        takes: fc.uniqueArray(fc.record({ item: fc.nat(3), amountMinor: fc.bigInt({ min: 1n, max: 6n }) }), {
          minLength: 1,
          maxLength: 2,
          selector: ({ item }) => item,
        }),
      }),
      { maxLength: 3 },
    )
    .map((unsorted) => unsorted.sort((left, right) => right.weight - left.weight));

  test('is as good as trying every choice, and never takes more than there is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ claims }), { maxLength: 6 }),
        fc.array(fc.bigInt({ min: 0n, max: 9n }), { minLength: 4, maxLength: 4 }),
        (claimants, available) => {
          const { chosen, exact } = assign(claimants, (item) => available[item]!);
          const left = [...available];
          let weight = 0;
          chosen.forEach((position, at) => {
            if (position < 0) return;
            const chosenClaim = claimants[at]!.claims[position]!;
            weight += chosenClaim.weight;
            for (const { item, amountMinor } of chosenClaim.takes) left[item]! -= amountMinor;
          });
          expect(exact).toBe(true);
          expect(left.every((rest) => rest >= 0n)).toBe(true);
          expect(weight).toBe(bruteForce(claimants, available));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a large group is decided within a bound, and says that it was not looked at whole', () => {
    const claimants = Array.from({ length: 60 }, (_, at) => ({
      claims: [claim(10 + (at % 7), [at % 20, 5n]), claim(9 + (at % 5), [(at + 1) % 20, 5n])],
    }));
    const { chosen, exact } = assign(claimants, () => 5n);
    const used = new Set<number>();
    chosen.forEach((position, at) => {
      if (position < 0) return;
      const { item } = claimants[at]!.claims[position]!.takes[0]!;
      expect(used.has(item)).toBe(false);
      used.add(item);
    });
    expect(used.size).toBe(20);
    expect(exact).toBe(false);
  });
});
