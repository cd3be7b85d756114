/** Posting in batches and one at a time, and asking a ledger of a million entries. */
import { type BenchFigure, type BenchOptions, type BenchSection, median, percentile } from './figure.ts';
import { bareRate } from './ledger-bare.ts';
import { benchMillion } from './ledger-million.ts';
import { CALLER, openBenchLedger } from './ledger-vault.ts';

const ACCOUNTS = 200;
const CALLERS = 500;

const figure = (rest: Omit<BenchFigure, 'section'>): BenchFigure => ({ section: 'ledger', ...rest });

function timed(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

interface BatchRun {
  readonly rate: number;
  readonly medianMs: number;
}

/** Posts entries in batches to a new vault; the entries are made before the clock runs. */
async function batchRun(entries: number, batch: number): Promise<BatchRun> {
  const bench = await openBenchLedger(ACCOUNTS);
  try {
    const batches = Array.from({ length: Math.ceil(entries / batch) }, (_, at) =>
      bench.entries(at * batch, batch),
    );
    const times = batches.map((given) => timed(() => bench.ledger.post(given, CALLER)));
    const totalMs = times.reduce((sum, ms) => sum + ms, 0);
    return { rate: (batches.length * batch * 1000) / totalMs, medianMs: median(times) };
  } finally {
    bench.close();
  }
}

/** Bare, ours and bare again in turns, so that a noisy machine is noisy for both. */
async function benchBatches(options: BenchOptions): Promise<BenchFigure[]> {
  const entries = options.quick ? 40_000 : 100_000;
  const rounds = options.quick ? 1 : 3;
  const figures: BenchFigure[] = [];
  for (const batch of [1_000, 2_000, 4_096, 8_190]) {
    options.say(`posting in batches of ${batch}`);
    const bare: number[] = [];
    const ours: BatchRun[] = [];
    for (let round = 0; round < rounds; round += 1) {
      bare.push(bareRate({ entries, batch, accounts: ACCOUNTS }));
      ours.push(await batchRun(entries, batch));
      bare.push(bareRate({ entries, batch, accounts: ACCOUNTS }));
    }
    const value = median(ours.map((run) => run.rate));
    const name = `journal entries in batches of ${batch}`;
    const reference = { name: 'bare rows/s', value: median(bare) };
    figures.push(
      figure({ name, value, unit: 'entries/s', reference, goal: { of: 'ratio', atLeast: 0.35 } }),
      figure({ name: `${name}, rate`, value, unit: 'entries/s', goal: { of: 'value', atLeast: 50_000 } }),
    );
    const medianMs = median(ours.map((run) => run.medianMs));
    const goal = batch <= 2_000 ? { goal: { of: 'value', atMost: 50 } as const } : {};
    figures.push(
      figure({ name: `a batch of ${batch} holds the event loop`, value: medianMs, unit: 'ms', ...goal }),
    );
  }
  return figures;
}

/** Callers that each post one entry, wait for its commit and post the next. */
async function benchCallers(options: BenchOptions): Promise<BenchFigure[]> {
  options.say(`${CALLERS} callers, one entry at a time`);
  const each = options.quick ? 20 : 100;
  const bench = await openBenchLedger(ACCOUNTS);
  try {
    const latencies: number[] = [];
    const call = async (caller: number) => {
      for (let turn = 0; turn < each; turn += 1) {
        const entries = bench.entries(caller * each + turn, 1);
        const startMs = performance.now();
        await bench.ledger.postGrouped(entries, CALLER);
        latencies.push(performance.now() - startMs);
      }
    };
    const startMs = performance.now();
    await Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)));
    const rate = (latencies.length / (performance.now() - startMs)) * 1000;
    const name = `one entry at a time, ${CALLERS} callers`;
    return [
      figure({
        name: `${name}, p50`,
        value: percentile(latencies, 50),
        unit: 'ms',
        goal: { of: 'value', atMost: 50 },
      }),
      figure({
        name: `${name}, p99`,
        value: percentile(latencies, 99),
        unit: 'ms',
        goal: { of: 'value', atMost: 200 },
      }),
      figure({ name: `${name}, rate`, value: rate, unit: 'entries/s' }),
    ];
  } finally {
    bench.close();
  }
}

/** Everything the ledger promises in figures. */
export const benchLedger: BenchSection = async (options) => [
  ...(await benchBatches(options)),
  ...(await benchCallers(options)),
  ...(await benchMillion(options)),
];
