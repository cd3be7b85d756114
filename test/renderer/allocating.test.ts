import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAmount } from '../../src/contract/money.ts';
import {
  type DraftLine,
  evaluateDraft,
  proposedSettlement,
} from '../../src/renderer/src/reconciliation/allocating.ts';

const line = (settleText: string, of: Partial<DraftLine> = {}): DraftLine => ({
  openItemId: '1',
  invoiceNumber: 'RE-1',
  customerName: 'A',
  currency: 'EUR',
  openMinor: 100_00n,
  isCreditNote: false,
  settleText,
  discountText: '',
  chargesMinor: 0n,
  ...of,
});

describe('evaluateDraft', () => {
  it.each([
    ['all of the item with all of the money', [line('100.00')], 100_00n, 0n, []],
    ['a part leaves the rest', [line('40')], 100_00n, 60_00n, []],
    ['grouping is only for the eye', [line('1,000.50', { openMinor: 2000_00n })], 1000_50n, 0n, []],
    ['a discount costs no money', [line('100.00', { discountText: '2.00' })], 98_00n, 0n, []],
    ['a credit note gives some back', [line('100'), line('30', { isCreditNote: true })], 70_00n, 0n, []],
    ['more than is open', [line('100.01')], 200_00n, 99_99n, ['tooMuch']],
    [
      'a discount larger than what is settled',
      [line('1', { discountText: '2' })],
      5_00n,
      6_00n,
      ['tooMuch', 'unused'],
    ],
    ['more than there is', [line('100.00')], 99_99n, -1n, ['overMoney']],
    ['digits the currency has not', [line('1.001')], 5_00n, 5_00n, ['badAmount']],
    ['words', [line('all')], 5_00n, 5_00n, ['badAmount']],
    ['nothing chosen yet', [], 5_00n, 5_00n, []],
    ['outgoing money settles a credit note', [line('5', { isCreditNote: true })], -5_00n, 0n, []],
    ['outgoing money settles no invoice', [line('5')], -5_00n, -10_00n, ['unused']],
    ['outgoing money, more than was paid', [line('6', { isCreditNote: true })], -5_00n, 1_00n, ['overMoney']],
  ])('%s', (_name, lines, moneyMinor, restMinor, problems) => {
    const result = evaluateDraft(lines, moneyMinor);
    expect(result.restMinor).toBe(restMinor);
    expect(result.problems.map(({ kind }) => kind)).toEqual(problems);
  });

  it('gives every cent of the money to an item or leaves it over', () => {
    const amounts = fc.bigInt({ min: 1n, max: 100_00n });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(amounts, fc.boolean()), { minLength: 1, maxLength: 8 }),
        amounts,
        (drawn, money) => {
          const lines = drawn.map(([minor, isCreditNote]) =>
            line(formatAmount(minor, 'EUR'), { isCreditNote }),
          );
          const { allocations, restMinor } = evaluateDraft(lines, money);
          const settled = allocations.reduce((sum, one) => sum + one.allocatedMinor - one.discountMinor, 0n);
          expect(settled + restMinor).toBe(money);
        },
      ),
    );
  });
});

describe('proposedSettlement', () => {
  it.each([
    ['the whole item where the money reaches', 50_00n, 80_00n, '50.00'],
    ['the money that is left where it does not', 50_00n, 20_00n, '20.00'],
    ['the whole item where none is left', 50_00n, 0n, '50.00'],
  ])('is %s', (_name, openMinor, restMinor, text) =>
    expect(proposedSettlement(openMinor, restMinor, 'EUR')).toBe(text),
  );
});
