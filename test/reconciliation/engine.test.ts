import { describe, expect, test } from 'vitest';
import { runEngine } from '../../src/main/reconciliation/engine.ts';
import type { MatchItem, MatchTransaction } from '../../src/main/reconciliation/types.ts';
import { customers, item, MUSTER_IBAN, NORD_IBAN, NORD_SISTER_IBAN, payment } from './cases.ts';

const RF = 'RF18539007547034';
const open = [
  item('INV-2026-1001', 'C1001', 119_017n, { structuredReference: RF }),
  item('INV-2026-1002', 'C1001', 238_035n, { discountPpm: 20_000, discountUntil: '2026-11-10' }),
  item('INV-2026-1003', 'C1001', 75_580n),
  item('INV-2026-2001', 'C1002', 98_731n),
  item('INV-2026-2002', 'C1002', 412_055n),
  item('INV-2026-3001', 'C1003', 98_731n),
  item('INV-2026-4001', 'C1004', 31_020n),
  item('CN-2026-0001', 'C1001', 10_000n, { kind: 'credit_note' }),
  item('INV-2026-9001', 'C1001', 500_000n, { availableMinor: 0n }),
];

interface Seen {
  readonly status: string;
  readonly items: string;
  readonly remainder: bigint;
  readonly reasons: readonly string[];
}

function match(given: MatchTransaction, items: readonly MatchItem[] = open): Seen {
  const { decisions, items: sorted } = runEngine({ transactions: [given], items, customers });
  const decision = decisions[0]!;
  const best = decision.explanations[0]?.explanation;
  const settled = (best?.allocations ?? []).map((each) => {
    const { invoiceNumber } = sorted[each.itemIndex]!;
    const less = each.discountMinor + each.chargesMinor;
    return `${invoiceNumber}=${each.allocatedMinor}${less > 0n ? `-${less}` : ''}`;
  });
  return {
    status: decision.status,
    items: settled.sort().join(' '),
    remainder: best?.remainderMinor ?? 0n,
    reasons: (best?.evidence ?? decision.notes).map(({ code }) => code),
  };
}

const muster = { name: 'Muster Handels GmbH', iban: MUSTER_IBAN };
const one = 'INV-2026-1001=119017';

describe('how the text may name an item', () => {
  test.each<[string, Parameters<typeof payment>[0]]>([
    ['structured', { reference: RF }],
    [
      'structured, nobody known pays',
      { reference: RF, name: 'Zahlstelle XY', iban: 'DE02100100100006820101' },
    ],
    ['structured in free text', { text: 'Zahlung RF18 5390 0754 7034', ...muster }],
    ['the number', { text: 'INV-2026-1001', ...muster }],
    ['lower case', { text: 'inv-2026-1001 danke', ...muster }],
    ['other separators', { text: 'INV 2026/1001', ...muster }],
    ['no separators', { text: 'INV20261001', ...muster }],
    ['other prefix', { text: 'Re.Nr. 2026-1001', ...muster }],
    ['broken across lines', { text: 'Rechnung INV-2026-1\n001 vom 01.10.2026', ...muster }],
    ['in a German dialect', { text: 'EREF+X1 SVWZ+Rechnung INV-2026-1001', ...muster }],
    ['as the end-to-end id', { endToEndId: 'INV-2026-1001', ...muster }],
    ['letters for digits', { text: 'INV-2O26-IOO1', ...muster }],
    ['a digit wrong', { text: 'INV-2026-1081', ...muster }],
    ['digits swapped', { text: 'INV-2026-0101', ...muster }],
    ['a digit lost', { text: 'INV-2026-101', ...muster }],
    ['a digit too many', { text: 'INV-2026-10001', ...muster }],
    ['not at all', { text: 'vielen Dank', ...muster }],
    ['not at all, by name alone', { name: 'MUSTER HANDELS GMBH' }],
    [
      'by another, for the customer',
      { text: 'INV-2026-1001', name: 'Zahlstelle XY', onBehalfOf: 'Muster Handels GmbH' },
    ],
    ['customer number', { text: 'Kd. C1001', name: 'Zahlstelle XY' }],
  ])('%s', (_, given) => {
    expect(match(payment({ cents: 119_017n, ...given }))).toMatchObject({ status: 'auto', items: one });
  });
});

describe('how the money may fit', () => {
  test.each<[string, Parameters<typeof payment>[0], string, string]>([
    [
      'two items listed',
      { cents: 194_597n, text: 'INV-2026-1001, 1003', ...muster },
      'auto',
      `${one} INV-2026-1003=75580`,
    ],
    [
      'two items run together',
      { cents: 194_597n, text: 'INV20261001INV20261003', ...muster },
      'auto',
      `${one} INV-2026-1003=75580`,
    ],
    [
      'a range',
      { cents: 432_632n, text: 'INV-2026-1001 bis 1003', ...muster },
      'auto',
      `${one} INV-2026-1002=238035 INV-2026-1003=75580`,
    ],
    [
      'one named, the other completes',
      { cents: 194_597n, text: 'INV-2026-1001 u.a.', ...muster },
      'auto',
      `${one} INV-2026-1003=75580`,
    ],
    [
      'a lump sum',
      { cents: 194_597n, text: 'Sammelzahlung', ...muster },
      'auto',
      `${one} INV-2026-1003=75580`,
    ],
    [
      'a credit note taken off',
      { cents: 109_017n, text: 'INV-2026-1001 abzgl. CN-2026-0001', ...muster },
      'auto',
      `CN-2026-0001=-10000 ${one}`,
    ],
    [
      'discount in time',
      { cents: 233_274n, text: 'INV-2026-1002 abzgl. 2% Skonto', ...muster },
      'auto',
      'INV-2026-1002=238035-4761',
    ],
    [
      'discount, a cent rounded',
      { cents: 233_275n, text: 'INV-2026-1002', ...muster },
      'auto',
      'INV-2026-1002=238035-4760',
    ],
    [
      'discount much too late',
      { cents: 233_274n, text: 'INV-2026-1002', bookingDate: '2026-11-25', ...muster },
      'suggested',
      'INV-2026-1002=238035-4761',
    ],
    [
      'a part',
      { cents: 50_000n, text: 'INV-2026-1001 Teilzahlung', ...muster },
      'auto',
      'INV-2026-1001=50000',
    ],
    ['a part of an unnamed item', { cents: 50_000n, text: 'Anzahlung', ...muster }, 'unmatched', ''],
    ['too much', { cents: 130_000n, text: 'INV-2026-1001', ...muster }, 'auto', one],
    [
      'charges that the bank states',
      {
        cents: 118_017n,
        text: 'INV-2026-1001',
        ...muster,
        charges: [{ amountMinor: 1_000n, currency: 'EUR', direction: 'debit' }],
      },
      'auto',
      'INV-2026-1001=119017-1000',
    ],
    [
      'charges told by what was instructed',
      {
        cents: 118_017n,
        text: 'INV-2026-1001',
        ...muster,
        instructed: { amountMinor: 119_017n, currency: 'EUR' },
      },
      'auto',
      'INV-2026-1001=119017-1000',
    ],
    [
      'a small sum missing that nobody explains',
      { cents: 118_017n, text: 'INV-2026-1001', ...muster },
      'suggested',
      'INV-2026-1001=119017-1000',
    ],
    [
      'another currency',
      { cents: 119_017n, currency: 'USD', text: 'INV-2026-1001', ...muster },
      'unmatched',
      '',
    ],
  ])('%s', (_, given, status, items) => {
    expect(match(payment(given))).toMatchObject({ status, items });
  });

  test('an overpayment leaves its rest', () => {
    expect(match(payment({ cents: 130_000n, text: 'INV-2026-1001', ...muster })).remainder).toBe(10_983n);
  });

  test('structured remittance states what is paid of each document', () => {
    const seen = match(
      payment({
        cents: 169_017n,
        ...muster,
        remittance: {
          unstructured: [],
          structured: [
            {
              documents: [
                { number: 'INV-2026-1001', amountMinor: 119_017n },
                { number: 'INV-2026-1002', amountMinor: 50_000n },
              ],
            },
          ],
        },
      }),
    );
    expect(seen).toMatchObject({ status: 'auto', items: `${one} INV-2026-1002=50000` });
    expect(seen.reasons).toContain('amount-documents');
  });
});

describe('what is never posted without a person', () => {
  test.each<[string, Parameters<typeof payment>[0], string]>([
    ['a reversal', { cents: 119_017n, text: 'INV-2026-1001', reversal: true, ...muster }, 'unmatched'],
    [
      'a return by its code',
      { cents: 119_017n, text: 'INV-2026-1001', bankTransactionCode: '159/NTRF', ...muster },
      'unmatched',
    ],
    ['a return in words', { cents: 119_017n, text: 'Retoure INV-2026-1001', ...muster }, 'suggested'],
    [
      'a return by its reason',
      { cents: 119_017n, text: 'INV-2026-1001', returnReason: 'AC04', ...muster },
      'unmatched',
    ],
    [
      'money that goes out',
      { cents: 119_017n, text: 'INV-2026-1001', direction: 'debit', ...muster },
      'unmatched',
    ],
    ['the amount alone', { cents: 119_017n, text: 'danke' }, 'suggested'],
    [
      'another customer names the item',
      { cents: 119_017n, text: 'INV-2026-1001', name: 'Nordlicht Logistik AG', iban: NORD_IBAN },
      'suggested',
    ],
    ['an amount that a sister owes too', { cents: 98_731n, name: 'Nordlicht AG' }, 'suggested'],
    ['an item that is settled', { cents: 500_000n, text: 'INV-2026-9001', ...muster }, 'unmatched'],
    ['a round price without a reference', { cents: 49_000n, ...muster }, 'suggested'],
    [
      'an unknown number of the same form',
      { cents: 119_017n, text: 'INV-2026-7777', ...muster },
      'suggested',
    ],
    [
      'some of the items named',
      { cents: 119_017n, text: 'INV-2026-1001 INV-2026-1003', ...muster },
      'suggested',
    ],
  ])('%s', (_, given, status) => {
    const items = [...open, item('INV-2026-1049', 'C1001', 49_000n)];
    expect(match(payment(given), items).status).toBe(status);
  });

  test('two items of one amount and no reference: two rivals', () => {
    const twins = [item('INV-2026-5001', 'C1001', 77_731n), item('INV-2026-5002', 'C1001', 77_731n)];
    const { decisions } = runEngine({
      transactions: [payment({ cents: 77_731n, ...muster })],
      items: twins,
      customers,
    });
    expect(decisions[0]).toMatchObject({ status: 'suggested' });
    expect(decisions[0]!.explanations.map(({ rivals }) => rivals)).toEqual([1, 1]);
    expect(decisions[0]!.explanations[0]!.probability).toBeLessThan(0.51);
  });

  test('the sister whose account it is gets the match', () => {
    const seen = match(payment({ cents: 98_731n, name: 'Nordlicht Technik AG', iban: NORD_SISTER_IBAN }));
    expect(seen).toMatchObject({ status: 'auto', items: 'INV-2026-3001=98731' });
  });

  test('a sum that many subsets give is only proposed', () => {
    const many = Array.from({ length: 18 }, (_, at) =>
      item(`INV-2026-6${100 + at}`, 'C1001', BigInt(1_000 + at * 100)),
    );
    const { decisions } = runEngine({
      transactions: [payment({ cents: 7_800n, ...muster })],
      items: many,
      customers,
    });
    expect(decisions[0]!.status).not.toBe('auto');
  });
});

describe('several payments', () => {
  const run = (transactions: MatchTransaction[], items: readonly MatchItem[] = open) => {
    const { decisions } = runEngine({ transactions, items, customers });
    return new Map(decisions.map(({ transactionId, status, notes }) => [transactionId, { status, notes }]));
  };

  test('of a payment made twice the earlier one settles the item', () => {
    const second = payment({ cents: 119_017n, text: 'INV-2026-1001', bookingDate: '2026-11-03', ...muster });
    const first = payment({ cents: 119_017n, text: 'INV-2026-1001', bookingDate: '2026-11-02', ...muster });
    const found = run([second, first]);
    expect(found.get(first.id)!.status).toBe('auto');
    expect(found.get(second.id)).toMatchObject({ status: 'unmatched', notes: [{ code: 'settled-before' }] });
  });

  test('what a reference has settled makes the rest less ambiguous', () => {
    const twins = [item('INV-2026-5001', 'C1001', 77_731n), item('INV-2026-5002', 'C1001', 77_731n)];
    const named = payment({ cents: 77_731n, text: 'INV-2026-5001', ...muster });
    const unnamed = payment({ cents: 77_731n, ...muster });
    const found = run([unnamed, named], twins);
    expect([found.get(named.id)!.status, found.get(unnamed.id)!.status]).toEqual(['auto', 'auto']);
  });

  test('part payments fill an item and never more', () => {
    const parts = ['2026-11-01', '2026-11-02', '2026-11-03'].map((bookingDate) =>
      payment({ cents: 50_000n, text: 'INV-2026-1001 Teilzahlung', bookingDate, ...muster }),
    );
    const { decisions, items } = runEngine({ transactions: parts, items: open, customers });
    const settled = decisions
      .filter(({ status }) => status === 'auto')
      .flatMap(({ explanations }) => explanations[0]!.explanation.allocations)
      .reduce((sum, each) => sum + each.allocatedMinor, 0n);
    expect(settled).toBeLessThanOrEqual(
      items.find(({ invoiceNumber }) => invoiceNumber === 'INV-2026-1001')!.amountMinor,
    );
    expect(decisions.filter(({ status }) => status === 'auto').length).toBeGreaterThanOrEqual(2);
  });

  test('a rejection keeps the machine from that explanation for good', () => {
    const given = payment({ cents: 119_017n, text: 'INV-2026-1001', ...muster });
    const rejected = new Map([[given.id, new Set([open[0]!.id.toString()])]]);
    const { decisions } = runEngine({ transactions: [given], items: open, customers, rejected });
    expect(
      decisions[0]!.explanations.flatMap(({ explanation }) =>
        explanation.allocations.map((each) => each.itemIndex),
      ),
    ).toEqual([]);
    expect(decisions[0]!.notes.map(({ code }) => code)).toContain('rejected');
  });
});
