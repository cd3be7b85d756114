import type { Vault } from '../vault/index.ts';
import { SEALED_ROW_WIDTH, type SealedRow, type Store } from './store.ts';

/** Rows and bytes that are gathered before they are written. */
const MOST_ROWS = 2_000;
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * Rows of `sealed_value` that wait to be written many at a time: when enough are there, when
 * something is read, and before the commit. A savepoint that rolls back takes away its own rows and
 * brings back those of the scopes around it that were written while it ran.
 */
export function createPendingRows(vault: Vault, store: Store, onWritten: (count: number) => void) {
  let rows: unknown[] = [];
  let bytes = 0;
  let scope = 0;

  /** Remembers how things stand where a scope is met for the first time. */
  function enter(): void {
    const now = vault.scope();
    if (now === 0) throw new Error('sealing: a vault transaction must be running');
    if (now === scope) return;
    scope = now;
    const before = rows;
    const length = rows.length;
    const bytesBefore = bytes;
    vault.onRollback(() => {
      before.length = length;
      rows = before;
      bytes = bytesBefore;
      scope = -1;
    });
  }

  function flush(): void {
    if (rows.length === 0) return;
    enter();
    const batch = rows;
    // A new list, not an emptied one: the scopes remember the old one.
    rows = [];
    bytes = 0;
    store.insertValues(batch);
    onWritten(batch.length / SEALED_ROW_WIDTH);
  }

  vault.beforeCommit(flush);

  return {
    /** Must be called before a row is added, once a row or once a batch. */
    enter,
    add(row: SealedRow): void {
      rows.push(row[0], row[1], row[2], row[3], row[4]);
      bytes += row[2].length;
      if (rows.length >= MOST_ROWS * SEALED_ROW_WIDTH || bytes >= MOST_BYTES) flush();
    },
    flush,
  };
}
