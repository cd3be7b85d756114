import { Worker } from 'node:worker_threads';
import { workerUrl } from '../base/index.ts';
import type { ReaderKey } from './connection.ts';

/** Cells of the memory shared with the worker. */
export const STOP_CELL = 0;
export const ENDED_CELL = 1;
/** 1 while long work is asked to pause. */
export const PAUSE_CELL = 2;
/** 1 while somebody waits until everything lies on the disk. */
export const SETTLE_CELL = 3;
const CELLS = 4;

/** Longest wait for a running checkpoint when the vault closes. */
const STOP_WAIT_MS = 10_000;

export interface CheckpointerData {
  readonly key: ReaderKey;
  readonly cells: Int32Array;
}

/** A commit waits no longer for what came before it; it then waits for the disk itself. */
const LONGEST_SETTLING_MS = 5_000;
/** Longest pause that long work takes for a checkpoint. */
const LONGEST_PAUSE_MS = 2_000;

/** Moves WAL pages into the database off the engine's thread, so that commits stay short. */
export interface Checkpointer {
  /** Settles at once, or, while the WAL is about to start over, when that is done. */
  pause(): Promise<void>;
  /** Settles when all that was committed was checkpointed and lies on the disk. */
  settled(): Promise<void>;
  /** Ends the worker and waits until its connection is closed, because the last one to close removes the WAL. */
  stop(): void;
}

export function startCheckpointer(key: ReaderKey): Checkpointer {
  const cells = new Int32Array(new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(workerUrl(import.meta.url, './checkpoint.worker.ts'), {
    workerData: { key, cells } satisfies CheckpointerData,
    execArgv: [],
  });
  worker.unref();
  let failed = false;
  worker.on('error', () => {
    failed = true;
  });
  return {
    async pause() {
      if (Atomics.load(cells, PAUSE_CELL) === 0) return;
      await Atomics.waitAsync(cells, PAUSE_CELL, 1, LONGEST_PAUSE_MS).value;
    },
    async settled() {
      if (failed) return;
      Atomics.store(cells, SETTLE_CELL, 1);
      Atomics.notify(cells, STOP_CELL);
      await Atomics.waitAsync(cells, SETTLE_CELL, 1, LONGEST_SETTLING_MS).value;
    },
    stop() {
      Atomics.store(cells, STOP_CELL, 1);
      Atomics.notify(cells, STOP_CELL);
      if (!failed) Atomics.wait(cells, ENDED_CELL, 0, STOP_WAIT_MS);
      void worker.terminate();
    },
  };
}
