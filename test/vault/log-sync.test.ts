import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogSync } from '../../src/main/vault/log-sync.ts';

let folder: string;
let path: string;
let db: Database.Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-log-sync-'));
  path = join(folder, 'some.db');
  db = new Database(path).defaultSafeIntegers(true);
  db.pragma('journal_mode = WAL');
  db.pragma('wal_autocheckpoint = 0');
  db.exec('CREATE TABLE one (id INTEGER PRIMARY KEY) STRICT');
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

/** Pages of the log that are not in the database yet. */
const notCopied = () => {
  const [row] = db.pragma('wal_checkpoint(NOOP)') as { log: bigint; checkpointed: bigint }[];
  return Number(row!.log) - Number(row!.checkpointed);
};

describe('the log on its way to the disk', () => {
  it('is brought there as it is', async () => {
    await createLogSync(path, db).lasting();
    expect(notCopied()).toBeGreaterThan(0);
  });

  it('goes into the database where that is refused', async () => {
    await createLogSync(join(folder, 'none.db'), db).lasting();
    expect(notCopied()).toBe(0);
  });

  it('is not there while neither is possible', async () => {
    const reader = new Database(path, { readonly: true });
    try {
      reader.exec('BEGIN');
      reader.prepare('SELECT count(*) FROM one').get();
      db.exec('INSERT INTO one VALUES (1)');
      db.pragma('busy_timeout = 0');
      const logSync = createLogSync(join(folder, 'none.db'), db);
      await expect(logSync.lasting()).rejects.toMatchObject({ code: 'VAULT_UNREADABLE' });
      reader.exec('COMMIT');
      await logSync.lasting();
      expect(notCopied()).toBe(0);
    } finally {
      reader.close();
    }
  });

  it('is nobody’s error where it was only to go ahead', async () => {
    const logSync = createLogSync(join(folder, 'none.db'), db);
    logSync.owe();
    logSync.start();
    await logSync.settled();
  });
});
