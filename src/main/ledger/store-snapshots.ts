import type { Connection } from '../vault/index.ts';
import { bulkInsert } from './store-bulk.ts';

/** Turnover of an account up to the end of a day. */
export interface SnapshotRow {
  readonly day: number;
  readonly debitMinor: bigint;
  readonly creditMinor: bigint;
}

/** Writing end-of-day snapshots, account by account. */
export function createSnapshotStore(db: Connection) {
  const rows = db.prepare<
    [bigint, bigint],
    { effective_day: bigint; debit_minor: bigint; credit_minor: bigint }
  >(
    `SELECT effective_day, debit_minor, credit_minor FROM balance_snapshot
     WHERE record = ? AND account_id = ? ORDER BY effective_day`,
  );
  const insertRows = bulkInsert(db, 'balance_snapshot', [
    'record',
    'account_id',
    'effective_day',
    'debit_minor',
    'credit_minor',
  ]);
  const insertHead = db.prepare(
    'INSERT INTO snapshot_head (record, last_number, top_number, row_count) VALUES (?, ?, ?, ?)',
  );
  const deleteUnfinished = db.prepare(
    'DELETE FROM balance_snapshot WHERE record > ifnull((SELECT max(record) FROM snapshot_head), 0)',
  );
  return {
    rows: (record: bigint, accountId: bigint): SnapshotRow[] =>
      rows.all(record, accountId).map((row) => ({
        day: Number(row.effective_day),
        debitMinor: row.debit_minor,
        creditMinor: row.credit_minor,
      })),
    write(record: bigint, accountId: bigint, snapshot: readonly SnapshotRow[]): void {
      insertRows((put) => {
        for (const row of snapshot) {
          put(record);
          put(accountId);
          put(row.day);
          put(row.debitMinor);
          put(row.creditMinor);
        }
      });
    },
    /** From here on the snapshot is complete and counts. */
    complete(head: { record: bigint; lastNumber: number; topNumber: number; rowCount: number }): void {
      insertHead.run(head.record, head.lastNumber, head.topNumber, head.rowCount);
    },
    /** Takes away what a crash left of a snapshot. */
    deleteUnfinished(): void {
      deleteUnfinished.run();
    },
  };
}

export type SnapshotStore = ReturnType<typeof createSnapshotStore>;
