/** The report as people read it. Pure. */
import type { BenchmarkReport } from './index.ts';
import type { ClassReport } from './judge.ts';

const percent = (share: number | null): string => (share === null ? '-' : `${(share * 100).toFixed(2)} %`);

/** The report as a table and a few lines. */
export function benchmarkText(report: BenchmarkReport): string {
  const { seed, sizes, engine, classes, all, isoCompliant } = report;
  const rows = [
    ['class', 'payments', 'answer', 'matched', 'by line', 'by value', 'false', 'to people', 'Brier'],
    ...[...classes, all].map((each) => row(each)),
  ];
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((cells) => cells[at]!.length)));
  const table = rows.map((cells) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  '),
  );
  const reliability = all.calibration.bins.map(
    ({ from, to, count, told, right }) =>
      `  told ${from} to ${to}: ${count} payments, on average ${told.toFixed(4)}, right ${right.toFixed(4)}`,
  );
  return [
    `Matching, seed ${seed}: ${sizes.payments} payments, ${sizes.items} open items, ${sizes.customers} customers`,
    ...table,
    `ISO-compliant payments: ${percent(isoCompliant.matchRate)} matched automatically`,
    `Engine: ${(engine.wallMs / 1000).toFixed(2)} s (${(engine.processorMs / 1000).toFixed(2)} s of processor), longest turn of the event loop ${engine.longestHoldMs.toFixed(1)} ms, ${engine.peakMb.toFixed(0)} MB more memory at its peak`,
    'Reliability of the best explanation:',
    ...reliability,
  ].join('\n');
}

function row(each: ClassReport): string[] {
  return [
    each.class,
    `${each.payments}`,
    `${each.withAnswer}`,
    `${each.matched}`,
    percent(each.matchRate),
    percent(each.matchRateByValue),
    `${each.falseMatches}`,
    percent(each.leftToPeople),
    each.calibration.brier.toFixed(5),
  ];
}
