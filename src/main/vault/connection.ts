import Database from 'better-sqlite3';

/** A keyed better-sqlite3 connection. */
export type Connection = Database.Database;

/** What the build with ciphers adds to a connection, and the types in use do not know. */
interface CipherCalls {
  key(key: Buffer): number;
  rekey(key: Buffer): number;
}

/**
 * What a thread needs to open the vault's database by itself. It is handed to worker threads of
 * this process only and never leaves it.
 */
export interface ReaderKey {
  readonly vaultId: string;
  /** Path of `vault.db`. */
  readonly path: string;
  /** The raw key SQLite is given: cipher key and file salt. */
  readonly fileKey: Uint8Array;
  /** Opens the private half of the KEK, so that a worker can open sealed values. */
  readonly wrappingKey: Uint8Array;
}

/** The cipher takes a key after this mark as it is, instead of stretching it like a passphrase. */
const RAW_KEY_MARK = Buffer.from('raw:');

/** Milliseconds a connection waits for another thread's short hold (a checkpoint's last step). */
const BUSY_TIMEOUT_MS = 5_000;

/** Pages of cache in KiB, as SQLite takes it negative. */
const CACHE_KIB = 64 * 1024;

export interface ConnectionOptions {
  readonly path: string;
  readonly fileKey: Uint8Array;
  readonly readonly?: boolean;
  readonly mustExist?: boolean;
  /** Pages of WAL after which a commit checkpoints by itself; 0 leaves it to the worker. */
  readonly autoCheckpointPages?: number;
}

/** Opens and keys a connection and reads the first page, which a wrong key or a foreign file does not survive. */
export function openConnection(options: ConnectionOptions): Connection {
  const { path, fileKey, readonly = false, mustExist = true, autoCheckpointPages = 0 } = options;
  const db = new Database(path, { readonly, fileMustExist: mustExist, timeout: BUSY_TIMEOUT_MS });
  try {
    db.pragma("cipher = 'chacha20'");
    const key = Buffer.concat([RAW_KEY_MARK, fileKey]);
    (db as Connection & CipherCalls).key(key);
    key.fill(0);
    // Sorts and materialised views would otherwise spill plaintext into the temp folder.
    db.pragma('temp_store = MEMORY');
    db.pragma('foreign_keys = ON');
    // INSERT OR REPLACE removes rows without asking the triggers that forbid it, unless this is on.
    db.pragma('recursive_triggers = ON');
    db.pragma('trusted_schema = OFF');
    db.pragma(`cache_size = -${CACHE_KIB}`);
    db.defaultSafeIntegers(true);
    db.prepare('PRAGMA schema_version').get();
    if (readonly) {
      db.pragma('query_only = ON');
    } else {
      db.pragma('synchronous = FULL');
      db.pragma(`wal_autocheckpoint = ${autoCheckpointPages}`);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Writes every page of a database under another key. Works in no WAL mode. */
export function rekeyConnection(db: Connection, fileKey: Uint8Array): void {
  const key = Buffer.concat([RAW_KEY_MARK, fileKey]);
  (db as Connection & CipherCalls).rekey(key);
  key.fill(0);
}

/** A read-only connection of a worker thread's own. The caller closes it. */
export function openReaderFromKey(key: ReaderKey): Connection {
  return openConnection({ path: key.path, fileKey: key.fileKey, readonly: true });
}
