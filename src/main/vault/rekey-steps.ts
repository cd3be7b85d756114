import { rmSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CountersignError, idFromText, type Runtime } from '../base/index.ts';
import { AES_GCM_NONCE_BYTES, aesGcmOpen, aesGcmSeal, zeroise } from '../crypto/index.ts';
import { openConnection } from './connection.ts';
import { DATABASE_FILE } from './folder.ts';
import { completeHeader, fsyncDirectory, type VaultHeader, writeHeader } from './header.ts';
import { copyInWorker, copyUnderNewKey, fsyncFile } from './rekey-copy.ts';
import { type DerivedKeys, deriveKeys, keyForNewFile, zeroiseKeys } from './root-keys.ts';
import type { VaultSettings } from './settings.ts';

/**
 * The steps of a rekey. Only two of them count, and each is one rename:
 *
 *  1. a new file `vault.db.rekey` is built beside the old one, under the new key, and made lasting;
 *  2. header n+1 takes its place: new root key for the slots that remain, and the old root key
 *     sealed under it. From here on what was revoked no longer opens;
 *  3. the new file takes the place of `vault.db`;
 *  4. a last header without the old root key takes its place.
 *
 * A crash before 2 leaves the vault as it was; after it, the next opening finishes the rekey.
 */
export const REKEY_FILE = `${DATABASE_FILE}.rekey`;

/** Each step as it begins, for the bar on the screen and for the tests that kill in between. */
export type RekeyStep =
  | 'preparing'
  | 'copying'
  | 'encrypting'
  | 'rewrapping'
  | 'syncing'
  | 'committing'
  | 'replacing'
  | 'finishing'
  | 'opening';

export interface RekeyWatcher {
  readonly step?: (step: RekeyStep) => void;
  /** How much of the file is copied, 0 to 1. */
  readonly share?: (share: number) => void;
}

/** Removes what a rekey left that never counted. */
export function sweepRekey(directory: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    rmSync(join(directory, REKEY_FILE + suffix), { force: true });
  }
}

/**
 * Moves all of the WAL into the database and removes it. Throws `VAULT_IN_USE` where another
 * process reads the file by itself.
 */
export function foldWal(path: string, fileKey: Uint8Array): void {
  const db = openConnection({ path, fileKey });
  try {
    const [row] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: bigint }[];
    if (row?.busy !== 0n) throw held();
  } finally {
    db.close();
  }
  requireNoWal(path);
}

function requireNoWal(path: string): void {
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) throw held();
}

const held = () =>
  new CountersignError('VAULT_IN_USE', 'Another process reads the database; its key cannot be changed now.');

export interface BuildOptions {
  readonly directory: string;
  readonly vaultId: string;
  readonly oldKeys: DerivedKeys;
  readonly newKeys: DerivedKeys;
  /** Generation of the header under which the new file counts. */
  readonly generation: number;
  readonly settings: VaultSettings;
  readonly watcher: RekeyWatcher;
}

/** Builds the new file beside the old one: copied, keyed anew, what lies under the wrapping key wrapped anew. */
export async function buildRekeyed(options: BuildOptions): Promise<void> {
  const { directory, vaultId, oldKeys, newKeys, generation, settings, watcher } = options;
  const toPath = join(directory, REKEY_FILE);
  const toKey = keyForNewFile(newKeys, idFromText(vaultId)!, generation);
  const order = { fromPath: join(directory, DATABASE_FILE), fromKey: oldKeys.fileKey, toPath, toKey };
  sweepRekey(directory);
  watcher.step?.('copying');
  const copied = () => watcher.step?.('encrypting');
  if (settings.checkpoints === 'commit') {
    copyUnderNewKey(order, (news) => 'done' in news && news.done === 'copied' && copied());
  } else {
    await copyInWorker(order, { share: (share) => watcher.share?.(share), copied });
  }
  // Before the transaction, whose commit would otherwise wait for the whole file on the engine's thread.
  await fsyncFile(toPath);
  watcher.step?.('rewrapping');
  rewrapAll(toPath, options);
  watcher.step?.('syncing');
  await fsyncFile(toPath);
  fsyncDirectory(directory);
  zeroise(toKey);
}

function rewrapAll(path: string, { vaultId, oldKeys, newKeys, generation, settings }: BuildOptions): void {
  if (settings.rewraps === undefined) {
    // Without them the keys of the rooms would be lost for good.
    const message =
      'The vault stands in the middle of a rekey, which this program was not told how to finish.';
    throw new CountersignError('VAULT_REKEY_UNFINISHED', message);
  }
  const db = openConnection({ path, fileKey: newKeys.fileKey });
  try {
    db.transaction(() => {
      for (const rewrap of settings.rewraps ?? []) {
        rewrap({
          db,
          vaultId,
          oldKey: oldKeys.wrappingKey,
          newKey: newKeys.wrappingKey,
          runtime: settings.runtime,
        });
      }
      db.prepare("UPDATE vault_meta SET value = ? WHERE name = 'generation'").run(String(generation));
    })();
    db.pragma('journal_mode = WAL');
  } finally {
    db.close();
  }
}

/** Puts the new file in the place of the old one, which has no WAL any more. */
export async function installRekeyed(directory: string): Promise<void> {
  const path = join(directory, DATABASE_FILE);
  requireNoWal(path);
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
  // On the thread pool: giving up the blocks of a large file takes its time.
  await rename(join(directory, REKEY_FILE), path);
  fsyncDirectory(directory);
}

const previousBinding = (vaultId: string, generation: number): Buffer =>
  Buffer.from(`countersign previous root v1\n${vaultId}\n${generation}`);

/** The old root key for the header of a rekey that is under way, base64. */
export function sealPreviousRoot(options: {
  readonly runtime: Runtime;
  readonly keys: DerivedKeys;
  readonly vaultId: string;
  readonly generation: number;
  readonly rootKey: Uint8Array;
}): string {
  const { runtime, keys, vaultId, generation, rootKey } = options;
  const nonce = runtime.randomBytes(AES_GCM_NONCE_BYTES);
  const aad = previousBinding(vaultId, generation);
  return aesGcmSeal(keys.previousRootSealKey, nonce, aad, rootKey).toString('base64');
}

/** Whether the database opens under a key; another error than a wrong key is thrown on. */
function opensUnder(path: string, fileKey: Uint8Array): boolean {
  try {
    openConnection({ path, fileKey }).close();
    return true;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_NOTADB') return false;
    throw error;
  }
}

/**
 * Finishes a rekey that was interrupted after its header counted, and answers the header that is in
 * place then. The new file is built again, whatever the crash left of it. Throws
 * `VAULT_REKEY_UNFINISHED` where no rewraps were handed in; the vault stays as it is.
 */
export async function finishRekey(options: {
  readonly directory: string;
  readonly header: VaultHeader;
  readonly keys: DerivedKeys;
  readonly settings: VaultSettings;
  readonly watcher?: RekeyWatcher;
}): Promise<VaultHeader> {
  const { directory, header, keys, settings, watcher = {} } = options;
  const { vaultId, generation, slots } = header;
  const path = join(directory, DATABASE_FILE);
  if (!opensUnder(path, keys.fileKey)) {
    const oldKeys = previousKeys(header, keys);
    try {
      // Under neither key it is damaged or foreign, which the opening says; the header keeps the old root key.
      if (!opensUnder(path, oldKeys.fileKey)) return header;
      foldWal(path, oldKeys.fileKey);
      await buildRekeyed({ directory, vaultId, oldKeys, newKeys: keys, generation, settings, watcher });
    } finally {
      zeroiseKeys(oldKeys);
    }
    watcher.step?.('replacing');
    await installRekeyed(directory);
  }
  watcher.step?.('finishing');
  const content = { vaultId, generation: generation + 1, slots, previousRootKey: null };
  const finished = completeHeader(content, keys.headerMacKey);
  writeHeader(directory, finished);
  return finished;
}

function previousKeys(header: VaultHeader, keys: DerivedKeys): DerivedKeys {
  const { vaultId, generation } = header;
  const sealed = Buffer.from(header.previousRootKey ?? '', 'base64');
  const rootKey = aesGcmOpen(keys.previousRootSealKey, previousBinding(vaultId, generation), sealed);
  if (rootKey === undefined) {
    const message = 'The root key of the generation before does not open.';
    const details = { file: 'slots.json', path: 'previousRootKey' };
    throw new CountersignError('VAULT_HEADER_INVALID', message, details);
  }
  const derived = deriveKeys(rootKey, idFromText(vaultId)!);
  zeroise(rootKey);
  return derived;
}
