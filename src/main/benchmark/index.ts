/** The matching benchmark: the published corpus through the engine, held against the truth. */
import { type CorpusOptions, makeCorpus, withIncompleteList } from '../corpus/index.ts';
import { defaultPolicy, hostEngine, type Outcome } from '../reconciliation/index.ts';
import { type BenchmarkInput, benchmarkInput } from './input.ts';
import { type Judgement, judge } from './judge.ts';
import { checkReportSeed } from './seeds.ts';

export type { Calibration, ReliabilityBin } from './calibration.ts';
export { type BenchmarkInput, benchmarkInput } from './input.ts';
export { type ClassReport, type FalseMatch, isSettled, type Judgement, judge } from './judge.ts';
export { CALIBRATION_SEEDS, checkReportSeed, REPORT_SEEDS } from './seeds.ts';
export { benchmarkText } from './text.ts';

export type BenchmarkSizes = Omit<CorpusOptions, 'seed'>;

export const FULL_SIZES: BenchmarkSizes = { customers: 5_000, items: 100_000, payments: 50_000 };

export interface EngineTimes {
  /** From handing the input over to having every outcome, the indexes and the worker's start included. */
  readonly wallMs: number;
  /** Processor time of all threads meanwhile. */
  readonly processorMs: number;
  /** Processor time of the longest turn of the event loop that handed over and took back. */
  readonly longestHoldMs: number;
  /** Growth of the process' memory at its greatest, input left out. */
  readonly peakMb: number;
}

export interface BenchmarkReport extends Judgement {
  readonly seed: number;
  readonly sizes: BenchmarkSizes;
  readonly engine: EngineTimes;
  /** Classes in ISO 20022 with a reference or a number as it should be. */
  readonly isoCompliant: {
    readonly withAnswer: number;
    readonly matched: number;
    readonly matchRate: number;
  };
}

/**
 * Makes the corpus of `seed`, runs the engine over it and judges the outcome.
 * Errors: INPUT_INVALID where the seed is one that thresholds are set on.
 */
export async function runBenchmark(
  seed: number,
  options: {
    readonly sizes?: BenchmarkSizes;
    /** Every fifth customer stands on the list under another name, see `withIncompleteList`. */
    readonly isListIncomplete?: boolean;
    readonly signal?: AbortSignal;
    readonly say?: (text: string) => void;
  } = {},
): Promise<BenchmarkReport> {
  checkReportSeed(seed);
  const sizes = options.sizes ?? FULL_SIZES;
  options.say?.(`seed ${seed}: making ${sizes.payments} payments and ${sizes.items} open items`);
  const made = makeCorpus({ seed, ...sizes });
  const corpus = options.isListIncomplete ? withIncompleteList(made) : made;
  const input = benchmarkInput(corpus);
  options.say?.('matching');
  const { outcomes, engine } = await timedEngine(input, options.signal);
  return reportOf({ seed, sizes, engine, judgement: judge(corpus, input, outcomes) });
}

function reportOf(run: {
  seed: number;
  sizes: BenchmarkSizes;
  engine: EngineTimes;
  judgement: Judgement;
}): BenchmarkReport {
  const { judgement, ...told } = run;
  const iso = judgement.classes.filter(({ class: name }) => name.startsWith('iso-'));
  const withAnswer = iso.reduce((sum, each) => sum + each.withAnswer, 0);
  const matched = iso.reduce((sum, each) => sum + each.matched, 0);
  const matchRate = withAnswer === 0 ? 0 : matched / withAnswer;
  return { ...told, isoCompliant: { withAnswer, matched, matchRate }, ...judgement };
}

/** Runs the engine where the desk runs it, on a worker thread where the set is large, and measures. */
export async function timedEngine(
  input: BenchmarkInput,
  signal?: AbortSignal,
): Promise<{ outcomes: readonly Outcome[]; engine: EngineTimes }> {
  const memoryBefore = process.memoryUsage().rss;
  const processorBefore = processorMs(process.cpuUsage());
  const startMs = performance.now();
  const watch = watchLoop();
  const outcomes = await hostEngine(
    { ...input, policy: defaultPolicy, rejected: new Map() },
    { runtime: { monotonicMs: () => performance.now() }, signal },
  );
  const { longestHoldMs, peakBytes } = watch.stop();
  const engine = {
    wallMs: performance.now() - startMs,
    processorMs: processorMs(process.cpuUsage()) - processorBefore,
    longestHoldMs,
    peakMb: (peakBytes - memoryBefore) / 1_048_576,
  };
  return { outcomes, engine };
}

const LOOK_MS = 1;

/** Looks at the event loop all the time: the processor time of its turns, the memory of the process. */
function watchLoop(): { stop(): { longestHoldMs: number; peakBytes: number } } {
  let longestHoldMs = 0;
  let peakBytes = 0;
  let beforeMs = processorMs(process.threadCpuUsage());
  const look = (): void => {
    const nowMs = processorMs(process.threadCpuUsage());
    longestHoldMs = Math.max(longestHoldMs, nowMs - beforeMs);
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    beforeMs = processorMs(process.threadCpuUsage());
  };
  // Turns follow one another, so that the time between two looks is that of one turn.
  let running = true;
  const turn = (): void => {
    look();
    if (running) setTimeout(() => setImmediate(turn), LOOK_MS);
  };
  turn();
  return {
    stop() {
      running = false;
      look();
      return { longestHoldMs, peakBytes };
    },
  };
}

/** Processor time rather than the clock's: what it took, whatever else the machine does. */
function processorMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}
