import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackupRun } from '../../src/contract/backup.ts';
import { manifestKey, openContainer } from '../../src/main/backup/container.ts';
import { restore } from '../../src/main/backup/index.ts';
import { work } from '../../src/main/backup/work.ts';
import { createVault, openVault, readMigrations } from '../../src/main/vault/index.ts';
import { type BackupTest, CALLER, openBackupTest, readRestored } from './support.ts';

let bench: BackupTest;
let run: BackupRun;
let last: bigint;
const SECRET_TEXT = 'Planted Secret GmbH';

beforeAll(async () => {
  bench = await openBackupTest();
  bench.test.vault.transaction(() =>
    bench.test.audit.record({ kind: 'test.write', actor: 'tester', detail: { name: SECRET_TEXT } }),
  );
  last = bench.write(50);
  run = await bench.backup.create(join(bench.folder, 'one.bkup'), CALLER);
});
afterAll(() => bench.close());

/** What lies in the folder, hidden drafts too. */
const lying = () => readdirSync(bench.folder).sort();

describe('a backup to one file', () => {
  it('says what it holds, is listed, and is in the log and the heartbeat', () => {
    expect(run).toMatchObject({ kind: 'backup', record: last, verified: true, exists: true });
    expect(bench.backup.list()[0]).toEqual(run);
    expect(bench.backup.status().lastBackup).toEqual(run);
    const record = bench.test.audit.list({ kind: 'backup.create', limit: 1 }).rows[0]!;
    expect(record.actor).toBe(CALLER.actor);
    expect(bench.beats.some(({ source, ok }) => source === 'backup.create' && ok)).toBe(true);
    expect(lying()).toEqual(['one.bkup', 'second']);
    expect(statSync(run.path).mode & 0o077).toBe(0);
  });

  it('holds nothing of the vault in the clear', () => {
    const bytes = readFileSync(run.path);
    for (const text of [SECRET_TEXT, 'SQLite format', 'audit_record', 'test.write']) {
      expect(bytes.includes(text), text).toBe(false);
    }
  });

  it('restores to a vault that ends with its record and runs like every vault', async () => {
    const restored = await bench.restoreTo('again.vault', run.path);
    expect(restored).toMatchObject({ record: last, vaultId: bench.test.vault.vaultId });
    const read = await readRestored(bench.test, restored.directory);
    expect(read.findings).toEqual([]);
    const { end } = read;
    expect(end.record).toMatchObject({ kind: 'backup.restore', seq: last + 1n });
    expect(JSON.parse(end.detail!)).toMatchObject({ record: String(last), epoch: 1, source: run.path });
    expect(readdirSync(restored.directory).sort()).toEqual(['lock.db', 'slots.json', 'vault.db']);
    rmSync(restored.directory, { recursive: true });
  });
});

describe('links that lie in the way', () => {
  it('are not followed: what they lead to stays as it is', async () => {
    const victim = join(bench.folder, 'victim');
    writeFileSync(victim, 'not yours');
    const path = join(bench.folder, 'linked.bkup');
    for (const suffix of ['.copying', '.part']) symlinkSync(victim, path + suffix);
    expect(await bench.backup.create(path, CALLER)).toMatchObject({ verified: true });
    expect(readFileSync(victim, 'utf8')).toBe('not yours');
    expect(statSync(path).mode & 0o077).toBe(0);
    for (const made of [victim, path]) rmSync(made);
    expect(lying()).toEqual(['one.bkup', 'second']);
  });
});

describe('a backup of an older version', () => {
  it('is brought up to this schema before it is verified', async () => {
    const migrations = readMigrations();
    const older = migrations.slice(0, -1);
    const { runtime, rootKey } = bench.test;
    const directory = join(bench.folder, 'older.vault');
    const path = join(bench.folder, 'older.bkup');
    const { vault } = await createVault({
      directory,
      rootKey,
      runtime,
      migrations: older,
      checkpoints: 'commit',
    });
    const macKey = Uint8Array.from(manifestKey(vault.wrappingKey));
    const order = { key: vault.readerKey(), macKey, path, createdAtMs: runtime.nowMs() };
    await work<'create'>({ do: 'create', order });
    vault.close();
    const restored = await bench.restoreTo('newer.vault', path);
    expect(restored.record).toBe(0n);
    expect(restored.checks.every(({ ok }) => ok)).toBe(true);
    const again = await openVault({ directory: restored.directory, rootKey, runtime, checkpoints: 'commit' });
    expect(again.schemaVersion).toBe(migrations.at(-1)!.number);
    again.close();
    for (const made of [directory, restored.directory, path]) rmSync(made, { recursive: true });
  });
});

describe('a place that is no place', () => {
  it.each([
    ['a relative path', 'somewhere.bkup', 'BACKUP_TARGET_INVALID'],
    ['a place in the vault', '$vault/copy.bkup', 'BACKUP_TARGET_INVALID'],
    ['a place in the vault by a detour', '$folder/../$name/test.vault/copy.bkup', 'BACKUP_TARGET_INVALID'],
    ['a file that is there', '$folder/one.bkup', 'BACKUP_TARGET_EXISTS'],
    ['a folder that is there', '$folder/second', 'BACKUP_TARGET_EXISTS'],
    ['a folder that is missing', '$folder/nowhere/one.bkup', 'BACKUP_TARGET_UNREACHABLE'],
    ['a file in a file', '$folder/one.bkup/two.bkup', 'BACKUP_TARGET_UNREACHABLE'],
  ])('refuses %s', async (_, given, code) => {
    const { directory } = bench.test;
    const parent = directory.slice(0, directory.lastIndexOf('/'));
    const path = given
      .replace('$vault', directory)
      .replace('$folder', bench.folder)
      .replace('$name', parent.slice(parent.lastIndexOf('/') + 1));
    const before = readFileSync(run.path);
    await expect(bench.backup.create(path, CALLER)).rejects.toMatchObject({ code });
    const target = { source: run.path, target: path, secret: { passphrase: 'x' } };
    await expect(bench.backup.restore(target, CALLER)).rejects.toMatchObject({ code });
    expect(readFileSync(run.path).equals(before)).toBe(true);
    expect(lying()).toEqual(['one.bkup', 'second']);
  });

  it('refuses to ship into the vault or to a folder that is missing', async () => {
    const { directory } = bench.test;
    await expect(bench.backup.ship(directory, CALLER)).rejects.toMatchObject({
      code: 'BACKUP_TARGET_INVALID',
    });
    const gone = bench.backup.ship(join(bench.folder, 'gone'), CALLER);
    await expect(gone).rejects.toMatchObject({ code: 'BACKUP_TARGET_UNREACHABLE' });
    expect(bench.backup.status().shipping.state).toBe('off');
  });
});

describe('a backup that is not as it was written', () => {
  const edit = (change: (bytes: Buffer) => Buffer): string => {
    const path = join(bench.folder, 'edited.bkup');
    writeFileSync(path, change(Buffer.from(readFileSync(run.path))));
    return path;
  };
  const refused = async (path: string, code: string | RegExp, record?: bigint) => {
    const before = lying();
    const outcome = await bench.restoreTo('refused.vault', path, record).then(
      () => 'restored',
      (error: { code: string }) => error.code,
    );
    expect(outcome).toMatch(code);
    expect(lying()).toEqual(before);
    rmSync(join(bench.folder, 'edited.bkup'), { force: true });
  };
  const flip = (at: (bytes: Buffer) => number) => (bytes: Buffer) => {
    bytes[at(bytes)]! ^= 0x10;
    return bytes;
  };

  it('is refused with a bit flipped anywhere', async () => {
    const { manifest, sizeBytes } = openContainer(run.path);
    const header = 16 + manifest.body.bytes;
    const places = [
      0,
      15,
      16,
      16 + 5000,
      header - 1,
      header,
      header + 900,
      header + manifest.header.bytes + 40,
    ];
    for (const place of [...places, sizeBytes - 14, sizeBytes - 1]) {
      await refused(edit(flip(() => place)), /^BACKUP_(FOREIGN|TRUNCATED|DAMAGED|NEWER)$/);
    }
  });

  it('is refused where somebody edits the manifest and makes its form right again', async () => {
    const text = openContainer(run.path).manifest;
    const edited = edit((bytes) => {
      const from = Buffer.from(`"createdAtMs":${text.createdAtMs}`);
      const at = bytes.lastIndexOf(from);
      expect(at).toBeGreaterThan(0);
      bytes.write(`"createdAtMs":${text.createdAtMs - 1}`, at);
      return bytes;
    });
    await refused(edited, 'BACKUP_DAMAGED');
  });

  it('is refused where it is cut short, empty, of another kind, or not there', async () => {
    for (const keep of [0.999, 0.5, 0.0001]) {
      await refused(
        edit((bytes) => bytes.subarray(0, Math.max(40, Math.floor(bytes.length * keep)))),
        'BACKUP_TRUNCATED',
      );
    }
    await refused(
      edit(() => Buffer.alloc(0)),
      'BACKUP_FOREIGN',
    );
    await refused(
      edit(() => Buffer.from('a letter to the bank'.repeat(100))),
      'BACKUP_FOREIGN',
    );
    await refused(join(bench.folder, 'nothing.bkup'), 'BACKUP_MISSING');
    mkdirSync(join(bench.folder, 'empty'));
    await refused(join(bench.folder, 'empty'), 'BACKUP_FOREIGN');
    rmSync(join(bench.folder, 'empty'), { recursive: true });
  });

  it('is refused under other keys, and for a record that it does not end with', async () => {
    const other = restore({
      source: run.path,
      target: join(bench.folder, 'other.vault'),
      secret: { rootKey: Buffer.alloc(32, 1) },
      runtime: bench.test.runtime,
      caller: CALLER,
    });
    await expect(other).rejects.toMatchObject({ code: 'VAULT_HEADER_INVALID' });
    await refused(run.path, 'BACKUP_RECORD_UNREACHABLE', last - 1n);
    expect(lying()).toEqual(['one.bkup', 'second']);
  });
});

describe('pieces of shipped changes that do not belong together', () => {
  it('are refused: one missing, two swapped, one of another vault, one edited', async () => {
    const mine = await openBackupTest({ shipEveryMs: 1 });
    const foreign = await openBackupTest({ shipEveryMs: 1 }, true);
    try {
      for (const one of [mine, foreign]) {
        await one.backup.ship(join(one.folder, 'second'), CALLER);
        for (let round = 0; round < 3; round += 1) {
          const record = one.write(3);
          await expect.poll(() => one.backup.status().shipping.record, { timeout: 8_000 }).toBe(record);
        }
        await one.backup.ship(null, CALLER);
      }
      const chainOf = (one: BackupTest) => {
        const own = join(one.folder, 'second', `countersign-${one.test.vault.vaultId}`);
        return join(own, readdirSync(own)[0]!);
      };
      const folder = chainOf(mine);
      const piece = (number: number, of = folder) => join(of, `${String(number).padStart(8, '0')}.seg`);
      const kept = [1, 2, 3].map((number) => readFileSync(piece(number)));
      const back = () => {
        for (const number of [1, 2, 3]) writeFileSync(piece(number), kept[number - 1]!);
      };
      const outcome = () =>
        mine.restoreTo('refused.vault', folder).then(
          () => 'restored',
          (error: { code: string }) => error.code,
        );
      rmSync(piece(2));
      expect(await outcome()).toBe('BACKUP_GAP');
      back();
      writeFileSync(piece(2), kept[2]!);
      writeFileSync(piece(3), kept[1]!);
      expect(await outcome()).toBe('BACKUP_GAP');
      back();
      copyFileSync(piece(2, chainOf(foreign)), piece(2));
      expect(await outcome()).toBe('BACKUP_FOREIGN');
      back();
      const edited = Buffer.from(kept[1]!);
      edited[4000]! ^= 1;
      writeFileSync(piece(2), edited);
      expect(await outcome()).toBe('BACKUP_DAMAGED');
      back();
      expect(readdirSync(mine.folder)).toEqual(['second']);
      expect(await outcome()).toBe('restored');
    } finally {
      await mine.close();
      await foreign.close();
    }
  });
});

describe('a restore drill', () => {
  it('makes a backup where there is none, verifies it, measures it and leaves nothing behind', async () => {
    const fresh = await openBackupTest();
    try {
      const record = fresh.write(20);
      const { vault, audit, directory } = fresh.test;
      const parent = join(directory, '..');
      const first = await fresh.backup.drill(CALLER);
      expect(first).toMatchObject({
        verified: true,
        kind: 'file',
        record,
        recoveryPointSeconds: expect.any(Number),
      });
      expect(first.seconds).toBeGreaterThanOrEqual(first.recoveryTimeSeconds);
      expect(readdirSync(parent).sort()).toEqual(['test.backups', 'test.vault']);
      fresh.write(2);
      const second = await fresh.backup.drill(CALLER);
      expect(second.source).toBe(first.source);
      expect(second.recoveryPointSeconds).toBeGreaterThan(0);
      expect(fresh.backup.status().lastDrill).toMatchObject({ verified: true, record });
      expect(audit.list({ kind: 'backup.drill', limit: 9 }).rows).toHaveLength(2);
      await fresh.backup.ship(join(fresh.folder, 'second'), CALLER);
      const third = await fresh.backup.drill(CALLER);
      expect(third).toMatchObject({ verified: true, kind: 'shipped' });
      expect(vault.db.open).toBe(true);
    } finally {
      await fresh.close();
    }
  });

  it('fails loudly where the backup was damaged, and leaves nothing behind', async () => {
    const fresh = await openBackupTest();
    try {
      const made = await fresh.backup.create(join(fresh.folder, 'one.bkup'), CALLER);
      const bytes = readFileSync(made.path);
      bytes[9000]! ^= 1;
      writeFileSync(made.path, bytes);
      await expect(fresh.backup.drill(CALLER)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
      expect(fresh.incidents.map(({ kind }) => kind)).toEqual(['backup.drill-failed']);
      expect(fresh.beats.at(-1)).toMatchObject({ source: 'backup.drill', ok: false });
      expect(readdirSync(join(fresh.test.directory, '..'))).toEqual(['test.vault']);
    } finally {
      await fresh.close();
    }
  });
});
