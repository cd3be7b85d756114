import { describe, expect, it } from 'vitest';
import { writeQuote } from '../../src/contract/rates.ts';
import type { DraftLine } from '../../src/renderer/src/reconciliation/allocating.ts';
import {
  evaluateExchange,
  NOTHING_TYPED,
  type TypedExchange,
} from '../../src/renderer/src/reconciliation/exchanging.ts';

const line = (settleText: string, of: Partial<DraftLine> = {}): DraftLine => ({
  openItemId: '1',
  invoiceNumber: 'US-1',
  customerName: 'A',
  currency: 'USD',
  openMinor: 1_000_00n,
  isCreditNote: false,
  settleText,
  discountText: '',
  chargesMinor: 0n,
  ...of,
});
const told = {
  currency: 'USD',
  amountMinor: 1_000_00n,
  toleranceMinor: 0n,
  chargesMinor: 0n,
  rate: '0.92134',
  unitCurrency: 'USD',
  isRateStated: true,
};
type Told = typeof told | null;

const evaluate = (
  lines: DraftLine[],
  typed: Partial<TypedExchange>,
  says: Told = told,
  moneyMinor = 921_34n,
) =>
  evaluateExchange({
    lines,
    currency: 'USD',
    money: { amountMinor: moneyMinor, currency: 'EUR' },
    told: says,
    typed: { ...NOTHING_TYPED, ...typed },
  });

describe('evaluateExchange', () => {
  it.each<[string, DraftLine[], Partial<TypedExchange>, Told, bigint | undefined, bigint, string[]]>([
    ["the bank's word", [line('1000')], {}, told, 921_34n, 0n, []],
    ['a part of it', [line('500')], {}, told, 460_67n, 460_67n, []],
    [
      'what its rate leaves open',
      [line('1000')],
      {},
      { ...told, amountMinor: 999_99n, toleranceMinor: 1n },
      921_34n,
      0n,
      [],
    ],
    ['charges that it states', [line('500')], {}, { ...told, chargesMinor: 5_00n }, 458_17n, 463_17n, []],
    [
      'more than it tells',
      [line('1000')],
      {},
      { ...told, amountMinor: 900_00n },
      undefined,
      921_34n,
      ['overMoney'],
    ],
    ['nothing told', [line('1000')], {}, null, undefined, 921_34n, ['noExchange']],
    [
      'told of another currency',
      [line('1000')],
      {},
      { ...told, currency: 'GBP' },
      undefined,
      921_34n,
      ['noExchange'],
    ],
    ['the money', [line('1000')], { moneyText: '900' }, null, 900_00n, 21_34n, []],
    ['a rate', [line('1000')], { rateText: '0.9' }, null, 900_00n, 21_34n, []],
    ['a rate with a comma', [line('1000')], { rateText: '0,9' }, null, 900_00n, 21_34n, []],
    [
      'a rate, less charges',
      [line('1000')],
      { rateText: '0.9', chargesText: '10' },
      null,
      890_00n,
      31_34n,
      [],
    ],
    [
      'a rate whose last digit leaves a little open',
      [line('1000')],
      { rateText: '0.9213' },
      null,
      921_34n,
      0n,
      [],
    ],
    ['a rate of zero', [line('1000')], { rateText: '0' }, told, undefined, 921_34n, ['badExchange']],
    ['a rate in words', [line('1000')], { rateText: 'x' }, told, undefined, 921_34n, ['badExchange']],
    ['no money', [line('1000')], { moneyText: '0' }, told, undefined, 921_34n, ['badExchange']],
    [
      'charges in words',
      [line('1000')],
      { rateText: '0.9', chargesText: 'x' },
      told,
      undefined,
      921_34n,
      ['badExchange'],
    ],
    ['more than there is', [line('1000')], { moneyText: '922' }, null, 922_00n, -66n, ['overMoney']],
    [
      'a credit note alone',
      [line('10', { isCreditNote: true })],
      { rateText: '0.9' },
      null,
      9_00n,
      912_34n,
      ['unused'],
    ],
    ['a typing error in the lines', [line('x')], {}, told, undefined, 921_34n, ['badAmount']],
  ])('%s', (_, lines, typed, says, usedMinor, restMinor, problems) => {
    const draft = evaluate(lines, typed, says);
    expect(draft.problems.map(({ kind }) => kind)).toEqual(problems);
    expect(draft.restMinor).toBe(restMinor);
    if (usedMinor !== undefined) expect(draft.used?.moneyMinor).toBe(usedMinor);
  });

  it('says nothing to the engine where the bank has said it, else just what was typed', () => {
    expect(evaluate([line('1000')], {}).exchange).toBeUndefined();
    expect(evaluate([line('1000')], { rateText: '0.92' }).exchange).toEqual({
      rate: '0.92',
      chargesMinor: 0n,
    });
    expect(evaluate([line('1000')], { moneyText: '920', chargesText: '1' })).toMatchObject({
      exchange: { moneyMinor: 920_00n, chargesMinor: 1_00n },
      used: { quote: { rate: '0.921', unitCurrency: 'USD' }, isBanksWord: false },
    });
  });

  it('of money that went out the charges went out too', () => {
    const note = line('1000', { isCreditNote: true });
    const draft = evaluate([note], { rateText: '0.9', chargesText: '10' }, null, -921_34n);
    expect(draft.used?.moneyMinor).toBe(910_00n);
    expect(draft.restMinor).toBe(-11_34n);
  });
});

it.each([
  ['USD', '1 USD = 0.92134 EUR'],
  ['EUR', '1 EUR = 0.92134 USD'],
])('writes a rate of one %s', (unitCurrency, written) => {
  expect(writeQuote({ rate: '0.92134', unitCurrency }, ['USD', 'EUR'])).toBe(written);
});
