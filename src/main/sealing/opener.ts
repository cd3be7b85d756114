import { createSecretKey, type KeyObject } from 'node:crypto';
import { CountersignError, isCountersignError } from '../base/index.ts';
import { aesGcmOpen, hybridDecapsulate, sha256, zeroise } from '../crypto/index.ts';
import { type Connection, openReaderFromKey, type ReaderKey } from '../vault/index.ts';
import { dekBinding, kekBinding, valueBindingPrefix } from './binding.ts';
import { openManyOrEach, openOne } from './salvage.ts';
import { createReadStore, type DekRow, type ReadStore } from './store.ts';

/** Where a sealed value belongs. It opens nowhere else. */
export interface SealedPlace {
  readonly table: string;
  readonly column: string;
  /** The row it belongs to, as the room that sealed it names it. */
  readonly applicationId: string;
}

export interface SealedRef extends SealedPlace {
  /** Id in `sealed_value`. */
  readonly id: bigint;
}

/** Opens sealed values. */
export interface Opener {
  /**
   * The plaintext. Throws `SEALED_VALUE_MISSING` (erased, or never there), `SEALED_VALUE_DAMAGED`
   * (changed, or sealed for another place) or `SEALING_KEY_MISSING` (its key was destroyed).
   */
  open(ref: SealedRef): Buffer;
  /** The plaintext as UTF-8 text; the same errors. */
  openText(ref: SealedRef): string;
  /**
   * Many plaintexts at once, in the order of the references. What does not open is answered as the
   * error that `open` would throw, so that damage to one value hides no other.
   */
  openMany(refs: readonly SealedRef[]): (Buffer | CountersignError)[];
}

/** A DEK in memory, with the bindings of the places it was used for. */
export interface LiveDek {
  readonly row: DekRow;
  readonly key: KeyObject;
  readonly prefixes: Map<string, Map<string, string>>;
}

/** The binding of a place under a DEK, but for the application id. */
export function prefixFor(dek: LiveDek, table: string, column: string): string {
  let columns = dek.prefixes.get(table);
  if (columns === undefined) {
    columns = new Map();
    dek.prefixes.set(table, columns);
  }
  let prefix = columns.get(column);
  if (prefix === undefined) {
    prefix = valueBindingPrefix(dek.row.purpose, dek.row.version, table, column);
    columns.set(column, prefix);
  }
  return prefix;
}

export function keyMissing(dek?: DekRow): CountersignError {
  const details =
    dek === undefined ? {} : { purpose: dek.purpose, quarter: dek.quarter, version: dek.version };
  return new CountersignError(
    'SEALING_KEY_MISSING',
    'The key of this sealed value was destroyed or does not open.',
    details,
  );
}

/** Read anew at each use, because a rekey of the vault changes the wrapping key under way. */
export interface UnwrapOptions {
  readonly vaultId: string;
  readonly wrappingKey: Uint8Array;
}

/** Unwraps KEKs and DEKs, each when it is first needed, and keeps what it unwrapped. */
export function createKeyring(store: Pick<ReadStore, 'kek' | 'dek'>, wrapping: UnwrapOptions) {
  const { vaultId } = wrapping;
  const keks = new Map<number, { publicKey: Buffer; secretKey: Buffer }>();
  const deks = new Map<number, LiveDek>();

  function kek(id: number, dek?: DekRow) {
    const known = keks.get(id);
    if (known !== undefined) return known;
    const row = store.kek(id);
    if (row === undefined || row.sealedPrivateKey === null) throw keyMissing(dek);
    const binding = kekBinding(vaultId, id, sha256(row.publicKey).toString('hex'));
    const secretKey = aesGcmOpen(wrapping.wrappingKey, binding, row.sealedPrivateKey);
    if (secretKey === undefined) throw keyMissing(dek);
    const live = { publicKey: row.publicKey, secretKey };
    keks.set(id, live);
    return live;
  }

  function unwrapBytes(row: DekRow): Buffer {
    if (row.encapsulation === null || row.wrappedKey === null) throw keyMissing(row);
    const { publicKey, secretKey } = kek(row.kekId, row);
    const sharedSecret = hybridDecapsulate({ secretKey, publicKey, ciphertext: row.encapsulation });
    const bytes = aesGcmOpen(sharedSecret, dekBinding(vaultId, row, row.version, row.kekId), row.wrappedKey);
    zeroise(sharedSecret);
    if (bytes === undefined) throw keyMissing(row);
    return bytes;
  }

  function unwrap(row: DekRow): LiveDek {
    const bytes = unwrapBytes(row);
    const live = { row, key: createSecretKey(bytes), prefixes: new Map() };
    zeroise(bytes);
    return live;
  }

  return {
    /** The DEK of an id, unwrapped. Throws `SEALING_KEY_MISSING`. */
    dek(id: number): LiveDek {
      let live = deks.get(id);
      if (live === undefined) {
        const row = store.dek(id);
        if (row === undefined) throw keyMissing();
        live = unwrap(row);
        deks.set(id, live);
      }
      return live;
    },
    /** The bytes of a DEK, for wrapping them anew; the caller zeroises them. Throws `SEALING_KEY_MISSING`. */
    unwrapBytes,
    /** Forgets one DEK. */
    forgetDek(id: number) {
      deks.delete(id);
    },
    /** Forgets one KEK and overwrites its private half. */
    forgetKek(id: number) {
      zeroise(keks.get(id)?.secretKey);
      keks.delete(id);
    },
    /** Forgets everything; what is needed again is unwrapped again. */
    clear() {
      for (const { secretKey } of keks.values()) zeroise(secretKey);
      keks.clear();
      deks.clear();
    },
  };
}

export type Keyring = ReturnType<typeof createKeyring>;

function damaged({ table, column }: SealedPlace): CountersignError {
  return new CountersignError('SEALED_VALUE_DAMAGED', 'The sealed value does not open at this place.', {
    path: `${table}.${column}`,
  });
}

/** Opens one value whose row was read already. */
export function openRow(keyring: Keyring, place: SealedPlace, dekId: number, sealed: Buffer): Buffer {
  const dek = keyring.dek(dekId);
  const aad = Buffer.from(prefixFor(dek, place.table, place.column) + place.applicationId, 'utf8');
  const plaintext = aesGcmOpen(dek.key, aad, sealed);
  if (plaintext === undefined) throw damaged(place);
  return plaintext;
}

/** References that one statement looks up. */
const REFS_A_STATEMENT = 1_000;

/** `openMany` over a store and its keyring. */
export function openRows(
  store: Pick<ReadStore, 'values'>,
  keyring: Keyring,
  refs: readonly SealedRef[],
): (Buffer | CountersignError)[] {
  const opened: (Buffer | CountersignError)[] = new Array(refs.length);
  for (let from = 0; from < refs.length; from += REFS_A_STATEMENT) {
    const ids: bigint[] = [];
    for (let at = from; at < refs.length && at < from + REFS_A_STATEMENT; at += 1) ids.push(refs[at]!.id);
    for (const [at, dekId, sealed] of store.values(ids)) {
      const ref = refs[from + at]!;
      opened[from + at] = dekId === null ? valueMissing(ref) : openOrError(keyring, ref, dekId, sealed);
    }
  }
  return opened;
}

function openOrError(keyring: Keyring, ref: SealedRef, dekId: number, sealed: Buffer) {
  try {
    return openRow(keyring, ref, dekId, sealed);
  } catch (error) {
    if (!isCountersignError(error)) throw error;
    return error;
  }
}

export function valueMissing(place: SealedPlace): CountersignError {
  const path = `${place.table}.${place.column}`;
  return new CountersignError('SEALED_VALUE_MISSING', 'The sealed value was erased or never existed.', {
    path,
  });
}

/** An opener with a connection of its own, for worker threads. */
export interface SealingReader extends Opener {
  readonly db: Connection;
  /** Forgets the keys and closes the connection. */
  close(): void;
}

/**
 * Opens sealed values in a worker thread, from what `vault.readerKey()` gave the engine's thread: on
 * a connection of its own, or on one that is handed in and then stays open.
 */
export function openSealingReader(key: ReaderKey, connection?: Connection): SealingReader {
  const db = connection ?? openReaderFromKey(key);
  const store = createReadStore(db);
  const keyring = createKeyring(store, key);
  const open = (ref: SealedRef) =>
    openOne(() => {
      const row = store.value(ref.id);
      if (row === undefined) throw valueMissing(ref);
      return openRow(keyring, ref, row[0], row[1]);
    });
  return {
    db,
    open,
    openText: (ref) => open(ref).toString('utf8'),
    openMany: (refs) => openManyOrEach(refs, (all) => openRows(store, keyring, all), open),
    close() {
      keyring.clear();
      if (connection === undefined) db.close();
    },
  };
}
