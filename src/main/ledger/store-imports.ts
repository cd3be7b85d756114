import type { Connection } from '../vault/index.ts';
import { type Delta, PLACES_PER_ENTRY } from './store.ts';

/** Imports: what was staged under them, publishing, and taking staged rows away again. */
export function createImportStore(db: Connection) {
  const roots = db.prepare<[bigint], { root: Buffer; entry_count: bigint }>(
    'SELECT root, entry_count FROM journal_batch WHERE import_id = ? ORDER BY first_number',
  );
  const deltas = db.prepare<
    [bigint],
    { account_id: bigint; effective_day: bigint; debit_minor: bigint; credit_minor: bigint }
  >('SELECT account_id, effective_day, debit_minor, credit_minor FROM import_delta WHERE import_id = ?');
  const publish = db.prepare(
    `INSERT INTO journal_publication (import_id, record, entry_count, root, recorded_at_ms)
     VALUES (?, ?, ?, ?, ?)`,
  );
  const open = db.prepare('INSERT OR IGNORE INTO staged_import (import_id) VALUES (?)');
  const close = db.prepare('DELETE FROM staged_import WHERE import_id = ?');
  const published = db.prepare<[bigint], { record: bigint }>(
    'SELECT record FROM journal_publication WHERE import_id = ?',
  );
  const newestBatch = db.prepare<[bigint], { first_number: bigint; entry_count: bigint }>(
    `SELECT first_number, entry_count FROM journal_batch WHERE import_id = ? ORDER BY first_number DESC LIMIT 1`,
  );
  const deleteKeys = db.prepare(
    `DELETE FROM entry_key WHERE id IN (SELECT id FROM journal_entry WHERE number BETWEEN ? AND ?)`,
  );
  const deleteEntries = db.prepare('DELETE FROM journal_entry WHERE number BETWEEN ? AND ?');
  const deleteHistory = db.prepare(
    'DELETE FROM account_history WHERE run BETWEEN ? AND ? AND place BETWEEN ? AND ?',
  );
  const deleteReversals = db.prepare('DELETE FROM entry_reversal WHERE number BETWEEN ? AND ?');
  const byBatch = ['journal_leaves', 'batch_reason'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE first_number = ?`),
  );
  const deleteDeltas = db.prepare('DELETE FROM import_delta WHERE import_id = ? AND first_number = ?');
  const deleteBatch = db.prepare('DELETE FROM journal_batch WHERE first_number = ?');

  return {
    /** Roots of an import's batches in their order, packed, and how many entries they cover. */
    batches(importId: bigint): { roots: Buffer; count: number } {
      const rows = roots.all(importId);
      return {
        roots: Buffer.concat(rows.map((row) => row.root)),
        count: rows.reduce((sum, row) => sum + Number(row.entry_count), 0),
      };
    },

    *deltas(importId: bigint): Generator<Delta> {
      for (const row of deltas.iterate(importId)) {
        yield {
          accountId: row.account_id,
          day: Number(row.effective_day),
          debitMinor: row.debit_minor,
          creditMinor: row.credit_minor,
        };
      }
    },

    /** Lists an import as staged, from its first batch on. */
    open: (importId: bigint) => void open.run(importId),
    /** Takes it off the list, when nothing of it is left. */
    close: (importId: bigint) => void close.run(importId),

    publicationOf: (importId: bigint): bigint | undefined => published.get(importId)?.record,

    publish(row: {
      importId: bigint;
      record: bigint;
      count: number;
      root: Buffer;
      recordedAtMs: number;
    }): void {
      publish.run(row.importId, row.record, row.count, row.root, row.recordedAtMs);
      close.run(row.importId);
    },

    newestBatch(importId: bigint): { first: number; last: number } | undefined {
      const row = newestBatch.get(importId);
      if (row === undefined) return undefined;
      const first = Number(row.first_number);
      return { first, last: first + Number(row.entry_count) - 1 };
    },

    /** Deletes the whole of a staged batch; the triggers refuse where it counts. */
    deleteBatch(
      importId: bigint,
      { first, last }: { first: number; last: number },
      runs: [number, number],
    ): void {
      deleteKeys.run(first, last);
      deleteHistory.run(...runs, first * PLACES_PER_ENTRY, (last + 1) * PLACES_PER_ENTRY - 1);
      deleteReversals.run(first, last);
      deleteEntries.run(first, last);
      deleteDeltas.run(importId, first);
      for (const statement of byBatch) statement.run(first);
      deleteBatch.run(first);
    },
  };
}

export type ImportStore = ReturnType<typeof createImportStore>;
