import { describe, expect, test } from 'vitest';
import { createOnlineMatcher, type OnlineMatcher } from '../../src/main/reconciliation/online.ts';
import type { MatchItem, MatchTransaction } from '../../src/main/reconciliation/types.ts';
import { customers, item, MUSTER_IBAN, payment } from './cases.ts';

/** The engine may hold whoever calls it for this long, whatever it is given. */
const MOST_MS = 50;

function matcherOf(items: readonly MatchItem[]): OnlineMatcher {
  const building = createOnlineMatcher(items, customers);
  for (;;) {
    const step = building.next();
    if (step.done) return step.value;
  }
}

/** Processor time of a decision: the least of several, so that what else the machine does counts little. */
function decideTimed(matcher: OnlineMatcher, transaction: MatchTransaction) {
  let leastMs = Infinity;
  for (let turn = 0; turn < 5; turn += 1) {
    const before = process.threadCpuUsage();
    matcher.decide(transaction);
    const { user, system } = process.threadCpuUsage(before);
    leastMs = Math.min(leastMs, (user + system) / 1000);
  }
  return { decision: matcher.decide(transaction), leastMs };
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
  ])('%s', (_, items, transaction) => {
    const { decision, leastMs } = decideTimed(matcherOf(items), transaction);
    expect(decision.status).not.toBe('auto');
    expect(leastMs).toBeLessThan(MOST_MS);
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
