import type { Runtime } from '../base/index.ts';
import { aesGcmSeal, hybridEncapsulate, hybridKeyPair, sha256, zeroise } from '../crypto/index.ts';
import type { Vault } from '../vault/index.ts';
import { dekBinding, indexKeyBinding, kekBinding } from './binding.ts';
import type { KeyLine } from './purposes.ts';
import type { DekRow, KekRow, Store } from './store.ts';

/** What happened to a key of this room, told within the transaction in which it happens. */
export interface KeyChange {
  readonly type: 'KEK' | 'DEK';
  readonly number: number;
  readonly change: 'created' | 'retired' | 'compromised' | 'destroyed';
}
export type KeyChangeListener = (change: KeyChange) => void;

/** Makes KEKs, DEKs and blind-index keys. Each call runs in the caller's transaction. */
export interface KeyMaker {
  /** The KEK that wraps new DEKs; made at the vault's first use, and where the last one left use. */
  activeKek(): KekRow;
  /** A fresh KEK beside the others. */
  newKek(): KekRow;
  /** A DEK's bytes under the active KEK. */
  wrapDek(line: KeyLine, version: number, key: Buffer): WrappedDek;
  /** A fresh DEK of a line; answers its id. */
  newDek(line: KeyLine, version: number): number;
  /** A fresh blind-index key of a column; answers its id. */
  newIndexKey(column: string): number;
}

export type WrappedDek = Pick<DekRow, 'kekId' | 'encapsulation' | 'wrappedKey'>;

const listeners = new WeakMap<Vault, KeyChangeListener[]>();

/** Who hears of changes to the keys of a vault, whichever sealer makes them. */
export function keyListeners(vault: Vault): KeyChangeListener[] {
  let list = listeners.get(vault);
  if (list === undefined) {
    list = [];
    listeners.set(vault, list);
  }
  return list;
}

/** Tells those who listen, within the transaction of the change. */
export function tellKeyChange(vault: Vault, change: KeyChange): void {
  for (const listener of keyListeners(vault)) listener(change);
}

export function createKeyMaker(vault: Vault, runtime: Runtime, store: Store, nonce: () => Buffer): KeyMaker {
  const fillRandom = (target: Uint8Array) => runtime.randomFill(target);

  function newKek(): KekRow {
    const id = store.nextKekId();
    const { publicKey, secretKey } = hybridKeyPair(fillRandom);
    const binding = kekBinding(vault.vaultId, id, sha256(publicKey).toString('hex'));
    const sealedPrivateKey = aesGcmSeal(vault.wrappingKey, nonce(), binding, secretKey);
    zeroise(secretKey);
    store.insertKek(id, runtime.nowMs(), publicKey, sealedPrivateKey);
    tellKeyChange(vault, { type: 'KEK', number: id, change: 'created' });
    return { id, state: 'active', publicKey, sealedPrivateKey };
  }

  const activeKek = () => store.activeKek() ?? newKek();

  function wrapDek(line: KeyLine, version: number, key: Buffer): WrappedDek {
    const { id: kekId, publicKey } = activeKek();
    const { ciphertext, sharedSecret } = hybridEncapsulate({ publicKey, fillRandom });
    const binding = dekBinding(vault.vaultId, line, version, kekId);
    const wrappedKey = aesGcmSeal(sharedSecret, nonce(), binding, key);
    zeroise(sharedSecret);
    return { kekId, encapsulation: ciphertext, wrappedKey };
  }

  return {
    activeKek,
    newKek,
    wrapDek,
    newDek(line, version) {
      const key = runtime.randomBytes(32);
      const id = store.insertDek(line, version, wrapDek(line, version, key), runtime.nowMs());
      zeroise(key);
      tellKeyChange(vault, { type: 'DEK', number: id, change: 'created' });
      return id;
    },
    newIndexKey(column) {
      const key = runtime.randomBytes(32);
      const wrappedKey = aesGcmSeal(vault.wrappingKey, nonce(), indexKeyBinding(vault.vaultId, column), key);
      zeroise(key);
      return store.insertIndexKey(column, wrappedKey);
    },
  };
}
