import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancesByDay, sumByCurrency } from '../../src/main/dashboard/figures.ts';

describe('sums by currency', () => {
  it('keeps currencies apart and in order', () => {
    const amounts = [
      { currency: 'USD', amountMinor: 5n },
      { currency: 'EUR', amountMinor: 7n },
      { currency: 'USD', amountMinor: -2n },
    ];
    expect(sumByCurrency(amounts)).toEqual([
      { currency: 'EUR', amountMinor: 7n },
      { currency: 'USD', amountMinor: 3n },
    ]);
  });
});

describe('balances by day', () => {
  it('carries a balance over days on which nothing moved', () => {
    const days = balancesByDay({
      from: '2026-02-27',
      to: '2026-03-02',
      openings: [{ currency: 'EUR', amountMinor: 100n }],
      movements: [{ date: '2026-03-01', currency: 'EUR', inMinor: 30n, outMinor: 10n }],
    });
    expect(days.map((day) => [day.date, day.balanceMinor])).toEqual([
      ['2026-02-27', 100n],
      ['2026-02-28', 100n],
      ['2026-03-01', 120n],
      ['2026-03-02', 120n],
    ]);
  });

  it('begins a currency that was not there before at nothing', () => {
    const movements = [{ date: '2026-03-02', currency: 'USD', inMinor: 9n, outMinor: 0n }];
    const days = balancesByDay({ from: '2026-03-01', to: '2026-03-02', openings: [], movements });
    expect(days.map((day) => day.balanceMinor)).toEqual([0n, 9n]);
  });

  it('ends at the opening plus everything that moved', () => {
    const day = fc.integer({ min: 1, max: 28 }).map((number) => `2026-02-${String(number).padStart(2, '0')}`);
    const minor = fc.bigInt({ min: 0n, max: 10n ** 12n });
    const movement = fc.record({ date: day, currency: fc.constant('EUR'), inMinor: minor, outMinor: minor });
    const movements = fc.uniqueArray(movement, { selector: (each) => each.date });
    fc.assert(
      fc.property(movements, minor, (moved, opening) => {
        const openings = [{ currency: 'EUR', amountMinor: opening }];
        const days = balancesByDay({ from: '2026-02-01', to: '2026-02-28', openings, movements: moved });
        const net = moved.reduce((sum, each) => sum + each.inMinor - each.outMinor, 0n);
        expect(days).toHaveLength(28);
        expect(days.at(-1)?.balanceMinor).toBe(opening + net);
      }),
    );
  });
});
