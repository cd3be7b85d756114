import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runEngine } from '../../src/main/reconciliation/engine.ts';
import { hostEngine } from '../../src/main/reconciliation/engine-host.ts';
import {
  type CustomerLearning,
  LearnedIndex,
  type LearnedPoint,
  nameKey,
} from '../../src/main/reconciliation/learned-index.ts';
import {
  type Lesson,
  type LessonPoint,
  learnedFrom,
  learnedId,
  lessonPoints,
  parseLearnedId,
  type SettledItem,
} from '../../src/main/reconciliation/lessons.ts';
import { readRemittance } from '../../src/main/reconciliation/normalise-remittance.ts';
import { createOnlineMatcher } from '../../src/main/reconciliation/online.ts';
import { defaultPolicy } from '../../src/main/reconciliation/policy.ts';
import type { MatchItem, MatchTransaction } from '../../src/main/reconciliation/types.ts';
import { customers, item, MUSTER_IBAN, NORD_IBAN, type PaymentCase, payment } from './cases.ts';
import { seeded, syntheticSet } from './synthetic.ts';

const STRANGER = { name: 'Zahlstelle Brandt GmbH', iban: 'DE44500105175407324931' };

const settled = (of: MatchItem, given: Partial<SettledItem> = {}): SettledItem => ({
  item: of,
  allocatedMinor: of.amountMinor,
  discountMinor: 0n,
  chargesMinor: 0n,
  ...given,
});

describe('what one decision teaches', () => {
  const invoice = item('INV-1', 'C1001', 50_000n, { discountPpm: 20_000, discountUntil: '2026-10-10' });
  const told = (given: PaymentCase, ...items: SettledItem[]) =>
    lessonPoints(payment(given), items.length > 0 ? items : [settled(invoice)], defaultPolicy).map(
      ({ what, text, days }) => [what, text, ...(days === undefined ? [] : [days])],
    );

  test.each<[string, PaymentCase, SettledItem[], unknown[]]>([
    [
      'name and account of the debtor',
      STRANGER,
      [],
      [
        ['name', STRANGER.name],
        ['account', STRANGER.iban],
      ],
    ],
    ['nothing where nobody is named', {}, [], []],
    ['no name of which nothing is left', { name: '- & -' }, [], []],
    ['no account too short to be one', { iban: '4711' }, [], []],
    [
      'of a payment on behalf of another only the other',
      { ...STRANGER, onBehalfOf: 'Muster Filiale Ost' },
      [],
      [['name', 'Muster Filiale Ost']],
    ],
    [
      'an ultimate debtor who is the debtor hides nothing',
      { ...STRANGER, onBehalfOf: STRANGER.name },
      [],
      [
        ['name', STRANGER.name],
        ['account', STRANGER.iban],
      ],
    ],
    ['nothing of outgoing money', { ...STRANGER, direction: 'debit' }, [], []],
    ['nothing of money that comes back', { ...STRANGER, reversal: true }, [], []],
    [
      'a discount of the terms that was taken late',
      { bookingDate: '2026-10-20' },
      [settled(invoice, { discountMinor: 1_000n })],
      [['late-discount', '', 10]],
    ],
    [
      'no habit of a discount within its grace',
      { bookingDate: '2026-10-13' },
      [settled(invoice, { discountMinor: 1_000n })],
      [],
    ],
    [
      'no habit of a discount that no terms give',
      { bookingDate: '2026-10-20' },
      [settled(invoice, { discountMinor: 9_000n })],
      [],
    ],
    ['a sum that nobody stated', {}, [settled(invoice, { chargesMinor: 1_250n })], [['charges', 'EUR 1250']]],
    [
      'no habit of charges that the bank states',
      { charges: [{ amountMinor: 1_250n, currency: 'EUR', direction: 'debit' }] },
      [settled(invoice, { chargesMinor: 1_250n })],
      [],
    ],
  ])('%s', (_, given, items, points) => {
    expect(told(given, ...items)).toEqual(points);
  });
});

let lastMatch = 0n;
function lesson(customerId: string, itemIds: bigint[], ...points: LessonPoint[]): Lesson {
  lastMatch += 1n;
  const of = { transactionId: 100n + lastMatch, matchId: lastMatch, customerId, customerRow: 1n, itemIds };
  return { ...of, actor: 'analyst', decidedAtMs: 0n, points };
}
const named = (text: string): LessonPoint => ({ what: 'name', key: nameKey(text), text });

describe('what decisions teach together', () => {
  test('equal names are one thing; it names the first decision, whatever the order', () => {
    const lessons = [
      lesson('C1', [1n], named('Brandt & Söhne GmbH')),
      lesson('C1', [2n], named('BRANDT SOEHNE GMBH')),
      lesson('C1', [3n], named('Brandt & Söhne AG')),
    ];
    const things = learnedFrom(lessons);
    expect(learnedFrom([...lessons].reverse())).toEqual(things);
    // A sister of another legal form is another name; an umlaut written out is another spelling of none.
    expect(things.map(({ text, lessons: count }) => [text, count])).toEqual(
      nameKey('Brandt & Söhne GmbH') === nameKey('BRANDT SOEHNE GMBH')
        ? [
            ['Brandt & Söhne GmbH', 2],
            ['Brandt & Söhne AG', 1],
          ]
        : [
            ['Brandt & Söhne GmbH', 1],
            ['BRANDT SOEHNE GMBH', 1],
            ['Brandt & Söhne AG', 1],
          ],
    );
    expect(parseLearnedId(learnedId(things[0]!))).toEqual({ matchId: lessons[0]!.matchId, what: 'name' });
  });

  test('decisions about the same item count once, also where a third joins them', () => {
    const apart = [lesson('C1', [1n], named('X Bau')), lesson('C1', [2n], named('X Bau'))];
    expect(learnedFrom(apart)[0]!.lessons).toBe(2);
    expect(learnedFrom([...apart, lesson('C1', [1n, 2n], named('X Bau'))])[0]!.lessons).toBe(1);
  });

  test('a late discount remembers the latest', () => {
    const late = (days: number): LessonPoint => ({ what: 'late-discount', key: '', text: '', days });
    expect(learnedFrom([lesson('C1', [1n], late(6)), lesson('C1', [2n], late(9))])[0]).toMatchObject({
      lessons: 2,
      days: 9,
    });
  });

  test.each(['', '1', 'x-name', '1-names', '1-name ', `${'9'.repeat(19)}-name`])(
    '%j names nothing',
    (text) => {
      expect(parseLearnedId(text)).toBeUndefined();
    },
  );
});

const point = (what: LearnedPoint['what'], key: string, lessons: number, days?: number): LearnedPoint => ({
  ...{ what, key, lessons, source: 7n },
  ...(days === undefined ? {} : { days }),
});
const knows = (customerId: string, ...points: LearnedPoint[]): CustomerLearning => ({ customerId, points });
const isCalled = (name: string, lessons: number) => point('name', nameKey(name), lessons);
const paysFrom = (account: string, lessons: number) => point('account', account, lessons);

describe('the index of what was learned', () => {
  const asked = payment(STRANGER);
  const found = (...learned: CustomerLearning[]) => {
    const index = new LearnedIndex();
    for (const each of learned) index.set(each);
    return index
      .payers(asked, readRemittance(asked))
      .map(({ customerId, lessons, by, isShared }) => [customerId, lessons, by, isShared]);
  };

  test.each<[string, CustomerLearning[], unknown[]]>([
    ['nobody', [], []],
    ['by name', [knows('C1', isCalled('ZAHLSTELLE BRANDT GmbH', 1))], [['C1', 1, 'name', false]]],
    ['not a name that is only like it', [knows('C1', isCalled('Zahlstelle Brand GmbH', 5))], []],
    [
      'by both, the more often decided',
      [knows('C1', isCalled(STRANGER.name, 1), paysFrom(STRANGER.iban, 2))],
      [['C1', 2, 'name account', false]],
    ],
    [
      'shared by two customers',
      [knows('C1', paysFrom(STRANGER.iban, 3)), knows('C2', paysFrom(STRANGER.iban, 1))],
      [
        ['C1', 3, 'account', true],
        ['C2', 1, 'account', true],
      ],
    ],
    [
      'a name of one customer and an account of another make neither certain',
      [knows('C1', isCalled(STRANGER.name, 3)), knows('C2', paysFrom(STRANGER.iban, 3))],
      [
        ['C1', 3, 'name', true],
        ['C2', 3, 'account', true],
      ],
    ],
    [
      'a shared name and an account of its own',
      [
        knows('C1', isCalled(STRANGER.name, 3), paysFrom(STRANGER.iban, 2)),
        knows('C2', isCalled(STRANGER.name, 1)),
      ],
      [
        ['C1', 2, 'account', false],
        ['C2', 1, 'name', true],
      ],
    ],
    [
      'what nine customers share is nobody’s',
      Array.from({ length: 9 }, (_, at) => knows(`C${at}`, paysFrom(STRANGER.iban, 3))),
      [],
    ],
    ['what was unlearned is gone', [knows('C1', paysFrom(STRANGER.iban, 3)), knows('C1')], []],
  ])('%s', (_, learned, expected) => {
    expect(found(...learned)).toEqual(expected);
  });
});

/** Decides one payment against the items with and without what was learned, online and in a run. */
function decide(
  transaction: MatchTransaction,
  items: readonly MatchItem[],
  learned: CustomerLearning[] = [],
) {
  const { decisions } = runEngine({ transactions: [transaction], items, customers, learned });
  const building = createOnlineMatcher(items, customers);
  let step = building.next();
  while (!step.done) step = building.next();
  for (const each of learned) step.value.setLearning(each);
  const online = step.value.decide(transaction);
  const best = decisions[0]!.explanations[0];
  expect(online.status).toBe(decisions[0]!.status);
  expect(online.explanations[0]?.probability).toBe(best?.probability);
  return {
    status: online.status,
    codes: best?.explanation.evidence.map(({ code }) => code) ?? [],
    obstacles: best?.explanation.obstacles ?? [],
    score: best?.explanation.score ?? Number.NEGATIVE_INFINITY,
  };
}

describe('a payer whom only decisions know', () => {
  const owed = item('INV-2026-4711', 'C1001', 48_317n);
  const money = payment({ ...STRANGER, cents: 48_317n, text: 'vielen Dank' });
  const learnedTimes = (lessons: number) => [knows('C1001', paysFrom(STRANGER.iban, lessons))];

  test('makes a better proposal after one decision, and is certain after three', () => {
    const never = decide(money, [owed]);
    expect(never).toMatchObject({ status: 'suggested', obstacles: ['payer-not-certain'] });
    expect(never.codes).toContain('payer-unknown');
    for (const lessons of [1, 2]) {
      const hinted = decide(money, [owed], learnedTimes(lessons));
      expect(hinted).toMatchObject({ status: 'suggested', obstacles: ['payer-not-certain'] });
      expect(hinted.codes).toContain('learned-alias');
      expect(hinted.score).toBeCloseTo(never.score + 1.5);
      // Nobody is called unknown whom the reason beside it knows.
      expect(hinted.codes).toContain('payer-unlisted');
      expect(hinted.codes).not.toContain('payer-unknown');
    }
    const firm = decide(money, [owed], learnedTimes(3));
    expect(firm).toMatchObject({ status: 'auto', obstacles: [] });
    expect(firm.codes).toContain('learned-alias');
  });

  test('finds a sum of several items that nobody would have looked for', () => {
    const others = [item('INV-2026-4714', 'C1001', 31_193n), item('INV-2026-4715', 'C1001', 22_787n)];
    const both = payment({ ...STRANGER, cents: 31_193n + 22_787n });
    expect(decide(both, [owed, ...others]).status).toBe('unmatched');
    const hinted = decide(both, [owed, ...others], learnedTimes(1));
    expect(hinted.status).toBe('suggested');
    expect(hinted.codes).toEqual(expect.arrayContaining(['amount-sum', 'learned-alias']));
  });

  test('of an amount that is a price, or that another item has too, stays a proposal', () => {
    const price = item('INV-2026-4712', 'C1001', 50_000n);
    expect(decide(payment({ ...STRANGER, cents: 50_000n }), [price], learnedTimes(9)).status).toBe(
      'suggested',
    );
    const twin = item('INV-2026-4713', 'C1001', 48_317n);
    expect(decide(money, [owed, twin], learnedTimes(9)).status).toBe('suggested');
  });

  test('learned for two customers is certain for neither', () => {
    const shared = [...learnedTimes(9), knows('C1004', paysFrom(STRANGER.iban, 1))];
    const decision = decide(money, [owed], shared);
    expect(decision).toMatchObject({ status: 'suggested', obstacles: ['payer-not-certain'] });
    expect(decision.codes).toContain('learned-shared');
  });

  test('a name that is like a customer’s stays a proposal, however often it was taught', () => {
    const sister = 'Nordlicht Logistik Nord AG';
    const learned = [knows('C1003', isCalled(sister, 9))];
    const decision = decide(
      payment({ name: sister, cents: 48_317n }),
      [item('INV-9', 'C1003', 48_317n)],
      learned,
    );
    expect(decision.status).toBe('suggested');
  });

  test('what lists and messages say comes first: a known account, a name, an ultimate debtor', () => {
    for (const given of [
      { iban: NORD_IBAN, name: STRANGER.name },
      { name: 'Nordlicht Logistik AG', iban: STRANGER.iban },
      { ...STRANGER, onBehalfOf: 'Nordlicht Logistik AG' },
    ]) {
      const taught = [knows('C1001', isCalled(STRANGER.name, 9), paysFrom(STRANGER.iban, 9))];
      const decision = decide(payment({ ...given, cents: 48_317n }), [owed], taught);
      expect(decision.status, JSON.stringify(given)).not.toBe('auto');
    }
  });

  test('a run on a worker thread knows it too', async () => {
    const rejected = new Map<bigint, ReadonlySet<string>>();
    const outcomes = await hostEngine(
      {
        transactions: [money],
        items: [owed],
        customers,
        learned: learnedTimes(3),
        policy: defaultPolicy,
        rejected,
      },
      { runtime: { monotonicMs: () => performance.now() }, workerFrom: 0 },
    );
    expect(outcomes[0]).toMatchObject({ status: 'auto' });
    expect(outcomes[0]!.explanations[0]!.evidence).toContainEqual({
      code: 'learned-alias',
      weight: 6,
      values: { lessons: '3', source: '7', by: 'account' },
    });
  });
});

describe('what a wrong decision can cause', () => {
  // Whatever is taught twice, of whomever: nothing is posted that would not be posted without it.
  test('no payment of a synthetic set is posted because of one decision or of two', () => {
    fc.assert(
      fc.property(fc.nat(10_000), (seed) => {
        const set = syntheticSet({ seed, customers: 16, items: 160, transactions: 80 });
        const random = seeded(seed + 1);
        const any = () => set.customers[Math.floor(random() * set.customers.length)]!.customerId;
        const learned = new Map<string, LearnedPoint[]>();
        for (const { debtor } of set.transactions) {
          const points: LearnedPoint[] = [];
          if (nameKey(debtor?.name) !== '') points.push(isCalled(debtor!.name!, 2));
          if (debtor?.account !== undefined) points.push(paysFrom(debtor.account, 2));
          const wrong = any();
          learned.set(wrong, [...(learned.get(wrong) ?? []), ...points]);
        }
        const taught = [...learned].map(([customerId, points]) => knows(customerId, ...points));
        const auto = (given: readonly CustomerLearning[]) =>
          new Map(
            runEngine({ ...set, learned: given })
              .decisions.filter(({ status }) => status === 'auto')
              .map(({ transactionId, explanations }) => [transactionId, explanations[0]!.explanation.key]),
          );
        const before = auto([]);
        for (const [transactionId, key] of auto(taught)) expect(before.get(transactionId)).toBe(key);
      }),
      { numRuns: 8 },
    );
  });

  test('the order in which it was learned changes nothing', () => {
    const set = syntheticSet({ seed: 5, customers: 16, items: 160, transactions: 80 });
    const learned = set.customers.map(({ customerId }, at) =>
      knows(customerId, isCalled(set.transactions[at]?.debtor?.name ?? 'Somebody', 1 + (at % 3))),
    );
    const told = (given: readonly CustomerLearning[]) =>
      runEngine({ ...set, learned: given }).decisions.map(({ status, explanations }) => [
        status,
        explanations.map(({ explanation }) => [explanation.key, explanation.score, explanation.evidence]),
      ]);
    expect(told([...learned].reverse())).toEqual(told(learned));
  });
});

describe('habits of payers', () => {
  const terms = { discountPpm: 20_000, discountUntil: '2026-10-10' } as const;
  const invoice = item('INV-2026-5001', 'C1001', 100_000n, terms);
  const known = { name: 'Muster Handels GmbH', iban: MUSTER_IBAN };
  const late = payment({ ...known, cents: 98_000n, text: 'INV-2026-5001', bookingDate: '2026-10-20' });
  const lateHabit = (lessons: number, days: number) => [
    knows('C1001', point('late-discount', '', lessons, days)),
  ];

  test.each<[string, CustomerLearning[], string]>([
    ['nobody has let it pass', [], 'suggested'],
    ['twice', lateHabit(2, 30), 'suggested'],
    ['three times, but never so late', lateHabit(3, 9), 'suggested'],
    ['three times, as late as this', lateHabit(3, 10), 'auto'],
    ['of another customer', [knows('C1002', point('late-discount', '', 9, 30))], 'suggested'],
  ])('a late discount: %s', (_, learned, status) => {
    const decision = decide(late, [invoice], learned);
    expect(decision.status).toBe(status);
    expect(decision.codes.includes('learned-late-discount')).toBe(status === 'auto');
  });

  const short = payment({ ...known, cents: 98_630n, text: 'INV-2026-5002' });
  const plain = item('INV-2026-5002', 'C1001', 100_000n);
  const feeHabit = (lessons: number, key = 'EUR 1370') => [knows('C1001', point('charges', key, lessons))];

  test.each<[string, CustomerLearning[], string]>([
    ['nobody has let it pass', [], 'suggested'],
    ['twice', feeHabit(2), 'suggested'],
    ['three times', feeHabit(3), 'auto'],
    ['three times another sum', feeHabit(3, 'EUR 1371'), 'suggested'],
    ['three times in another currency', feeHabit(3, 'USD 1370'), 'suggested'],
  ])('a sum that is missing: %s', (_, learned, status) => {
    expect(decide(short, [plain], learned).status).toBe(status);
  });

  test('a habit needs the reference and the payer', () => {
    const unnamed = payment({ ...known, cents: 98_630n });
    expect(decide(unnamed, [plain], feeHabit(9)).status).not.toBe('auto');
    const strange = payment({ ...STRANGER, cents: 98_630n, text: 'INV-2026-5002' });
    expect(decide(strange, [plain], feeHabit(9)).status).not.toBe('auto');
  });
});

describe('a customer who pays for another', () => {
  const sisters = { name: 'Nordlicht Logistik AG', iban: NORD_IBAN };
  const owed = item('INV-2026-6001', 'C1003', 48_317n);
  const money = payment({ ...sisters, cents: 48_317n, text: 'INV-2026-6001' });
  const paysFor = (lessons: number) => [
    knows('C1003', isCalled(sisters.name, lessons), paysFrom(NORD_IBAN, lessons)),
  ];

  test('is expected to after three decisions, where the payment names the invoice and pays it whole', () => {
    for (const lessons of [0, 1, 2]) {
      const learned = lessons === 0 ? [] : paysFor(lessons);
      expect(decide(money, [owed], learned).status, `${lessons}`).toBe('suggested');
    }
    const decision = decide(money, [owed], paysFor(3));
    expect(decision).toMatchObject({ status: 'auto', obstacles: [] });
    expect(decision.codes).toContain('learned-third-party');
  });

  test('not without the reference, not in part, not where it owes the same itself', () => {
    const wordless = payment({ ...sisters, cents: 48_317n });
    expect(decide(wordless, [owed], paysFor(9)).status).not.toBe('auto');
    const part = payment({ ...sisters, cents: 20_000n, text: 'INV-2026-6001 Abschlag' });
    expect(decide(part, [owed], paysFor(9)).status).not.toBe('auto');
    const own = item('INV-2026-6002', 'C1002', 48_317n);
    expect(decide(money, [owed, own], paysFor(9)).status).not.toBe('auto');
  });

  test('not where its own payments were decided by hand too: then it is nobody’s', () => {
    const both = [...paysFor(9), knows('C1002', paysFrom(NORD_IBAN, 1), isCalled(sisters.name, 1))];
    expect(decide(money, [owed], both).status).not.toBe('auto');
  });
});
