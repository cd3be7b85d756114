/** What rules may never do, whatever they say: depend on an order, or post where a person was to be asked. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ruling } from '../../src/main/reconciliation/desk-rules.ts';
import { runEngine } from '../../src/main/reconciliation/engine.ts';
import type { MatchTransaction } from '../../src/main/reconciliation/types.ts';
import { type SyntheticSet, seeded, syntheticSet } from '../reconciliation/synthetic.ts';

const NAMED = { rule: 1, version: 1 };

/** Gives transactions rulings by chance; the same transaction gets the same one whatever the order. */
function ruled({ transactions, customers }: SyntheticSet, seed: number): MatchTransaction[] {
  const random = seeded(seed);
  return transactions.map((transaction): MatchTransaction => {
    const customerId = customers[Math.floor(random() * customers.length)]!.customerId;
    const rulings: readonly Ruling[] = [
      {},
      { ask: NAMED },
      { stricter: { ...NAMED, leastProbability: 0.995, mostMinor: 50_000n } },
      { payer: { ...NAMED, customerId } },
      { shortfall: { ...NAMED, mostMinor: 2_000n, mostPpm: 50_000n, to: 'bank-charges' } },
    ];
    return { ...transaction, ruling: rulings[Math.floor(random() * rulings.length)]! };
  });
}

function decided(set: SyntheticSet, transactions: readonly MatchTransaction[]) {
  const { decisions, items } = runEngine({ ...set, transactions });
  return new Map(
    decisions.map(({ transactionId, status, explanations }) => [
      transactionId,
      {
        status,
        items: explanations[0]?.explanation.allocations.map((each) => items[each.itemIndex]!),
        explanations,
      },
    ]),
  );
}

describe('under rules', () => {
  test('the order of payments changes nothing, and nothing is posted that a person is asked about', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (seed, chance) => {
        const set = syntheticSet({ seed, customers: 24, items: 240, transactions: 120 });
        const transactions = ruled(set, chance);
        const straight = decided(set, transactions);
        expect(decided(set, transactions.toReversed())).toEqual(straight);
        for (const { id, ruling, amountMinor } of transactions) {
          const { status, explanations } = straight.get(id)!;
          if (status !== 'auto') continue;
          expect(ruling?.ask).toBeUndefined();
          // The certificate is asked for whatever a rule says.
          expect([explanations[0]!.rivals, explanations[0]!.explanation.obstacles]).toEqual([0, []]);
          if (ruling?.stricter) {
            expect(amountMinor).toBeLessThanOrEqual(50_000n);
            expect(explanations[0]!.probability).toBeGreaterThanOrEqual(0.995);
          }
        }
      }),
      { numRuns: 6 },
    );
  });

  test('a rule that names the wrong payer posts no other items than without it', () => {
    fc.assert(
      fc.property(fc.nat(10_000), (seed) => {
        const set = syntheticSet({ seed, customers: 24, items: 240, transactions: 120 });
        const before = decided(set, set.transactions);
        const wrong = set.transactions.map((transaction): MatchTransaction => {
          const own = new Set(before.get(transaction.id)!.items?.map(({ customerId }) => customerId));
          const other = set.customers.find(({ customerId }) => !own.has(customerId))!;
          return { ...transaction, ruling: { payer: { ...NAMED, customerId: other.customerId } } };
        });
        const named = (items: readonly { invoiceNumber: string }[] | undefined) =>
          items?.map(({ invoiceNumber }) => invoiceNumber).sort();
        for (const [id, { status, items }] of decided(set, wrong)) {
          if (status === 'auto' && before.get(id)!.status === 'auto') {
            expect(named(items)).toEqual(named(before.get(id)!.items));
          }
        }
      }),
      { numRuns: 6 },
    );
  });
});
