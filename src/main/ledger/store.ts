import { SHA256_BYTES } from '../crypto/index.ts';
import type { Connection } from '../vault/index.ts';
import type { AccountState } from './balances.ts';
import type { PreparedEntry } from './posting.ts';
import { bulkInsert, type SqlValue } from './store-bulk.ts';

/** Entries whose number falls into the same run share the pages of the account history. */
export const RUN_ENTRIES = 8192;

/** The run of an entry's number. */
export function runOf(number: number): number {
  return Math.floor(number / RUN_ENTRIES);
}

/** One batch as it is written. */
export interface BatchRow {
  readonly firstNumber: number;
  readonly entries: readonly PreparedEntry[];
  readonly leaves: Buffer;
  readonly root: Buffer;
  readonly record: bigint | null;
  readonly importId: bigint | null;
  readonly recordedAtMs: number;
}

/** An entry found by its id. */
export interface FoundEntry {
  readonly key: string;
  readonly number: number;
  readonly leaf: Buffer;
  /** The record from which it is known; null while its import is unpublished. */
  readonly record: bigint | null;
  readonly importId: bigint | null;
}

const ENTRY_COLUMNS = [
  'number',
  'id',
  'effective_day',
  'debit_account',
  'credit_account',
  'amount_minor',
  'reason',
  'source_kind',
  'source_id',
];
const WIDE_COLUMNS = [...ENTRY_COLUMNS, 'postings', 'memo', 'reverses', 'pending', 'expires_at_ms'];

/** True where the entry needs the columns that most entries leave empty. */
function isWide(entry: PreparedEntry): boolean {
  return entry.lines !== null || entry.memo !== null || entry.reverses !== null || entry.pending;
}

/** `[[account, "amount"], …]`: amounts as text, since JSON's numbers are floats to many readers. */
function postingsJson(entry: PreparedEntry): string | null {
  if (entry.lines === null) return null;
  return `[${entry.lines.map((line) => `[${line.accountId},"${line.amountMinor}"]`).join(',')}]`;
}

/** The writing side of the journal's tables, and finding entries by their ids. */
export function createJournalStore(db: Connection) {
  const entryRows = bulkInsert(db, 'journal_entry', ENTRY_COLUMNS);
  const wideRows = bulkInsert(db, 'journal_entry', WIDE_COLUMNS);
  const keyRows = bulkInsert(db, 'entry_key', ['id', 'number']);
  const historyRows = bulkInsert(db, 'account_history', [
    'run',
    'account_id',
    'effective_day',
    'number',
    'line',
    'amount_minor',
  ]);
  const deltaRows = bulkInsert(db, 'import_delta', [
    'import_id',
    'first_number',
    'account_id',
    'effective_day',
    'debit_minor',
    'credit_minor',
  ]);
  const balanceRows = bulkInsert(
    db,
    'account_balance',
    ['account_id', 'debit_minor', 'credit_minor', 'pending_debit_minor', 'pending_credit_minor'],
    `ON CONFLICT (account_id) DO UPDATE SET debit_minor = excluded.debit_minor,
       credit_minor = excluded.credit_minor, pending_debit_minor = excluded.pending_debit_minor,
       pending_credit_minor = excluded.pending_credit_minor`,
  );
  const insertBatch = db.prepare(
    `INSERT INTO journal_batch (first_number, entry_count, root, record, import_id, recorded_at_ms)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const insertLeaves = db.prepare('INSERT INTO journal_leaves (first_number, leaves) VALUES (?, ?)');
  const insertReason = db.prepare('INSERT INTO batch_reason (reason, first_number) VALUES (?, ?)');
  const insertPending = db.prepare('INSERT INTO open_pending (number, expires_at_ms) VALUES (?, ?)');
  const insertReversal = db.prepare('INSERT INTO entry_reversal (reversed_number, number) VALUES (?, ?)');

  const FOUND = `SELECT k.id, k.number, b.record, b.import_id, p.record AS published,
      substr(l.leaves, (k.number - b.first_number) * ${SHA256_BYTES} + 1, ${SHA256_BYTES}) AS leaf
    FROM entry_key k
    JOIN journal_batch b ON b.first_number =
      (SELECT max(first_number) FROM journal_batch WHERE first_number <= k.number)
    JOIN journal_leaves l ON l.first_number = b.first_number
    LEFT JOIN journal_publication p ON p.import_id = b.import_id WHERE k.id`;
  interface FoundRow {
    id: Buffer;
    number: bigint;
    record: bigint | null;
    import_id: bigint | null;
    published: bigint | null;
    leaf: Buffer;
  }
  const findOne = db.prepare<[Buffer], FoundRow>(`${FOUND} = ?`);
  const IDS_PER_QUERY = 32;
  const findMany = db.prepare<Buffer[], { id: Buffer }>(
    `SELECT id FROM entry_key WHERE id IN (${Array(IDS_PER_QUERY).fill('?').join(',')})`,
  );

  const find = (id: Buffer): FoundEntry | undefined => {
    const row = findOne.get(id);
    if (row === undefined) return undefined;
    return {
      key: row.id.toString('latin1'),
      number: Number(row.number),
      leaf: row.leaf,
      record: row.record ?? row.published,
      importId: row.import_id,
    };
  };

  function writeEntries(batch: BatchRow): void {
    const wide = batch.entries.some(isWide);
    const values: SqlValue[] = [];
    batch.entries.forEach((entry, index) => {
      const two = entry.lines === null;
      values.push(
        batch.firstNumber + index,
        entry.id,
        entry.day,
        two ? entry.debitAccount : null,
        two ? entry.creditAccount : null,
        two ? entry.amountMinor : null,
        entry.reason,
        entry.source?.kind ?? null,
        entry.source?.id ?? null,
      );
      if (wide) {
        values.push(
          postingsJson(entry),
          entry.memo,
          entry.reverses,
          entry.pending ? 1 : 0,
          entry.expiresAtMs,
        );
      }
    });
    (wide ? wideRows : entryRows).run(values);
  }

  /** The key index is written in its own order, so that each of its pages is visited once. */
  function writeKeys(batch: BatchRow): void {
    const order = batch.entries.map((_, index) => index);
    const keyAt = (index: number) => batch.entries[index]!.key;
    if (order.some((index) => index > 0 && keyAt(index) < keyAt(index - 1))) {
      order.sort((a, b) => (keyAt(a) < keyAt(b) ? -1 : 1));
    }
    const values: SqlValue[] = [];
    for (const index of order) values.push(batch.entries[index]!.id, batch.firstNumber + index);
    keyRows.run(values);
  }

  return {
    /** Writes a batch with its leaves, keys and account history. */
    writeBatch(batch: BatchRow): void {
      const { firstNumber, entries, leaves, root, record, importId, recordedAtMs } = batch;
      insertBatch.run(firstNumber, entries.length, root, record, importId, recordedAtMs);
      insertLeaves.run(firstNumber, leaves);
      for (const reason of new Set(entries.map((entry) => entry.reason)))
        insertReason.run(reason, firstNumber);
      writeEntries(batch);
      writeKeys(batch);
      historyRows.run(historyOf(firstNumber, entries));
      entries.forEach((entry, index) => {
        if (entry.pending) insertPending.run(firstNumber + index, entry.expiresAtMs);
      });
    },

    writeReversal(reversedNumber: number, number: number): void {
      insertReversal.run(reversedNumber, number);
    },

    /** The history of one entry, when it turns from pending to posted. */
    writeHistoryOf(
      number: number,
      day: number,
      postings: readonly { accountId: bigint; amountMinor: bigint }[],
    ): void {
      const rows = postings.map(({ accountId, amountMinor }, line) => [
        runOf(number),
        accountId,
        day,
        number,
        line,
        amountMinor,
      ]);
      historyRows.run(rows.flat());
    },

    writeDeltas(importId: bigint, firstNumber: number, deltas: readonly Delta[]): void {
      const values: SqlValue[] = [];
      for (const delta of deltas) {
        values.push(importId, firstNumber, delta.accountId, delta.day, delta.debitMinor, delta.creditMinor);
      }
      deltaRows.run(values);
    },

    /** Writes accounts' balances as they stand in memory. */
    writeBalances(accounts: Iterable<AccountState>): void {
      const values: SqlValue[] = [];
      for (const account of accounts) {
        values.push(
          account.info.id,
          account.debitMinor,
          account.creditMinor,
          account.pendingDebitMinor,
          account.pendingCreditMinor,
        );
      }
      balanceRows.run(values);
    },

    find,

    /** Those of `ids` that are in use, as a map by the id's latin1 text. */
    findAll(ids: readonly Buffer[]): Map<string, FoundEntry> {
      const found = new Map<string, FoundEntry>();
      for (let at = 0; at < ids.length; at += IDS_PER_QUERY) {
        const part = ids.slice(at, at + IDS_PER_QUERY);
        while (part.length < IDS_PER_QUERY) part.push(part[0]!);
        for (const { id } of findMany.all(...part)) {
          const entry = find(id);
          if (entry !== undefined) found.set(entry.key, entry);
        }
      }
      return found;
    },
  };
}

export type JournalStore = ReturnType<typeof createJournalStore>;

/** Turnover of an account on a date. */
export interface Delta {
  readonly accountId: bigint;
  readonly day: number;
  readonly debitMinor: bigint;
  readonly creditMinor: bigint;
}

interface HistoryLine {
  readonly day: number;
  readonly number: number;
  readonly line: number;
  readonly amountMinor: bigint;
}

/** The rows of the account history of posted entries, flat and in the order of the table's key. */
function historyOf(firstNumber: number, entries: readonly PreparedEntry[]): SqlValue[] {
  const values: SqlValue[] = [];
  let at = 0;
  while (at < entries.length) {
    const run = runOf(firstNumber + at);
    const end = Math.min(entries.length, (run + 1) * RUN_ENTRIES - firstNumber);
    const byAccount = new Map<number, HistoryLine[]>();
    const add = (accountId: bigint | number, row: HistoryLine) => {
      const account = Number(accountId);
      const rows = byAccount.get(account);
      if (rows === undefined) byAccount.set(account, [row]);
      else rows.push(row);
    };
    for (; at < end; at += 1) {
      const entry = entries[at]!;
      if (entry.pending) continue;
      const { day } = entry;
      const number = firstNumber + at;
      if (entry.lines === null) {
        add(entry.debitAccount, { day, number, line: 0, amountMinor: entry.amountMinor });
        add(entry.creditAccount, { day, number, line: 1, amountMinor: -entry.amountMinor });
      } else {
        let line = 0;
        for (const { accountId, amountMinor } of entry.lines) {
          add(accountId, { day, number, line, amountMinor });
          line += 1;
        }
      }
    }
    for (const account of [...byAccount.keys()].sort((a, b) => a - b)) {
      const rows = byAccount.get(account)!;
      // Rows come in the order of their numbers; sorting by date keeps it among equal dates.
      if (rows.some((row, i) => i > 0 && row.day < rows[i - 1]!.day)) rows.sort((a, b) => a.day - b.day);
      for (const row of rows) values.push(run, account, row.day, row.number, row.line, row.amountMinor);
    }
  }
  return values;
}
