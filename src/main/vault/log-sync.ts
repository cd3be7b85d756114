import { open } from 'node:fs/promises';
import { CountersignError } from '../base/index.ts';
import type { Connection } from './connection.ts';
import { storageError } from './sqlite-errors.ts';

/**
 * Brings the write-ahead log to the disk on the thread pool, for commits that did not wait for it. SQLite
 * holds no lock on that file, so opening it beside SQLite breaks none.
 */
export interface LogSync {
  /** Notes that something was committed which may not lie on the disk yet. */
  owe(): void;
  /** Begins to bring to the disk what was noted, unless that is under way. */
  start(): void;
  /** Settles when everything that was committed before the call lies on the disk, or cannot be brought there now. */
  settled(): Promise<void>;
  /** Settles when everything that was committed before the call lies on the disk. Rejects where it cannot. */
  lasting(): Promise<void>;
}

export function createLogSync(databasePath: string, db: Connection): LogSync {
  let isOwed = false;
  let running: Promise<void> | undefined;
  /** What a refused call was to bring to the disk, a later one may leave out and succeed all the same. */
  let isDoubtful = false;

  /** Where it fails, only time is lost: the next commit that must be lasting waits for the disk itself. */
  async function sync(): Promise<void> {
    isOwed = false;
    try {
      const handle = await open(`${databasePath}-wal`, 'r+');
      try {
        await handle.datasync();
      } finally {
        await handle.close();
      }
    } catch {
      isDoubtful = true;
    }
  }

  /** Copies the whole log into the database, which SQLite brings to the disk in its own way. */
  function copyAll(): void {
    try {
      const [row] = db.pragma('wal_checkpoint(FULL)') as { busy: bigint }[];
      if (row?.busy === 0n) isDoubtful = false;
    } catch (error) {
      throw storageError(error);
    }
    if (isDoubtful)
      throw new CountersignError('VAULT_UNREADABLE', 'The disk does not take what was written.');
  }

  return {
    owe() {
      isOwed = true;
    },
    start() {
      if (!isOwed) return;
      running ??= sync().finally(() => {
        running = undefined;
      });
    },
    async settled() {
      await running;
      await sync();
    },
    async lasting() {
      await running;
      if (!isDoubtful) await sync();
      if (isDoubtful) copyAll();
    },
  };
}
