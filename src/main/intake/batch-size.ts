/** How many rows one transaction takes, so that it stays within its share of the event loop. */
import type { Runtime } from '../base/index.ts';

/**
 * What a batch is to take; the loop is never to be held longer than 50 ms. On a slow disk the
 * commit alone may take that: smaller batches would only mean more commits.
 */
const WANTED_MS = 12;
const LEAST_ROWS = 50;
const MOST_ROWS = 2_000;
const FIRST_ROWS = 50;

export interface BatchSizer {
  rows(): number;
  /** Runs a batch and learns from the time it took. */
  measure(batch: () => void): void;
}

export function createBatchSizer(runtime: Runtime): BatchSizer {
  let rows = FIRST_ROWS;
  return {
    rows: () => rows,
    measure(batch) {
      const startedMs = runtime.monotonicMs();
      batch();
      const tookMs = Math.max(runtime.monotonicMs() - startedMs, 0.1);
      // Half the way to what would have fitted: one slow commit does not undo what was learned.
      const fitting = rows * Math.min(2, WANTED_MS / tookMs);
      rows = Math.round(Math.min(MOST_ROWS, Math.max(LEAST_ROWS, (rows + fitting) / 2)));
    },
  };
}
