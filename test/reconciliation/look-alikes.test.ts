/** Names that two customers of a group bear equally well: what tells them apart, and what does not. */
import { describe, expect, test } from 'vitest';
import { runEngine } from '../../src/main/reconciliation/engine.ts';
import type { MatchCustomer } from '../../src/main/reconciliation/types.ts';
import { item, payment } from './cases.ts';

const SHARED = 'DE77500105171000001394';
const UNKNOWN = 'DE12500105170648489890';

const customer = (customerId: string, name: string, given: Partial<MatchCustomer> = {}): MatchCustomer => ({
  customerId,
  name,
  aliases: [],
  ibans: [],
  ...given,
});

interface Case {
  readonly customers: readonly MatchCustomer[];
  readonly payer: { readonly name?: string; readonly iban?: string; readonly onBehalfOf?: string };
  /** What the sister owes; the payment names the first customer's item of 43,712.14. */
  readonly sisterCents?: bigint;
}

/** The text names an item of the first customer by its number, and the amount is its amount. */
function statusOf({ customers, payer, sisterCents = 4_371_214n }: Case): string {
  const items = [
    item('910095843', customers[0]!.customerId, 4_371_214n),
    item('INV-2026-070144', customers[1]!.customerId, sisterCents),
  ];
  const paid = payment({ cents: 4_371_214n, text: 'Fattura n. 910095843', ...payer });
  return runEngine({ transactions: [paid], items, customers }).decisions[0]!.status;
}

const short = customer('C1', 'Filerstein Räder Analytics B.V.', { ibans: [SHARED] });
const long = customer('C2', 'Filerstein Räder Analytics Benelux B.V.', { ibans: [SHARED] });

describe('an invoice number of one sister, an amount that both owe', () => {
  test.each<[string, Case, string]>([
    [
      'a name cut where the longer one goes on',
      { customers: [short, long], payer: { name: 'FILERSTEIN RAEDER ANALYTICS', iban: SHARED } },
      'suggested',
    ],
    [
      'the same in the middle of a word that begins like a legal form',
      { customers: [short, long], payer: { name: 'Filerstein Räder Analytics B', iban: UNKNOWN } },
      'suggested',
    ],
    [
      'the whole name of the one',
      { customers: [short, long], payer: { name: 'Filerstein Räder Analytics B.V.', iban: SHARED } },
      'auto',
    ],
    [
      'a cut name, and the sister owes another amount',
      {
        customers: [short, long],
        payer: { name: 'FILERSTEIN RAEDER ANALYTICS', iban: SHARED },
        sisterCents: 4_371_215n,
      },
      'auto',
    ],
    [
      'an alias of the one that is the name of the other without its form',
      {
        customers: [
          customer('C1', 'Känn Pharma AG', { aliases: ['Känn Pharma'] }),
          customer('C2', 'Känn Pharma GmbH & Co. KG'),
        ],
        payer: { name: 'Känn Pharma' },
      },
      'suggested',
    ],
    [
      'somebody else pays for whoever bears the cut name',
      {
        customers: [short, long],
        payer: { name: 'Zahldienst Trading Ltd', onBehalfOf: 'FILERSTEIN RAEDER ANALYTICS' },
      },
      'suggested',
    ],
    [
      'somebody else pays for the one by its whole name',
      {
        customers: [short, long],
        payer: { name: 'Zahldienst Trading Ltd', onBehalfOf: 'Filerstein Räder Analytics B.V.' },
      },
      'auto',
    ],
    [
      'a cut name that only the other has',
      {
        customers: [
          customer('C1', 'Päderelli & Partner Druckerei GmbH', { ibans: [SHARED] }),
          customer('C2', 'Päderelli & Partner Maschinenbau GmbH', { ibans: [SHARED] }),
        ],
        payer: { name: 'PAEDERELLI & PARTNER MASCHI', iban: SHARED },
      },
      'suggested',
    ],
  ])('%s', (_, given, status) => {
    expect(statusOf(given)).toBe(status);
  });

  test('a round price that many owe: the sister is among them, however many come before her', () => {
    const others = Array.from({ length: 60 }, (_, at) => customer(`A${at}`, `Stranger ${at} AG`));
    const customers = [short, long, ...others];
    const items = [
      item('910095843', 'C1', 1_800_000n),
      item('INV-2026-070144', 'C2', 1_800_000n, { dueOn: '2026-12-31' }),
      ...others.map(({ customerId }, at) => item(`INV-2026-${100_000 + at}`, customerId, 1_800_000n)),
    ];
    const paid = payment({ cents: 1_800_000n, text: '910095843', name: 'Filerstein Räder Analytics' });
    expect(runEngine({ transactions: [paid], items, customers }).decisions[0]!.status).toBe('suggested');
  });
});

/**
 * The second customer is the sister, and stands on the list as `Konto 17`. The text names the first one's item;
 * an empty text names nothing.
 */
describe('a list of customers that does not know the sister by her name', () => {
  const sister = customer('C2', 'Konto 17');
  const listed = customer('C1', 'Fatzson Furniture Baltic B.V.', { ibans: [SHARED] });
  const statusFor = (
    payer: Case['payer'],
    given: { readonly text?: string; readonly sister?: MatchCustomer; readonly sisterCents?: bigint } = {},
  ): string => {
    const items = [
      item('910095843', 'C1', 4_371_214n),
      item('INV-2026-070144', 'C2', given.sisterCents ?? 4_371_214n),
    ];
    const paid = payment({ cents: 4_371_214n, text: given.text ?? 'Fattura n. 910095843', ...payer });
    const customers = [listed, given.sister ?? sister];
    return runEngine({ transactions: [paid], items, customers }).decisions[0]!.status;
  };

  test.each<[string, Case['payer'], string]>([
    ['a name on no list, without an account', { name: 'Fatzson Pharma Baltic B.V.' }, 'suggested'],
    [
      'a name on no list, an account on none',
      { name: 'Fatzson Pharma Baltic B.V.', iban: UNKNOWN },
      'suggested',
    ],
    [
      "another form of the customer's name",
      { name: 'Fatzson Furniture Baltic AG', iban: UNKNOWN },
      'suggested',
    ],
    [
      "the customer's name without its form, from another account",
      { name: 'Fatzson Furniture Baltic', iban: UNKNOWN },
      'suggested',
    ],
    [
      "a sister's name, from the group's account",
      { name: 'Fatzson Pharma Baltic B.V.', iban: SHARED },
      'suggested',
    ],
    [
      'an ultimate debtor on no list',
      { name: 'Zahldienst Ltd', onBehalfOf: 'Fatzson Pharma Baltic B.V.' },
      'suggested',
    ],
    ["the customer's own name and account", { name: 'Fatzson Furniture Baltic B.V.', iban: SHARED }, 'auto'],
    [
      "the customer's whole name, from another account",
      { name: 'FATZSON FURNITURE BALTIC B.V.', iban: UNKNOWN },
      'auto',
    ],
    ["the customer's name without its form, no account told", { name: 'Fatzson Furniture Baltic' }, 'auto'],
    ["the customer's account, no name told", { iban: SHARED }, 'auto'],
  ])('%s, and she owes just this amount', (_, payer, status) => {
    expect(statusFor(payer)).toBe(status);
  });

  const stranger = { name: 'Fatzson Pharma Baltic B.V.', iban: UNKNOWN };
  test('who owes another amount, or whose account is known to be another, has not paid', () => {
    expect(statusFor(stranger, { sisterCents: 4_371_215n })).toBe('auto');
    const known = customer('C2', 'Konto 17', { ibans: ['DE75512108001245126199'] });
    expect(statusFor(stranger, { sister: known })).toBe('auto');
    expect(statusFor({ name: stranger.name }, { sister: known })).toBe('suggested');
  });

  test("without a reference the customer's account does not speak for a payer of another name", () => {
    const silent = { text: 'Rechnung', sisterCents: 1n };
    expect(statusFor({ name: 'Fatzson Furniture Baltic s.r.o.', iban: SHARED }, silent)).toBe('suggested');
    expect(statusFor({ name: 'Fatzson Furniture Baltic', iban: UNKNOWN }, silent)).toBe('suggested');
    expect(statusFor({ name: 'Fatzson Furniture Baltic B.V.', iban: SHARED }, silent)).toBe('auto');
  });

  test('a form that goes on after a whole one is another company', () => {
    const group = { name: 'Fatzson Furniture Baltic B.V. & Co. KG', iban: SHARED };
    expect(statusFor(group)).toBe('suggested');
  });
});
