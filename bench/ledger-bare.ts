/** What the ledger is measured beside: one transfer row and two balance updates, and nothing else. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';

export interface BareOptions {
  readonly entries: number;
  readonly batch: number;
  readonly accounts: number;
}

/**
 * Transfers a second of bare better-sqlite3 in the same batches, on a file encrypted with the same
 * cipher and committed with `synchronous=FULL`: row by row through prepared statements.
 */
export function bareRate({ entries, batch, accounts }: BareOptions): number {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const db = new Database(join(folder, 'bare.db')) as Database.Database & { key(key: Buffer): number };
  try {
    db.pragma("cipher = 'chacha20'");
    db.key(Buffer.alloc(32, 7));
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('wal_autocheckpoint = 0');
    db.pragma('temp_store = MEMORY');
    db.pragma('cache_size = -65536');
    db.exec(`CREATE TABLE account (id INTEGER PRIMARY KEY, debits INTEGER NOT NULL, credits INTEGER NOT NULL);
      CREATE TABLE transfer (id INTEGER PRIMARY KEY, debit INTEGER NOT NULL, credit INTEGER NOT NULL,
        amount INTEGER NOT NULL, day INTEGER NOT NULL)`);
    const account = db.prepare('INSERT INTO account VALUES (?, 0, 0)');
    for (let id = 1; id <= accounts; id += 1) account.run(id);
    const transfer = db.prepare('INSERT INTO transfer (debit, credit, amount, day) VALUES (?, ?, ?, ?)');
    const debit = db.prepare('UPDATE account SET debits = debits + ? WHERE id = ?');
    const credit = db.prepare('UPDATE account SET credits = credits + ? WHERE id = ?');
    const write = db.transaction((from: number, to: number) => {
      for (let at = from; at < to; at += 1) {
        const [from, into, amount] = transferAt(at, accounts);
        transfer.run(from + 1, into + 1, amount, 20_000);
        debit.run(amount, from + 1);
        credit.run(amount, into + 1);
      }
    });
    const startMs = performance.now();
    for (let at = 0; at < entries; at += batch) write(at, Math.min(entries, at + batch));
    return (entries / (performance.now() - startMs)) * 1000;
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The `at`-th transfer: two different accounts, counted from 0, and minor units. The same for both sides. */
export function transferAt(at: number, accounts: number): [number, number, number] {
  const debit = (at * 7919) % accounts;
  const credit = (debit + 1 + ((at * 104_729) % (accounts - 1))) % accounts;
  return [debit, credit, 100 + (at % 1000)];
}
