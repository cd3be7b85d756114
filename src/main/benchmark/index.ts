/** The matching benchmark: the published corpus through the engine, held against the truth. */
import { type Corpus, type CorpusOptions, makeCorpus } from '../corpus/index.ts';
import { type EngineResult, engineSteps } from '../reconciliation/index.ts';
import { type BenchmarkInput, benchmarkInput } from './input.ts';
import { type Judgement, judge } from './judge.ts';
import { checkReportSeed } from './seeds.ts';

export type { Calibration, ReliabilityBin } from './calibration.ts';
export { type BenchmarkInput, benchmarkInput } from './input.ts';
export { type ClassReport, type FalseMatch, type Judgement, judge } from './judge.ts';
export { CALIBRATION_SEEDS, checkReportSeed, REPORT_SEEDS } from './seeds.ts';
export { benchmarkText } from './text.ts';

export type BenchmarkSizes = Omit<CorpusOptions, 'seed'>;

export const FULL_SIZES: BenchmarkSizes = { customers: 5_000, items: 100_000, payments: 50_000 };

export interface EngineTimes {
  /** From the first step to the last, the indexes included. */
  readonly wallMs: number;
  readonly processorMs: number;
  /** Processor time of the longest step between two chances for the event loop. */
  readonly longestStepMs: number;
  /** What the engine's indexes and results hold of memory beyond the input. */
  readonly heapMb: number;
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
    readonly signal?: AbortSignal;
    readonly say?: (text: string) => void;
  } = {},
): Promise<BenchmarkReport> {
  checkReportSeed(seed);
  const sizes = options.sizes ?? FULL_SIZES;
  options.say?.(`seed ${seed}: making ${sizes.payments} payments and ${sizes.items} open items`);
  const corpus = makeCorpus({ seed, ...sizes });
  const input = benchmarkInput(corpus);
  options.say?.('matching');
  const { result, engine } = await timedEngine(input, options.signal);
  return reportOf({ seed, sizes, corpus, input, result, engine });
}

function reportOf(run: {
  seed: number;
  sizes: BenchmarkSizes;
  corpus: Corpus;
  input: BenchmarkInput;
  result: EngineResult;
  engine: EngineTimes;
}): BenchmarkReport {
  const { seed, sizes, corpus, input, result, engine } = run;
  const judgement = judge(corpus, input, result);
  const iso = judgement.classes.filter(({ class: name }) => name.startsWith('iso-'));
  const withAnswer = iso.reduce((sum, each) => sum + each.withAnswer, 0);
  const matched = iso.reduce((sum, each) => sum + each.matched, 0);
  return {
    seed,
    sizes,
    engine,
    isoCompliant: { withAnswer, matched, matchRate: withAnswer === 0 ? 0 : matched / withAnswer },
    ...judgement,
  };
}

/** Runs the engine step by step and measures each; the event loop has its turn every few milliseconds. */
export async function timedEngine(
  input: BenchmarkInput,
  signal?: AbortSignal,
): Promise<{ result: EngineResult; engine: EngineTimes }> {
  const heapBefore = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  const startMs = performance.now();
  const processorStart = processorMs();
  let longestStepMs = 0;
  const steps = engineSteps(input);
  for (let sliceMs = performance.now(); ; ) {
    const before = processorMs();
    const step = steps.next();
    longestStepMs = Math.max(longestStepMs, processorMs() - before);
    if (step.done) {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      const engine = {
        wallMs: performance.now() - startMs,
        processorMs: processorMs() - processorStart,
        longestStepMs,
        heapMb: (heapUsed + arrayBuffers - heapBefore) / 1_048_576,
      };
      return { result: step.value, engine };
    }
    if (performance.now() - sliceMs < SLICE_MS) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    sliceMs = performance.now();
  }
}

const SLICE_MS = 20;

/** Processor time of this thread: what a step took, whatever else the machine does. */
function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
