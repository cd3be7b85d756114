import type { Connection } from '../vault/index.ts';
import { PLACES_PER_ENTRY, runOf } from './store.ts';
import type { EntryRow } from './store-read.ts';

/** A batch as verification reads it. */
export interface VerifiedBatch {
  readonly first_number: bigint;
  readonly entry_count: bigint;
  readonly root: Buffer;
  readonly record: bigint | null;
  readonly import_id: bigint | null;
  /** The record that published its import. */
  readonly published: bigint | null;
}

/** An entry with what became of it, if it was pending. */
export interface VerifiedEntry extends EntryRow {
  readonly outcome: 'posted' | 'voided' | 'expired' | null;
  readonly resolved: bigint | null;
  readonly open: bigint;
}

export interface VerifiedHistory {
  readonly account_id: bigint;
  readonly effective_day: bigint;
  readonly place: bigint;
  readonly amount_minor: bigint;
}

/** Reads for the law checks, on a connection whose view of the vault stands still. */
export function createVerifyStore(db: Connection) {
  const batches = db.prepare<[number, number], VerifiedBatch>(
    `SELECT b.first_number, b.entry_count, b.root, b.record, b.import_id, p.record AS published
     FROM journal_batch b LEFT JOIN journal_publication p ON p.import_id = b.import_id
     WHERE b.first_number > ? ORDER BY b.first_number LIMIT ?`,
  );
  const leaves = db.prepare<[bigint], { leaves: Buffer }>(
    'SELECT leaves FROM journal_leaves WHERE first_number = ?',
  );
  const entries = db.prepare<[number, number], VerifiedEntry>(
    `SELECT e.*, r.outcome, r.record AS resolved, (o.number IS NOT NULL) AS open FROM journal_entry e
     LEFT JOIN pending_resolution r ON r.number = e.number
     LEFT JOIN open_pending o ON o.number = e.number
     WHERE e.number BETWEEN ? AND ? ORDER BY e.number`,
  );
  const history = db.prepare<[number, number, number], VerifiedHistory>(
    `SELECT account_id, effective_day, place, amount_minor FROM account_history
     WHERE run = ? AND place BETWEEN ? AND ? ORDER BY place`,
  );
  const keys = db.prepare<[number, number], { found: bigint }>(
    `SELECT count(*) AS found FROM journal_entry e JOIN entry_key k ON k.id = e.id AND k.number = e.number
     WHERE e.number BETWEEN ? AND ?`,
  );
  const keyPage = db.prepare<[Buffer, number], { found: bigint; last: Buffer | null }>(
    'SELECT count(*) AS found, max(id) AS last FROM (SELECT id FROM entry_key WHERE id > ? ORDER BY id LIMIT ?)',
  );
  const stray = db.prepare<[number, number], { number: bigint }>(
    'SELECT number FROM journal_entry WHERE number > ? AND number < ? LIMIT 1',
  );
  const historyRuns = db.prepare<[], { run: bigint | null }>('SELECT max(run) AS run FROM account_history');
  const runCount = db.prepare<[number], { found: bigint }>(
    'SELECT count(*) AS found FROM account_history WHERE run = ?',
  );
  const balances = db.prepare<
    [],
    {
      account_id: bigint;
      debit_minor: bigint;
      credit_minor: bigint;
      pending_debit_minor: bigint;
      pending_credit_minor: bigint;
    }
  >('SELECT * FROM account_balance');
  const deltas = db.prepare<
    [bigint, bigint],
    { account_id: bigint; effective_day: bigint; debit_minor: bigint; credit_minor: bigint }
  >(
    'SELECT account_id, effective_day, debit_minor, credit_minor FROM import_delta WHERE import_id = ? AND first_number = ?',
  );
  const publications = db.prepare<
    [],
    { import_id: bigint; record: bigint; entry_count: bigint; root: Buffer }
  >('SELECT import_id, record, entry_count, root FROM journal_publication ORDER BY record');
  const importRoots = db.prepare<[bigint], { root: Buffer; entry_count: bigint }>(
    'SELECT root, entry_count FROM journal_batch WHERE import_id = ? ORDER BY first_number',
  );
  const snapshots = db.prepare<[], { record: bigint; row_count: bigint }>(
    'SELECT record, row_count FROM snapshot_head ORDER BY record',
  );
  const snapshotRows = db.prepare<
    [bigint, bigint],
    { effective_day: bigint; debit_minor: bigint; credit_minor: bigint }
  >(
    `SELECT effective_day, debit_minor, credit_minor FROM balance_snapshot
     WHERE record = ? AND account_id = ? ORDER BY effective_day`,
  );
  const snapshotCount = db.prepare<[bigint], { found: bigint }>(
    'SELECT count(*) AS found FROM balance_snapshot WHERE record = ?',
  );
  const unlisted = db.prepare<[], { import_id: bigint }>(
    `SELECT DISTINCT import_id FROM journal_batch b WHERE import_id IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM journal_publication p WHERE p.import_id = b.import_id)
       AND NOT EXISTS (SELECT 1 FROM staged_import s WHERE s.import_id = b.import_id)
     UNION SELECT import_id FROM staged_import s
       WHERE EXISTS (SELECT 1 FROM journal_publication p WHERE p.import_id = s.import_id)`,
  );
  const closed = db.prepare<[], { through_day: bigint; record: bigint }>(
    'SELECT through_day, record FROM closed_period ORDER BY through_day',
  );
  const overdue = db.prepare<[number], { number: bigint }>(
    'SELECT number FROM open_pending WHERE expires_at_ms IS NOT NULL AND expires_at_ms <= ? LIMIT 10',
  );
  const openCount = db.prepare<[], { found: bigint }>('SELECT count(*) AS found FROM open_pending');
  const reversals = db.prepare<
    [number, number],
    { reversed_number: bigint; number: bigint; named: bigint | null }
  >(
    `SELECT x.reversed_number, x.number,
       (SELECT k.number FROM journal_entry e JOIN entry_key k ON k.id = e.reverses WHERE e.number = x.number) AS named
     FROM entry_reversal x WHERE x.reversed_number > ? ORDER BY x.reversed_number LIMIT ?`,
  );

  return {
    batchesAfter: (number: number, limit: number): VerifiedBatch[] => batches.all(number, limit),
    leaves: (firstNumber: bigint): Buffer | undefined => leaves.get(firstNumber)?.leaves,
    entries: (first: number, last: number): VerifiedEntry[] => entries.all(first, last),
    /** Rows of the account history for numbers of one run. */
    history(first: number, last: number): VerifiedHistory[] {
      return history.all(runOf(first), first * PLACES_PER_ENTRY, (last + 1) * PLACES_PER_ENTRY - 1);
    },
    keys: (first: number, last: number): number => Number(keys.get(first, last)!.found),
    keyPage: (after: Buffer, limit: number) => keyPage.get(after, limit)!,
    stray: (after: number, before: number): number | undefined => {
      const row = stray.get(after, before);
      return row === undefined ? undefined : Number(row.number);
    },
    lastRun: (): number => Number(historyRuns.get()!.run ?? -1n),
    historyCount: (run: number): number => Number(runCount.get(run)!.found),
    balances: () => balances.all(),
    deltas: (importId: bigint, firstNumber: bigint) => deltas.all(importId, firstNumber),
    publications: () => publications.all(),
    importRoots: (importId: bigint) => importRoots.all(importId),
    snapshots: () => snapshots.all(),
    snapshotRows: (record: bigint, accountId: bigint) => snapshotRows.all(record, accountId),
    snapshotCount: (record: bigint): bigint => snapshotCount.get(record)!.found,
    /** Imports that are staged and not listed so, or listed so and published. */
    wronglyListed: (): bigint[] => unlisted.all().map((row) => row.import_id),
    closedPeriods: () => closed.all(),
    overdue: (beforeMs: number): number[] => overdue.all(beforeMs).map((row) => Number(row.number)),
    openCount: (): number => Number(openCount.get()!.found),
    reversalsAfter: (number: number, limit: number) => reversals.all(number, limit),
  };
}

export type VerifyStore = ReturnType<typeof createVerifyStore>;
