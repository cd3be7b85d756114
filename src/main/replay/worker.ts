import { Worker } from 'node:worker_threads';
import { workerUrl } from '../base/index.ts';
import type { Replayed, ReplayRequest, ReplayStage } from './replay.ts';

/** What the replaying thread says: how far it is, or its answer. */
export type ReplayWord =
  | { readonly stage: ReplayStage; readonly done: number; readonly total: number }
  | { readonly answer: Replayed };

export interface ReplayOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((stage: ReplayStage, done: number, total: number) => void) | undefined;
}

/** `replayNow` in a worker thread, which ends where the signal does. */
export function replayInWorker(request: ReplayRequest, options: ReplayOptions = {}): Promise<Replayed> {
  const { signal, onProgress } = options;
  const worker = new Worker(workerUrl(import.meta.url, './replay.worker.ts'), {
    workerData: request,
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    const cancel = () => {
      reject(signal?.reason);
      void worker.terminate();
    };
    signal?.addEventListener('abort', cancel, { once: true });
    worker.on('message', (word: ReplayWord) => {
      if ('answer' in word) resolve(word.answer);
      else onProgress?.(word.stage, word.done, word.total);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal?.removeEventListener('abort', cancel);
      reject(new Error(`the replaying worker ended with ${code} and no answer`));
    });
  });
}
