import type { Connection } from '../vault/index.ts';
import type { NumberRange } from './memory.ts';
import { PLACES_PER_ENTRY } from './store.ts';
import type { EntryState } from './types.ts';

/** A row of the journal as it stands in the vault. */
export interface EntryRow {
  readonly number: bigint;
  readonly id: Buffer;
  readonly effective_day: bigint;
  readonly debit_account: bigint | null;
  readonly credit_account: bigint | null;
  readonly amount_minor: bigint | null;
  readonly reason: string;
  readonly postings: string | null;
  readonly memo: string | null;
  readonly source_kind: string | null;
  readonly source_id: string | null;
  readonly reverses: Buffer | null;
  readonly pending: bigint;
  readonly expires_at_ms: bigint | null;
}

/** A row of the journal with what the other tables say of it. */
export interface JournalRow extends EntryRow {
  /** The record from which the entry is known; null while its import is unpublished. */
  readonly record: bigint | null;
  readonly recorded_at_ms: bigint;
  readonly outcome: Exclude<EntryState, 'pending'> | null;
  readonly reversed_by: Buffer | null;
}

const ENTRY = `e.number, e.id, e.effective_day, e.debit_account, e.credit_account, e.amount_minor, e.reason,
  e.postings, e.memo, e.source_kind, e.source_id, e.reverses, e.pending, e.expires_at_ms`;

/** Batch by number, publication, resolution and reversal of an entry `e`; a hidden reversal does not count. */
const JOURNAL = `SELECT ${ENTRY}, coalesce(b.record, p.record) AS record,
    coalesce(p.recorded_at_ms, b.recorded_at_ms) AS recorded_at_ms, r.outcome,
    (SELECT v.id FROM entry_reversal x JOIN journal_entry v ON v.number = x.number
     WHERE x.reversed_number = e.number
       AND NOT EXISTS (SELECT 1 FROM staged_batch s WHERE s.last_number >= x.number AND s.first_number =
         (SELECT max(first_number) FROM journal_batch WHERE first_number <= x.number))) AS reversed_by
  FROM journal_entry e
  JOIN journal_batch b ON b.first_number =
    (SELECT max(first_number) FROM journal_batch WHERE first_number <= e.number)
  LEFT JOIN journal_publication p ON p.import_id = b.import_id
  LEFT JOIN pending_resolution r ON r.number = e.number`;

interface HistoryRow {
  readonly effective_day: bigint;
  readonly place: bigint;
  readonly amount_minor: bigint;
}

/** Where a posting stands in the history of its account. */
export interface HistoryPlace {
  readonly day: number;
  readonly place: number;
}

/** A posting in the history of its account. */
export interface HistoryLine extends HistoryPlace {
  /** The number of its entry. */
  readonly number: number;
  readonly amountMinor: bigint;
}

/** Reads of the journal. */
export function createReadStore(db: Connection) {
  const byId = db.prepare<[Buffer], JournalRow>(
    `${JOURNAL} WHERE e.number = (SELECT number FROM entry_key WHERE id = ?)`,
  );
  const byNumber = db.prepare<[number], JournalRow>(`${JOURNAL} WHERE e.number = ?`);
  const inRange = db.prepare<[number, number, number], { number: bigint }>(
    'SELECT number FROM journal_entry WHERE number BETWEEN ? AND ? ORDER BY number DESC LIMIT ?',
  );
  const bySource = db.prepare<[string, string, number], { number: bigint }>(
    `SELECT number FROM journal_entry WHERE source_kind = ? AND source_id = ? AND number < ?
     ORDER BY number DESC`,
  );
  const byReason = db.prepare<[string, number, number, number], { number: bigint }>(
    `SELECT number FROM journal_entry WHERE reason = ? AND number BETWEEN ? AND ?
     ORDER BY number DESC LIMIT ?`,
  );
  const reasonBatches = db.prepare<[string, number], { first_number: bigint; entry_count: bigint }>(
    `SELECT b.first_number, b.entry_count FROM batch_reason r
     JOIN journal_batch b ON b.first_number = r.first_number
     WHERE r.reason = ? AND r.first_number <= ? ORDER BY r.first_number DESC LIMIT 100`,
  );
  const historyNumbers = db.prepare<[number, bigint, number, number], { number: bigint }>(
    `SELECT DISTINCT place / ${PLACES_PER_ENTRY} AS number FROM account_history
     WHERE run = ? AND account_id = ? AND place BETWEEN ? AND ? ORDER BY number DESC`,
  );
  const historyAfter = db.prepare<[number, bigint, number, number, number, number], HistoryRow>(
    `SELECT effective_day, place, amount_minor FROM account_history
     WHERE run = ? AND account_id = ? AND (effective_day, place) > (?, ?) AND effective_day <= ?
     ORDER BY effective_day, place LIMIT ?`,
  );
  const hasReason = db.prepare<[number, string]>(
    'SELECT 1 FROM journal_entry WHERE number = ? AND reason = ?',
  );
  const hasAccount = db.prepare<[number, bigint]>(
    'SELECT 1 FROM posting WHERE number = ? AND account_id = ?',
  );
  const pendingOn = db.prepare<[bigint, number], { number: bigint }>(
    `SELECT number FROM open_pending o WHERE EXISTS
       (SELECT 1 FROM posting p WHERE p.number = o.number AND p.account_id = ?) AND number <= ?
     ORDER BY number DESC`,
  );
  const countEntries = db.prepare<[], { entries: bigint }>(
    `SELECT (SELECT ifnull(sum(entry_count), 0) FROM journal_batch WHERE record IS NOT NULL)
       + (SELECT ifnull(sum(entry_count), 0) FROM journal_publication) AS entries`,
  );
  const isReversed = db.prepare<[number], { number: bigint }>(
    'SELECT number FROM entry_reversal WHERE reversed_number = ?',
  );

  return {
    byId: (id: Buffer): JournalRow | undefined => byId.get(id),
    byNumber: (number: number): JournalRow | undefined => byNumber.get(number),
    /** Numbers of a range, the greatest first, `limit` at most. */
    numbersIn: ({ first, last }: NumberRange, limit: number): number[] =>
      inRange.all(first, last, limit).map(toNumber),
    numbersBySource: (source: { kind: string; id: string }, below: number): number[] =>
      bySource.all(source.kind, source.id, below).map(toNumber),
    numbersByReason: (reason: string, { first, last }: NumberRange, limit: number): number[] =>
      byReason.all(reason, first, last, limit).map(toNumber),
    /** Batches that hold entries of a reason, the newest first, from the one that starts at `below` or before. */
    *batchesOfReason(reason: string, below: number): Generator<NumberRange> {
      let from = below;
      for (;;) {
        const rows = reasonBatches.all(reason, from);
        for (const row of rows) {
          const first = Number(row.first_number);
          yield { first, last: first + Number(row.entry_count) - 1 };
          from = first - 1;
        }
        if (rows.length === 0) return;
      }
    },
    /** Numbers of posted entries that touch an account, within one run, the greatest first. */
    numbersInRun: (run: number, accountId: bigint, { first, last }: NumberRange): number[] =>
      historyNumbers
        .all(run, accountId, first * PLACES_PER_ENTRY, (last + 1) * PLACES_PER_ENTRY - 1)
        .map(toNumber),
    /** Rows of an account's history in one run after a place, up to a day, the earliest first. */
    historyAfter: (
      run: number,
      accountId: bigint,
      after: HistoryPlace,
      lastDay: number,
      limit: number,
    ): HistoryLine[] =>
      historyAfter.all(run, accountId, after.day, after.place, lastDay, limit).map((row) => ({
        day: Number(row.effective_day),
        place: Number(row.place),
        number: Number(row.place / BigInt(PLACES_PER_ENTRY)),
        amountMinor: row.amount_minor,
      })),
    /** Numbers of entries up to `top` that touch an account and are pending still, the greatest first. */
    pendingOn: (accountId: bigint, top: number): number[] => pendingOn.all(accountId, top).map(toNumber),
    /** True where the entry has the reason and touches the account, so far as they are given. */
    matches: (number: number, accountId: bigint | undefined, reason: string | undefined): boolean =>
      (reason === undefined || hasReason.get(number, reason) !== undefined) &&
      (accountId === undefined || hasAccount.get(number, accountId) !== undefined),
    /** How many entries count. */
    countEntries: (): number => Number(countEntries.get()!.entries),
    /** True where a reversal of the entry exists, also one that is staged. */
    isReversed: (number: number): boolean => isReversed.get(number) !== undefined,
  };
}

export type ReadStore = ReturnType<typeof createReadStore>;

const toNumber = (row: { number: bigint }) => Number(row.number);

/** The postings of a row, in the order in which they are kept. */
export function postingsOfRow(row: EntryRow): { accountId: bigint; amountMinor: bigint }[] {
  if (row.postings === null) {
    return [
      { accountId: row.debit_account!, amountMinor: row.amount_minor! },
      { accountId: row.credit_account!, amountMinor: -row.amount_minor! },
    ];
  }
  const lines = JSON.parse(row.postings) as [number, string][];
  return lines.map(([accountId, amountMinor]) => ({
    accountId: BigInt(accountId),
    amountMinor: BigInt(amountMinor),
  }));
}

/** What became of an entry so far. */
export function stateOfRow(row: JournalRow): EntryState {
  if (row.pending === 0n) return 'posted';
  return row.outcome ?? 'pending';
}
