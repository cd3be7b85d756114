import { readdirSync, readFileSync } from 'node:fs';
import { CountersignError, type Runtime } from '../base/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { Connection } from './connection.ts';

/** One step of the schema's history. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** Hex SHA-256 of the file. */
  readonly hash: string;
}

const FILE_NAME = /^(\d{4})-([a-z0-9-]+)\.sql$/;

/** The folder of the migrations: beside this file in the source, `out/main/migrations` in the bundle. */
function migrationsFolder(): URL {
  if (import.meta.url.endsWith('.ts')) return new URL('./migrations/', import.meta.url);
  const end = import.meta.url.lastIndexOf('/out/main/') + '/out/main/'.length;
  return new URL('migrations/', import.meta.url.slice(0, end));
}

/** Reads the migrations of a folder, in order. Two files of one number, or none at all, are refused. */
export function readMigrations(folder: URL = migrationsFolder()): Migration[] {
  const migrations: Migration[] = [];
  for (const fileName of readdirSync(folder).sort()) {
    const parts = FILE_NAME.exec(fileName);
    if (!parts) continue;
    const bytes = readFileSync(new URL(fileName, folder));
    const number = Number(parts[1]);
    if (migrations.at(-1)?.number === number) throw new Error(`two migrations have the number ${number}`);
    migrations.push({
      number,
      name: parts[2]!,
      sql: bytes.toString('utf8'),
      hash: sha256(bytes).toString('hex'),
    });
  }
  if (migrations.length === 0) throw new Error('there is no migration to be found');
  return migrations;
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly hash: string;
}

/** What was applied to a database so far; nothing where it is new. Reads only. */
export function appliedMigrations(db: Connection): Applied[] {
  const known = db
    .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migration'")
    .get();
  if (known === undefined) return [];
  return db
    .prepare<[], Applied>('SELECT number, name, hash FROM schema_migration ORDER BY number')
    .safeIntegers(false)
    .all();
}

/**
 * Throws `VAULT_SCHEMA_NEWER` where the database has migrations this program lacks, and
 * `VAULT_SCHEMA_DIFFERENT` where one it has was applied in another form or out of turn. Changes
 * nothing.
 */
export function checkSchema(db: Connection, migrations: readonly Migration[]): void {
  const applied = appliedMigrations(db);
  const newestKnown = migrations.at(-1)!.number;
  const newestApplied = applied.at(-1)?.number ?? 0;
  if (newestApplied > newestKnown) {
    throw new CountersignError('VAULT_SCHEMA_NEWER', 'The vault was written by a newer Countersign.', {
      expected: `schema ${newestKnown} or older`,
      actual: `schema ${newestApplied}`,
    });
  }
  const due = migrations.filter((migration) => migration.number <= newestApplied);
  for (let i = 0; i < Math.max(due.length, applied.length); i += 1) {
    if (due[i]?.number === applied[i]?.number && due[i]?.hash === applied[i]?.hash) continue;
    const number = String(applied[i]?.number ?? due[i]?.number).padStart(4, '0');
    const message = 'The vault was built by other migrations than this program carries.';
    throw new CountersignError('VAULT_SCHEMA_DIFFERENT', message, { path: `migration ${number}` });
  }
}

/** Applies what is still missing, each step in a transaction of its own. */
export function migrate(db: Connection, migrations: readonly Migration[], runtime: Runtime): void {
  checkSchema(db, migrations);
  const newestApplied = appliedMigrations(db).at(-1)?.number ?? 0;
  db.exec(
    `CREATE TABLE IF NOT EXISTS schema_migration (
       number INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, applied_at_ms INTEGER NOT NULL
     ) STRICT`,
  );
  const record = db.prepare(
    'INSERT INTO schema_migration (number, name, hash, applied_at_ms) VALUES (?, ?, ?, ?)',
  );
  for (const migration of migrations) {
    if (migration.number <= newestApplied) continue;
    db.transaction(() => {
      db.exec(migration.sql);
      record.run(migration.number, migration.name, migration.hash, BigInt(runtime.nowMs()));
    }).immediate();
  }
}
