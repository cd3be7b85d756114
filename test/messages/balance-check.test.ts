import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BalanceKind,
  checkBalances,
  type StatementBalance,
  type StatementTotal,
} from '../../src/main/messages/index.ts';

const at = (kind: BalanceKind, amountMinor: bigint, currency = 'EUR'): StatementBalance => ({
  kind,
  code: kind,
  amountMinor,
  currency,
  date: '2025-03-10',
  intermediate: false,
  position: { byteStart: 0, byteEnd: 1, line: 1, path: 'Bal[1]' },
});
const total = (credit: bigint, debit: bigint, currency = 'EUR'): StatementTotal => ({
  currency,
  bookedCreditMinor: credit,
  bookedDebitMinor: debit,
  bookedCount: 1,
  otherCount: 0,
});

describe('balance check', () => {
  it.each<[string, StatementBalance[], StatementTotal[], (string | bigint | undefined)[][]]>([
    [
      'agrees',
      [at('opening-booked', 100n), at('closing-booked', 130n)],
      [total(50n, 20n)],
      [['EUR', 'balanced', 0n]],
    ],
    [
      'finds a difference',
      [at('opening-booked', 100n), at('closing-booked', 131n)],
      [total(50n, 20n)],
      [['EUR', 'difference', 1n]],
    ],
    [
      'counts an overdraft',
      [at('opening-booked', -100n), at('closing-booked', -70n)],
      [total(50n, 20n)],
      [['EUR', 'balanced', 0n]],
    ],
    [
      'takes a statement without entries',
      [at('opening-booked', 5n), at('closing-booked', 5n)],
      [],
      [['EUR', 'balanced', 0n]],
    ],
    ['has nothing to check without balances', [at('closing-available', 5n)], [total(1n, 0n)], []],
    [
      'has nothing to check with one end',
      [at('closing-booked', 5n)],
      [total(1n, 0n)],
      [['EUR', 'not-given', undefined]],
    ],
    [
      'takes the close of the day before for the opening',
      [at('previously-closed', 4n), at('closing-booked', 5n)],
      [total(1n, 0n)],
      [['EUR', 'balanced', 0n]],
    ],
    [
      'prefers the opening',
      [at('previously-closed', 9n), at('opening-booked', 4n), at('closing-booked', 5n)],
      [total(1n, 0n)],
      [['EUR', 'balanced', 0n]],
    ],
    [
      'checks each currency by itself',
      [
        at('opening-booked', 1n),
        at('closing-booked', 2n),
        at('opening-booked', 5n, 'USD'),
        at('closing-booked', 5n, 'USD'),
      ],
      [total(1n, 0n), total(1n, 0n, 'USD')],
      [
        ['EUR', 'balanced', 0n],
        ['USD', 'difference', -1n],
      ],
    ],
    [
      'does not compare across currencies',
      [at('opening-booked', 1n), at('closing-booked', 2n, 'SEK')],
      [total(1n, 0n)],
      [
        ['EUR', 'not-given', undefined],
        ['SEK', 'not-given', undefined],
      ],
    ],
  ])('%s', (_, balances, totals, expected) => {
    const checks = checkBalances(balances, totals);
    expect(
      checks.map(({ currency, outcome, differenceMinor }) => [currency, outcome, differenceMinor]),
    ).toEqual(expected);
  });

  it('is balanced exactly where the sum is right', () => {
    const amount = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n });
    fc.assert(
      fc.property(
        amount,
        fc.bigInt({ min: 0n, max: 10n ** 17n }),
        fc.bigInt({ min: 0n, max: 10n ** 17n }),
        fc.bigInt({ min: -2n, max: 2n }),
        (opening, credit, debit, slip) => {
          const closing = opening + credit - debit + slip;
          const [check] = checkBalances(
            [at('opening-booked', opening), at('closing-booked', closing)],
            [total(credit, debit)],
          );
          expect(check?.outcome).toBe(slip === 0n ? 'balanced' : 'difference');
          expect(check?.differenceMinor).toBe(slip);
        },
      ),
    );
  });
});
