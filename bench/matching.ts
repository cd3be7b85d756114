/**
 * Matching: the published corpus by the engine alone, over several seeds, and the whole run of the desk on an
 * encrypted vault; with the share that was matched, how much of it was wrong, and how long it took.
 */
import { serialize } from 'node:v8';
import {
  type BenchmarkReport,
  benchmarkInput,
  benchmarkText,
  FULL_SIZES,
  runBenchmark,
} from '../src/main/benchmark/index.ts';
import { type Corpus, corpusFiles, customersCsv, invoicesCsv, makeCorpus } from '../src/main/corpus/index.ts';
import { createOnlineMatcher, type OnlineMatcher } from '../src/main/reconciliation/index.ts';
import { analyst, openDesk } from '../test/reconciliation/support.ts';
import { syntheticSet } from '../test/reconciliation/synthetic.ts';
import { type BenchFigure, type BenchOptions, type BenchSection, percentile } from './figure.ts';
import { type Baseline, matchByNumberAlone } from './matching-baseline.ts';

const SECTION = 'matching';
/** Six seeds of 50,000 payments each: 300,000 in which nothing may be matched falsely. */
const SEEDS = [1, 2, 3, 4, 5, 6];
const QUICK_SIZES = { customers: 500, items: 10_000, payments: 5_000 };

export const benchMatching: BenchSection = async (options) => {
  const sizes = options.quick ? QUICK_SIZES : FULL_SIZES;
  const corpus = makeCorpus({ seed: SEEDS[0]!, ...sizes });
  const references = referencesOf(corpus);
  const seeds = options.quick ? SEEDS.slice(0, 1) : SEEDS;
  const reports = await reportsOf(seeds, options, { sizes });
  options.say('the same with every fifth customer on the list under another name and without an account');
  const incomplete = await reportsOf(seeds, options, { sizes, isListIncomplete: true });
  return [
    ...engineFigures(reports, references),
    ...incompleteFigures(incomplete, reports, references),
    ...onlineFigures(options),
    ...(await deskFigures(options, corpus, reports[0]!)),
  ];
};

async function reportsOf(
  seeds: readonly number[],
  { say }: BenchOptions,
  options: Parameters<typeof runBenchmark>[1],
): Promise<BenchmarkReport[]> {
  const reports: BenchmarkReport[] = [];
  for (const seed of seeds) {
    const report = await runBenchmark(seed, { ...options, say });
    for (const line of benchmarkText(report).split('\n')) say(line);
    reports.push(report);
  }
  return reports;
}

/** What the engine is held against, measured on the first seed. */
interface References extends Baseline {
  /** Handing all of the input over to a thread at once. */
  readonly cloneMs: number;
  readonly inputMb: number;
}

function referencesOf(corpus: Corpus): References {
  const input = benchmarkInput(corpus);
  const { transactions, items, customers } = input;
  const beforeMs = processorMs();
  structuredClone({ transactions, items, customers });
  const cloneMs = processorMs() - beforeMs;
  const inputMb = serialize({ transactions, items, customers }).length / 1_048_576;
  return { ...matchByNumberAlone(corpus, input), cloneMs, inputMb };
}

/** The Brier score of whoever always tells the share that is right. */
function constantBrier(reports: readonly BenchmarkReport[]): number {
  const bins = reports.flatMap(({ all }) => all.calibration.bins);
  const count = bins.reduce((sum, each) => sum + each.count, 0);
  const right = bins.reduce((sum, each) => sum + each.right * each.count, 0) / count;
  return right * (1 - right);
}

function engineFigures(reports: readonly BenchmarkReport[], references: References): BenchFigure[] {
  const worst = (of: (report: BenchmarkReport) => number): number => Math.max(...reports.map(of));
  const least = (of: (report: BenchmarkReport) => number): number => Math.min(...reports.map(of));
  const wrong = reports.flatMap(({ falseMatches }) => falseMatches);
  const exact = (value: number) => ({ name: 'exact number and amount', value });
  const figures: Omit<BenchFigure, 'section'>[] = [
    {
      name: 'ISO-compliant, matched by itself, worst seed',
      value: 100 * least((each) => each.isoCompliant.matchRate),
      unit: '%',
      reference: exact(references.isoPercent),
      goal: { of: 'value', atLeast: 99.5 },
    },
    {
      name: 'of what has an answer, matched by itself, worst seed',
      value: 100 * least((each) => each.all.matchRate ?? 0),
      unit: '%',
      reference: exact(references.percent),
      goal: { of: 'value', atLeast: 95 },
    },
    {
      name: 'false matches over all seeds',
      value: wrong.length,
      unit: 'payments',
      reference: exact(references.falseMatches * reports.length),
      goal: { of: 'value', atMost: 0 },
    },
    {
      name: 'false matches on look-alikes',
      value: wrong.filter((each) => each.class === 'look-alike').length,
      unit: 'payments',
      reference: exact(references.falseLookAlikes * reports.length),
      goal: { of: 'value', atMost: 0 },
    },
    {
      name: 'Brier score, worst seed',
      value: worst((each) => each.all.calibration.brier),
      unit: '',
      reference: { name: 'a constant probability', value: constantBrier(reports) },
    },
    {
      name: 'engine on its worker, all payments, slowest seed',
      value: worst((each) => each.engine.wallMs) / 1000,
      unit: 's',
      reference: exact(references.tookMs / 1000),
      goal: { of: 'value', atMost: 10 },
    },
    {
      name: 'the same, processor time of all threads',
      value: worst((each) => each.engine.processorMs) / 1000,
      unit: 's',
      reference: exact(references.tookMs / 1000),
    },
    {
      name: 'longest turn of the event loop meanwhile, processor time',
      value: worst((each) => each.engine.longestHoldMs),
      unit: 'ms',
      reference: { name: 'the input handed over at once', value: references.cloneMs },
      goal: { of: 'value', atMost: 50 },
    },
    {
      name: 'memory beyond the input at its peak',
      value: worst((each) => each.engine.peakMb),
      unit: 'MB',
      reference: { name: 'the input, serialised', value: references.inputMb },
    },
  ];
  return figures.map((figure) => ({ section: SECTION, ...figure }));
}

/** A list of customers that lacks names and accounts may cost matches, and never makes a false one. */
function incompleteFigures(
  incomplete: readonly BenchmarkReport[],
  whole: readonly BenchmarkReport[],
  { falseMatches }: References,
): BenchFigure[] {
  const least = (reports: readonly BenchmarkReport[]): number =>
    100 * Math.min(...reports.map(({ all }) => all.matchRate ?? 0));
  return [
    {
      section: SECTION,
      name: 'incomplete list of customers: false matches over all seeds',
      value: incomplete.reduce((sum, each) => sum + each.falseMatches.length, 0),
      unit: 'payments',
      reference: { name: 'exact number and amount', value: falseMatches * incomplete.length },
      goal: { of: 'value', atMost: 0 },
    },
    {
      section: SECTION,
      name: 'incomplete list of customers: of what has an answer, matched by itself, worst seed',
      value: least(incomplete),
      unit: '%',
      reference: { name: 'the whole list', value: least(whole) },
    },
  ];
}

/** One payment at a time against what is open, as money on instant rails is decided. */
function onlineFigures({ quick, say }: BenchOptions): BenchFigure[] {
  const sizes = quick
    ? { customers: 500, items: 10_000, transactions: 2_000 }
    : { customers: 5_000, items: 100_000, transactions: 10_000 };
  say(`deciding ${sizes.transactions} payments one by one against ${sizes.items} open items`);
  const set = syntheticSet({ seed: 7, ...sizes });
  const building = createOnlineMatcher(set.items, set.customers);
  let matcher: OnlineMatcher | undefined;
  let longestSliceMs = 0;
  const buildingMs = processorMs();
  while (!matcher) {
    const beforeMs = performance.now();
    const step = building.next();
    longestSliceMs = Math.max(longestSliceMs, performance.now() - beforeMs);
    if (step.done) matcher = step.value;
  }
  const buildMs = processorMs() - buildingMs;
  const decidingMs = processorMs();
  // Processor time is counted too coarsely for one decision; the clock says more where nothing else runs.
  const tookMs = set.transactions.map((transaction) => {
    const beforeMs = performance.now();
    matcher.decide(transaction);
    return performance.now() - beforeMs;
  });
  const meanMs = (processorMs() - decidingMs) / set.transactions.length;
  const reference = { name: 'mean processor time', value: meanMs };
  const figures: Omit<BenchFigure, 'section'>[] = [
    { name: 'one decision online, p50', value: percentile(tookMs, 50), unit: 'ms', reference },
    {
      name: 'one decision online, p99',
      value: percentile(tookMs, 99),
      unit: 'ms',
      reference,
      goal: { of: 'value', atMost: 1 },
    },
    {
      name: 'longest slice of building its indexes',
      value: longestSliceMs,
      unit: 'ms',
      reference: { name: 'all of it at once', value: buildMs },
    },
  ];
  return figures.map((figure) => ({ section: SECTION, ...figure }));
}

/** The whole run: read, open, match, post, record, on an encrypted vault. */
async function deskFigures(
  { say }: BenchOptions,
  corpus: Corpus,
  { engine, sizes }: BenchmarkReport,
): Promise<BenchFigure[]> {
  const desk = await openDesk({ checkpoints: 'worker' });
  // The reader's thread does not keep the process awake by itself.
  const awake = setInterval(() => {}, 1_000);
  try {
    say('importing the corpus into a vault');
    await importCorpus(desk, corpus);
    say('matching on the vault');
    const holds = watchHolds();
    const first = await desk.reconciliation.run(analyst);
    const longestHoldMs = holds.stop();
    const second = await desk.reconciliation.run(analyst);
    const seconds = first.durationMs / 1000;
    const alone = engine.wallMs / 1000;
    const figures: Omit<BenchFigure, 'section'>[] = [
      {
        name: 'run on a vault, matched and posted',
        value: first.considered / seconds,
        unit: 'payments/s',
        reference: { name: 'the engine alone', value: sizes.payments / alone },
      },
      {
        name: 'run on a vault, all booked payments',
        value: seconds,
        unit: 's',
        reference: { name: 'the engine alone', value: alone },
      },
      {
        name: 'run again, nothing new',
        value: second.durationMs / 1000,
        unit: 's',
        reference: { name: 'the first run', value: seconds },
      },
      {
        name: 'longest turn of the event loop in the run, processor time',
        value: longestHoldMs,
        unit: 'ms',
        reference: { name: 'the engine alone', value: engine.longestHoldMs },
        goal: { of: 'value', atMost: 50 },
      },
    ];
    return figures.map((figure) => ({ section: SECTION, ...figure }));
  } finally {
    clearInterval(awake);
    desk.close();
  }
}

async function importCorpus(desk: Awaited<ReturnType<typeof openDesk>>, corpus: Corpus): Promise<void> {
  await desk.import('customers.csv', customersCsv(corpus));
  await desk.import('invoices.csv', invoicesCsv(corpus));
  for (const { name, content } of corpusFiles(corpus)) await desk.import(name, content);
}

/** Processor time of this thread: what a turn of the loop took, whatever else the machine does. */
function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Measures every turn of the event loop until it is stopped; answers the longest. */
function watchHolds(): { stop(): number } {
  let running = true;
  let longestMs = 0;
  const turn = (beforeMs: number): void => {
    longestMs = Math.max(longestMs, processorMs() - beforeMs);
    if (running) setImmediate(turn, processorMs());
  };
  setImmediate(turn, processorMs());
  return {
    stop() {
      running = false;
      return longestMs;
    },
  };
}
