import { Worker } from 'node:worker_threads';
import type { ErrorCode } from '../../contract/errors.ts';
import { CountersignError, workerUrl } from '../base/index.ts';
import type { ReaderKey } from '../vault/index.ts';
import type { Manifest } from './container.ts';
import type { MaterialiseOrder } from './materialise.ts';
import type { LogHeadRow } from './store.ts';

/** Writes a backup of the open vault to one file. */
export interface CreateOrder {
  readonly key: ReaderKey;
  readonly macKey: Uint8Array;
  readonly path: string;
  readonly createdAtMs: number;
}

/** Heavy work on files that a thread of its own does. */
export type Order =
  | { readonly do: 'create'; readonly order: CreateOrder }
  | { readonly do: 'materialise'; readonly order: MaterialiseOrder }
  | { readonly do: 'check'; readonly key: ReaderKey };

export interface Answers {
  create: { readonly manifest: Manifest; readonly sizeBytes: number };
  materialise: LogHeadRow;
  /** What is wrong with the pages and structure of a database, and the end of its audit log. */
  check: { readonly findings: readonly string[]; readonly head: LogHeadRow };
}

/** An error of ours as it crosses between threads. */
export interface CrossedError {
  readonly code: string;
  readonly message: string;
  readonly details: CountersignError['details'];
}

export type WorkMessage =
  | { readonly progress: number; readonly stage: string }
  | { readonly answer: unknown }
  | { readonly error: CrossedError };

export function crossed(error: unknown): CrossedError {
  if (error instanceof CountersignError) {
    return { code: error.code, message: error.message, details: error.details };
  }
  return { code: 'INTERNAL', message: 'A fault of the console itself. Nothing was written.', details: {} };
}

export function uncrossed({ code, message, details }: CrossedError): CountersignError {
  return new CountersignError(code as ErrorCode, message, details);
}

export interface WorkOptions {
  readonly onProgress?: (share: number, stage: string) => void;
  /** Ends the thread where it stands; whoever cancels removes what it wrote. */
  readonly signal?: AbortSignal;
}

/** Has one order carried out by a thread. Rejects with what the thread threw, or with `CANCELLED`. */
export function work<K extends Order['do']>(
  order: Extract<Order, { do: K }>,
  { onProgress, signal }: WorkOptions = {},
): Promise<Answers[K]> {
  const cancelled = () => new CountersignError('CANCELLED', 'The work was cancelled. Nothing of it counts.');
  if (signal?.aborted) return Promise.reject(cancelled());
  return new Promise<Answers[K]>((resolve, reject) => {
    const worker = new Worker(workerUrl(import.meta.url, './backup.worker.ts'), {
      workerData: order,
      execArgv: [],
    });
    let outcome: (() => void) | undefined;
    const cancel = () => {
      outcome = () => reject(cancelled());
      void worker.terminate();
    };
    signal?.addEventListener('abort', cancel, { once: true });
    worker.on('message', (message: WorkMessage) => {
      if ('progress' in message) onProgress?.(message.progress, message.stage);
      else if ('answer' in message) outcome ??= () => resolve(message.answer as Answers[K]);
      else outcome ??= () => reject(uncrossed(message.error));
    });
    worker.once('error', (error) => {
      outcome ??= () => reject(error);
    });
    // Settled when the thread has ended, so that none of its files is open any more.
    worker.once('exit', (code) => {
      signal?.removeEventListener('abort', cancel);
      if (outcome) outcome();
      else reject(new Error(`the backup worker ended with ${code} and no answer`));
    });
  });
}
