import { describe, expect, test } from 'vitest';
import { engineSteps } from '../../src/main/reconciliation/engine.ts';
import { createOnlineMatcher, type OnlineMatcher } from '../../src/main/reconciliation/online.ts';
import type { MatchItem, MatchTransaction } from '../../src/main/reconciliation/types.ts';
import { customers, item, MUSTER_IBAN, payment } from './cases.ts';

/** The engine may hold whoever calls it for this long, whatever it is given. */
const MOST_MS = 50;

function matcherOf(items: readonly MatchItem[], known = customers): OnlineMatcher {
  const building = createOnlineMatcher(items, known);
  for (;;) {
    const step = building.next();
    if (step.done) return step.value;
  }
}

/**
 * Processor time of a decision, by the mean of several after a first one: whatever else the machine does, and
 * however coarsely it counts.
 */
function decideTimed(matcher: OnlineMatcher, transaction: MatchTransaction) {
  const decision = matcher.decide(transaction);
  const before = process.threadCpuUsage();
  for (let turn = 0; turn < 5; turn += 1) matcher.decide(transaction);
  const { user, system } = process.threadCpuUsage(before);
  return { decision, meanMs: (user + system) / 5_000 };
}

const many = (count: number, cents: (at: number) => bigint): MatchItem[] =>
  Array.from({ length: count }, (_, at) => item(`INV-2026-${100_000 + at}`, 'C1001', cents(at)));

const lump = (cents: bigint): MatchTransaction =>
  payment({ cents, text: 'lt. Avis', name: 'Muster Handels GmbH', iban: MUSTER_IBAN });

describe('hostile books', () => {
  test.each<[string, readonly MatchItem[], MatchTransaction]>([
    ['many equal amounts', many(60, () => 10_000n), lump(300_000n)],
    ['many equal amounts and one cent that never fits', many(60, () => 10_000n), lump(300_001n)],
    ['powers of two', many(60, (at) => 1n << BigInt(at % 50)), lump((1n << 49n) - 1n)],
    [
      'forty-eight items whose sums all lie together',
      many(48, (at) => 1_000_003n + BigInt(at * at)),
      lump(24_000_500n),
    ],
    [
      'ten thousand items of one customer',
      many(10_000, (at) => 5_000n + BigInt((at * 7_919) % 90_000)),
      lump(1_234_567n),
    ],
    ['ten thousand equal items of one customer', many(10_000, () => 5_000n), lump(500_000n)],
    [
      'invoices and as many credit notes that cancel out',
      many(60, () => 10_000n).map((each, at) => (at % 2 ? { ...each, kind: 'credit_note' as const } : each)),
      lump(50_001n),
    ],
    [
      'references that share all but one digit',
      Array.from({ length: 2_000 }, (_, at) =>
        item(`INV-2026-77${1_000 + at}`, 'C1001', 5_000n + BigInt(at)),
      ),
      payment({ cents: 777_777n, text: 'INV-2026-77X INV-2026-7710 INV 2026 771 00', iban: MUSTER_IBAN }),
    ],
    [
      'one number on a thousand items',
      Array.from({ length: 1_000 }, (_, at) =>
        item(`A${String.fromCharCode(65 + (at % 26))}${at}-4711471`, 'C1001', 5_000n),
      ),
      payment({ cents: 5_000n, text: '4711471 4711472 4711473', iban: MUSTER_IBAN }),
    ],
    [
      'a text of nothing but numbers',
      many(400, (at) => 5_000n + BigInt(at)),
      payment({ cents: 99_999_999n, text: '10010 '.repeat(3_000), iban: MUSTER_IBAN }),
    ],
    [
      'a text that names two hundred items',
      many(400, (at) => 5_000n + BigInt(at * 13)),
      payment({
        cents: 1_111_111n,
        text: Array.from({ length: 200 }, (_, at) => `INV-2026-${100_000 + at}`).join(' '),
        iban: MUSTER_IBAN,
      }),
    ],
    [
      'a text that names forty items, no part of which is the money',
      many(40, (at) => 1_000_003n + BigInt(at * at)),
      payment({
        cents: 20_000_501n,
        text: Array.from({ length: 40 }, (_, at) => `INV-2026-${100_000 + at}`).join(' '),
        iban: MUSTER_IBAN,
      }),
    ],
    [
      'twelve damaged numbers, each of which may be four items',
      Array.from({ length: 48 }, (_, at) =>
        item(
          `INV-2026-${500_000 + 1_000 * Math.trunc(at / 4) + (at % 4)}`,
          'C1001',
          1_000_003n + BigInt(at * at),
        ),
      ),
      payment({
        cents: 12_009_001n,
        text: Array.from({ length: 12 }, (_, at) => `INV-2026-${500_009 + 1_000 * at}`).join(', '),
        iban: MUSTER_IBAN,
      }),
    ],
  ])('%s', (_, items, transaction) => {
    const { decision, meanMs } = decideTimed(matcherOf(items), transaction);
    expect(decision.status).not.toBe('auto');
    expect(meanMs).toBeLessThan(MOST_MS);
  });

  // Four sisters with one name and one account: all their items are searched, with discounts and without.
  const sisters = ['GmbH', 'AG', 'KG', 'SE'].map((form, at) => ({
    customerId: `C${at}`,
    name: `Muster Handels ${form}`,
    aliases: ['Muster Handels'],
    ibans: [MUSTER_IBAN],
  }));
  test.each<[string, (at: number) => bigint]>([
    ['equal amounts', () => 10_000n],
    ['powers of two', (at) => 1n << BigInt(at % 50)],
    ['sums that all lie together', (at) => 1_000_003n + BigInt(at * at)],
    ['sums that lie everywhere', (at) => 1_000_000n + BigInt((at * 7_919) % 99_991)],
  ])('three thousand items of each of four sisters: %s', (_, cents) => {
    const items = sisters.flatMap(({ customerId }, at) =>
      Array.from({ length: 3_000 }, (_, place) =>
        item(`INV-2026-${1_000_000 + at * 10_000 + place}`, customerId, cents(place), {
          discountPpm: 20_000,
          discountUntil: '2026-12-31',
        }),
      ),
    );
    const matcher = matcherOf(items, sisters);
    const sum = items.slice(0, 60).reduce((total, each) => total + each.amountMinor, 0n);
    for (const part of [2n, 3n, 5n]) {
      for (const text of ['lt. Avis', 'INV-2026-1000003 INV-2026-1010007']) {
        const lump = payment({ cents: sum / part + 7n, text, name: 'Muster Handels', iban: MUSTER_IBAN });
        const { decision, meanMs } = decideTimed(matcher, lump);
        expect(decision.status).not.toBe('auto');
        expect(meanMs).toBeLessThan(MOST_MS);
      }
    }
  });

  test('ten thousand documents in one remittance: some are read, and it is said that there are more', () => {
    const documents = (from: number) =>
      Array.from({ length: 100 }, (_, at) => ({
        number: `INV-2026-${100_000 + ((from * 100 + at) % 3_000)}`,
        amountMinor: 100n,
      }));
    const structured = Array.from({ length: 100 }, (_, at) => ({
      reference: `RF18${at}00000${at}`,
      documents: documents(at),
    }));
    const { decision, meanMs } = decideTimed(
      matcherOf(many(3_000, (at) => 5_000n + BigInt(at * 13))),
      payment({ cents: 1_000_000n, iban: MUSTER_IBAN, remittance: { unstructured: [], structured } }),
    );
    expect(decision.notes.map(({ code }) => code)).toContain('search-not-complete');
    expect(meanMs).toBeLessThan(MOST_MS);
  });

  test.each([
    '1 ',
    "1'111",
    'RF18 5390 ',
    'DE89 3704 0044 ',
    'INV-2026-10000 ',
    'O1',
    'SVWZ+',
    'A1B2',
    '/REMI/',
  ])('a long text of nothing but %s', (text) => {
    const matcher = matcherOf(many(3_000, (at) => 5_000n + BigInt(at * 13)));
    const paid = payment({ cents: 999_999n, text: text.repeat(2_000), iban: MUSTER_IBAN });
    expect(decideTimed(matcher, paid).meanMs).toBeLessThan(MOST_MS);
  });

  test.each<[string, readonly MatchItem[], (at: number) => MatchTransaction]>([
    [
      'a payment for every part of one item',
      [item('INV-2026-300000', 'C1001', 10_000_000n)],
      (at) => payment({ cents: 10_000n + BigInt(at), text: 'INV-2026-300000', iban: MUSTER_IBAN }),
    ],
    [
      'fifteen payments of each item',
      many(40, () => 10_000n),
      (at) => payment({ cents: 10_000n, text: `INV-2026-${100_000 + (at % 40)}`, iban: MUSTER_IBAN }),
    ],
    [
      'payments of two items each, each item wanted twice',
      many(300, (at) => 10_000n + BigInt(at)),
      (at) =>
        payment({
          cents: 20_001n + 2n * BigInt(at % 299),
          text: `INV-2026-${100_000 + (at % 299)} INV-2026-${100_001 + (at % 299)}`,
          iban: MUSTER_IBAN,
        }),
    ],
  ])('a run over 600 payments yields in time: %s', (_, items, paid) => {
    const transactions = Array.from({ length: 600 }, (_, at) => paid(at));
    const longestMs = (): number => {
      const steps = engineSteps({ transactions, items, customers });
      let longest = 0;
      for (let isDone = false; !isDone; ) {
        const before = process.threadCpuUsage();
        isDone = steps.next().done === true;
        const { user, system } = process.threadCpuUsage(before);
        longest = Math.max(longest, (user + system) / 1_000);
      }
      return longest;
    };
    // A collection of garbage falls into one step of one run; what a step costs itself it costs in both.
    expect(Math.min(longestMs(), longestMs())).toBeLessThan(MOST_MS);
  });

  test('a search that gives up says so, with or without something to propose', () => {
    const equal = decideTimed(matcherOf(many(60, () => 10_000n)), lump(30_000n)).decision;
    expect(equal.status).toBe('unmatched');
    expect(equal.notes.map(({ code }) => code)).toContain('search-not-complete');
    const nothing = decideTimed(
      matcherOf(many(48, (at) => 1_000_003n + BigInt(at * at))),
      lump(24_000_500n),
    ).decision;
    expect(nothing.status).toBe('unmatched');
    expect(nothing.notes.map(({ code }) => code)).toContain('search-not-complete');
  });

  test('over many open items an exact sum is no evidence, and what it may be mistaken for is told', () => {
    const items = many(44, (at) => 10_000n + BigInt((at * 37) % 500));
    const sum = items[3]!.amountMinor + items[17]!.amountMinor + items[29]!.amountMinor;
    const { decision } = decideTimed(matcherOf(items), lump(sum));
    expect(decision.status).toBe('suggested');
    const [best] = decision.explanations;
    expect(best!.certificate.others.length).toBeGreaterThan(0);
    expect(best!.rivals).toBeGreaterThanOrEqual(best!.certificate.others.length);
    expect(best!.certificate.complete).toBe(false);
  });

  test('the certificate of a clear match: considered alone, everything looked at', () => {
    const items = [item('INV-2026-1001', 'C1001', 119_017n), item('INV-2026-1002', 'C1001', 80_000n)];
    const decision = matcherOf(items).decide(
      payment({ cents: 119_017n, text: 'INV-2026-1001', name: 'Muster Handels GmbH', iban: MUSTER_IBAN }),
    );
    expect(decision.status).toBe('auto');
    expect(decision.explanations[0]).toMatchObject({
      rivals: 0,
      ground: 'clear',
      certificate: { considered: 1, others: [], complete: true },
    });
    expect(decision.explanations[0]!.probability).toBeGreaterThan(0.999);
  });
});
