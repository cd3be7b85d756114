import { statSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { type CheckpointerData, ENDED_CELL, STOP_CELL } from './checkpointer.ts';
import { openConnection } from './connection.ts';

/** How often the worker looks at the WAL. */
const PERIOD_MS = 500;
/** Frames of WAL that wait for a checkpoint before one is worth its fsync. */
const WORTHWHILE_FRAMES = 1_000;
/** Beyond this many frames the writer is held for the last step, so that the WAL starts over. */
const RESTART_FRAMES = 16_000;
/** A smaller WAL is checkpointed all the same after this many quiet periods. */
const QUIET_PERIODS = 10;
/** The last step holds the writer while it waits for readers, so it soon gives up and tries again later. */
const RESTART_WAIT_MS = 20;
const FRAME_BYTES = 4_096 + 24;

const { key, cells } = workerData as CheckpointerData;

interface CheckpointRow {
  readonly busy: bigint;
  readonly log: bigint;
  readonly checkpointed: bigint;
}

function walState(): { frames: number; changedAtMs: number } {
  const stat = statSync(`${key.path}-wal`, { throwIfNoEntry: false });
  return { frames: Math.ceil((stat?.size ?? 0) / FRAME_BYTES), changedAtMs: stat?.mtimeMs ?? 0 };
}

function run(): void {
  const db = openConnection({ path: key.path, fileKey: key.fileKey });
  try {
    db.pragma(`busy_timeout = ${RESTART_WAIT_MS}`);
    let doneAtMs = 0;
    let quiet = 0;
    while (Atomics.wait(cells, STOP_CELL, 0, PERIOD_MS) === 'timed-out') {
      const { frames, changedAtMs } = walState();
      if (changedAtMs === doneAtMs) continue;
      quiet += 1;
      if (frames < WORTHWHILE_FRAMES && quiet < QUIET_PERIODS) continue;
      quiet = 0;
      const [row] = db.pragma('wal_checkpoint(PASSIVE)') as CheckpointRow[];
      if (row !== undefined && row.log > RESTART_FRAMES) {
        // What was written meanwhile is copied before the writer is held: a second, shorter time.
        db.pragma('wal_checkpoint(PASSIVE)');
        db.pragma('wal_checkpoint(RESTART)');
      }
      doneAtMs = changedAtMs;
    }
  } finally {
    db.close();
  }
}

try {
  run();
} finally {
  Atomics.store(cells, ENDED_CELL, 1);
  Atomics.notify(cells, ENDED_CELL);
}
