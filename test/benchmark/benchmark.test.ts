import { describe, expect, test } from 'vitest';
import {
  benchmarkInput,
  benchmarkText,
  checkReportSeed,
  judge,
  runBenchmark,
} from '../../src/main/benchmark/index.ts';
import { makeCorpus } from '../../src/main/corpus/index.ts';
import type { Outcome } from '../../src/main/reconciliation/index.ts';

const SIZES = { customers: 200, items: 4_000, payments: 2_000 };

describe('the report', () => {
  test.each([0, 1_001, 1_500, 2_000, 1.5, -1])('seed %d is none of a report', (seed) => {
    expect(() => checkReportSeed(seed)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  test('on a small corpus: nothing false, the promises kept, sums that add up', async () => {
    const report = await runBenchmark(1, { sizes: SIZES });
    const { all, classes, isoCompliant } = report;
    expect(all.falseMatches).toBe(0);
    expect(isoCompliant.matchRate).toBeGreaterThanOrEqual(0.995);
    expect(all.matchRate).toBeGreaterThanOrEqual(0.95);
    expect(classes.reduce((sum, each) => sum + each.payments, 0)).toBe(SIZES.payments);
    expect(classes.reduce((sum, each) => sum + each.matched, 0)).toBe(all.matched);
    expect(all.calibration.bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(all.calibration.count);
    expect(all.calibration.brier).toBeLessThan(0.02);
    for (const { from, to, told } of all.calibration.bins) {
      expect(told).toBeGreaterThanOrEqual(from);
      expect(told).toBeLessThanOrEqual(to);
    }
    expect(benchmarkText(report)).toContain('ISO-compliant payments: ');
  });

  test('where the list of customers is incomplete less is matched, and nothing falsely', async () => {
    const whole = await runBenchmark(2, { sizes: SIZES });
    const { all } = await runBenchmark(2, { sizes: SIZES, isListIncomplete: true });
    expect(all.falseMatches).toBe(0);
    expect(all.matchRate).toBeGreaterThanOrEqual(0.9);
    expect(all.matchRate).toBeLessThan(whole.all.matchRate!);
  });

  test('the judge calls a wrong item, a wrong amount and money of nobody false', () => {
    const corpus = makeCorpus({ seed: 1_014, ...SIZES });
    const input = benchmarkInput(corpus);
    const outcomes = input.transactions.map(({ id }): Outcome => {
      const { settles } = corpus.truth.get(input.bankReferences.get(id)!)!;
      const [number, minor] = [...settles][0] ?? [input.items[0]!.invoiceNumber, 1n];
      const openItemId = input.items.find(({ invoiceNumber }) => invoiceNumber === number)!.id;
      return {
        transactionId: id,
        status: 'auto',
        notes: [],
        explanations: [
          {
            probabilityPpm: 999_000,
            rivals: 0,
            evidence: [],
            remainderMinor: 0n,
            allocations: [
              { openItemId, allocatedMinor: minor, discountMinor: 0n, chargesMinor: 0n, openMinor: 0n },
            ],
          },
        ],
      };
    });
    const { all, classes, falseMatches } = judge(corpus, input, outcomes);
    const of = (name: string) => classes.find((each) => each.class === name)!;
    expect(of('iso-structured')).toMatchObject({ falseMatches: 0, matchRate: 1, leftToPeople: 0 });
    // Only the first item of each: money of several items is matched falsely, and so is money of nobody.
    expect(of('lump-sum').falseMatches).toBeGreaterThan(0);
    expect(of('nobody').falseMatches).toBe(of('nobody').payments);
    expect(of('nobody').matchRate).toBe(null);
    expect(all.falseMatches).toBe(falseMatches.length);
  });
});
