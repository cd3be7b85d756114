/**
 * Matching: the published corpus by the engine alone, over several seeds, and the whole run of the desk on an
 * encrypted vault; with the share that was matched, how much of it was wrong, and how long it took.
 */
import {
  type BenchmarkReport,
  benchmarkText,
  FULL_SIZES,
  runBenchmark,
} from '../src/main/benchmark/index.ts';
import { type Corpus, corpusFiles, customersCsv, invoicesCsv, makeCorpus } from '../src/main/corpus/index.ts';
import { createOnlineMatcher, type OnlineMatcher } from '../src/main/reconciliation/index.ts';
import { analyst, openDesk } from '../test/reconciliation/support.ts';
import { syntheticSet } from '../test/reconciliation/synthetic.ts';
import { type BenchFigure, type BenchOptions, type BenchSection, percentile } from './figure.ts';

const SECTION = 'matching';
/** Six seeds of 50,000 payments each: 300,000 in which nothing may be matched falsely. */
const SEEDS = [1, 2, 3, 4, 5, 6];
const QUICK_SIZES = { customers: 500, items: 10_000, payments: 5_000 };

export const benchMatching: BenchSection = async (options) => [
  ...(await engineFigures(options)),
  ...onlineFigures(options),
  ...(await deskFigures(options)),
];

async function engineFigures({ quick, say }: BenchOptions): Promise<BenchFigure[]> {
  const reports: BenchmarkReport[] = [];
  for (const seed of quick ? SEEDS.slice(0, 1) : SEEDS) {
    const report = await runBenchmark(seed, { sizes: quick ? QUICK_SIZES : FULL_SIZES, say });
    for (const line of benchmarkText(report).split('\n')) say(line);
    reports.push(report);
  }
  const worst = (of: (report: BenchmarkReport) => number): number => Math.max(...reports.map(of));
  const least = (of: (report: BenchmarkReport) => number): number => Math.min(...reports.map(of));
  const falseIn = (name: string | undefined): number =>
    reports
      .flatMap(({ falseMatches }) => falseMatches)
      .filter((each) => name === undefined || each.class === name).length;
  const figure = (name: string, value: number, unit: string, goal?: BenchFigure['goal']): BenchFigure => ({
    section: SECTION,
    name,
    value,
    unit,
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    figure(
      'ISO-compliant, matched by itself, worst seed',
      100 * least((each) => each.isoCompliant.matchRate),
      '%',
      {
        of: 'value',
        atLeast: 99.5,
      },
    ),
    figure(
      'of what has an answer, matched by itself, worst seed',
      100 * least((each) => each.all.matchRate ?? 0),
      '%',
      {
        of: 'value',
        atLeast: 95,
      },
    ),
    figure('false matches over all seeds', falseIn(undefined), 'payments', { of: 'value', atMost: 0 }),
    figure('false matches on look-alikes', falseIn('look-alike'), 'payments', { of: 'value', atMost: 0 }),
    figure(
      'Brier score, worst seed',
      worst((each) => each.all.calibration.brier),
      '',
    ),
    figure(
      'engine on its worker, all payments, slowest seed',
      worst((each) => each.engine.wallMs) / 1000,
      's',
      {
        of: 'value',
        atMost: 10,
      },
    ),
    figure('the same, processor time of all threads', worst((each) => each.engine.processorMs) / 1000, 's'),
    figure(
      'longest turn of the event loop meanwhile, processor time',
      worst((each) => each.engine.longestHoldMs),
      'ms',
      {
        of: 'value',
        atMost: 50,
      },
    ),
    figure(
      'memory beyond the input at its peak',
      worst((each) => each.engine.peakMb),
      'MB',
    ),
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
  while (!matcher) {
    const beforeMs = processorMs();
    const step = building.next();
    longestSliceMs = Math.max(longestSliceMs, processorMs() - beforeMs);
    if (step.done) matcher = step.value;
  }
  const tookMs = set.transactions.map((transaction) => {
    const beforeMs = processorMs();
    matcher.decide(transaction);
    return processorMs() - beforeMs;
  });
  const goal = { of: 'value', atMost: 1 } as const;
  return [
    {
      section: SECTION,
      name: 'one decision online, p50, processor time',
      value: percentile(tookMs, 50),
      unit: 'ms',
    },
    {
      section: SECTION,
      name: 'one decision online, p99, processor time',
      value: percentile(tookMs, 99),
      unit: 'ms',
      goal,
    },
    { section: SECTION, name: 'longest slice of building its indexes', value: longestSliceMs, unit: 'ms' },
  ];
}

/** The whole run: read, open, match, post, record, on an encrypted vault. */
async function deskFigures({ quick, say }: BenchOptions): Promise<BenchFigure[]> {
  const corpus = makeCorpus({ seed: SEEDS[0]!, ...(quick ? QUICK_SIZES : FULL_SIZES) });
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
    const perSecond = first.considered / (first.durationMs / 1000);
    return [
      { section: SECTION, name: 'run on a vault, matched and posted', value: perSecond, unit: 'payments/s' },
      {
        section: SECTION,
        name: 'run on a vault, all booked payments',
        value: first.durationMs / 1000,
        unit: 's',
      },
      { section: SECTION, name: 'run again, nothing new', value: second.durationMs / 1000, unit: 's' },
      {
        section: SECTION,
        name: 'longest turn of the event loop in the run, processor time',
        value: longestHoldMs,
        unit: 'ms',
        goal: { of: 'value', atMost: 50 },
      },
    ];
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
