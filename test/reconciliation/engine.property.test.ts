import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '../../src/main/base/index.ts';
import { runEngine } from '../../src/main/reconciliation/engine.ts';
import type { MatchCustomer, MatchItem, MatchTransaction } from '../../src/main/reconciliation/types.ts';
import { customers, item, MUSTER_IBAN, payment } from './cases.ts';
import { seeded, syntheticSet } from './synthetic.ts';

/** What was decided, by transaction and in words that do not depend on any order. */
function decided(
  { customers }: { readonly customers: readonly MatchCustomer[] },
  transactions: readonly MatchTransaction[],
  items: readonly MatchItem[],
) {
  const { decisions, items: sorted } = runEngine({ transactions, items, customers });
  const told = decisions.map(({ transactionId, status, explanations, notes }) => {
    const shown = explanations.map(({ explanation, probability, rivals }) => {
      const settled = explanation.allocations.map(
        (each) =>
          `${sorted[each.itemIndex]!.invoiceNumber}=${each.allocatedMinor}/${each.discountMinor}/${each.chargesMinor}`,
      );
      return `${probability.toFixed(6)} ${rivals} ${settled.sort().join(' ')}`;
    });
    return [transactionId, [status, ...shown, ...notes.map(({ code }) => code)].join('\n')] as const;
  });
  return new Map(told.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const random = seeded(seed);
  const copy = [...list];
  for (let at = copy.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [copy[at], copy[other]] = [copy[other]!, copy[at]!];
  }
  return copy;
}

describe('matching is a function of the set', () => {
  test('the order of payments, items and customers changes nothing', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (seed, order) => {
        const set = syntheticSet({ seed, customers: 24, items: 240, transactions: 120 });
        const straight = decided(set, set.transactions, set.items);
        const other = { ...set, customers: shuffled(set.customers, order) };
        expect(decided(other, shuffled(set.transactions, order), shuffled(set.items, order + 1))).toEqual(
          straight,
        );
      }),
      { numRuns: 8 },
    );
  });

  test('ids that follow another order of arrival change nothing', () => {
    const set = syntheticSet({ seed: 11, customers: 24, items: 240, transactions: 120 });
    const straight = decided(set, set.transactions, set.items);
    const renumbered = set.items.map((each) => ({ ...each, id: 10_000n - each.id }));
    expect(decided(set, set.transactions, renumbered)).toEqual(straight);
  });

  // Where there is more than is looked at, or less money than is named, something must come first.
  const series = (count: number, cents: (at: number) => bigint) =>
    Array.from({ length: count }, (_, at) =>
      item(`INV-2026-${300_000 + ((at * 7_919) % 100_000)}`, 'C1001', cents(at), {
        id: BigInt(at + 1),
        dueOn: addDays('2026-10-01', (at * 13) % 90),
      }),
    );
  test.each<[string, readonly MatchItem[], Parameters<typeof payment>[0]]>([
    [
      'less money than two invoices that it names',
      series(2, (at) => 50_000n + BigInt(at)),
      { cents: 70_001n, text: 'INV-2026-300000 INV-2026-307919', iban: MUSTER_IBAN },
    ],
    [
      'a sum of two among more invoices than are searched',
      series(200, (at) => 10_007n + BigInt(at * at * 3)),
      { cents: 20_014n + 3n * (187n * 187n + 194n * 194n), text: 'lt. Avis', iban: MUSTER_IBAN },
    ],
  ])('what comes first follows from what the invoices are: %s', (_, items, given) => {
    const paid = [payment(given)];
    const straight = decided({ customers }, paid, items);
    expect([...straight.values()].join()).toContain('=');
    const renumbered = items.map((each) => ({ ...each, id: 10_000n - each.id }));
    expect(decided({ customers }, paid, renumbered)).toEqual(straight);
    expect(decided({ customers }, paid, shuffled(renumbered, 5))).toEqual(straight);
  });

  test('an unrelated invoice changes no match', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.bigInt({ min: 1n, max: 999n }), (seed, cents) => {
        const set = syntheticSet({ seed, customers: 24, items: 240, transactions: 120 });
        const straight = decided(set, set.transactions, set.items);
        const stranger = item('ZZ/77-ABC', 'C99999', cents, { id: 999_999n });
        const withStranger = {
          ...set,
          customers: [
            ...set.customers,
            { customerId: 'C99999', name: 'Xyloquist Ltd', aliases: [], ibans: [] },
          ],
        };
        expect(decided(withStranger, set.transactions, [...set.items, stranger])).toEqual(straight);
      }),
      { numRuns: 6 },
    );
  });
});

describe('rivals', () => {
  test('whoever is told of rivals sees every one of them, however unlikely', () => {
    let unlikely = 0;
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const set = syntheticSet({ seed, customers: 24, items: 240, transactions: 240 });
      const { transactions, items, customers } = set;
      for (const { status, explanations } of runEngine({ transactions, items, customers }).decisions) {
        if (status !== 'suggested') continue;
        expect(explanations.length).toBeGreaterThan(explanations[0]!.rivals);
        unlikely += explanations.slice(1).filter(({ probability }) => probability < 0.05).length;
      }
    }
    expect(unlikely).toBeGreaterThan(0);
  });
});

describe('what is matched on invented payments', () => {
  test.each([101, 202])(
    'seed %d: nothing false, nothing taken twice, ISO structured all by itself',
    (seed) => {
      const set = syntheticSet({ seed, customers: 150, items: 3_000, transactions: 1_200 });
      const { decisions, items } = runEngine(set);
      const taken = new Map<bigint, bigint>();
      const structured = { count: 0, auto: 0 };
      const answered = { count: 0, auto: 0 };
      for (const { transactionId, status, explanations } of decisions) {
        const truth = set.truth.get(transactionId)!;
        if (truth.class === 'iso-structured') structured.count += 1;
        if (truth.allocations.size > 0) answered.count += 1;
        if (status !== 'auto') continue;
        const { allocations } = explanations[0]!.explanation;
        const settled = new Map(allocations.map((each) => [items[each.itemIndex]!.id, each.allocatedMinor]));
        expect(settled, `${truth.class} ${transactionId}`).toEqual(truth.allocations);
        for (const [id, minor] of settled) taken.set(id, (taken.get(id) ?? 0n) + minor);
        if (truth.class === 'iso-structured') structured.auto += 1;
        answered.auto += 1;
      }
      for (const { id, amountMinor, kind } of items) {
        const sum = taken.get(id) ?? 0n;
        expect(kind === 'credit_note' ? -sum : sum).toBeLessThanOrEqual(amountMinor);
      }
      expect(structured.auto / structured.count).toBeGreaterThanOrEqual(0.99);
      expect(answered.auto / answered.count).toBeGreaterThanOrEqual(0.9);
    },
  );

  test('a thousand payments against hostile items of one customer stay within bounds', () => {
    // Sixty items of nearly the same amount, lump sums without references.
    const customers = [
      { customerId: 'C1', name: 'Muster Handels GmbH', aliases: [], ibans: ['DE89370400440532013000'] },
    ];
    const items = Array.from({ length: 60 }, (_, at) =>
      item(`INV-${1000 + at}`, 'C1', 1_000_000n + BigInt(at) * 2n),
    );
    const transaction: MatchTransaction = {
      id: 1n,
      direction: 'credit',
      amountMinor: 30_000_001n,
      currency: 'EUR',
      reversal: false,
      bookingDate: '2026-11-01',
      debtor: { name: 'Muster Handels GmbH', account: 'DE89370400440532013000' },
      remittance: { unstructured: ['1 '.repeat(2_000)], structured: [] },
    };
    const before = process.threadCpuUsage();
    const { decisions } = runEngine({ transactions: [transaction], items, customers });
    const used = process.threadCpuUsage(before);
    expect(decisions[0]!.status).not.toBe('auto');
    expect((used.user + used.system) / 1000).toBeLessThan(150);
  });
});
