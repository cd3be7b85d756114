import { fork } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { idFromText } from '../../src/main/base/index.ts';
import { aesGcmSeal } from '../../src/main/crypto/index.ts';
import { openConnection, rekeyConnection } from '../../src/main/vault/connection.ts';
import { completeHeader, readHeader, writeHeader } from '../../src/main/vault/header.ts';
import { type RekeyStep, rekeyVault, type Vault } from '../../src/main/vault/index.ts';
import { deriveKeys } from '../../src/main/vault/root-keys.ts';
import {
  CALLER,
  codeOf,
  fill,
  open,
  opening,
  PLANTED,
  problems,
  ROOT_KEY,
  rekey,
  SETTINGS,
  type SlotVault,
  settle,
  slotVault,
} from './slot-support.ts';

const WHOLE = ['lock.db', 'slots.json', 'vault.db'];
const STEPS: readonly RekeyStep[] = [
  'preparing',
  'copying',
  'encrypting',
  'rewrapping',
  'syncing',
  'committing',
  'replacing',
  'finishing',
  'opening',
];
/** From this step on the header that revokes is in place. */
const COUNTS = STEPS.indexOf('replacing');

/** One filled vault, copied for every case. */
let template: SlotVault;
let directory: string;
let keeps: { recoveryKey: string };
let goes: { recoveryKey: string };

beforeAll(async () => {
  template = await slotVault();
  settle(template.vault);
  fill(template.vault);
  template.vault.close();
  keeps = { recoveryKey: template.first.recoveryKey };
  goes = { recoveryKey: template.second.recoveryKey };
});
afterAll(() => template.remove());
beforeEach(() => {
  directory = join(template.parent, `copy-${Math.random().toString(36).slice(2)}.vault`);
  cpSync(template.directory, directory, { recursive: true });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const revoke = (vault: Vault, watcher = {}) =>
  rekey(vault, { proof: keeps, change: { revoke: template.second.id }, ...watcher });

describe('revoking', () => {
  test('gives new keys: what remains opens, everything reads as before, the revoked secret is refused', async () => {
    const before = readFileSync(join(directory, 'vault.db'));
    const steps: string[] = [];
    const result = await revoke(await open(directory, keeps), { step: (step: string) => steps.push(step) });
    expect(steps).toEqual(STEPS);
    if (result.outcome !== 'done') throw result.failure;
    expect(result.made).toBeNull();
    expect(await problems(result.vault)).toEqual([]);
    expect(result.vault.slots.list().map(({ id }) => id)).toEqual([template.first.id]);
    expect(settle(result.vault)).toMatchObject([{ kind: 'revoked', slotId: template.second.id, ...CALLER }]);
    expect(settle(result.vault)).toEqual([]);
    result.vault.close();
    expect(readdirSync(directory).sort()).toEqual(WHOLE);
    const after = readFileSync(join(directory, 'vault.db'));
    expect(after.subarray(0, 16)).not.toEqual(before.subarray(0, 16));
    expect(after.includes(PLANTED)).toBe(false);
    expect(await opening(directory, keeps)).toBe('opened');
    expect(await opening(directory, goes)).toBe('VAULT_RECOVERY_KEY_INVALID');
    expect(await codeOf(() => open(directory, { rootKey: ROOT_KEY } as never))).toBe('VAULT_HEADER_INVALID');
    expect(readHeader(directory)).toMatchObject({ version: 2, generation: 5, previousRootKey: null });
  });

  test('runs in a worker thread beside the engine, and tells how far it is', async () => {
    const shares: number[] = [];
    const settings = { ...SETTINGS, checkpoints: 'worker' } as const;
    const filled = await open(directory, keeps);
    filled.db.exec('CREATE TABLE more (value BLOB)');
    const insert = filled.db.prepare('INSERT INTO more VALUES (randomblob(4000))');
    filled.transaction(() => {
      for (let i = 0; i < 20_000; i += 1) insert.run();
    });
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 5);
    const result = await rekey(
      filled,
      { proof: keeps, change: { revoke: template.second.id }, share: (share) => shares.push(share) },
      settings,
    );
    clearInterval(turning);
    if (result.outcome !== 'done') throw result.failure;
    expect(shares.length).toBeGreaterThan(0);
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
    // The loop went on turning while 80 MB were written twice.
    expect(turns).toBeGreaterThan(10);
    expect(await problems(result.vault)).toEqual([]);
    result.vault.close();
    expect(await opening(directory, goes)).toBe('VAULT_RECOVERY_KEY_INVALID');
  });

  test('an old header with an old secret does not open a later copy, and says that it is older', async () => {
    const old = readFileSync(join(directory, 'slots.json'));
    const result = await revoke(await open(directory, keeps));
    result.vault?.close();
    writeFileSync(join(directory, 'slots.json'), old);
    for (const secret of [keeps, goes])
      expect(await opening(directory, secret)).toBe('VAULT_HEADER_ROLLED_BACK');
  });

  test('an old database beside the new header is told apart, and so is one of another vault', async () => {
    const old = readFileSync(join(directory, 'vault.db'));
    (await revoke(await open(directory, keeps))).vault?.close();
    const current = readFileSync(join(directory, 'vault.db'));
    writeFileSync(join(directory, 'vault.db'), old);
    expect(await opening(directory, keeps)).toBe('VAULT_DATABASE_ROLLED_BACK');
    const damaged = Buffer.from(current);
    damaged[3]! ^= 1;
    damaged[100]! ^= 1;
    writeFileSync(join(directory, 'vault.db'), damaged);
    expect(await opening(directory, keeps)).toBe('VAULT_DAMAGED');
    const other = await slotVault();
    other.vault.close();
    cpSync(join(other.directory, 'vault.db'), join(directory, 'vault.db'));
    expect(await opening(directory, keeps)).toBe('VAULT_FOREIGN');
    other.remove();
  });

  test('can be done again and again', async () => {
    let vault = await open(directory, keeps);
    for (let i = 0; i < 3; i += 1) {
      const change = { replace: template.second.id, by: { kind: 'recovery-key' } } as const;
      const id = vault.slots.list()[1]!.id;
      const result = await rekey(vault, { proof: keeps, change: { ...change, replace: id } });
      if (result.outcome !== 'done') throw result.failure;
      vault = result.vault;
      expect(settle(vault)).toMatchObject([{ kind: 'replaced', slotId: id }]);
      expect(await problems(vault)).toEqual([]);
      expect(vault.slots.list()[1]).toMatchObject({ label: 'second', kind: 'recovery-key' });
    }
    vault.close();
    expect(await opening(directory, goes)).toBe('VAULT_RECOVERY_KEY_INVALID');
  });
});

describe('replacing', () => {
  test('one slot on the word of its own holder: the new secret opens, the old one does not', async () => {
    const vault = await open(directory, goes);
    const change = { replace: template.second.id, by: { kind: 'recovery-key' }, label: 'safe B' } as const;
    const result = await rekey(vault, { proof: goes, change });
    if (result.outcome !== 'done') throw result.failure;
    expect(settle(result.vault)).toMatchObject([{ kind: 'replaced', newSlotId: result.made!.slot.id }]);
    expect(result.vault.slots.list()[1]).toMatchObject({ label: 'safe B', lastRehearsedAtMs: null });
    expect(await problems(result.vault)).toEqual([]);
    result.vault.close();
    expect(await opening(directory, { recoveryKey: result.made!.recoveryKey! })).toBe('opened');
    expect(await opening(directory, goes)).toBe('VAULT_RECOVERY_KEY_INVALID');
    expect(await opening(directory, keeps)).toBe('opened');
  });
});

describe('a rekey that is killed', () => {
  const kill = (at: string, revoked = template.second.id) =>
    new Promise<string | number | null>((resolve) => {
      const args = [directory, keeps.recoveryKey, revoked, at];
      const child = fork(new URL('./rekey.child.ts', import.meta.url), args, { execArgv: [] });
      child.once('exit', (code, signal) => resolve(signal ?? code));
    });

  test.each(STEPS.map((step, index) => [step, index] as const))(
    'at %s opens with what remains, whole, and completes',
    async (step, index) => {
      const oldHeader = readFileSync(join(directory, 'slots.json'));
      expect(await kill(step)).toBe('SIGKILL');
      const counted = index >= COUNTS;
      // Whoever comes first: the remaining slot finishes it, the revoked one is out.
      expect(await opening(directory, goes)).toBe(counted ? 'VAULT_RECOVERY_KEY_INVALID' : 'opened');
      const vault = await open(directory, keeps);
      expect(await problems(vault)).toEqual([]);
      const expected = counted ? [{ kind: 'revoked', slotId: template.second.id }] : [];
      expect(settle(vault)).toMatchObject(expected);
      expect(settle(vault)).toEqual([]);
      expect(await problems(vault)).toEqual([]);
      vault.close();
      expect(readdirSync(directory).sort()).toEqual(WHOLE);
      expect(readHeader(directory).previousRootKey).toBeNull();
      expect(await opening(directory, keeps)).toBe('opened');
      if (!counted) return;
      writeFileSync(join(directory, 'slots.json'), oldHeader);
      expect(await opening(directory, goes)).toBe('VAULT_HEADER_ROLLED_BACK');
    },
    30_000,
  );

  test('in the middle of the copy', async () => {
    const vault = await open(directory, keeps);
    vault.db.exec('CREATE TABLE more (value BLOB)');
    const insert = vault.db.prepare('INSERT INTO more VALUES (randomblob(4000))');
    vault.transaction(() => {
      for (let i = 0; i < 20_000; i += 1) insert.run();
    });
    vault.close();
    expect(await kill('share')).toBe('SIGKILL');
    expect(readdirSync(directory)).toContain('vault.db.rekey');
    expect(await opening(directory, goes)).toBe('opened');
    const again = await open(directory, keeps);
    expect(await problems(again)).toEqual([]);
    again.close();
    expect(readdirSync(directory).sort()).toEqual(WHOLE);
  }, 30_000);

  test('and killed again while it is finished', async () => {
    expect(await kill('replacing')).toBe('SIGKILL');
    expect(await kill('finish-rewrapping')).toBe('SIGKILL');
    expect(await kill('finish-rewrapping')).toBe('SIGKILL');
    const vault = await open(directory, keeps);
    expect(await problems(vault)).toEqual([]);
    expect(settle(vault)).toHaveLength(1);
    vault.close();
    expect(await opening(directory, goes)).toBe('VAULT_RECOVERY_KEY_INVALID');
  }, 30_000);

  test('is not finished by a program that cannot wrap the keys anew, and keeps for one that can', async () => {
    expect(await kill('replacing')).toBe('SIGKILL');
    const { rewraps: _, ...without } = SETTINGS;
    expect(await opening(directory, keeps, without)).toBe('VAULT_REKEY_UNFINISHED');
    expect(await opening(directory, keeps)).toBe('opened');
  }, 30_000);

  test('finds the old root key in the header changed', async () => {
    expect(await kill('replacing')).toBe('SIGKILL');
    const text = readFileSync(join(directory, 'slots.json'), 'utf8');
    const other = Buffer.alloc(60, 7).toString('base64');
    writeFileSync(
      join(directory, 'slots.json'),
      text.replace(/"previousRootKey": "[^"]+"/, `"previousRootKey": "${other}"`),
    );
    expect(await opening(directory, keeps)).toBe('VAULT_HEADER_INVALID');
  }, 30_000);
});

describe('a rekey that fails', () => {
  test.each(STEPS.slice(0, -1).map((step, index) => [step, index] as const))(
    'at %s leaves an open vault, as it was or finished',
    async (at, index) => {
      const step = (now: RekeyStep) => {
        if (now === at) throw new Error(`at ${at}`);
      };
      const result = await revoke(await open(directory, keeps), { step });
      const vault = result.vault!;
      expect(result.outcome).toBe(index < COUNTS ? 'failed' : 'done');
      if (result.outcome === 'failed') expect(result.failure).toMatchObject({ message: `at ${at}` });
      expect(await problems(vault)).toEqual([]);
      expect(vault.slots.list()).toHaveLength(index < COUNTS ? 2 : 1);
      expect(settle(vault)).toHaveLength(index < COUNTS ? 0 : 1);
      vault.close();
      expect(readdirSync(directory).sort()).toEqual(WHOLE);
    },
  );

  test('because a wrapped key does not open: nothing is changed', async () => {
    const vault = await open(directory, keeps);
    const foreign = aesGcmSeal(Buffer.alloc(32, 1), Buffer.alloc(12), Buffer.alloc(0), Buffer.alloc(96));
    vault.transaction(() => vault.db.prepare('UPDATE sealing_kek SET sealed_private_key = ?').run(foreign));
    const result = await revoke(vault);
    expect(result.outcome === 'failed' && result.failure).toMatchObject({ code: 'SEALING_KEY_MISSING' });
    expect(result.vault?.slots.list()).toHaveLength(2);
    result.vault?.close();
    expect(await opening(directory, goes)).toBe('opened');
  });

  /** Where the first page of a table lies in the file, and how long it is. */
  function pageOf(table: string): { readonly at: number; readonly length: number } {
    const { fileKey } = deriveKeys(ROOT_KEY, idFromText(readHeader(directory).vaultId)!);
    const db = openConnection({ path: join(directory, 'vault.db'), fileKey });
    try {
      const root = db.prepare<[string], bigint>('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck();
      const length = Number(db.pragma('page_size', { simple: true }));
      return { at: (Number(root.get(table)) - 1) * length, length };
    } finally {
      db.close();
    }
  }

  function damage({ at, length }: { readonly at: number; readonly length: number }): void {
    const path = join(directory, 'vault.db');
    const content = readFileSync(path);
    content[at + Math.floor(length / 2)]! ^= 1;
    writeFileSync(path, content);
  }

  test('because a page is damaged: the vault stays readable under its root key', async () => {
    // Of a table with rows, which nothing reads before: a page that holds nothing any more is not carried over.
    damage(pageOf('filler'));
    const result = await revoke(await open(directory, keeps));
    expect(result.outcome === 'failed' && result.failure).toMatchObject({ code: 'VAULT_DAMAGED' });
    result.vault?.close();
    expect(await opening(directory, goes)).toBe('opened');
  });

  test('because another process took the vault meanwhile', async () => {
    const vault = await open(directory, keeps);
    const change = { revoke: template.second.id };
    const prepared = await vault.slots.prepareRekey({ proof: keeps, change, ...CALLER });
    const result = await rekeyVault({ ...SETTINGS, prepared });
    expect(result).toMatchObject({ outcome: 'failed', vault: null, failure: { code: 'VAULT_IN_USE' } });
    vault.close();
    expect(await opening(directory, goes)).toBe('opened');
  });
});

describe('a vault of the first version', () => {
  /** As the first version wrote it: header 1, and a salt that follows from the root key alone. */
  async function makeFirstVersion(): Promise<void> {
    const { vaultId, slots, generation } = readHeader(directory);
    const keys = deriveKeys(ROOT_KEY, idFromText(vaultId)!);
    const content = { vaultId, generation, slots, previousRootKey: null };
    writeHeader(directory, completeHeader(content, keys.headerMacKey, 1));
    const db = openConnection({ path: join(directory, 'vault.db'), fileKey: keys.fileKey });
    db.pragma('journal_mode = DELETE');
    rekeyConnection(db, keys.fileKey);
    db.pragma('journal_mode = WAL');
    db.close();
    expect(readFileSync(join(directory, 'vault.db')).subarray(0, 16)).toEqual(keys.fileKey.subarray(32));
  }
  beforeEach(makeFirstVersion);

  test('is opened, rekeyed, and written in the second', async () => {
    expect(readHeader(directory).version).toBe(1);
    const result = await revoke(await open(directory, keeps));
    if (result.outcome !== 'done') throw result.failure;
    expect(await problems(result.vault)).toEqual([]);
    result.vault.close();
    expect(readHeader(directory).version).toBe(2);
    expect(await opening(directory, keeps)).toBe('opened');
  });

  test('says whether its file is damaged, foreign, or newer than its header', async () => {
    const path = join(directory, 'vault.db');
    const [old, header] = [readFileSync(path), readFileSync(join(directory, 'slots.json'))];
    const damaged = Buffer.from(old);
    damaged[9]! ^= 0x10;
    writeFileSync(path, damaged);
    expect(await opening(directory, keeps)).toBe('VAULT_DAMAGED');
    writeFileSync(path, Buffer.alloc(old.length, 9));
    expect(await opening(directory, keeps)).toBe('VAULT_FOREIGN');
    writeFileSync(path, old);
    (await revoke(await open(directory, keeps))).vault?.close();
    writeFileSync(join(directory, 'slots.json'), header);
    expect(await opening(directory, goes)).toBe('VAULT_HEADER_ROLLED_BACK');
  });
});
