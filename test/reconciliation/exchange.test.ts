import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertMinor, impliedQuote, parseRate } from '../../src/contract/rates.ts';
import { runEngine } from '../../src/main/reconciliation/engine.ts';
import { exchangeOf, toldMoney } from '../../src/main/reconciliation/exchange.ts';
import { createOnlineMatcher } from '../../src/main/reconciliation/online.ts';
import { type Outcome, outcomeOf, outcomesOf } from '../../src/main/reconciliation/outcome.ts';
import { defaultPolicy } from '../../src/main/reconciliation/policy.ts';
import type { MatchItem, MatchTransaction } from '../../src/main/reconciliation/types.ts';
import { customers, item, MUSTER_IBAN, type PaymentCase, payment } from './cases.ts';

const usd = (amountMinor: bigint) => ({ amountMinor, currency: 'USD' });
const rate = (text: string, unitCurrency?: string) => ({
  sourceCurrency: 'USD',
  targetCurrency: 'EUR',
  ...(unitCurrency === undefined ? {} : { unitCurrency }),
  rate: text,
});
const charge = (amountMinor: bigint, currency = 'EUR') => ({
  amountMinor,
  currency,
  direction: 'debit' as const,
});

describe('a rate', () => {
  test.each([
    ['0.92134', 92_134n, 5],
    ['1', 1n, 0],
    ['0', undefined, 0],
    ['0.000', undefined, 0],
    ['-1.1', undefined, 0],
    ['1e-30', undefined, 0],
    [`0.${'0'.repeat(29)}1`, undefined, 0],
    ['9'.repeat(400), undefined, 0],
    ['', undefined, 0],
    ['1,1', undefined, 0],
  ])('%s', (text, digits, scale) => {
    expect(parseRate(text)).toEqual(digits === undefined ? undefined : { digits, scale });
  });

  test.each<[bigint, string, string, string, string, bigint | undefined]>([
    [100_000n, 'USD', 'EUR', '0.92134', 'USD', 92_134n],
    [92_134n, 'EUR', 'USD', '0.92134', 'USD', 100_000n],
    [100_000n, 'USD', 'EUR', '1.08537', 'EUR', 92_134n],
    [1_000n, 'JPY', 'EUR', '162.35', 'EUR', 616n],
    [1_000n, 'KWD', 'EUR', '3.00', 'KWD', 300n],
    [-100_000n, 'USD', 'EUR', '0.92134', 'USD', -92_134n],
    [100n, 'XXX', 'EUR', '1', 'EUR', undefined],
    [100n, 'USD', 'EUR', '0', 'EUR', undefined],
  ])('%s minor units of %s in %s at %s', (amount, from, to, text, unitCurrency, converted) => {
    expect(convertMinor(amount, from, to, { rate: text, unitCurrency })).toBe(converted);
  });

  test.each<[bigint, bigint, string, string]>([
    [100_000n, 92_134n, 'EUR', '0.92134'],
    [300_000n, 100_000n, 'EUR', '0.33333333'],
    [100n, 2_500_000n, 'VND', '2500000'],
  ])('that %s cents of USD and %s of %s give', (unit, amountMinor, currency, text) => {
    expect(impliedQuote(usd(unit), { amountMinor, currency })).toEqual({ rate: text, unitCurrency: 'USD' });
  });

  test('there and back is the same but for what rounding leaves', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 14n }),
        fc.bigInt({ min: 1_000n, max: 10n ** 7n }),
        (amountMinor, digits) => {
          const quote = {
            rate: `${digits / 1_000n}.${(digits % 1_000n).toString().padStart(3, '0')}`,
            unitCurrency: 'USD',
          };
          const there = convertMinor(amountMinor, 'USD', 'EUR', quote)!;
          const back = convertMinor(there, 'EUR', 'USD', quote)!;
          const off = back > amountMinor ? back - amountMinor : amountMinor - back;
          expect(off <= 1n).toBe(true);
        },
      ),
    );
  });
});

describe('what an entry tells', () => {
  const told = (given: PaymentCase) => {
    const found = toldMoney(payment(given), defaultPolicy);
    if (!found) return undefined;
    const { transaction, chargesMinor, proof, quote } = found;
    const itemCharges = transaction.charges?.[0]?.amountMinor ?? 0n;
    return `${transaction.currency} ${transaction.amountMinor}+${itemCharges}, charges ${chargesMinor}, ${proof}, 1 ${quote.unitCurrency} = ${quote.rate}`;
  };
  const money = { cents: 92_134n };

  test.each<[string, PaymentCase, string | undefined]>([
    ['nothing', money, undefined],
    [
      'amount and rate, the rate of the other currency',
      { ...money, instructed: usd(100_000n), exchange: rate('0.92134') },
      'USD 100000+0, charges 0, agreed, 1 USD = 0.92134',
    ],
    [
      'amount and rate, the rate of ours, whatever unit the bank names',
      { ...money, instructed: usd(100_000n), exchange: rate('1.08537', 'USD') },
      'USD 100000+0, charges 0, agreed, 1 EUR = 1.08537',
    ],
    [
      'charges of ours',
      { cents: 91_634n, instructed: usd(100_000n), exchange: rate('0.92134'), charges: [charge(500n)] },
      'USD 100000+0, charges 500, agreed, 1 USD = 0.92134',
    ],
    [
      'charges of the other currency',
      {
        cents: 91_213n,
        instructed: usd(100_000n),
        exchange: rate('0.92134'),
        charges: [charge(1_000n, 'USD')],
      },
      'USD 99000+1000, charges 0, agreed, 1 USD = 0.92134',
    ],
    [
      'charges of both',
      {
        cents: 90_713n,
        instructed: usd(100_000n),
        exchange: rate('0.92134'),
        charges: [charge(1_000n, 'USD'), charge(500n)],
      },
      'USD 99000+1000, charges 500, agreed, 1 USD = 0.92134',
    ],
    [
      'charges that were taken beside it',
      { ...money, instructed: usd(100_000n), exchange: rate('0.92134'), charges: [charge(500n)] },
      'USD 100000+0, charges 0, agreed, 1 USD = 0.92134',
    ],
    [
      'charges that nobody states',
      { cents: 90_634n, instructed: usd(100_000n), exchange: rate('0.92134') },
      'USD 100000+0, charges 1500, charges-guessed, 1 USD = 0.92134',
    ],
    [
      'amounts that contradict the rate',
      { cents: 50_000n, instructed: usd(100_000n), exchange: rate('0.92134') },
      'USD 54269+0, charges 0, contradicted, 1 USD = 0.92134',
    ],
    [
      'more money than the rate gives',
      { cents: 98_000n, instructed: usd(100_000n), exchange: rate('0.92134') },
      'USD 106367+0, charges 0, contradicted, 1 USD = 0.92134',
    ],
    [
      'an amount alone',
      { ...money, instructed: usd(100_000n) },
      'USD 100000+0, charges 0, unproved, 1 USD = 0.92134',
    ],
    [
      'a rate alone',
      { ...money, exchange: rate('0.92134') },
      'USD 100000+0, charges 0, rate, 1 USD = 0.92134',
    ],
    [
      'a rate alone, of ours',
      { ...money, exchange: rate('1.08537', 'EUR') },
      'USD 99999+0, charges 0, rate, 1 EUR = 1.08537',
    ],
    [
      'a rate alone, with charges of both',
      { cents: 91_634n, exchange: rate('0.92134'), charges: [charge(500n), charge(1_000n, 'USD')] },
      'USD 100000+1000, charges 500, rate, 1 USD = 0.92134',
    ],
    ['a rate of three currencies', { ...money, exchange: rate('0.92134', 'GBP') }, undefined],
    [
      'a rate of our own currency alone',
      { ...money, exchange: { sourceCurrency: 'EUR', rate: '1.1' } },
      undefined,
    ],
    [
      'an amount, and a rate between others',
      {
        ...money,
        instructed: usd(100_000n),
        exchange: { sourceCurrency: 'GBP', targetCurrency: 'EUR', rate: '1.1' },
      },
      'USD 100000+0, charges 0, unproved, 1 USD = 0.92134',
    ],
    [
      'our own currency with another amount',
      { ...money, instructed: { amountMinor: 95_000n, currency: 'EUR' } },
      undefined,
    ],
    [
      'a currency that does not exist',
      { ...money, instructed: { amountMinor: 95_000n, currency: 'QQQ' } },
      undefined,
    ],
    ['a rate of zero', { ...money, exchange: rate('0.000') }, undefined],
    [
      'an amount with a rate of zero',
      { ...money, instructed: usd(100_000n), exchange: rate('0') },
      'USD 100000+0, charges 0, unproved, 1 USD = 0.92134',
    ],
    ['a rate of 1e-30', { ...money, exchange: rate('1e-30') }, undefined],
    ['the smallest rate there is', { ...money, exchange: rate('0.00000000000000001') }, undefined],
    ['the largest rate there is', { ...money, exchange: rate('9'.repeat(18)) }, undefined],
    [
      'a rate of 400 digits',
      { ...money, instructed: usd(100_000n), exchange: rate('9'.repeat(400)) },
      'USD 100000+0, charges 0, unproved, 1 USD = 0.92134',
    ],
    ['an instructed amount of nothing', { ...money, instructed: usd(0n) }, undefined],
    ['no money', { cents: 0n, instructed: usd(100_000n), exchange: rate('0.92134') }, undefined],
    [
      'charges larger than what was instructed',
      { ...money, instructed: usd(100_000n), exchange: rate('0.92134'), charges: [charge(200_000n, 'USD')] },
      'USD 100000+0, charges 0, agreed, 1 USD = 0.92134',
    ],
    [
      'money that went out, its charges on top',
      {
        cents: 92_634n,
        direction: 'debit',
        instructed: usd(100_000n),
        exchange: rate('0.92134'),
        charges: [charge(500n)],
      },
      'USD 100000+0, charges 500, agreed, 1 USD = 0.92134',
    ],
  ])('%s', (_, given, expected) => {
    expect(told(given)).toBe(expected);
  });

  test('what is left of it is left of the money, the charges on what is used', () => {
    const given = payment({
      cents: 91_634n,
      instructed: usd(100_000n),
      exchange: rate('0.92134'),
      charges: [charge(500n)],
    });
    const found = toldMoney(given, defaultPolicy)!;
    expect(exchangeOf(found, given, 0n)).toMatchObject({ moneyMinor: 91_634n, chargesMinor: 500n });
    expect(exchangeOf(found, given, 50_000n)).toMatchObject({ moneyMinor: 45_567n, chargesMinor: 500n });
    expect(exchangeOf(found, given, 99_900n)).toBeUndefined();
  });
});

const open = [
  item('US-2026-1001', 'C1001', 100_000n, { currency: 'USD' }),
  item('US-2026-1002', 'C1001', 40_000n, {
    currency: 'USD',
    discountPpm: 20_000,
    discountUntil: '2026-11-10',
  }),
  item('US-2026-1003', 'C1001', 25_017n, { currency: 'USD' }),
  item('US-2026-2001', 'C1002', 77_777n, { currency: 'USD' }),
  item('CN-2026-0001', 'C1001', 10_000n, { currency: 'USD', kind: 'credit_note' }),
  item('INV-2026-1001', 'C1001', 92_134n),
  item('JP-2026-1001', 'C1001', 162_350n, { currency: 'JPY' }),
];
const muster = { name: 'Muster Handels GmbH', iban: MUSTER_IBAN };

interface Seen {
  readonly status: string;
  readonly items: string;
  readonly money: bigint | undefined;
  readonly charges: bigint | undefined;
  readonly remainder: bigint;
  readonly reason: string | undefined;
}

function seen({ status, explanations, notes }: Outcome, items: readonly MatchItem[]): Seen {
  const best = explanations[0];
  const settled = (best?.allocations ?? []).map((each) => {
    const { invoiceNumber } = items.find(({ id }) => id === each.openItemId)!;
    const less = each.discountMinor + each.chargesMinor;
    return `${invoiceNumber}=${each.allocatedMinor}${less > 0n ? `-${less}` : ''}`;
  });
  const codes = (best?.evidence ?? notes).map(({ code }) => code);
  return {
    status,
    items: settled.sort().join(' '),
    money: best?.exchange?.moneyMinor,
    charges: best?.exchange?.chargesMinor,
    remainder: best?.remainderMinor ?? 0n,
    reason:
      codes.find((code) => code.startsWith('exchange')) ?? codes.find((code) => code === 'currency-other'),
  };
}

/** Decides one payment by a run and online; both say the same. */
function match(given: MatchTransaction, items: readonly MatchItem[] = open): Seen {
  const [outcome] = [...outcomesOf(runEngine({ transactions: [given], items, customers }))];
  const building = createOnlineMatcher(items, customers);
  let step = building.next();
  while (!step.done) step = building.next();
  const decision = step.value.decide(given);
  const online = outcomeOf(decision, decision.items, () => 0n);
  expect(seen(online, items)).toEqual(seen(outcome!, items));
  return seen(outcome!, items);
}

const converted = (cents: bigint, minor: bigint): PaymentCase => ({
  cents,
  instructed: usd(minor),
  exchange: rate('0.92134'),
  ...muster,
});

describe('a payment of items in another currency', () => {
  test.each<[string, PaymentCase, Partial<Seen>]>([
    [
      'named, amount and rate agree',
      { ...converted(92_134n, 100_000n), text: 'US-2026-1001' },
      {
        status: 'auto',
        items: 'US-2026-1001=100000',
        money: 92_134n,
        charges: 0n,
        reason: 'exchange-agreed',
      },
    ],
    [
      'several of one currency',
      { ...converted(128_988n, 140_000n), text: 'US-2026-1001, US-2026-1002' },
      { status: 'auto', items: 'US-2026-1001=100000 US-2026-1002=40000', money: 128_988n },
    ],
    [
      'less discount in time',
      { ...converted(36_117n, 39_200n), text: 'US-2026-1002' },
      { status: 'auto', items: 'US-2026-1002=40000-800', money: 36_117n },
    ],
    [
      'with a credit note taken off',
      { ...converted(82_921n, 90_000n), text: 'US-2026-1001 CN-2026-0001' },
      { status: 'auto', items: 'CN-2026-0001=-10000 US-2026-1001=100000', money: 82_921n },
    ],
    [
      'charges in its currency',
      { ...converted(91_213n, 100_000n), text: 'US-2026-1001', charges: [charge(1_000n, 'USD')] },
      { status: 'auto', items: 'US-2026-1001=100000-1000', money: 91_213n, charges: 0n },
    ],
    [
      'charges in ours',
      { ...converted(91_634n, 100_000n), text: 'US-2026-1001', charges: [charge(500n)] },
      { status: 'auto', items: 'US-2026-1001=100000', money: 91_634n, charges: 500n },
    ],
    [
      'a rate alone, a cent of rounding',
      { cents: 23_049n, exchange: rate('0.92134'), text: 'US-2026-1003', ...muster },
      { status: 'auto', items: 'US-2026-1003=25017', money: 23_049n, reason: 'exchange-rate' },
    ],
    [
      'yen, which have no minor units',
      {
        cents: 100_000n,
        instructed: { amountMinor: 162_350n, currency: 'JPY' },
        exchange: { sourceCurrency: 'JPY', targetCurrency: 'EUR', unitCurrency: 'EUR', rate: '162.35' },
        text: 'JP-2026-1001',
        ...muster,
      },
      { status: 'auto', items: 'JP-2026-1001=162350', money: 100_000n },
    ],
    [
      'an amount without a rate is asked for',
      { cents: 92_134n, instructed: usd(100_000n), text: 'US-2026-1001', ...muster },
      { status: 'suggested', items: 'US-2026-1001=100000', money: 92_134n, reason: 'exchange-unproved' },
    ],
    [
      'charges that nobody states are asked for',
      { ...converted(90_634n, 100_000n), text: 'US-2026-1001' },
      {
        status: 'suggested',
        items: 'US-2026-1001=100000',
        money: 90_634n,
        charges: 1_500n,
        reason: 'exchange-charges-guessed',
      },
    ],
    [
      'what contradicts its own rate is asked for, as far as the money goes',
      { ...converted(50_000n, 100_000n), text: 'US-2026-1001' },
      { status: 'suggested', items: 'US-2026-1001=54269', money: 50_000n, reason: 'exchange-contradicted' },
    ],
    [
      'a cent for an invoice is worth a cent',
      { ...converted(1n, 100_000n), text: 'US-2026-1001' },
      { items: 'US-2026-1001=1', money: 1n, reason: 'exchange-contradicted' },
    ],
    [
      'at a rate that sells it for a cent',
      { cents: 1n, instructed: usd(100_000n), exchange: rate('0.00001'), text: 'US-2026-1001', ...muster },
      { status: 'suggested', items: 'US-2026-1001=100000', money: 1n, reason: 'exchange-implausible' },
    ],
    [
      'in part',
      { ...converted(46_067n, 50_000n), text: 'US-2026-1001' },
      { status: 'suggested', items: 'US-2026-1001=50000', money: 46_067n, remainder: 0n },
    ],
    [
      'too much: the rest is left in our money',
      { ...converted(101_347n, 110_000n), text: 'US-2026-1001' },
      { status: 'suggested', items: 'US-2026-1001=100000', money: 92_134n, remainder: 9_213n },
    ],
    [
      'named by nothing but its amount and payer',
      converted(23_049n, 25_017n),
      { status: 'suggested', items: 'US-2026-1003=25017', money: 23_049n },
    ],
    [
      'by its amount alone: never',
      { ...converted(71_659n, 77_777n), name: 'Zahlstelle XY', iban: 'DE02100100100006820101' },
      { status: 'unmatched', items: '' },
    ],
    [
      'of which the entry tells nothing: never',
      { cents: 70_001n, text: 'US-2026-1003', ...muster },
      { status: 'unmatched', items: '', reason: 'currency-other' },
    ],
    [
      'at a rate of zero: never',
      { cents: 70_001n, exchange: rate('0'), text: 'US-2026-1003', ...muster },
      { status: 'unmatched', items: '' },
    ],
    [
      'an item of our own currency goes on as before',
      { ...converted(92_134n, 100_000n), text: 'INV-2026-1001' },
      { status: 'auto', items: 'INV-2026-1001=92134', money: undefined },
    ],
    [
      'a credit note paid back',
      { ...converted(9_213n, 10_000n), direction: 'debit', text: 'CN-2026-0001' },
      { status: 'auto', items: 'CN-2026-0001=-10000', money: -9_213n },
    ],
  ])('%s', (_, given, expected) => {
    expect(match(payment(given))).toMatchObject(expected);
  });

  test('an item of ours and one of theirs that fit alike are asked for', () => {
    const found = match(payment({ ...converted(92_134n, 100_000n) }), open.slice(0, 6));
    expect(found.status).toBe('suggested');
  });

  test('what is not of the currency changes nothing, nor does the order', () => {
    const given = payment({ ...converted(92_134n, 100_000n), text: 'US-2026-1001' });
    expect(match(given, [...open].reverse())).toEqual(match(given));
    const twin = item('US-2026-1001X', 'C1002', 100_000n, { currency: 'GBP' });
    expect(match(given, [...open, twin])).toEqual(match(given));
  });

  test('whatever is told, nothing is posted that its own rate does not give', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 300_000n }),
        fc.bigInt({ min: 1n, max: 300_000n }),
        fc.constantFrom('0.92134', '1.08537', '0', '1', '0.00000000000000001', '999999999999999999'),
        (cents, minor, text) => {
          const given = payment({
            cents,
            instructed: usd(minor),
            exchange: rate(text),
            text: 'US-2026-1001',
            ...muster,
          });
          const found = match(given, open);
          if (found.status !== 'auto' || found.money === undefined) return;
          const worth = [1n, 0n].map(
            (unit) =>
              convertMinor(100_000n, 'USD', 'EUR', { rate: text, unitCurrency: unit ? 'USD' : 'EUR' })!,
          );
          expect(worth.some((each) => each - cents <= 50n && cents - each <= 50n)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});
