import type { Connection } from '../vault/index.ts';

export type PendingOutcome = 'posted' | 'voided' | 'expired';

/** Entries that wait, and what became of those that did. */
export function createPendingStore(db: Connection) {
  const insertResolution = db.prepare(
    'INSERT INTO pending_resolution (number, outcome, record, recorded_at_ms) VALUES (?, ?, ?, ?)',
  );
  const deleteOpen = db.prepare('DELETE FROM open_pending WHERE number = ?');
  const expired = db.prepare<[number, number], { number: bigint }>(
    `SELECT number FROM open_pending WHERE expires_at_ms IS NOT NULL AND expires_at_ms <= ?
     ORDER BY number LIMIT ?`,
  );
  return {
    resolve(number: number, outcome: PendingOutcome, record: bigint, recordedAtMs: number): void {
      insertResolution.run(number, outcome, record, recordedAtMs);
      deleteOpen.run(number);
    },
    /** Numbers of entries whose time is over at `nowMs`. */
    expired: (nowMs: number, limit: number): number[] =>
      expired.all(nowMs, limit).map((row) => Number(row.number)),
  };
}

export type PendingStore = ReturnType<typeof createPendingStore>;
