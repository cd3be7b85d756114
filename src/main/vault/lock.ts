import Database from 'better-sqlite3';
import { CountersignError } from '../base/index.ts';

export const LOCK_FILE = 'lock.db';

/** A hold on a vault. `release` may be called more than once. */
export interface VaultLock {
  release(): void;
}

/**
 * Takes the vault for this process: an exclusive transaction on `lock.db`, which the operating
 * system ends with the process, so that no stale lock is ever left. Throws `VAULT_IN_USE`.
 *
 * The file must not be opened by anything else in this process: POSIX drops a process's locks on a
 * file when any of its handles to it is closed.
 */
export function takeLock(path: string): VaultLock {
  const db = new Database(path, { timeout: 0 });
  try {
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new CountersignError('VAULT_IN_USE', 'The vault is already open in another window or process.');
    }
    throw error;
  }
  return {
    release() {
      if (!db.open) return;
      db.exec('ROLLBACK');
      db.close();
    },
  };
}
