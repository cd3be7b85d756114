/** What people said is not right, in its tables. */
import type { Connection } from '../vault/index.ts';

export interface RejectionRow {
  readonly id: bigint;
  readonly transactionId: bigint;
  /** Ascending item ids, separated by blanks; null rejects every explanation. */
  readonly openItems: string | null;
  readonly actor: string;
  readonly rejectedAtMs: bigint;
  readonly noteSealedId: bigint | null;
  readonly record: bigint;
}

export interface RejectionEndRow {
  readonly rejectionId: bigint;
  readonly actor: string;
  readonly endedAtMs: bigint;
  readonly noteSealedId: bigint | null;
  readonly record: bigint;
}

/** Prepares the statements over rejections. */
export function rejectionQueries(db: Connection) {
  const insert = db.prepare(
    `INSERT INTO match_rejection (id, bank_transaction_id, open_items, actor, rejected_at_ms, note_sealed_id, record)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertEnd = db.prepare(
    `INSERT INTO match_rejection_end (rejection_id, actor, ended_at_ms, note_sealed_id, record)
     VALUES (?, ?, ?, ?, ?)`,
  );
  const columns = `r.id, r.bank_transaction_id AS transactionId, r.open_items AS openItems, r.actor,
    r.rejected_at_ms AS rejectedAtMs, r.note_sealed_id AS noteSealedId, r.record`;
  const open = 'NOT EXISTS (SELECT 1 FROM match_rejection_end e WHERE e.rejection_id = r.id)';
  const all = db.prepare<[], RejectionRow>(`SELECT ${columns} FROM match_rejection r WHERE ${open}`);
  const ofTransaction = db.prepare<[bigint], RejectionRow>(
    `SELECT ${columns} FROM match_rejection r WHERE r.bank_transaction_id = ? AND ${open} ORDER BY r.id DESC`,
  );
  const lastId = db.prepare<[], { id: bigint }>('SELECT coalesce(max(id), 0) AS id FROM match_rejection');
  return {
    lastRejectionId: () => lastId.get()!.id,
    insertRejection: (row: RejectionRow) => {
      insert.run(
        row.id,
        row.transactionId,
        row.openItems,
        row.actor,
        row.rejectedAtMs,
        row.noteSealedId,
        row.record,
      );
    },
    insertRejectionEnd: (row: RejectionEndRow) => {
      insertEnd.run(row.rejectionId, row.actor, row.endedAtMs, row.noteSealedId, row.record);
    },
    standingRejections: () => all.all(),
    /** The latest first. */
    rejectionsOf: (transactionId: bigint) => ofTransaction.all(transactionId),
  };
}
