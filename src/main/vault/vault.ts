import { chmodSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { CountersignError, idFromText, idToText, yieldToLoop } from '../base/index.ts';
import { zeroise } from '../crypto/index.ts';
import { failedAttempts } from './attempts.ts';
import { type Checkpointer, startCheckpointer } from './checkpointer.ts';
import { type Connection, openConnection, openReaderFromKey, type ReaderKey } from './connection.ts';
import {
  createFolder,
  DATABASE_FILE,
  readSalt,
  requireVaultFolder,
  requireWholePages,
  truncated,
} from './folder.ts';
import {
  checkHeaderMac,
  completeHeader,
  type KeySlot,
  readHeader,
  type VaultHeader,
  writeHeader,
} from './header.ts';
import { checkIntegrity } from './integrity.ts';
import { vaultName } from './locator.ts';
import { LOCK_FILE, takeLock, type VaultLock } from './lock.ts';
import { createLogSync } from './log-sync.ts';
import { appliedMigrations, checkSchema, migrate, readMigrations } from './migrations.ts';
import type { Vault } from './opened.ts';
import { proveSlot } from './proving.ts';
import { finishRekey, sweepRekey } from './rekey-steps.ts';
import {
  type DerivedKeys,
  deriveKeys,
  keyForNewFile,
  originOf,
  ROOT_KEY_BYTES,
  zeroiseKeys,
} from './root-keys.ts';
import { settingsOf, type VaultSettings } from './settings.ts';
import { makeSlot, type SlotSecret } from './slots.ts';
import { storageError } from './sqlite-errors.ts';
import { requireStrongPassphrase } from './strength.ts';
import { createTransactions } from './transaction.ts';
import { createVaultSlots } from './vault-slots.ts';

export interface CreateVaultOptions extends VaultSettings {
  /** Folder the vault is to have, `…/NAME.vault`. Its parent is created where it is missing. */
  readonly directory: string;
  /** Opens the vault later, as does the recovery key that is answered. */
  readonly passphrase: string;
}

/** A root key from outside instead of key slots: for the simulation and for tests. */
export interface CreateVaultWithRootKeyOptions extends VaultSettings {
  readonly directory: string;
  readonly rootKey: Uint8Array;
}

export interface CreatedVault {
  readonly vault: Vault;
  /** To be shown once and kept by nobody but people. Empty where the root key came from outside. */
  readonly recoveryKey: string;
}

/** Pages of WAL after which a commit checkpoints by itself, where no worker does. */
const COMMIT_CHECKPOINT_PAGES = 4_000;

/**
 * Creates a vault and opens it. Throws `VAULT_EXISTS`, `VAULT_PASSPHRASE_WEAK`, `VAULT_DISK_FULL`
 * or `VAULT_UNREADABLE`; whatever it throws, nothing is left on the disk.
 */
export async function createVault(
  options: CreateVaultOptions | CreateVaultWithRootKeyOptions,
): Promise<CreatedVault> {
  const { runtime } = options;
  const directory = resolve(options.directory);
  if ('passphrase' in options) await requireStrongPassphrase(options.passphrase, [vaultName(directory)]);
  const rootKey = 'rootKey' in options ? Buffer.from(options.rootKey) : runtime.randomBytes(ROOT_KEY_BYTES);
  if (rootKey.byteLength !== ROOT_KEY_BYTES)
    throw new TypeError('createVault: a root key of 32 bytes expected');
  try {
    let recoveryKey = '';
    await createFolder(directory, runtime, async (draft) => {
      const vaultId = idToText(runtime.randomBytes(16));
      const slots: KeySlot[] = [];
      if ('passphrase' in options) {
        const { passphrase } = options;
        const place = { runtime, vaultId, rootKey };
        const printed = await makeSlot(place, { kind: 'recovery-key' });
        slots.push((await makeSlot(place, { kind: 'passphrase', passphrase })).slot, printed.slot);
        recoveryKey = printed.recoveryKey ?? '';
      }
      buildVault(draft, rootKey, { vaultId, generation: 1, slots, previousRootKey: null }, options);
    });
    return { vault: await openVault({ ...settingsOf(options), directory, rootKey }), recoveryKey };
  } catch (error) {
    throw storageError(error);
  } finally {
    zeroise(rootKey);
  }
}

/** Writes the first database and header into a draft folder. */
function buildVault(
  draft: string,
  rootKey: Buffer,
  content: Parameters<typeof completeHeader>[0],
  { runtime, migrations = readMigrations() }: VaultSettings,
): void {
  const idBytes = idFromText(content.vaultId)!;
  const keys = deriveKeys(rootKey, idBytes);
  const fileKey = keyForNewFile(keys, idBytes, content.generation);
  try {
    const db = openConnection({ path: join(draft, DATABASE_FILE), fileKey, mustExist: false });
    try {
      db.pragma('journal_mode = WAL');
      migrate(db, migrations, runtime);
      const setMeta = db.prepare('INSERT INTO vault_meta (name, value) VALUES (?, ?)');
      setMeta.run('vault_id', content.vaultId);
      setMeta.run('generation', String(content.generation));
      setMeta.run('created_at_ms', String(runtime.nowMs()));
    } finally {
      db.close();
    }
    // WAL and shared memory take over the mode of the database.
    for (const file of [DATABASE_FILE, LOCK_FILE]) chmodSync(join(draft, file), 0o600);
    writeHeader(draft, completeHeader(content, keys.headerMacKey));
  } finally {
    zeroise(fileKey);
    zeroiseKeys(keys);
  }
}

export type OpenVaultOptions = VaultSettings & { readonly directory: string } & (
    | SlotSecret
    | { readonly rootKey: Uint8Array }
  );

/**
 * Opens a vault, and finishes a rekey that a crash interrupted. Whatever it throws, the vault is as
 * it was: `VAULT_MISSING`, `VAULT_FOREIGN` (not a vault, or header and database of two vaults),
 * `VAULT_IN_USE`, `VAULT_BACKING_OFF`, `VAULT_PASSPHRASE_WRONG`, `VAULT_RECOVERY_KEY_INVALID`,
 * `VAULT_SHARE_INVALID`, `VAULT_QUORUM_SHORT`, `VAULT_TOKEN_MISSING`, `VAULT_HEADER_INVALID`,
 * `VAULT_HEADER_ROLLED_BACK`, `VAULT_DATABASE_ROLLED_BACK`, `VAULT_REKEY_UNFINISHED`,
 * `VAULT_TRUNCATED`, `VAULT_DAMAGED`, `VAULT_SCHEMA_NEWER`, `VAULT_SCHEMA_DIFFERENT`,
 * `VAULT_DISK_FULL`, `VAULT_UNREADABLE`.
 */
export async function openVault(options: OpenVaultOptions): Promise<Vault> {
  const directory = resolve(options.directory);
  let lock: VaultLock | undefined;
  let rootKey: Buffer | undefined;
  try {
    requireVaultFolder(directory);
    lock = takeLock(join(directory, LOCK_FILE));
    const failures = failedAttempts(directory);
    rootKey =
      'rootKey' in options
        ? Buffer.from(options.rootKey)
        : (await proveSlot(directory, readHeader(directory), options, options)).rootKey;
    return await openLocked(directory, lock, rootKey, options, failures);
  } catch (error) {
    lock?.release();
    throw storageError(error);
  } finally {
    zeroise(rootKey);
  }
}

/** Opens a vault whose lock is held, under its root key. The lock stays with the caller where it throws. */
export async function openLocked(
  directory: string,
  lock: VaultLock,
  rootKey: Uint8Array,
  options: VaultSettings,
  failures = 0,
): Promise<Vault> {
  const settings = settingsOf(options);
  let header = readHeader(directory);
  const keys = deriveKeys(rootKey, idFromText(header.vaultId)!);
  let db: Connection | undefined;
  try {
    checkHeaderMac(header, keys.headerMacKey);
    const path = join(directory, DATABASE_FILE);
    requireWholePages(path);
    if (header.previousRootKey !== null) header = await finishRekey({ directory, header, keys, settings });
    db = openDatabase(path, keys, header, settings);
    const migrations = settings.migrations ?? readMigrations();
    checkSchema(db, migrations);
    checkIdentity(db, header);
    migrate(db, migrations, settings.runtime);
    sweepRekey(directory);
    return assembleVault({ directory, header, keys, db, lock, settings, failures });
  } catch (error) {
    db?.close();
    zeroiseKeys(keys);
    throw error;
  }
}

/** Opens the connection; its first read shows whether key and file belong together and the file is whole. */
function openDatabase(
  path: string,
  keys: DerivedKeys,
  header: VaultHeader,
  settings: VaultSettings,
): Connection {
  const autoCheckpointPages = settings.checkpoints === 'commit' ? COMMIT_CHECKPOINT_PAGES : 0;
  try {
    return openConnection({ path, fileKey: keys.fileKey, autoCheckpointPages });
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    // SQLite compares the size that the first page states with the file's before anything else.
    if (error.code === 'SQLITE_CORRUPT') throw truncated(statSync(path).size);
    if (error.code === 'SQLITE_NOTADB') throw strange(path, keys, header) ?? error;
    throw error;
  }
}

/** Why a database does not open under the header's root key; `undefined` where it is damaged. */
function strange(path: string, keys: DerivedKeys, header: VaultHeader): CountersignError | undefined {
  const origin = originOf(readSalt(path), keys, idFromText(header.vaultId)!);
  if (origin === 'damaged') return undefined;
  if (origin === 'foreign') {
    const message = 'The database belongs to another vault than the header beside it.';
    return new CountersignError('VAULT_FOREIGN', message);
  }
  const actual = `generation ${header.generation}`;
  const keyed = `generation ${origin.keyedAtGeneration}`;
  if (origin.keyedAtGeneration > header.generation) {
    const message = 'The header is older than the database beside it, which has another root key since.';
    return new CountersignError('VAULT_HEADER_ROLLED_BACK', message, {
      expected: `${keyed} or later`,
      actual,
    });
  }
  const message = 'The database is older than the header beside it and under a root key that was given up.';
  return new CountersignError('VAULT_DATABASE_ROLLED_BACK', message, { expected: actual, actual: keyed });
}

/** Header and database must speak of one vault, and the header must not be an older one put back. */
function checkIdentity(db: Connection, header: VaultHeader): void {
  const meta = db.prepare<[string], string>('SELECT value FROM vault_meta WHERE name = ?').pluck();
  if (meta.get('vault_id') !== header.vaultId) {
    throw new CountersignError(
      'VAULT_FOREIGN',
      'The database belongs to another vault than the header beside it.',
    );
  }
  if (Number(meta.get('generation')) > header.generation) {
    throw new CountersignError(
      'VAULT_HEADER_ROLLED_BACK',
      'The header is older than the database beside it.',
      {
        expected: `generation ${meta.get('generation')} or later`,
        actual: `generation ${header.generation}`,
      },
    );
  }
}

/** Brings the database's generation up to the header's, so that an older header is found out from then on. */
function raiseGeneration(db: Connection, header: VaultHeader): void {
  db.prepare("UPDATE vault_meta SET value = ? WHERE name = 'generation' AND CAST(value AS INTEGER) < ?").run(
    String(header.generation),
    header.generation,
  );
}

interface Parts {
  readonly directory: string;
  readonly header: VaultHeader;
  readonly keys: DerivedKeys;
  readonly db: Connection;
  readonly lock: VaultLock;
  readonly settings: VaultSettings;
  readonly failures: number;
}

function assembleVault({ directory, header: opened, keys, db, lock, settings, failures }: Parts): Vault {
  let header = opened;
  raiseGeneration(db, header);
  const transactions = createTransactions(db);
  const getMeta = db.prepare<[string], string>('SELECT value FROM vault_meta WHERE name = ?').pluck();
  const putMeta = db.prepare(
    'INSERT INTO vault_meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  const readerKey = (): ReaderKey => ({
    vaultId: header.vaultId,
    path: join(directory, DATABASE_FILE),
    fileKey: Uint8Array.from(keys.fileKey),
    wrappingKey: Uint8Array.from(keys.wrappingKey),
  });
  const logSync = createLogSync(join(directory, DATABASE_FILE), db);
  const checkpointer: Checkpointer | undefined =
    settings.checkpoints === 'commit' ? undefined : startCheckpointer(readerKey());
  return {
    ...transactions,
    provisional(work) {
      logSync.owe();
      return transactions.provisional(work);
    },
    db,
    vaultId: header.vaultId,
    directory,
    get generation() {
      return header.generation;
    },
    schemaVersion: appliedMigrations(db).at(-1)?.number ?? 0,
    runtime: settings.runtime,
    failedAttempts: failures,
    wrappingKey: keys.wrappingKey,
    slots: createVaultSlots({
      db,
      transactions,
      directory,
      keys,
      settings,
      header: () => header,
      onHeader(next) {
        header = next;
        raiseGeneration(db, header);
      },
    }),
    openReader: () => openReaderFromKey(readerKey()),
    readerKey,
    async checkIntegrity() {
      const findings = await checkIntegrity(readerKey());
      try {
        checkHeaderMac(readHeader(directory), keys.headerMacKey);
      } catch (error) {
        const message = error instanceof Error ? error.message : basename(directory);
        findings.push({ code: 'VAULT_HEADER_INVALID', message });
      }
      return findings;
    },
    meta: (name) => getMeta.get(name),
    setMeta(name, value) {
      putMeta.run(name, value);
    },
    async breathe() {
      logSync.start();
      await checkpointer?.pause();
      await yieldToLoop();
    },
    settled: () => checkpointer?.settled() ?? logSync.settled(),
    lasting: logSync.lasting,
    close() {
      if (!db.open) return;
      checkpointer?.stop();
      db.close();
      zeroiseKeys(keys);
      lock.release();
    },
  };
}
