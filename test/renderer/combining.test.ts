import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combine } from '../../src/renderer/src/reconciliation/combining.ts';
import {
  isFor,
  leastProbability,
  totalsOf,
  whyNotCombined,
} from '../../src/renderer/src/reconciliation/marking.ts';

const money = (id: string, amountMinor: bigint, bookingDate = '2026-11-02') => ({
  id,
  amountMinor,
  bookingDate,
});
const item = (openItemId: string, openMinor: bigint, isCreditNote = false) => ({
  openItemId,
  openMinor,
  isCreditNote,
});
const told = ({ lines }: ReturnType<typeof combine>) =>
  lines.map(({ bankTransactionId, allocations }) => [
    bankTransactionId,
    ...allocations.map(({ openItemId, allocatedMinor }) => `${openItemId} ${allocatedMinor}`),
  ]);

describe('payments that pay together', () => {
  it.each([
    [
      'two pay one',
      [money('1', 60n), money('2', 40n)],
      [item('a', 100n)],
      [
        ['1', 'a 60'],
        ['2', 'a 40'],
      ],
      0n,
      0n,
    ],
    [
      'two pay three',
      [money('1', 70n), money('2', 50n)],
      [item('a', 40n), item('b', 50n), item('c', 30n)],
      [
        ['1', 'a 40', 'b 30'],
        ['2', 'b 20', 'c 30'],
      ],
      0n,
      0n,
    ],
    [
      'the oldest is spent first',
      [money('9', 40n, '2026-11-03'), money('10', 60n, '2026-11-01')],
      [item('a', 100n)],
      [
        ['10', 'a 60'],
        ['9', 'a 40'],
      ],
      0n,
      0n,
    ],
    [
      'a credit note makes the money go further',
      [money('1', 50n), money('2', 30n)],
      [item('a', 100n), item('n', 20n, true)],
      [
        ['1', 'n -20', 'a 70'],
        ['2', 'a 30'],
      ],
      0n,
      0n,
    ],
    [
      'what is left is left',
      [money('1', 60n), money('2', 60n)],
      [item('a', 100n)],
      [
        ['1', 'a 60'],
        ['2', 'a 40'],
      ],
      20n,
      0n,
    ],
    [
      'what stays open stays open',
      [money('1', 10n), money('2', 20n)],
      [item('a', 100n)],
      [
        ['1', 'a 10'],
        ['2', 'a 20'],
      ],
      0n,
      70n,
    ],
  ])('%s', (_name, payments, items, lines, restMinor, openMinor) => {
    const laid = combine(payments, items);
    expect(told(laid)).toEqual(lines);
    expect({ restMinor: laid.restMinor, openMinor: laid.openMinor }).toEqual({ restMinor, openMinor });
    expect(laid.idle).toEqual([]);
  });

  it('names a payment that would settle nothing', () => {
    expect(combine([money('1', 100n), money('2', 5n)], [item('a', 100n)]).idle).toEqual(['2']);
  });

  it('never makes money, takes more than is open, or uses less than nothing', () => {
    const amount = fc.bigInt({ min: 1n, max: 10_000n });
    fc.assert(
      fc.property(
        fc.array(amount, { minLength: 1, maxLength: 6 }),
        fc.array(fc.tuple(amount, fc.boolean()), { maxLength: 6 }),
        (payments, items) => {
          const given = items.map(([openMinor, isNote], at) => item(`${at}`, openMinor, isNote));
          const laid = combine(
            payments.map((one, at) => money(`${at}`, one)),
            given,
          );
          for (const { openItemId, openMinor, isCreditNote } of given) {
            const settled = laid.lines
              .flatMap(({ allocations }) => allocations)
              .filter((one) => one.openItemId === openItemId)
              .reduce((sum, { allocatedMinor }) => sum + allocatedMinor, 0n);
            expect(isCreditNote ? -settled : settled).toBeGreaterThanOrEqual(0n);
            expect(isCreditNote ? -settled : settled).toBeLessThanOrEqual(openMinor);
          }
          for (const { bankTransactionId, allocations, restMinor } of laid.lines) {
            const used = allocations.reduce((sum, { allocatedMinor }) => sum + allocatedMinor, 0n);
            expect(used + restMinor).toBe(payments[Number(bankTransactionId)]);
            expect(restMinor).toBeGreaterThanOrEqual(0n);
            if (allocations.length > 0) expect(used).toBeGreaterThan(0n);
          }
        },
      ),
    );
  });
});

const row = (part: object) => ({
  status: 'suggested' as const,
  suggestionId: '1',
  currency: 'EUR',
  direction: 'credit' as const,
  ...part,
});

describe('marked lines', () => {
  it('are summed by currency, money out against money in', () => {
    const lines = [
      { amountMinor: 500n, currency: 'USD', direction: 'credit' as const },
      { amountMinor: 300n, currency: 'EUR', direction: 'debit' as const },
      { amountMinor: 100n, currency: 'EUR', direction: 'credit' as const },
    ];
    expect(totalsOf(lines)).toEqual([
      { currency: 'EUR', amountMinor: -200n },
      { currency: 'USD', amountMinor: 500n },
    ]);
    expect(leastProbability([{ probability: 0.9 }, { probability: null }, { probability: 0.4 }])).toBe(0.4);
    expect(leastProbability([{ probability: null }])).toBeNull();
  });

  it.each([
    ['auto', { confirm: true, reject: true, undo: true }],
    ['confirmed', { confirm: false, reject: false, undo: true }],
    ['suggested', { confirm: true, reject: true, undo: false }],
    ['unmatched', { confirm: false, reject: false, undo: false }],
    ['quarantined', { confirm: false, reject: false, undo: false }],
  ] as const)('%s lines can be', (status, acts) => {
    for (const act of ['confirm', 'reject', 'undo'] as const)
      expect(isFor(act, row({ status }))).toBe(acts[act]);
  });

  it.each([
    ['few', [row({})]],
    ['outgoing', [row({}), row({ direction: 'debit' })]],
    ['currencies', [row({}), row({ currency: 'USD' })]],
    ['matched', [row({}), row({ status: 'auto' })]],
    [null, [row({}), row({ status: 'unmatched' })]],
  ] as const)('are combined or not: %s', (why, rows) => {
    expect(whyNotCombined(rows)).toBe(why);
  });
});
