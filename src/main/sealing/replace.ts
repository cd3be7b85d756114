import { aesGcmSeal } from '../crypto/index.ts';
import type { Vault } from '../vault/index.ts';
import { type Keyring, type LiveDek, prefixFor, type SealedRef, valueMissing } from './opener.ts';
import type { DekRow, Store } from './store.ts';
import { createKeyStore } from './store-keys.ts';

export interface ReplaceParts {
  readonly vault: Vault;
  readonly store: Store;
  readonly keyring: Keyring;
  readonly nonce: () => Buffer;
  /** The newest version of a DEK's line, made where it may seal no more. */
  newestOf(dek: DekRow): LiveDek;
}

/** Seals another plaintext under the id of a value that is there, in the line of keys that it lay under. */
export function createReplace({ vault, store, keyring, nonce, newestOf }: ReplaceParts) {
  const keys = createKeyStore(vault.db);
  return (ref: SealedRef, plaintext: Uint8Array): void => {
    const row = store.value(ref.id);
    if (row === undefined) throw valueMissing(ref);
    const target = newestOf(keyring.dek(row[0]).row);
    const aad = Buffer.from(prefixFor(target, ref.table, ref.column) + ref.applicationId, 'utf8');
    keys.replaceValue(ref.id, target.row.id, aesGcmSeal(target.key, nonce(), aad, plaintext));
    keys.moveCount(row[0], -1);
    keys.moveCount(target.row.id, 1);
  };
}
