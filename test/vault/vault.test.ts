import { type ChildProcess, fork } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAudit } from '../../src/main/audit/index.ts';
import { idFromText, isCountersignError, systemRuntime as runtime } from '../../src/main/base/index.ts';
import { sha256 } from '../../src/main/crypto/index.ts';
import { createSealing } from '../../src/main/sealing/index.ts';
import { completeHeader, readHeader, writeHeader } from '../../src/main/vault/header.ts';
import {
  createVault,
  listVaults,
  type Migration,
  openReaderFromKey,
  openVault,
  readMigrations,
  type Vault,
} from '../../src/main/vault/index.ts';
import { deriveKeys } from '../../src/main/vault/root-keys.ts';

const rootKey = Buffer.alloc(32, 0x21);
const settings = { runtime, checkpoints: 'commit' } as const;
let parent: string;
let directory: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'countersign-vault-'));
  directory = join(parent, 'desk.vault');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const create = async (place = directory, key = rootKey) =>
  (await createVault({ directory: place, rootKey: key, ...settings })).vault;
const open = (migrations?: readonly Migration[]) =>
  openVault({ directory, rootKey, ...settings, ...(migrations ? { migrations } : {}) });

async function codeOf(work: () => Promise<unknown> | unknown): Promise<string> {
  try {
    const result = await work();
    (result as Vault | undefined)?.close?.();
    return 'no error';
  } catch (error) {
    return isCountersignError(error) ? error.code : String(error);
  }
}

/** Creates a vault with some rows in it and closes it. */
async function createFilled(place = directory, key = rootKey): Promise<void> {
  const vault = await create(place, key);
  vault.db.exec('CREATE TABLE filler (id INTEGER PRIMARY KEY, value TEXT)');
  const insert = vault.db.prepare('INSERT INTO filler (value) VALUES (?)');
  vault.transaction(() => {
    for (let i = 0; i < 2_000; i += 1) insert.run(`row ${i} ${'x'.repeat(60)}`);
  });
  vault.close();
}

const digests = (place: string) =>
  Object.fromEntries(
    readdirSync(place).map((name) => [name, sha256(readFileSync(join(place, name))).toString('hex')]),
  );

describe('an open vault', () => {
  test('keeps what is committed, and opens again', async () => {
    const first = await create();
    first.transaction(() => first.setMeta('word', 'kept'));
    expect(first.vaultId).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.schemaVersion).toBe(readMigrations().at(-1)!.number);
    first.close();
    first.close();
    expect(readdirSync(directory).sort()).toEqual(['lock.db', 'slots.json', 'vault.db']);
    const second = await open();
    expect([second.meta('word'), second.meta('nothing'), second.vaultId]).toEqual([
      'kept',
      undefined,
      first.vaultId,
    ]);
    second.close();
  });

  test('is keyed, durable, and reads integers as bigint', async () => {
    const vault = await create();
    const pragma = (name: string) => vault.db.pragma(name, { simple: true });
    expect([
      pragma('cipher'),
      pragma('journal_mode'),
      pragma('synchronous'),
      pragma('temp_store'),
      pragma('foreign_keys'),
    ]).toEqual(['chacha20', 'wal', 2n, 2n, 1n]);
    vault.close();
  });

  test('holds no plaintext on the disk, in the WAL neither', async () => {
    const marker = 'PLANTED-MARKER-4711';
    const vault = await create();
    vault.transaction(() => vault.setMeta('secret', marker));
    const files = readdirSync(directory);
    expect(files).toContain('vault.db-wal');
    for (const name of files) {
      const content = readFileSync(join(directory, name));
      expect([name, content.includes(marker), content.includes('vault_meta')]).toEqual([name, false, false]);
      expect([name, content.includes(rootKey)]).toEqual([name, false]);
    }
    vault.close();
    expect(readFileSync(join(directory, 'vault.db')).includes(marker)).toBe(false);
  });

  test('only its user can read its files', async () => {
    const vault = await create();
    vault.transaction(() => vault.setMeta('a', 'b'));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(directory)) {
      expect([name, statSync(join(directory, name)).mode & 0o077]).toEqual([name, 0]);
    }
    vault.close();
  });

  test('readers see what is committed and cannot write', async () => {
    const vault = await create();
    const read = "SELECT value FROM vault_meta WHERE name = 'word'";
    for (const reader of [vault.openReader(), openReaderFromKey(vault.readerKey())]) {
      vault.transaction(() => {
        vault.setMeta('word', 'later');
        expect(reader.prepare(read).get()).toBeUndefined();
      });
      expect(reader.prepare(read).get()).toEqual({ value: 'later' });
      expect(() => reader.exec('DELETE FROM vault_meta')).toThrow(/readonly|read-only|query/i);
      reader.close();
      vault.transaction(() => vault.db.exec("DELETE FROM vault_meta WHERE name = 'word'"));
    }
    vault.close();
  });

  test('its checkpoint worker moves the WAL into the database and ends with the vault', async () => {
    const { vault } = await createVault({ directory, rootKey, runtime });
    vault.db.exec('CREATE TABLE filler (value BLOB)');
    const insert = vault.db.prepare('INSERT INTO filler VALUES (randomblob(4000))');
    vault.transaction(() => {
      for (let i = 0; i < 1_500; i += 1) insert.run();
    });
    const size = () => statSync(join(directory, 'vault.db')).size;
    const deadlineMs = performance.now() + 20_000;
    while (size() < 1_500 * 4096 && performance.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(size()).toBeGreaterThanOrEqual(1_500 * 4096);
    vault.close();
    expect(readdirSync(directory).sort()).toEqual(['lock.db', 'slots.json', 'vault.db']);
    const again = await open();
    expect(again.db.prepare('SELECT count(*) FROM filler').pluck().get()).toBe(1_500n);
    again.close();
  });
});

describe('what is refused, with everything left as it was', () => {
  test('no vault there', async () => {
    expect(await codeOf(open)).toBe('VAULT_MISSING');
    expect(readdirSync(parent)).toEqual([]);
  });

  test('something else there', async () => {
    mkdirSync(directory);
    writeFileSync(join(directory, 'notes.txt'), 'shopping list');
    expect(await codeOf(open)).toBe('VAULT_FOREIGN');
    expect(readdirSync(directory)).toEqual(['notes.txt']);
    writeFileSync(join(parent, 'file.vault'), 'a file');
    expect(
      await codeOf(() => openVault({ directory: join(parent, 'file.vault'), rootKey, ...settings })),
    ).toBe('VAULT_FOREIGN');
  });

  test('creation over anything', async () => {
    await createFilled();
    const before = digests(directory);
    expect(await codeOf(create)).toBe('VAULT_EXISTS');
    expect(digests(directory)).toEqual(before);
    writeFileSync(join(parent, 'file.vault'), 'a file');
    expect(await codeOf(() => create(join(parent, 'file.vault')))).toBe('VAULT_EXISTS');
  });

  test('an empty folder is no vault, and makes room for one', async () => {
    mkdirSync(directory);
    expect(await codeOf(open)).toBe('VAULT_MISSING');
    expect(await codeOf(create)).toBe('no error');
    expect(await codeOf(open)).toBe('no error');
  });

  test('a passphrase that is too short', async () => {
    const attempt = () => createVault({ directory, passphrase: 'seven77', ...settings });
    expect(await codeOf(attempt)).toBe('VAULT_PASSPHRASE_WEAK');
    expect(readdirSync(parent)).toEqual([]);
  });

  test('another root key', async () => {
    await createFilled();
    const attempt = () => openVault({ directory, rootKey: Buffer.alloc(32, 9), ...settings });
    expect(await codeOf(attempt)).toBe('VAULT_HEADER_INVALID');
  });

  test('the database of another vault', async () => {
    await createFilled();
    const other = join(parent, 'other.vault');
    await createFilled(other, Buffer.alloc(32, 0x44));
    cpSync(join(other, 'vault.db'), join(directory, 'vault.db'));
    const before = digests(directory);
    expect(await codeOf(open)).toBe('VAULT_FOREIGN');
    expect(digests(directory)).toEqual(before);
  });

  test('the database of another vault under the same root key', async () => {
    await createFilled();
    const other = join(parent, 'other.vault');
    await createFilled(other);
    cpSync(join(other, 'vault.db'), join(directory, 'vault.db'));
    expect(await codeOf(open)).toBe('VAULT_FOREIGN');
  });

  test('an unencrypted database', async () => {
    await createFilled();
    const plain = Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8176)]);
    writeFileSync(join(directory, 'vault.db'), plain);
    expect(await codeOf(open)).toBe('VAULT_FOREIGN');
  });

  test.each([
    ['to nothing', () => 0],
    ['inside the first page', () => 1_000],
    ['after the first page', () => 4_096],
    ['at a page boundary', (size: number) => size - 4_096],
    ['inside a page', (size: number) => size - 100],
    ['in the middle', (size: number) => Math.floor(size / 2)],
  ])('a database cut short %s', async (_, length) => {
    await createFilled();
    const path = join(directory, 'vault.db');
    truncateSync(path, length(statSync(path).size));
    const before = digests(directory);
    expect(await codeOf(open)).toBe('VAULT_TRUNCATED');
    expect(digests(directory)).toEqual(before);
  });

  test.each([0, 9, 17, 25, 3_000, 4_090])('a first page with a flipped bit at byte %i', async (at) => {
    await createFilled();
    const path = join(directory, 'vault.db');
    const content = readFileSync(path);
    content[at]! ^= 0x10;
    writeFileSync(path, content);
    expect(await codeOf(open)).toBe('VAULT_DAMAGED');
  });

  test('a later page with a flipped bit: the rest still reads, the check says so', async () => {
    await createFilled();
    const path = join(directory, 'vault.db');
    const content = readFileSync(path);
    content[content.length - 2_000]! ^= 1;
    writeFileSync(path, content);
    const vault = await open();
    expect(await vault.checkIntegrity()).toEqual([{ code: 'VAULT_DAMAGED', message: expect.any(String) }]);
    const readAll = () => vault.transaction(() => vault.db.prepare('SELECT count(value) FROM filler').get());
    expect(await codeOf(readAll)).toBe('VAULT_DAMAGED');
    expect(vault.meta('vault_id')).toBe(vault.vaultId);
    vault.close();
  });

  test('a header older than the database', async () => {
    const vault = await create();
    vault.transaction(() => vault.setMeta('generation', '2'));
    vault.close();
    expect(await codeOf(open)).toBe('VAULT_HEADER_ROLLED_BACK');
    const header = readHeader(directory);
    const { vaultId, slots, previousRootKey } = header;
    const keys = deriveKeys(rootKey, idFromText(vaultId)!);
    writeHeader(
      directory,
      completeHeader({ vaultId, slots, previousRootKey, generation: 2 }, keys.headerMacKey),
    );
    expect(await codeOf(open)).toBe('no error');
  });

  test('a whole vault checks out', async () => {
    await createFilled();
    const vault = await open();
    expect(await vault.checkIntegrity()).toEqual([]);
    writeFileSync(
      join(directory, 'slots.json'),
      readFileSync(join(directory, 'slots.json'), 'utf8').replace('"generation": 1', '"generation": 7'),
    );
    expect(await vault.checkIntegrity()).toEqual([
      { code: 'VAULT_HEADER_INVALID', message: expect.any(String) },
    ]);
    vault.close();
  });
});

describe('a vault that is open already', () => {
  test('in this process', async () => {
    const vault = await create();
    expect(await codeOf(open)).toBe('VAULT_IN_USE');
    vault.close();
    expect(await codeOf(open)).toBe('no error');
  });

  test('in another process, until that one is killed', async () => {
    await createFilled();
    const child = fork(new URL('./hold.child.ts', import.meta.url), [directory, rootKey.toString('hex')], {
      execArgv: [],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code) => reject(new Error(`the child ended with ${code}`)));
    });
    expect(await codeOf(open)).toBe('VAULT_IN_USE');
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    const vault = await open();
    expect(vault.db.prepare('SELECT count(*) FROM filler').pluck().get()).toBe(2_000n);
    vault.close();
  });
});

describe('a process that is killed while it writes', () => {
  test.each([1, 7, 25])('loses nothing it acknowledged: killed after %i commits', async (commits) => {
    (await create()).close();
    const args = [directory, rootKey.toString('hex')];
    const child = fork(new URL('./commit.child.ts', import.meta.url), args, { execArgv: [] });
    let acknowledged = 0;
    let heard = 0;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.on('message', (lastSeq) => {
      acknowledged = Number(lastSeq);
      heard += 1;
      if (heard === commits) child.kill('SIGKILL');
    });
    await gone;
    expect(acknowledged).toBeGreaterThanOrEqual(commits * 20);
    const vault = await open();
    expect(await vault.checkIntegrity()).toEqual([]);
    const audit = createAudit(vault, createSealing(vault));
    expect(Number(audit.lastSeq())).toBeGreaterThanOrEqual(acknowledged);
    expect(Number(audit.lastSeq()) % 20).toBe(0);
    expect(await audit.verify()).toMatchObject({ findings: [], records: Number(audit.lastSeq()) });
    vault.transaction(() => audit.record({ kind: 'test.write', actor: 'parent', detail: null }));
    vault.close();
  });
});

describe('a full disk', () => {
  test('in a transaction: typed, nothing written, and the vault goes on', async () => {
    const vault = await create();
    vault.db.exec('CREATE TABLE filler (value BLOB)');
    const pages = Number(vault.db.pragma('page_count', { simple: true }));
    vault.db.pragma(`max_page_count = ${pages + 10}`);
    const fill = () =>
      vault.transaction(() => {
        vault.setMeta('before', 'the disk was full');
        for (let i = 0; i < 100; i += 1)
          vault.db.prepare('INSERT INTO filler VALUES (randomblob(4000))').run();
      });
    expect(await codeOf(fill)).toBe('VAULT_DISK_FULL');
    expect(vault.meta('before')).toBeUndefined();
    expect(vault.db.prepare('SELECT count(*) FROM filler').pluck().get()).toBe(0n);
    vault.db.pragma('max_page_count = 1000000');
    fill();
    expect(vault.meta('before')).toBe('the disk was full');
    vault.close();
  });

  test('during creation: nothing is left', async () => {
    const sql =
      'PRAGMA max_page_count = 12; CREATE TABLE big (value BLOB); INSERT INTO big VALUES (zeroblob(1000000));';
    const migrations = [{ number: 1, name: 'big', sql, hash: 'none' }];
    const attempt = () => createVault({ directory, rootKey, ...settings, migrations });
    expect(await codeOf(attempt)).toBe('VAULT_DISK_FULL');
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe('creation that is killed', () => {
  const run = (step: string) =>
    new Promise<string | number | null>((resolve) => {
      const child: ChildProcess = fork(new URL('./create.child.ts', import.meta.url), [directory, step], {
        execArgv: [],
      });
      child.once('exit', (code, signal) => resolve(signal ?? code));
    });

  test.each(['random-3', 'random-6', 'database'])(
    'at %s leaves no vault, and the next creation sweeps',
    async (step) => {
      expect(await run(step)).toBe('SIGKILL');
      expect(listVaults(parent)).toEqual([]);
      expect(await codeOf(open)).toBe('VAULT_MISSING');
      expect(readdirSync(parent)).toHaveLength(1);
      (await create()).close();
      expect(readdirSync(parent)).toEqual(['desk.vault']);
    },
  );

  test('after it answered leaves a whole vault', async () => {
    expect(await run('created')).toBe('SIGKILL');
    const vault = await openVault({ directory, passphrase: 'correct horse battery', ...settings });
    expect(await vault.checkIntegrity()).toEqual([]);
    vault.close();
  });
});
