import { open } from 'node:fs/promises';

/**
 * Brings the write-ahead log to the disk on the thread pool, so that a commit that must be lasting
 * finds little left to wait for. SQLite holds no lock on that file, so opening it beside SQLite
 * breaks none.
 */
export interface LogSync {
  /** Begins to bring to the disk what was committed so far, unless that is under way. */
  start(): void;
  /** Settles when everything that was committed before the call lies on the disk. */
  settled(): Promise<void>;
}

export function createLogSync(databasePath: string): LogSync {
  let running: Promise<void> | undefined;
  const sync = async () => {
    try {
      const handle = await open(`${databasePath}-wal`, 'r+');
      try {
        await handle.datasync();
      } finally {
        await handle.close();
      }
    } catch {
      // Only time is lost: the commit that must be lasting waits for the disk itself.
    }
  };
  return {
    start() {
      running ??= sync().finally(() => {
        running = undefined;
      });
    },
    async settled() {
      await running;
      await sync();
    },
  };
}
