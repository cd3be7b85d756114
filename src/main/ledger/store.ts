import type { Connection } from '../vault/index.ts';
import type { AccountState } from './balances.ts';
import type { PreparedEntry } from './posting.ts';
import { leafAt } from './proof.ts';
import { bulkInsert, type PutValue } from './store-bulk.ts';

/** Entries whose number falls into the same run share the pages of the account history. */
export const RUN_ENTRIES = 8192;

/** Postings of one entry that have a place of their own in the account history. */
export const PLACES_PER_ENTRY = 1024;

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

/** The batch that an entry came with. */
interface BatchOfEntry {
  readonly first_number: bigint;
  readonly entry_count: bigint;
  readonly record: bigint | null;
  readonly import_id: bigint | null;
  readonly leaves: Buffer;
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
  /** The key index is written in its own order, so that each of its pages is visited once. */
  const insertKeys = db.prepare(
    `INSERT INTO entry_key (id, number) SELECT id, number FROM journal_entry WHERE number BETWEEN ? AND ? ORDER BY id`,
  );
  const historyRows = bulkInsert(db, 'account_history', [
    'run',
    'account_id',
    'effective_day',
    'place',
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

  const IDS_PER_QUERY = 32;
  const findMany = db.prepare<Buffer[], { id: Buffer; number: bigint }>(
    `SELECT id, number FROM entry_key WHERE id IN (${Array(IDS_PER_QUERY).fill('?').join(',')})`,
  );
  const batchOf = db.prepare<[bigint], BatchOfEntry>(
    `SELECT b.first_number, b.entry_count, coalesce(b.record, p.record) AS record, b.import_id, l.leaves
     FROM journal_batch b JOIN journal_leaves l ON l.first_number = b.first_number
     LEFT JOIN journal_publication p ON p.import_id = b.import_id
     WHERE b.first_number = (SELECT max(first_number) FROM journal_batch WHERE first_number <= ?)`,
  );

  /** Those of `ids` that are in use, by the id's latin1 text. */
  function findAll(ids: readonly Buffer[]): Map<string, FoundEntry> {
    const rows: { id: Buffer; number: bigint }[] = [];
    for (let at = 0; at < ids.length; at += IDS_PER_QUERY) {
      const part = ids.slice(at, at + IDS_PER_QUERY);
      while (part.length < IDS_PER_QUERY) part.push(part[0]!);
      rows.push(...findMany.all(...part));
    }
    // In the order of numbers each batch, with its leaves, is read once.
    rows.sort((a, b) => Number(a.number - b.number));
    const found = new Map<string, FoundEntry>();
    let batch: BatchOfEntry | undefined;
    for (const { id, number } of rows) {
      if (batch === undefined || number >= batch.first_number + batch.entry_count)
        batch = batchOf.get(number)!;
      const key = id.toString('latin1');
      found.set(key, {
        key,
        number: Number(number),
        leaf: leafAt(batch.leaves, Number(number - batch.first_number)),
        record: batch.record,
        importId: batch.import_id,
      });
    }
    return found;
  }

  function writeEntries({ firstNumber, entries }: BatchRow): void {
    const wide = entries.some(isWide);
    (wide ? wideRows : entryRows)((put) => {
      for (let index = 0; index < entries.length; index += 1) {
        const entry = entries[index]!;
        put(firstNumber + index);
        putEntry(put, entry);
        if (wide) putWide(put, entry);
      }
    });
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
      insertKeys.run(firstNumber, firstNumber + entries.length - 1);
      historyRows((put) => putHistory(put, firstNumber, entries));
      for (const [index, entry] of entries.entries()) {
        if (entry.pending) insertPending.run(firstNumber + index, entry.expiresAtMs);
      }
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
      historyRows((put) => {
        for (const [line, { accountId, amountMinor }] of postings.entries()) {
          put(runOf(number));
          put(accountId);
          put(day);
          put(number * PLACES_PER_ENTRY + line);
          put(amountMinor);
        }
      });
    },

    writeDeltas(importId: bigint, firstNumber: number, deltas: readonly Delta[]): void {
      deltaRows((put) => {
        for (const { accountId, day, debitMinor, creditMinor } of deltas) {
          for (const value of [importId, firstNumber, accountId, day, debitMinor, creditMinor]) put(value);
        }
      });
    },

    /** Writes accounts' balances as they stand in memory. */
    writeBalances(accounts: Iterable<AccountState>): void {
      balanceRows((put) => {
        for (const account of accounts) {
          put(account.info.id);
          put(account.debitMinor);
          put(account.creditMinor);
          put(account.pendingDebitMinor);
          put(account.pendingCreditMinor);
        }
      });
    },

    findAll,
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

function putEntry(put: PutValue, entry: PreparedEntry): void {
  const two = entry.lines === null;
  put(entry.id);
  put(entry.day);
  put(two ? entry.debitAccount : null);
  put(two ? entry.creditAccount : null);
  put(two ? entry.amountMinor : null);
  put(entry.reason);
  put(entry.source === null ? null : entry.source.kind);
  put(entry.source === null ? null : entry.source.id);
}

function putWide(put: PutValue, entry: PreparedEntry): void {
  put(postingsJson(entry));
  put(entry.memo);
  put(entry.reverses);
  put(entry.pending ? 1 : 0);
  put(entry.expiresAtMs);
}

/**
 * The account history of posted entries, in the order of the table's key: run, account, date, place.
 * A posting is a number here, its entry's index * 1024 + its line, and an account has a list of them.
 */
function putHistory(put: PutValue, firstNumber: number, entries: readonly PreparedEntry[]): void {
  let at = 0;
  while (at < entries.length) {
    const run = runOf(firstNumber + at);
    const end = Math.min(entries.length, (run + 1) * RUN_ENTRIES - firstNumber);
    const byAccount = postingsByAccount(entries, at, end);
    for (const account of [...byAccount.keys()].sort((a, b) => a - b)) {
      for (const posting of inDateOrder(byAccount.get(account)!, entries)) {
        const entry = entries[Math.floor(posting / PLACES_PER_ENTRY)]!;
        put(run);
        put(account);
        put(entry.day);
        put(firstNumber * PLACES_PER_ENTRY + posting);
        put(amountOf(entry, posting % PLACES_PER_ENTRY));
      }
    }
    at = end;
  }
}

function postingsByAccount(
  entries: readonly PreparedEntry[],
  from: number,
  to: number,
): Map<number, number[]> {
  const byAccount = new Map<number, number[]>();
  const add = (accountId: bigint | number, posting: number) => {
    const account = Number(accountId);
    const postings = byAccount.get(account);
    if (postings === undefined) byAccount.set(account, [posting]);
    else postings.push(posting);
  };
  for (let index = from; index < to; index += 1) {
    const entry = entries[index]!;
    if (entry.pending) continue;
    const posting = index * PLACES_PER_ENTRY;
    if (entry.lines === null) {
      add(entry.debitAccount, posting);
      add(entry.creditAccount, posting + 1);
    } else {
      for (let line = 0; line < entry.lines.length; line += 1)
        add(entry.lines[line]!.accountId, posting + line);
    }
  }
  return byAccount;
}

/** Postings come in the order of their entries, which mostly is that of dates; sorting keeps it among equal dates. */
function inDateOrder(postings: number[], entries: readonly PreparedEntry[]): number[] {
  const dayOf = (posting: number) => entries[Math.floor(posting / PLACES_PER_ENTRY)]!.day;
  for (let i = 1; i < postings.length; i += 1) {
    if (dayOf(postings[i]!) < dayOf(postings[i - 1]!)) return postings.sort((a, b) => dayOf(a) - dayOf(b));
  }
  return postings;
}

function amountOf(entry: PreparedEntry, line: number): bigint {
  if (entry.lines !== null) return entry.lines[line]!.amountMinor;
  return line === 0 ? entry.amountMinor : -entry.amountMinor;
}
