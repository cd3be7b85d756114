/** Money of one currency that pays items of another, on a desk with real files, books and decisions. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/contract/errors.ts';
import { convertMinor } from '../../src/contract/rates.ts';
import {
  lessOf,
  matchPostings,
  moneyOf,
  moneyUsed,
  opposite,
  prePostings,
  type Settlement,
} from '../../src/main/reconciliation/reallocation.ts';
import { codeOf } from '../support/refusal.ts';
import { analyst, CUSTOMERS, type Desk, INVOICE_HEADER, type LineOptions, openDesk } from './support.ts';

const MUSTER = { name: 'Muster Handels GmbH', iban: 'DE89370400440532013000' };
const INVOICES = `${INVOICE_HEADER}US-2026-1001,C1,invoice,2026-10-01,2026-10-31,USD,1000.00,,,
US-2026-1002,C1,invoice,2026-10-03,2026-11-02,USD,400.00,,2,2026-11-10
US-2026-1003,C1,invoice,2026-10-05,2026-11-04,USD,250.17,,,
GB-2026-1001,C1,invoice,2026-10-05,2026-11-04,GBP,100.00,,,
INV-2026-1001,C1,invoice,2026-10-05,2026-11-04,EUR,310.20,,,
CU-2026-0001,C1,credit_note,2026-10-05,2026-11-04,USD,20.00,,,
`;

/** As banks write it: the amount instructed, the amount booked, the rate and its unit beside either. */
const details = (instructed: string, booked: string, rate = '0.92134', charges = '') =>
  `<AmtDtls><InstdAmt><Amt Ccy="USD">${instructed}</Amt></InstdAmt><TxAmt><Amt Ccy="EUR">${booked}</Amt><CcyXchg><SrcCcy>USD</SrcCcy><TrgtCcy>EUR</TrgtCcy><XchgRate>${rate}</XchgRate></CcyXchg></TxAmt></AmtDtls>${charges}`;
const rateOnly = (rate: string) =>
  `<AmtDtls><TxAmt><Amt Ccy="EUR">921.34</Amt><CcyXchg><SrcCcy>EUR</SrcCcy><TrgtCcy>USD</TrgtCcy><UnitCcy>USD</UnitCcy><XchgRate>${rate}</XchgRate></CcyXchg></TxAmt></AmtDtls>`;
const charges = (amount: string, currency: string) =>
  `<Chrgs><Rcrd><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>`;

let desk: Desk;

beforeEach(async () => {
  desk = await openDesk();
  await desk.import('customers.csv', CUSTOMERS);
  await desk.import('invoices.csv', INVOICES);
});
afterEach(() => desk.close());

const book = (lines: readonly LineOptions[], date?: string) => desk.book(lines, date);
const run = () => desk.reconciliation.run(analyst);
const lines = () => desk.reconciliation.matches({ limit: 50 }).rows;
const openMinor = (number: string) => desk.receivables.openItemByNumber(number).openMinor;

/** What stands on the accounts of each currency, but for the invoices' own side. */
function books(): Record<string, bigint> {
  const found: Record<string, bigint> = {};
  for (const role of [
    'unapplied-cash',
    'receivables',
    'currency-position',
    'discounts-allowed',
    'bank-charges',
  ] as const) {
    for (const { currency, amountMinor } of desk.ledger.roleBalances(role)) {
      if (amountMinor !== 0n) found[`${role} ${currency}`] = amountMinor;
    }
  }
  return found;
}

const OWED = { 'receivables EUR': 31_020n, 'receivables GBP': 10_000n, 'receivables USD': 163_017n };

const OPEN: Readonly<Record<string, bigint>> = {
  'US-2026-1001': 100_000n,
  'US-2026-1002': 40_000n,
  'US-2026-1003': 25_017n,
  'INV-2026-1001': 31_020n,
};

async function expectBooksInOrder(): Promise<void> {
  expect(await desk.receivables.verifyItems()).toMatchObject({ ok: true });
  expect(desk.ledger.trialBalance().balanced).toBe(true);
  for (const { postings } of desk.ledger.entries({ limit: 200 }).rows) {
    const sums = new Map<string, bigint>();
    for (const { currency, amountMinor } of postings) {
      sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor);
    }
    expect([...sums.values()].every((sum) => sum === 0n)).toBe(true);
  }
}

const refused = (code: ErrorCode, work: () => unknown) => expect(codeOf(work)).toBe(code);

const hand = (invoiceNumber: string, allocatedMinor: bigint, chargesMinor = 0n) => ({
  openItemId: desk.receivables.openItemByNumber(invoiceNumber).id.toString(),
  allocatedMinor,
  discountMinor: 0n,
  chargesMinor,
});

describe('a run', () => {
  test('posts through the currency positions, keeps the rate, and undo brings every balance back', async () => {
    await book([
      { amount: '921.34', details: details('1000.00', '921.34'), text: 'US-2026-1001', ...MUSTER },
    ]);
    expect(books()).toEqual({ ...OWED, 'unapplied-cash EUR': -92_134n });
    await run();
    expect(books()).toEqual({
      ...OWED,
      'receivables USD': 63_017n,
      'currency-position EUR': -92_134n,
      'currency-position USD': 100_000n,
    });
    expect(openMinor('US-2026-1001')).toBe(0n);
    expect(lines()[0]).toMatchObject({
      status: 'auto',
      amount: '921.34',
      currency: 'EUR',
      items: [{ invoiceNumber: 'US-2026-1001', allocated: '1000.00' }],
      exchange: {
        currency: 'USD',
        amount: '921.34',
        charges: '0.00',
        rate: '0.92134',
        unitCurrency: 'USD',
        rateFrom: 'entry',
      },
    });
    expect(desk.reconciliation.item('1').match).toMatchObject({
      exchange: { currency: 'USD', moneyMinor: 92_134n, rate: '0.92134', unitCurrency: 'USD' },
      remainderMinor: 0n,
    });
    // A further run finds nothing to write.
    const before = desk.test.audit.lastSeq();
    await run();
    expect(desk.test.audit.lastSeq()).toBe(before);
    await expectBooksInOrder();
    desk.reconciliation.undo({ bankTransactionId: '1' }, analyst);
    expect(books()).toEqual({ ...OWED, 'unapplied-cash EUR': -92_134n });
    expect(openMinor('US-2026-1001')).toBe(100_000n);
    await expectBooksInOrder();
  });

  test.each<[string, LineOptions, Record<string, bigint>]>([
    [
      'charges in the items currency',
      {
        amount: '912.13',
        details: details('1000.00', '912.13', '0.92134', charges('10.00', 'USD')),
        text: 'US-2026-1001',
      },
      {
        'receivables USD': 63_017n,
        'bank-charges USD': 1_000n,
        'currency-position USD': 99_000n,
        'currency-position EUR': -91_213n,
      },
    ],
    [
      'charges in the currency of the account',
      {
        amount: '916.34',
        details: details('1000.00', '921.34', '0.92134', charges('5.00', 'EUR')),
        text: 'US-2026-1001',
      },
      {
        'receivables USD': 63_017n,
        'bank-charges EUR': 500n,
        'currency-position USD': 100_000n,
        'currency-position EUR': -92_134n,
      },
    ],
    [
      'several, one less discount',
      { amount: '1282.51', details: details('1392.00', '1282.51'), text: 'US-2026-1001 US-2026-1002' },
      {
        'receivables USD': 23_017n,
        'discounts-allowed USD': 800n,
        'currency-position USD': 139_200n,
        'currency-position EUR': -128_251n,
      },
    ],
    [
      'a rate alone',
      { amount: '921.34', details: rateOnly('0.92134'), text: 'US-2026-1001' },
      { 'receivables USD': 63_017n, 'currency-position USD': 100_000n, 'currency-position EUR': -92_134n },
    ],
  ])('%s', async (_, line, expected) => {
    await book([{ ...line, ...MUSTER }]);
    await run();
    expect(lines()[0]!.status).toBe('auto');
    expect(books()).toEqual({ ...OWED, ...expected });
    await expectBooksInOrder();
    desk.reconciliation.undo({ bankTransactionId: '1' }, analyst);
    expect(books()).toMatchObject(OWED);
    expect(Object.keys(books()).filter((key) => !key.startsWith('rec'))).toEqual(['unapplied-cash EUR']);
  });

  test('an MT940 tells it in its slash codes', async () => {
    await desk.import(
      'mt.sta',
      [
        ':20:X',
        ':25:DE02120300000000202051',
        ':28C:1/1',
        ':60F:C261101EUR0,',
        ':61:2611021102C921,34NTRFNONREF//B1',
        ':86:/OCMT/USD1000,00/EXCH/0,92134/REMI/US-2026-1001/NAME/Muster Handels GmbH',
        '/IBAN/DE89370400440532013000',
        ':62F:C261102EUR921,34',
        '-',
      ].join('\r\n'),
    );
    await run();
    expect(lines()[0]).toMatchObject({
      status: 'auto',
      items: [{ invoiceNumber: 'US-2026-1001', allocated: '1000.00' }],
    });
  });

  test('what the entry states otherwise is asked for, confirmed and taken back', async () => {
    await book([
      { amount: '1013.47', details: details('1100.00', '1013.47'), text: 'US-2026-1001', ...MUSTER },
    ]);
    await run();
    const [first] = desk.reconciliation.item('1').suggestions;
    expect(first).toMatchObject({
      allocations: [{ allocatedMinor: 100_000n, currency: 'USD' }],
      exchange: { moneyMinor: 92_134n, rate: '0.92134' },
      remainderMinor: 9_213n,
    });
    desk.reconciliation.confirm({ bankTransactionId: '1', suggestionId: first!.id }, analyst);
    expect(books()).toEqual({
      ...OWED,
      'receivables USD': 63_017n,
      'unapplied-cash EUR': -9_213n,
      'currency-position EUR': -92_134n,
      'currency-position USD': 100_000n,
    });
    await expectBooksInOrder();
    desk.reconciliation.undo({ bankTransactionId: '1' }, analyst);
    expect(books()).toEqual({ ...OWED, 'unapplied-cash EUR': -101_347n });
  });

  test("the machine's match is a person's once confirmed, at the same rate", async () => {
    await book([
      { amount: '921.34', details: details('1000.00', '921.34'), text: 'US-2026-1001', ...MUSTER },
    ]);
    await run();
    desk.reconciliation.confirm({ bankTransactionId: '1' }, analyst);
    expect(desk.reconciliation.item('1').match).toMatchObject({
      decidedBy: 'person',
      exchange: { moneyMinor: 92_134n },
    });
    desk.reconciliation.undo({ bankTransactionId: '1' }, analyst);
    expect(books()).toEqual({ ...OWED, 'unapplied-cash EUR': -92_134n });
  });

  test('money that was converted pays an item of its own currency as before', async () => {
    await book([
      { amount: '310.20', details: details('336.69', '310.20'), text: 'INV-2026-1001', ...MUSTER },
    ]);
    await run();
    expect(books()).toEqual({ 'receivables GBP': 10_000n, 'receivables USD': 163_017n });
    expect(lines()[0]!).not.toHaveProperty('exchange');
  });
});

describe('by hand', () => {
  const allocate = (
    allocations: ReturnType<typeof hand>[],
    exchange?: { moneyMinor?: bigint; rate?: string; chargesMinor?: bigint },
  ) => desk.reconciliation.confirm({ bankTransactionId: '1', allocations, exchange }, analyst);

  test.each<[string, string, Parameters<typeof allocate>[1], Record<string, unknown>]>([
    [
      'by the own rate of the entry',
      details('1000.00', '921.34'),
      undefined,
      { moneyMinor: 46_067n, rateFrom: 'entry' },
    ],
    [
      'both amounts',
      '',
      { moneyMinor: 46_000n },
      { moneyMinor: 46_000n, rate: '0.92', unitCurrency: 'USD', rateFrom: 'amounts' },
    ],
    [
      'both amounts, and charges',
      '',
      { moneyMinor: 46_000n, chargesMinor: 500n },
      { moneyMinor: 46_000n, rate: '0.93', chargesMinor: 500n },
    ],
    ['a typed rate', '', { rate: '0.92' }, { moneyMinor: 46_000n, rate: '0.92', rateFrom: 'person' }],
    [
      'a typed rate, less charges',
      '',
      { rate: '0.92', chargesMinor: 100n },
      { moneyMinor: 45_900n, chargesMinor: 100n },
    ],
    ['near the own rate', details('1000.00', '921.34'), { rate: '0.95' }, { moneyMinor: 47_500n }],
    [
      'near what was instructed without a rate',
      '<AmtDtls><InstdAmt><Amt Ccy="USD">1000.00</Amt></InstdAmt></AmtDtls>',
      { rate: '0.9' },
      { moneyMinor: 45_000n },
    ],
  ])('%s', async (_, given, exchange, expected) => {
    await book([{ amount: '921.34', details: given }]);
    allocate([hand('US-2026-1001', 50_000n)], exchange);
    const { match } = desk.reconciliation.item('1');
    expect(match).toMatchObject({ exchange: { currency: 'USD', ...expected } });
    expect(match!.remainderMinor).toBe(92_134n - match!.exchange!.moneyMinor);
    expect(books()['currency-position USD']).toBe(50_000n);
    await expectBooksInOrder();
    desk.reconciliation.undo({ bankTransactionId: '1' }, analyst);
    expect(books()).toEqual({ ...OWED, 'unapplied-cash EUR': -92_134n });
  });

  test('a rate whose last digit leaves a cent open takes all the money', async () => {
    await book([{ amount: '921.34' }]);
    allocate([hand('US-2026-1001', 100_000n)], { rate: '0.9213' });
    expect(desk.reconciliation.item('1').match).toMatchObject({ remainderMinor: 0n });
  });

  test.each<[string, string, () => Parameters<typeof allocate>, ErrorCode]>([
    ['the entry tells nothing', '', () => [[hand('US-2026-1001', 100_000n)]], 'MATCH_CURRENCY'],
    [
      'it tells of another currency',
      details('1000.00', '921.34'),
      () => [[hand('GB-2026-1001', 10_000n)]],
      'MATCH_CURRENCY',
    ],
    [
      'items of two currencies',
      '',
      () => [[hand('US-2026-1001', 10_000n), hand('GB-2026-1001', 10_000n)], { rate: '0.9' }],
      'MATCH_CURRENCY',
    ],
    [
      'items of both currencies',
      '',
      () => [[hand('US-2026-1001', 10_000n), hand('INV-2026-1001', 10_000n)], { rate: '0.9' }],
      'MATCH_CURRENCY',
    ],
    ['a rate of zero', '', () => [[hand('US-2026-1001', 100_000n)], { rate: '0' }], 'MATCH_CURRENCY_RATE'],
    [
      'a negative rate',
      '',
      () => [[hand('US-2026-1001', 100_000n)], { rate: '-0.9' }],
      'MATCH_CURRENCY_RATE',
    ],
    [
      'a rate of 1e-30',
      '',
      () => [[hand('US-2026-1001', 100_000n)], { rate: '1e-30' }],
      'MATCH_CURRENCY_RATE',
    ],
    [
      'a rate that gives nothing',
      '',
      () => [[hand('US-2026-1001', 1n)], { rate: '0.00001' }],
      'MATCH_CURRENCY_RATE',
    ],
    [
      'a rate that gives too much',
      '',
      () => [[hand('US-2026-1001', 100_000n)], { rate: '999999999999999999' }],
      'MATCH_CURRENCY_RATE',
    ],
    ['no money', '', () => [[hand('US-2026-1001', 100_000n)], { moneyMinor: 0n }], 'MATCH_CURRENCY_RATE'],
    [
      'negative money',
      '',
      () => [[hand('US-2026-1001', 100_000n)], { moneyMinor: -1n }],
      'MATCH_CURRENCY_RATE',
    ],
    [
      'far from its own rate',
      details('1000.00', '921.34'),
      () => [[hand('US-2026-1001', 50_000n)], { rate: '0.8' }],
      'MATCH_CURRENCY_RATE',
    ],
    [
      'far from it by the amounts',
      details('1000.00', '921.34'),
      () => [[hand('US-2026-1001', 100_000n)], { moneyMinor: 50_000n }],
      'MATCH_CURRENCY_RATE',
    ],
    [
      'more than the money',
      '',
      () => [[hand('US-2026-1001', 100_000n)], { rate: '0.99' }],
      'MATCH_OVER_ALLOCATED',
    ],
    [
      'more than was instructed',
      details('100.00', '921.34', '9.2134'),
      () => [[hand('US-2026-1001', 20_000n)]],
      'MATCH_OVER_ALLOCATED',
    ],
    [
      'more than is open',
      '',
      () => [[hand('US-2026-1001', 100_001n)], { rate: '0.5' }],
      'MATCH_OVER_ALLOCATED',
    ],
    [
      'money and rate',
      '',
      () => [[hand('US-2026-1001', 100_000n)], { rate: '0.9', moneyMinor: 90_000n }],
      'INPUT_INVALID',
    ],
    ['neither', '', () => [[hand('US-2026-1001', 100_000n)], {}], 'INPUT_INVALID'],
    [
      'negative charges',
      '',
      () => [[hand('US-2026-1001', 100_000n)], { rate: '0.9', chargesMinor: -1n }],
      'INPUT_INVALID',
    ],
    [
      'items of the own currency',
      '',
      () => [[hand('INV-2026-1001', 1_000n)], { rate: '1' }],
      'INPUT_INVALID',
    ],
    [
      'a credit note for money that came in',
      details('1000.00', '921.34'),
      () => [[hand('CU-2026-0001', -2_000n)]],
      'INPUT_INVALID',
    ],
    ['the same with a rate', '', () => [[hand('CU-2026-0001', -2_000n)], { rate: '0.9' }], 'INPUT_INVALID'],
  ])('refused: %s', async (_, given, input, code) => {
    await book([{ amount: '921.34', details: given }]);
    const before = desk.test.audit.lastSeq();
    refused(code, () => allocate(...input()));
    expect(desk.test.audit.lastSeq()).toBe(before);
    expect(books()).toEqual({ ...OWED, 'unapplied-cash EUR': -92_134n });
  });
});

test('an exchange beside a suggestion is refused: it says nothing of that', async () => {
  await book([
    { amount: '1013.47', details: details('1100.00', '1013.47'), text: 'US-2026-1001', ...MUSTER },
  ]);
  await run();
  refused('INPUT_INVALID', () =>
    desk.reconciliation.confirm({ bankTransactionId: '1', exchange: { rate: '0.9' } }, analyst),
  );
});

test('whatever is booked and decided, every entry balances in each currency, and undoing it all restores every balance', async () => {
  const numbers = ['US-2026-1001', 'US-2026-1002', 'US-2026-1003', 'INV-2026-1001'];
  const text = (minor: bigint) => `${minor / 100n}.${(minor % 100n).toString().padStart(2, '0')}`;
  const line = fc.record({
    instructed: fc.bigInt({ min: 100n, max: 150_000n }),
    rate: fc.constantFrom('0.92134', '0.9', '1.08537', '1'),
    off: fc.constantFrom(0n, 0n, 0n, 1n, 500n, 20_000n),
    charged: fc.constantFrom('', '', 'EUR', 'USD'),
    number: fc.constantFrom(...numbers),
    decision: fc.constantFrom('leave', 'confirm', 'rate', 'money'),
    settle: fc.bigInt({ min: 1n, max: 30_000n }),
  });
  let exchanged = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 4 }), async (given) => {
      const first = BigInt(lines().length) + 1n;
      const bookedMinor = await book(
        given.map(({ instructed, rate, off, charged, number }) => {
          const amount = convertMinor(instructed, 'USD', 'EUR', { rate, unitCurrency: 'USD' })! - off;
          const booked = text(amount > 0n ? amount : 1n);
          const taken = charged === '' ? '' : charges('5.00', charged);
          return {
            amount: booked,
            details: details(text(instructed), booked, rate, taken),
            text: number,
            ...MUSTER,
          };
        }),
      );
      await run();
      given.forEach(({ decision, number, settle }, at) => {
        const bankTransactionId = `${first + BigInt(at)}`;
        const { match, suggestions } = desk.reconciliation.item(bankTransactionId);
        if (match || decision === 'leave') return;
        const isOwn = number.startsWith('INV');
        const exchange = decision === 'rate' ? { rate: '0.93' } : { moneyMinor: settle };
        try {
          if (decision === 'confirm' && suggestions.length === 0) return;
          const allocations = [hand(number, settle)];
          const by = decision === 'confirm' ? {} : { allocations, ...(isOwn ? {} : { exchange }) };
          desk.reconciliation.confirm({ bankTransactionId, ...by }, analyst);
        } catch (error) {
          // What a person asks for may be refused, by name; nothing is written then.
          expect(String((error as { code?: string }).code)).toMatch(/^(MATCH|INPUT)_/);
        }
      });
      exchanged += lines().filter(({ status, exchange }) => status !== 'suggested' && exchange).length;
      await expectBooksInOrder();
      // A run looks at everything again, so that lines of before may stand matched, too.
      for (const { bankTransactionId } of lines()) {
        if (desk.reconciliation.item(bankTransactionId).match)
          desk.reconciliation.undo({ bankTransactionId }, analyst);
      }
      expect(books()).toEqual({ ...OWED, 'unapplied-cash EUR': -bookedMinor });
      for (const number of numbers) expect(openMinor(number)).toBe(OPEN[number]);
    }),
    { numRuns: 10 },
  );
  expect(exchanged).toBeGreaterThan(0);
}, 60_000);

describe('postings between two currencies', () => {
  const minor = fc.bigInt({ min: 1n, max: 10n ** 12n });
  const settlements = fc
    .record({
      sizes: fc.array(fc.tuple(minor, fc.bigInt({ min: 0n, max: 9n })), { minLength: 1, maxLength: 5 }),
      money: minor,
      rest: fc.bigInt({ min: 0n, max: 10n ** 6n }),
      chargesMinor: fc.bigInt({ min: 0n, max: 10n ** 6n }),
    })
    .map(({ sizes, money, rest, chargesMinor }) => {
      const allocations = sizes.map(([size, less], at) => ({
        openItemId: BigInt(at),
        allocatedMinor: size + 2n * less,
        discountMinor: less,
        chargesMinor: less,
      }));
      const exchange = {
        currency: 'USD',
        moneyMinor: money,
        chargesMinor,
        rate: '1.1',
        unitCurrency: 'EUR',
        rateFrom: 'entry' as const,
      };
      return { settlement: { allocations, exchange } satisfies Settlement, moneyMinor: money + rest };
    });
  const sums = (postings: ReturnType<typeof matchPostings>) => {
    const found = new Map<string, bigint>();
    for (const { currency = 'EUR', amountMinor } of postings) {
      found.set(currency, (found.get(currency) ?? 0n) + amountMinor);
    }
    return [...found.values()];
  };

  test('sum to zero in each, pre-posted or not, and their opposite takes them back', () => {
    fc.assert(
      fc.property(settlements, ({ settlement, moneyMinor }) => {
        for (const postings of [matchPostings(settlement), prePostings(moneyMinor, settlement)]) {
          expect(sums(postings).every((sum) => sum === 0n)).toBe(true);
          expect(sums([...postings, ...opposite(postings)]).every((sum) => sum === 0n)).toBe(true);
        }
      }),
    );
  });

  test('less money settles its share, never more', () => {
    fc.assert(
      fc.property(settlements, fc.bigInt({ min: 1n, max: 10n ** 12n }), ({ settlement }, leftMinor) => {
        const less = lessOf(settlement, leftMinor);
        expect(moneyOf(less) <= leftMinor).toBe(true);
        expect(moneyUsed(less.allocations) <= moneyUsed(settlement.allocations)).toBe(true);
        expect(sums(matchPostings(less)).every((sum) => sum === 0n)).toBe(true);
      }),
    );
  });
});
