import type { Connection } from '../vault/index.ts';
import type { NumberRange } from './memory.ts';
import { PLACES_PER_ENTRY, RUN_ENTRIES } from './store.ts';
import { addRange } from './store-state.ts';

export interface SnapshotHead {
  readonly record: bigint;
  readonly lastNumber: number;
  readonly rowCount: number;
}

/** Turnover of an account that a query sums. */
export interface SumRow {
  readonly account_id: bigint;
  readonly debit: bigint;
  readonly credit: bigint;
}

/** Turnover of an account on one date. */
export interface DaySumRow extends SumRow {
  readonly effective_day: bigint;
}

/** Direct entries of two postings, of several, imports and resolved entries, each as `(account_id, day, amount)`. */
const TWO = (where: string) => `
  SELECT debit_account AS account_id, effective_day, amount_minor AS amount FROM journal_entry WHERE postings IS NULL AND ${where}
  UNION ALL
  SELECT credit_account, effective_day, -amount_minor FROM journal_entry WHERE postings IS NULL AND ${where}`;
const MANY = (where: string) => `
  SELECT p.value ->> 0 AS account_id, e.effective_day, CAST(p.value ->> 1 AS INTEGER) AS amount
  FROM journal_entry e, json_each(e.postings) p WHERE e.postings IS NOT NULL AND ${where}`;

const DIRECT = 'number BETWEEN :first AND :last AND effective_day <= :day AND pending = 0';
const RESOLVED = `number IN (SELECT number FROM pending_resolution
  WHERE record > :after AND record <= :upTo AND outcome = 'posted') AND effective_day <= :day`;

const sums = (from: string) => `SELECT account_id, sum(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS debit,
  sum(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS credit FROM (${from}) GROUP BY account_id`;
const daySums = (from: string) => `SELECT account_id, effective_day,
  sum(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS debit,
  sum(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS credit
  FROM (${from}) GROUP BY account_id, effective_day`;

interface NumberBounds {
  first: number;
  last: number;
  day: number;
}
interface RecordBounds {
  after: bigint;
  upTo: bigint;
  day: number;
}

/** Sums over parts of the journal, for balances at a date as known at a record, and their snapshots. */
export function createAsOfStore(db: Connection) {
  const direct = `${TWO(DIRECT)} UNION ALL ${MANY(DIRECT.replace('number', 'e.number'))}`;
  const resolved = `${TWO(RESOLVED)} UNION ALL ${MANY(RESOLVED.replace('number', 'e.number'))}`;
  const directSums = db.prepare<[NumberBounds], SumRow>(sums(direct));
  const directDaySums = db.prepare<[NumberBounds], DaySumRow>(daySums(direct));
  const resolvedSums = db.prepare<[RecordBounds], SumRow>(sums(resolved));
  const resolvedDaySums = db.prepare<[RecordBounds], DaySumRow>(daySums(resolved));
  const PUBLISHED = `import_delta WHERE import_id IN (SELECT import_id FROM journal_publication
    WHERE record > :after AND record <= :upTo) AND effective_day <= :day`;
  const importSums = db.prepare<[RecordBounds], SumRow>(
    `SELECT account_id, sum(debit_minor) AS debit, sum(credit_minor) AS credit FROM ${PUBLISHED} GROUP BY account_id`,
  );
  const importBatches = db.prepare<[bigint, bigint], { import_id: bigint; first_number: bigint }>(
    `SELECT b.import_id, b.first_number FROM journal_publication p JOIN journal_batch b ON b.import_id = p.import_id
     WHERE p.record > ? AND p.record <= ? ORDER BY b.import_id, b.first_number`,
  );
  const importDaySums = db.prepare<[bigint, bigint], DaySumRow>(
    `SELECT account_id, effective_day, debit_minor AS debit, credit_minor AS credit
     FROM import_delta WHERE import_id = ? AND first_number = ?`,
  );
  const importRanges = db.prepare<[number, number], { first: bigint; last: bigint }>(
    `SELECT first_number AS first, first_number + entry_count - 1 AS last FROM journal_batch
     WHERE first_number >= ifnull((SELECT max(first_number) FROM journal_batch WHERE first_number <= ?), 0)
       AND first_number <= ? AND import_id IS NOT NULL ORDER BY first_number`,
  );
  const importsAfter = db.prepare<[bigint], { first: bigint; last: bigint }>(
    `SELECT b.first_number AS first, b.first_number + b.entry_count - 1 AS last
     FROM journal_publication p JOIN journal_batch b ON b.import_id = p.import_id
     WHERE p.record > ? ORDER BY b.first_number`,
  );
  const postedAfter = db.prepare<[bigint], { number: bigint }>(
    "SELECT number FROM pending_resolution WHERE record > ? AND outcome = 'posted'",
  );
  const historySum = db.prepare<
    [{ firstRun: number; lastRun: number; accountId: bigint; first: number; last: number; day: number }],
    { debit: bigint | null; credit: bigint | null }
  >(
    `SELECT sum(CASE WHEN h.amount_minor > 0 THEN h.amount_minor ELSE 0 END) AS debit,
       sum(CASE WHEN h.amount_minor < 0 THEN -h.amount_minor ELSE 0 END) AS credit
     FROM (WITH RECURSIVE r (run) AS (SELECT :firstRun UNION ALL SELECT run + 1 FROM r WHERE run < :lastRun)
       SELECT run FROM r) r
     CROSS JOIN account_history h ON h.run = r.run AND h.account_id = :accountId
     LEFT JOIN pending_resolution p ON p.number = h.place / ${PLACES_PER_ENTRY}
     WHERE h.effective_day <= :day AND h.place BETWEEN :first AND :last AND p.number IS NULL`,
  );
  const lastDirectAt = db.prepare<[bigint], { last: bigint }>(
    `SELECT first_number + entry_count - 1 AS last FROM journal_batch
     WHERE record <= ? ORDER BY record DESC, first_number DESC LIMIT 1`,
  );
  const snapshotAt = db.prepare<[bigint], { record: bigint; last_number: bigint; row_count: bigint }>(
    'SELECT record, last_number, row_count FROM snapshot_head WHERE record <= ? ORDER BY record DESC LIMIT 1',
  );
  const snapshotRow = db.prepare<[bigint, bigint, number], { debit_minor: bigint; credit_minor: bigint }>(
    `SELECT debit_minor, credit_minor FROM balance_snapshot
     WHERE record = ? AND account_id = ? AND effective_day <= ? ORDER BY effective_day DESC LIMIT 1`,
  );
  const lastRecord = db.prepare<[], { record: bigint | null }>(
    `SELECT max(record) AS record FROM (SELECT max(record) AS record FROM journal_batch
     UNION ALL SELECT max(record) FROM journal_publication UNION ALL SELECT max(record) FROM pending_resolution)`,
  );

  return {
    directSums: (bounds: NumberBounds): SumRow[] => directSums.all(bounds),
    directDaySums: (bounds: NumberBounds): DaySumRow[] => directDaySums.all(bounds),
    resolvedSums: (bounds: RecordBounds): SumRow[] => resolvedSums.all(bounds),
    resolvedDaySums: (bounds: RecordBounds): DaySumRow[] => resolvedDaySums.all(bounds),
    importSums: (bounds: RecordBounds): SumRow[] => importSums.all(bounds),
    /** Batches of the imports published after a record and up to another. */
    importBatches: (after: bigint, upTo: bigint) => importBatches.all(after, upTo),
    importDaySums: (importId: bigint, firstNumber: bigint): DaySumRow[] =>
      importDaySums.all(importId, firstNumber),
    /** Numbers of imports, published or not, that touch `first` to `last`, ascending. */
    importRanges(first: number, last: number): NumberRange[] {
      const ranges: { first: number; last: number }[] = [];
      for (const row of importRanges.iterate(first, last))
        addRange(ranges, Number(row.first), Number(row.last));
      return ranges;
    },
    /** Numbers of imports that were published after a record, ascending. */
    importsAfter(record: bigint): NumberRange[] {
      const ranges: { first: number; last: number }[] = [];
      for (const row of importsAfter.iterate(record)) addRange(ranges, Number(row.first), Number(row.last));
      return ranges;
    },
    /** Numbers of pending entries that were posted after a record. */
    postedAfter: (record: bigint): Set<number> =>
      new Set(postedAfter.all(record).map((row) => Number(row.number))),
    /** One account's turnover by the account history, entries that were pending once left out. */
    historySum(accountId: bigint, { first, last, day }: NumberBounds): { debit: bigint; credit: bigint } {
      const firstRun = Math.floor(first / RUN_ENTRIES);
      const lastRun = Math.floor(last / RUN_ENTRIES);
      const row = historySum.get({
        firstRun,
        lastRun,
        accountId,
        first: first * PLACES_PER_ENTRY,
        last: (last + 1) * PLACES_PER_ENTRY - 1,
        day,
      });
      return { debit: row?.debit ?? 0n, credit: row?.credit ?? 0n };
    },
    /** The greatest number of an entry known at a record that came with no import. */
    lastDirectAt: (record: bigint): number => Number(lastDirectAt.get(record)?.last ?? 0n),
    /** The newest snapshot that was known at a record. */
    snapshotAt(record: bigint): SnapshotHead | undefined {
      const row = snapshotAt.get(record);
      if (row === undefined) return undefined;
      return { record: row.record, lastNumber: Number(row.last_number), rowCount: Number(row.row_count) };
    },
    snapshotRow: (record: bigint, accountId: bigint, day: number) => snapshotRow.get(record, accountId, day),
    /** The last record that changed what a balance is. */
    lastRecord: (): bigint => lastRecord.get()?.record ?? 0n,
  };
}

export type AsOfStore = ReturnType<typeof createAsOfStore>;
