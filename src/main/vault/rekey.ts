import { join, resolve } from 'node:path';
import { CountersignError, idFromText } from '../base/index.ts';
import { zeroise } from '../crypto/index.ts';
import { openConnection } from './connection.ts';
import { DATABASE_FILE } from './folder.ts';
import {
  checkHeaderMac,
  completeHeader,
  type KeySlot,
  readHeader,
  type VaultHeader,
  writeHeader,
} from './header.ts';
import { LOCK_FILE, takeLock, type VaultLock } from './lock.ts';
import type { Vault } from './opened.ts';
import {
  buildRekeyed,
  foldWal,
  installRekeyed,
  type RekeyStep,
  type RekeyWatcher,
  sealPreviousRoot,
} from './rekey-steps.ts';
import { type DerivedKeys, deriveKeys, ROOT_KEY_BYTES, zeroiseKeys } from './root-keys.ts';
import type { VaultSettings } from './settings.ts';
import { type SlotChange, slotMemory } from './slot-notes.ts';
import { checkChange, slotOf } from './slot-rules.ts';
import { type MadeSlot, makeSlot, rewrapSlot } from './slots.ts';
import { storageError } from './sqlite-errors.ts';
import { openLocked } from './vault.ts';
import type { PreparedRekey } from './vault-slots.ts';

export interface RekeyOptions extends VaultSettings, RekeyWatcher {
  readonly prepared: PreparedRekey;
}

/** How a rekey ended. */
export type RekeyResult =
  /** The vault is open under the new root key; `made` is the slot that took a place, where one did. */
  | { readonly outcome: 'done'; readonly vault: Vault; readonly made: MadeSlot | null }
  /** Nothing was changed; the vault is open as before, or closed where even that failed. */
  | { readonly outcome: 'failed'; readonly vault: Vault | null; readonly failure: unknown };

/**
 * Gives a closed vault a new root key, wrapped for every slot that remains, and opens it. Takes the
 * vault's lock; the prepared root key is zeroised. Where it fails before the new header counts, the
 * vault is as it was; after that the rekey is finished on the way to opening it again.
 */
export async function rekeyVault(options: RekeyOptions): Promise<RekeyResult> {
  const directory = resolve(options.prepared.directory);
  const { rootKey } = options.prepared;
  const newRootKey = options.runtime.randomBytes(ROOT_KEY_BYTES);
  const printed: { made: MadeSlot | null } = { made: null };
  let failure: unknown;
  let lock: VaultLock | undefined;
  try {
    lock = takeLock(join(directory, LOCK_FILE));
    await changeRoot({ ...options, directory, newRootKey, printed });
  } catch (error) {
    failure = storageError(error);
  }
  try {
    if (lock === undefined) return { outcome: 'failed', vault: null, failure };
    const counts = headerIsUnder(directory, newRootKey);
    options.step?.('opening');
    const vault = await openLocked(directory, lock, counts ? newRootKey : rootKey, options);
    return counts ? { outcome: 'done', vault, made: printed.made } : { outcome: 'failed', vault, failure };
  } catch (error) {
    lock?.release();
    return { outcome: 'failed', vault: null, failure: failure ?? storageError(error) };
  } finally {
    zeroise(rootKey, newRootKey);
  }
}

/** Whether the header in place was written under a root key. */
function headerIsUnder(directory: string, rootKey: Uint8Array): boolean {
  const header = readHeader(directory);
  const keys = deriveKeys(rootKey, idFromText(header.vaultId)!);
  try {
    checkHeaderMac(header, keys.headerMacKey);
    return true;
  } catch {
    return false;
  } finally {
    zeroiseKeys(keys);
  }
}

interface Work extends RekeyOptions {
  readonly directory: string;
  readonly newRootKey: Buffer;
  /** Where the slot that is made is kept for the answer. */
  readonly printed: { made: MadeSlot | null };
}

async function changeRoot(work: Work): Promise<void> {
  const { directory, prepared, newRootKey, runtime } = work;
  const step = (name: RekeyStep) => work.step?.(name);
  step('preparing');
  const header = readHeader(directory);
  const { vaultId } = header;
  const oldKeys = deriveKeys(prepared.rootKey, idFromText(vaultId)!);
  const newKeys = deriveKeys(newRootKey, idFromText(vaultId)!);
  try {
    // Public halves are trusted only in a header whose MAC fits: the new root key goes to them.
    requireUnchanged(header, prepared, oldKeys);
    const generation = header.generation + 1;
    const { slots, made } = await newSlots(work, header);
    noteChange(directory, oldKeys, changeOf(prepared, header.slots, made, generation));
    await buildRekeyed({ directory, vaultId, oldKeys, newKeys, generation, settings: work, watcher: work });
    const rootKey = prepared.rootKey;
    const previousRootKey = sealPreviousRoot({ runtime, keys: newKeys, vaultId, generation, rootKey });
    const content = { vaultId, generation, slots };
    work.printed.made = made;
    step('committing');
    writeHeader(directory, completeHeader({ ...content, previousRootKey }, newKeys.headerMacKey));
    step('replacing');
    await installRekeyed(directory);
    step('finishing');
    const last = { ...content, generation: generation + 1, previousRootKey: null };
    writeHeader(directory, completeHeader(last, newKeys.headerMacKey));
  } finally {
    zeroiseKeys(oldKeys);
    zeroiseKeys(newKeys);
  }
}

function requireUnchanged(header: VaultHeader, prepared: PreparedRekey, keys: DerivedKeys): void {
  checkHeaderMac(header, keys.headerMacKey);
  if (header.generation !== prepared.generation || header.previousRootKey !== null) {
    throw new CountersignError('VAULT_IN_USE', 'The key slots were changed by another process meanwhile.');
  }
  checkChange(header.slots, prepared.change, null);
}

/** The slots as they will be, every one for the new root key. */
async function newSlots(
  work: Work,
  header: VaultHeader,
): Promise<{ slots: KeySlot[]; made: MadeSlot | null }> {
  const { runtime, newRootKey: rootKey, slotOpener: opener, prepared } = work;
  const { vaultId } = header;
  const { change } = prepared;
  const goes = 'revoke' in change ? change.revoke : change.replace;
  const made = 'replace' in change ? await makeSlot({ runtime, vaultId, rootKey, opener }, change.by) : null;
  const slots = header.slots.flatMap((slot) => {
    if (slot.id === goes) return made === null ? [] : [made.slot];
    return [rewrapSlot(slot, { runtime, vaultId, rootKey })];
  });
  return { slots, made };
}

function changeOf(
  { change, caller }: PreparedRekey,
  slots: readonly KeySlot[],
  made: MadeSlot | null,
  generation: number,
): SlotChange {
  const old = slotOf(slots, 'revoke' in change ? change.revoke : change.replace);
  const common = { generation, slotId: old.id, slotKind: old.kind, ...caller };
  if (made === null || 'revoke' in change) return { kind: 'revoked', ...common };
  const { id: newSlotId, kind: newSlotKind } = made.slot;
  const label = change.label === undefined ? {} : { label: change.label };
  return { kind: 'replaced', ...common, newSlotId, newSlotKind, ...label };
}

/** Notes the change in the old file, from where it comes along into the new one, and folds the WAL away. */
function noteChange(directory: string, keys: DerivedKeys, change: SlotChange): void {
  const path = join(directory, DATABASE_FILE);
  const db = openConnection({ path, fileKey: keys.fileKey });
  try {
    db.transaction(() => slotMemory(db).note(change)).immediate();
  } finally {
    db.close();
  }
  foldWal(path, keys.fileKey);
}
