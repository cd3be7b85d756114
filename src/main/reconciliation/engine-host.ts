/**
 * Where the engine runs: in slices on the event loop for a small set, on a worker thread for a large
 * one. Either way the loop is never held for long, and the same set gives the same outcomes.
 */
import { Worker } from 'node:worker_threads';
import { CountersignError, type Runtime, workerUrl, yieldToLoop } from '../base/index.ts';
import { type EngineInput, type EngineProgress, engineSteps } from './engine.ts';
import type { CustomerLearning } from './learned-index.ts';
import { type Outcome, outcomesOf } from './outcome.ts';
import type { MatchPolicy } from './policy.ts';
import type { MatchCustomer, MatchItem, MatchTransaction } from './types.ts';

/**
 * Messages to the worker: the input in parts, the word to begin, and later a request for each batch of
 * outcomes. They are asked for because all messages that wait are delivered in one turn of the loop.
 */
export type ToWorker =
  | { readonly kind: 'items'; readonly rows: readonly MatchItem[] }
  | { readonly kind: 'customers'; readonly rows: readonly MatchCustomer[] }
  | { readonly kind: 'transactions'; readonly rows: readonly MatchTransaction[] }
  | {
      readonly kind: 'go';
      readonly policy: MatchPolicy;
      readonly rejected: ReadonlyMap<bigint, ReadonlySet<string>>;
      readonly learned: readonly CustomerLearning[];
    }
  | { readonly kind: 'more' };

/** What the worker is told when it starts. */
export interface WorkerStart {
  readonly itemCount: number;
}

/** Messages from the worker. */
export type FromWorker =
  | { readonly kind: 'progress'; readonly progress: EngineProgress }
  | { readonly kind: 'decided' }
  | { readonly kind: 'outcomes'; readonly rows: readonly Outcome[] }
  | { readonly kind: 'done' };

export interface HostOptions {
  readonly runtime: Pick<Runtime, 'monotonicMs'>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: EngineProgress) => void) | undefined;
  /** Sets larger than this run on a worker. */
  readonly workerFrom?: number;
}

export type HostedInput = EngineInput & {
  readonly policy: MatchPolicy;
  readonly rejected: ReadonlyMap<bigint, ReadonlySet<string>>;
};

/** Transactions plus a tenth of the items from which the worker pays for its start. */
const WORKER_FROM = 1_500;
/** The loop gets a turn after this much work. */
export const SLICE_MS = 12;
const ROWS_PER_MESSAGE = 500;

/** Runs the engine over `input`. Errors: CANCELLED. */
export async function hostEngine(input: HostedInput, options: HostOptions): Promise<Outcome[]> {
  throwIfAborted(options.signal);
  const size = input.transactions.length + input.items.length / 10;
  return size > (options.workerFrom ?? WORKER_FROM) ? onWorker(input, options) : inSlices(input, options);
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CountersignError('CANCELLED', 'The matching was cancelled.');
}

async function inSlices(
  input: HostedInput,
  { runtime, signal, onProgress }: HostOptions,
): Promise<Outcome[]> {
  const steps = engineSteps(input);
  let sliceStartMs = runtime.monotonicMs();
  for (;;) {
    const step = steps.next();
    if (step.done) return [...outcomesOf(step.value)];
    if (runtime.monotonicMs() - sliceStartMs < SLICE_MS) continue;
    onProgress?.(step.value);
    await yieldToLoop();
    throwIfAborted(signal);
    sliceStartMs = runtime.monotonicMs();
  }
}

async function onWorker(input: HostedInput, { signal, onProgress }: HostOptions): Promise<Outcome[]> {
  const worker = new Worker(workerUrl(import.meta.url, './matching.worker.ts'), {
    workerData: { itemCount: input.items.length } satisfies WorkerStart,
  });
  const send = (message: ToWorker): void => worker.postMessage(message);
  try {
    return await new Promise<Outcome[]>((resolve, reject) => {
      const outcomes: Outcome[] = [];
      signal?.addEventListener(
        'abort',
        () => reject(new CountersignError('CANCELLED', 'The matching was cancelled.')),
        {
          once: true,
        },
      );
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the matching thread ended early')));
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'progress') onProgress?.(message.progress);
        else if (message.kind === 'done') resolve(outcomes);
        else {
          if (message.kind === 'outcomes') outcomes.push(...message.rows);
          send({ kind: 'more' });
        }
      });
      void feed(send, input).catch(reject);
    });
  } finally {
    await worker.terminate();
  }
}

/** Hands the input over in parts, with a turn of the loop between them. */
async function feed(send: (message: ToWorker) => void, input: HostedInput): Promise<void> {
  for (const rows of parts(input.items)) {
    send({ kind: 'items', rows });
    await yieldToLoop();
  }
  for (const rows of parts(input.customers)) {
    send({ kind: 'customers', rows });
    await yieldToLoop();
  }
  for (const rows of parts(input.transactions)) {
    send({ kind: 'transactions', rows });
    await yieldToLoop();
  }
  const { policy, rejected, learned = [] } = input;
  send({ kind: 'go', policy, rejected, learned });
}

function* parts<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < rows.length; at += ROWS_PER_MESSAGE) yield rows.slice(at, at + ROWS_PER_MESSAGE);
}
