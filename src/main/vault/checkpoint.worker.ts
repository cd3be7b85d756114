import { closeSync, fdatasyncSync, openSync, statSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { type CheckpointerData, ENDED_CELL, PAUSE_CELL, SETTLE_CELL, STOP_CELL } from './checkpointer.ts';
import { type Connection, openConnection } from './connection.ts';

/** How often the worker looks at the WAL. */
const PERIOD_MS = 500;
/** Frames of WAL that wait for a checkpoint before one is worth its fsync. */
const WORTHWHILE_FRAMES = 1_000;
/** Beyond this many frames long work is asked to pause, so that the WAL can start over. */
const PAUSE_FRAMES = 16_000;
/** Beyond this many, which takes a writer that never pauses, the writer is held for the last step. */
const RESTART_FRAMES = 128_000;
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

function passive(db: Connection): { log: number; checkpointed: number } {
  const [row] = db.pragma('wal_checkpoint(PASSIVE)') as CheckpointRow[];
  return { log: Number(row?.log ?? 0), checkpointed: Number(row?.checkpointed ?? 0) };
}

function syncLogNow(): void {
  const handle = openSync(`${key.path}-wal`, 'r+');
  try {
    fdatasyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Copies what was written while the last checkpoint ran, with nothing new coming in: once all of the
 * WAL is copied and nobody reads it, the next commit begins it anew by itself. Nobody is locked out
 * for it; who writes without pausing only puts it off.
 */
function startOver(db: Connection): void {
  Atomics.store(cells, PAUSE_CELL, 1);
  try {
    const { log, checkpointed } = passive(db);
    if (log > checkpointed && log > RESTART_FRAMES) db.pragma('wal_checkpoint(RESTART)');
    // The commit that begins the WAL anew waits for the file to lie on the disk; here it holds nobody.
    syncLogNow();
  } finally {
    Atomics.store(cells, PAUSE_CELL, 0);
    Atomics.notify(cells, PAUSE_CELL);
  }
}

/** Somebody waits with a commit that must be lasting: all before it is brought to the disk. */
function settle(db: Connection): void {
  try {
    passive(db);
    syncLogNow();
  } finally {
    Atomics.store(cells, SETTLE_CELL, 0);
    Atomics.notify(cells, SETTLE_CELL);
  }
}

function run(): void {
  const db = openConnection({ path: key.path, fileKey: key.fileKey });
  try {
    db.pragma(`busy_timeout = ${RESTART_WAIT_MS}`);
    let doneAtMs = 0;
    let quiet = 0;
    for (;;) {
      Atomics.wait(cells, STOP_CELL, 0, PERIOD_MS);
      if (Atomics.load(cells, STOP_CELL) === 1) break;
      if (Atomics.load(cells, SETTLE_CELL) === 1) settle(db);
      const { frames, changedAtMs } = walState();
      if (changedAtMs === doneAtMs) continue;
      quiet += 1;
      if (frames < WORTHWHILE_FRAMES && quiet < QUIET_PERIODS) continue;
      quiet = 0;
      const { log } = passive(db);
      if (log > PAUSE_FRAMES) startOver(db);
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
