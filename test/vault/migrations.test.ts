import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isCountersignError, systemRuntime as runtime } from '../../src/main/base/index.ts';
import { sha256 } from '../../src/main/crypto/index.ts';
import { createVault, type Migration, openVault, readMigrations } from '../../src/main/vault/index.ts';

const rootKey = Buffer.alloc(32, 0x33);
const shipped = readMigrations();
const last = shipped.at(-1)!.number;
let parent: string;
let directory: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'countersign-migrations-'));
  directory = join(parent, 'desk.vault');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const migration = (number: number, sql: string): Migration => ({
  number,
  name: `step-${number}`,
  sql,
  hash: sha256(Buffer.from(sql)).toString('hex'),
});

const build = async (migrations: readonly Migration[]) =>
  (await createVault({ directory, rootKey, runtime, checkpoints: 'commit', migrations })).vault;
const reopen = (migrations: readonly Migration[]) =>
  openVault({ directory, rootKey, runtime, checkpoints: 'commit', migrations });

async function refusal(work: () => Promise<{ close(): void }>): Promise<string> {
  try {
    (await work()).close();
    return 'no error';
  } catch (error) {
    return isCountersignError(error) ? error.code : String(error);
  }
}

const added = migration(
  last + 1,
  'CREATE TABLE added (value TEXT); INSERT INTO added SELECT name FROM vault_meta;',
);

test('the shipped history is in order and starts with vault and audit', () => {
  expect(shipped.slice(0, 2).map(({ number, name }) => [number, name])).toEqual([
    [1, 'vault'],
    [2, 'audit'],
  ]);
  const numbers = shipped.map(({ number }) => number);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
});

test('a later step is applied to a filled database, once', async () => {
  const vault = await build(shipped);
  vault.transaction(() => vault.setMeta('word', 'kept'));
  vault.close();
  for (let i = 0; i < 2; i += 1) {
    const later = await reopen([...shipped, added]);
    expect(later.schemaVersion).toBe(last + 1);
    expect(later.meta('word')).toBe('kept');
    const values = later.db.prepare("SELECT count(*) FROM added WHERE value = 'word'").pluck().get();
    expect(values).toBe(1n);
    later.close();
  }
});

test('a vault of a newer program is refused and not touched', async () => {
  (await build([...shipped, added])).close();
  expect(await refusal(() => reopen(shipped))).toBe('VAULT_SCHEMA_NEWER');
  expect(await refusal(() => reopen([...shipped, added]))).toBe('no error');
});

test('other history is refused: a changed step, one left out, one put in between', async () => {
  (await build([...shipped, added])).close();
  const changed = [...shipped, migration(last + 1, 'CREATE TABLE added (value BLOB);')];
  expect(await refusal(() => reopen(changed))).toBe('VAULT_SCHEMA_DIFFERENT');
  expect(await refusal(() => reopen([...shipped.slice(1), added]))).toBe('VAULT_SCHEMA_DIFFERENT');
  const between = [...shipped, added].map((step, i) =>
    i === 0 ? step : { ...step, number: step.number + 1 },
  );
  const shifted = [between[0]!, migration(2, 'SELECT 1;'), ...between.slice(1)];
  expect(await refusal(() => reopen(shifted))).toBe('VAULT_SCHEMA_DIFFERENT');
});

test('a step that fails leaves the vault at the step before', async () => {
  (await build(shipped)).close();
  const failing = migration(last + 2, 'CREATE TABLE half (value TEXT); INSERT INTO nowhere VALUES (1);');
  expect(await refusal(() => reopen([...shipped, added, failing]))).toContain('no such table: nowhere');
  const vault = await reopen([...shipped, added]);
  expect(vault.schemaVersion).toBe(last + 1);
  expect(vault.db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").pluck().get()).toBe(0n);
  vault.close();
});

test('a folder of migrations: two of one number, or none, are refused', () => {
  const folder = join(parent, 'steps');
  mkdirSync(folder);
  const url = pathToFileURL(`${folder}/`);
  expect(() => readMigrations(url)).toThrow('no migration');
  writeFileSync(join(folder, 'README.md'), 'not a step');
  writeFileSync(join(folder, '0002-second.sql'), 'SELECT 2;');
  writeFileSync(join(folder, '0001-first.sql'), 'SELECT 1;');
  expect(readMigrations(url).map(({ number, name }) => `${number} ${name}`)).toEqual(['1 first', '2 second']);
  writeFileSync(join(folder, '0002-other.sql'), 'SELECT 3;');
  expect(() => readMigrations(url)).toThrow('number 2');
});
