import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isCountersignError } from '../../src/main/base/index.ts';
import { checkAllocations } from '../../src/main/reconciliation/allocation-check.ts';
import { amountInformation, logSubsets } from '../../src/main/reconciliation/amount-evidence.ts';
import { evidenceText } from '../../src/main/reconciliation/evidence.ts';
import { allocationsKey, itemsKey } from '../../src/main/reconciliation/keys.ts';
import { defaultPolicy } from '../../src/main/reconciliation/policy.ts';
import {
  effectiveDate,
  holdPostings,
  matchPostings,
  opposite,
} from '../../src/main/reconciliation/reallocation.ts';
import { rate } from '../../src/main/reconciliation/rivals.ts';

const settle = (openItemId: bigint, allocatedMinor: bigint, discountMinor = 0n, chargesMinor = 0n) => ({
  openItemId,
  allocatedMinor,
  discountMinor,
  chargesMinor,
});

describe('postings', () => {
  test.each<[string, ReturnType<typeof settle>[], string[]]>([
    ['one item', [settle(1n, 100n)], ['unapplied-cash 100', 'receivables -100']],
    ['discount', [settle(1n, 100n, 2n)], ['unapplied-cash 98', 'discounts-allowed 2', 'receivables -100']],
    ['charges', [settle(1n, 100n, 0n, 5n)], ['unapplied-cash 95', 'bank-charges 5', 'receivables -100']],
    [
      'a credit note taken off',
      [settle(1n, 100n), settle(2n, -30n)],
      ['unapplied-cash 70', 'receivables -70'],
    ],
    ['a credit note paid back', [settle(2n, -30n)], ['unapplied-cash -30', 'receivables 30']],
  ])('%s', (_, allocations, postings) => {
    expect(matchPostings({ allocations }).map(({ role, amountMinor }) => `${role} ${amountMinor}`)).toEqual(
      postings,
    );
  });

  test('always balance, and their opposite takes them back', () => {
    const amount = fc.bigInt({ min: 1n, max: 10n ** 12n });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(amount, fc.bigInt({ min: 0n, max: 50n }), fc.boolean()), { minLength: 1 }),
        (rows) => {
          const allocations = rows.map(([size, less, credit], at) =>
            settle(BigInt(at), credit ? -size : size, credit ? 0n : less),
          );
          for (const postings of [matchPostings({ allocations }), holdPostings(rows[0]![0])]) {
            const both = [...postings, ...opposite(postings)];
            expect(postings.reduce((sum, each) => sum + each.amountMinor, 0n)).toBe(0n);
            expect(both.reduce((sum, each) => sum + each.amountMinor, 0n)).toBe(0n);
          }
        },
      ),
    );
  });

  test.each([
    ['2026-11-02', null, '2026-11-02'],
    ['2026-11-02', '2026-11-01', '2026-11-02'],
    ['2026-11-02', '2026-11-02', '2026-11-03'],
    ['2026-02-02', '2026-02-28', '2026-03-01'],
  ])('a line of %s with the books closed through %s counts on %s', (booked, closed, date) => {
    expect(effectiveDate(booked, closed)).toBe(date);
  });
});

describe('allocations by hand', () => {
  const facts = { currency: 'EUR', moneyMinor: 1_000n };
  const items = new Map([
    [1n, { invoiceNumber: 'A', kind: 'invoice' as const, currency: 'EUR', openMinor: 800n }],
    [2n, { invoiceNumber: 'B', kind: 'invoice' as const, currency: 'USD', openMinor: 800n }],
    [3n, { invoiceNumber: 'C', kind: 'credit_note' as const, currency: 'EUR', openMinor: 200n }],
    [4n, { invoiceNumber: 'D', kind: 'invoice' as const, currency: 'EUR', openMinor: 500n }],
  ]);
  const check = (money: bigint, allocations: ReturnType<typeof settle>[]): string => {
    try {
      checkAllocations({ ...facts, moneyMinor: money }, allocations, (id) => items.get(id)!);
      return 'ok';
    } catch (error) {
      return isCountersignError(error) ? error.code : String(error);
    }
  };

  test.each<[string, bigint, ReturnType<typeof settle>[], string]>([
    ['in full', 1_000n, [settle(1n, 800n)], 'ok'],
    ['with discount and charges', 780n, [settle(1n, 800n, 15n, 5n)], 'ok'],
    ['an invoice less a credit note', 600n, [settle(1n, 800n), settle(3n, -200n)], 'ok'],
    ['a credit note paid back', -200n, [settle(3n, -200n)], 'ok'],
    ['nothing', 1_000n, [], 'INPUT_INVALID'],
    ['twice', 1_000n, [settle(1n, 100n), settle(1n, 100n)], 'INPUT_INVALID'],
    ['zero', 1_000n, [settle(1n, 0n)], 'INPUT_INVALID'],
    ['a credit note with the wrong sign', 1_000n, [settle(3n, 100n)], 'INPUT_INVALID'],
    ['a negative discount', 1_000n, [settle(1n, 100n, -1n)], 'INPUT_INVALID'],
    ['more discount than it settles', 1_000n, [settle(1n, 100n, 101n)], 'INPUT_INVALID'],
    ['no money used', 1_000n, [settle(1n, 200n), settle(3n, -200n)], 'INPUT_INVALID'],
    ['another currency', 1_000n, [settle(2n, 100n)], 'MATCH_CURRENCY'],
    ['more than is open', 1_000n, [settle(1n, 801n)], 'MATCH_OVER_ALLOCATED'],
    ['more than the money', 1_000n, [settle(1n, 800n), settle(4n, 500n)], 'MATCH_OVER_ALLOCATED'],
    ['an invoice with money that went out', -500n, [settle(1n, 500n)], 'MATCH_OVER_ALLOCATED'],
    ['a credit note with money that came in', 200n, [settle(3n, -200n)], 'MATCH_OVER_ALLOCATED'],
  ])('%s', (_, money, allocations, outcome) => {
    expect(check(money, allocations)).toBe(outcome);
  });
});

describe('words and keys', () => {
  test('numbers stand in the words', () => {
    expect(evidenceText({ code: 'amount-sum', values: { items: '3' } })).toBe('sum of 3 items exact');
    expect(evidenceText({ code: 'reference-exact' })).toBe('invoice number exact');
  });

  test('keys do not depend on order, and 10 comes after 9', () => {
    expect(itemsKey([10n, 9n])).toBe('9 10');
    expect(allocationsKey([settle(1n, 5n), settle(2n, 6n)])).toBe(
      allocationsKey([settle(2n, 6n), settle(1n, 5n)]),
    );
  });
});

describe('chance', () => {
  test('round amounts say less than odd ones', () => {
    expect(amountInformation(181_837n)).toBeGreaterThan(amountInformation(180_000n));
    expect(amountInformation(0n)).toBe(0);
  });

  test.each([
    [20, 1, 20],
    [20, 2, 210],
    [20, 20, 1],
    [20, 19, 21],
    [4, 2, 10],
  ])('of %d items there are so many subsets of about %d', (n, k, count) => {
    expect(Math.exp(logSubsets(n, k))).toBeCloseTo(count, 6);
  });

  const explanation = (score: number, key: string) => ({
    allocations: [],
    remainderMinor: 0n,
    score,
    evidence: [],
    key,
    named: true,
    obstacles: [],
  });

  test('odds are shared among rivals and none of them', () => {
    const [only] = rate([explanation(0, 'a')], defaultPolicy, true);
    expect(only).toMatchObject({ logOdds: 0, rivals: 0, ground: 'clear' });
    expect(only!.certificate).toEqual({ considered: 1, others: [], complete: true });
    const [first, second] = rate([explanation(10, 'a'), explanation(10, 'b')], defaultPolicy, false);
    expect(first!.logOdds).toBeCloseTo(0, 3);
    expect([first!.rivals, second!.rivals]).toEqual([1, 1]);
    // Whom it may be mistaken for is no chance any more but told.
    expect(first).toMatchObject({ ground: 'chance', certificate: { margin: 0, complete: false } });
    expect(first!.certificate.others.map(({ key }) => key)).toEqual(['b']);
    const [strong, weak] = rate([explanation(12, 'a'), explanation(2, 'b')], defaultPolicy, true);
    expect([strong!.rivals, weak!.rivals]).toEqual([0, 1]);
    expect(strong!.logOdds).toBeGreaterThan(9);
    expect(strong!.certificate.margin).toBe(10);
    expect(strong!.probability).toBeGreaterThan(weak!.probability);
  });
});
