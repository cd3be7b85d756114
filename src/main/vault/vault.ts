import { chmodSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { CountersignError, idFromText, idToText, type Runtime, yieldToLoop } from '../base/index.ts';
import { zeroise } from '../crypto/index.ts';
import { type Checkpointer, startCheckpointer } from './checkpointer.ts';
import { type Connection, openConnection, openReaderFromKey, type ReaderKey } from './connection.ts';
import {
  createFolder,
  DATABASE_FILE,
  isForeignDatabase,
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
import { checkIntegrity, type IntegrityFinding } from './integrity.ts';
import { LOCK_FILE, takeLock, type VaultLock } from './lock.ts';
import { createLogSync } from './log-sync.ts';
import { appliedMigrations, checkSchema, type Migration, migrate, readMigrations } from './migrations.ts';
import { formatRecoveryKey, RECOVERY_KEY_BYTES } from './recovery-key.ts';
import { type DerivedKeys, deriveKeys, ROOT_KEY_BYTES, zeroiseKeys } from './root-keys.ts';
import { newPassphraseSlot, newRecoverySlot, openSlots, type SlotSecret } from './slots.ts';
import { storageError } from './sqlite-errors.ts';
import { createTransactions, type Transactions } from './transaction.ts';

/** An open vault. Everything the console keeps goes through it. */
export interface Vault extends Transactions {
  /** The engine's own connection: keyed, safe integers, the only one that writes. */
  readonly db: Connection;
  readonly vaultId: string;
  readonly directory: string;
  readonly generation: number;
  /** Number of the newest migration applied. */
  readonly schemaVersion: number;
  readonly runtime: Runtime;
  /** Wraps the private half of the KEK and the blind-index keys; for the sealing room alone. */
  readonly wrappingKey: Buffer;
  /** A second, read-only connection on this thread, for long reads. The caller closes it. */
  openReader(): Connection;
  /** What a worker thread needs for `openReaderFromKey` and for opening sealed values. */
  readerKey(): ReaderKey;
  /** Reads header and database through in a worker. An empty list means both are whole. */
  checkIntegrity(): Promise<IntegrityFinding[]>;
  /** Value of a line of `vault_meta`; `undefined` where there is none. */
  meta(name: string): string | undefined;
  /** Sets a line of `vault_meta`, in the caller's transaction. */
  setMeta(name: string, value: string): void;
  /**
   * Where long work takes breath between two of its transactions: waits, without holding the loop,
   * while a checkpoint needs a pause. What was committed goes to the disk meanwhile.
   */
  breathe(): Promise<void>;
  /**
   * Settles when all that was committed lies on the disk, without holding the loop. A lasting
   * commit after much `provisional` work would otherwise wait for all of it at once.
   */
  settled(): Promise<void>;
  /** Forgets the keys, closes the file and lets go of the lock. May be called more than once. */
  close(): void;
}

/** What differs between the real program and tests. */
export interface VaultSettings {
  readonly runtime: Runtime;
  /** The schema's history; by default what this program carries. */
  readonly migrations?: readonly Migration[];
  /**
   * Who moves WAL pages into the database: a worker thread (the default), or the commit that finds
   * the WAL long, which holds the engine and is meant for short-lived vaults.
   */
  readonly checkpoints?: 'worker' | 'commit';
}

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

/** Shorter passphrases are refused whatever they hold. */
const LEAST_PASSPHRASE_CHARACTERS = 8;

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
  if ('passphrase' in options && [...options.passphrase].length < LEAST_PASSPHRASE_CHARACTERS) {
    throw new CountersignError('VAULT_PASSPHRASE_WEAK', 'The passphrase is too short.', {
      expected: `${LEAST_PASSPHRASE_CHARACTERS} characters or more`,
    });
  }
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
        const secret = runtime.randomBytes(RECOVERY_KEY_BYTES);
        slots.push(await newPassphraseSlot({ runtime, vaultId, rootKey, passphrase }));
        slots.push(newRecoverySlot({ runtime, vaultId, rootKey, secret }));
        recoveryKey = formatRecoveryKey(secret);
        zeroise(secret);
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

function settingsOf({ runtime, migrations, checkpoints }: VaultSettings): VaultSettings {
  return {
    runtime,
    ...(migrations === undefined ? {} : { migrations }),
    ...(checkpoints === undefined ? {} : { checkpoints }),
  };
}

/** Writes the first database and header into a draft folder. */
function buildVault(
  draft: string,
  rootKey: Buffer,
  content: Parameters<typeof completeHeader>[0],
  { runtime, migrations = readMigrations() }: VaultSettings,
): void {
  const keys = deriveKeys(rootKey, idFromText(content.vaultId)!);
  try {
    const db = openConnection({ path: join(draft, DATABASE_FILE), fileKey: keys.fileKey, mustExist: false });
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
    zeroiseKeys(keys);
  }
}

export type OpenVaultOptions = VaultSettings & { readonly directory: string } & (
    | SlotSecret
    | { readonly rootKey: Uint8Array }
  );

/**
 * Opens a vault. Whatever it throws, the vault is as it was:
 * `VAULT_MISSING`, `VAULT_FOREIGN` (not a vault, or header and database of two vaults),
 * `VAULT_IN_USE`, `VAULT_PASSPHRASE_WRONG`, `VAULT_RECOVERY_KEY_INVALID`, `VAULT_HEADER_INVALID`,
 * `VAULT_HEADER_ROLLED_BACK`, `VAULT_TRUNCATED`, `VAULT_DAMAGED`, `VAULT_SCHEMA_NEWER`,
 * `VAULT_SCHEMA_DIFFERENT`, `VAULT_DISK_FULL`, `VAULT_UNREADABLE`.
 */
export async function openVault(options: OpenVaultOptions): Promise<Vault> {
  const directory = resolve(options.directory);
  let lock: VaultLock | undefined;
  let rootKey: Buffer | undefined;
  try {
    requireVaultFolder(directory);
    lock = takeLock(join(directory, LOCK_FILE));
    const header = readHeader(directory);
    rootKey =
      'rootKey' in options
        ? Buffer.from(options.rootKey)
        : await openSlots(header.vaultId, header.slots, options);
    return openWithRootKey(directory, header, rootKey, lock, options);
  } catch (error) {
    lock?.release();
    throw storageError(error);
  } finally {
    zeroise(rootKey);
  }
}

function openWithRootKey(
  directory: string,
  header: VaultHeader,
  rootKey: Buffer,
  lock: VaultLock,
  settings: VaultSettings,
): Vault {
  const keys = deriveKeys(rootKey, idFromText(header.vaultId)!);
  let db: Connection | undefined;
  try {
    checkHeaderMac(header, keys.headerMacKey);
    const path = join(directory, DATABASE_FILE);
    requireWholePages(path);
    db = openDatabase(path, keys, settings);
    const migrations = settings.migrations ?? readMigrations();
    checkSchema(db, migrations);
    checkIdentity(db, header);
    migrate(db, migrations, settings.runtime);
    return assembleVault({ directory, header, keys, db, lock, settings });
  } catch (error) {
    db?.close();
    zeroiseKeys(keys);
    throw error;
  }
}

/** Opens the connection; its first read shows whether key and file belong together and the file is whole. */
function openDatabase(path: string, keys: DerivedKeys, settings: VaultSettings): Connection {
  const autoCheckpointPages = settings.checkpoints === 'commit' ? COMMIT_CHECKPOINT_PAGES : 0;
  try {
    return openConnection({ path, fileKey: keys.fileKey, autoCheckpointPages });
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    // SQLite compares the size that the first page states with the file's before anything else.
    if (error.code === 'SQLITE_CORRUPT') throw truncated(statSync(path).size);
    if (error.code === 'SQLITE_NOTADB' && isForeignDatabase(path, keys.fileKey.subarray(32))) {
      throw new CountersignError(
        'VAULT_FOREIGN',
        'The database belongs to another vault than the header beside it.',
      );
    }
    throw error;
  }
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

interface Parts {
  readonly directory: string;
  readonly header: VaultHeader;
  readonly keys: DerivedKeys;
  readonly db: Connection;
  readonly lock: VaultLock;
  readonly settings: VaultSettings;
}

function assembleVault({ directory, header, keys, db, lock, settings }: Parts): Vault {
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
  const logSync = createLogSync(join(directory, DATABASE_FILE));
  const checkpointer: Checkpointer | undefined =
    settings.checkpoints === 'commit' ? undefined : startCheckpointer(readerKey());
  return {
    ...transactions,
    db,
    vaultId: header.vaultId,
    directory,
    generation: header.generation,
    schemaVersion: appliedMigrations(db).at(-1)?.number ?? 0,
    runtime: settings.runtime,
    wrappingKey: keys.wrappingKey,
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
    close() {
      if (!db.open) return;
      checkpointer?.stop();
      db.close();
      zeroiseKeys(keys);
      lock.release();
    },
  };
}
