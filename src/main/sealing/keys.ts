import type { Runtime } from '../base/index.ts';
import { aesGcmSeal, hybridEncapsulate, hybridKeyPair, sha256, zeroise } from '../crypto/index.ts';
import type { Vault } from '../vault/index.ts';
import { dekBinding, indexKeyBinding, kekBinding } from './binding.ts';
import type { KeyLine } from './purposes.ts';
import type { KekRow, Store } from './store.ts';

/** Makes KEKs, DEKs and blind-index keys. Each call runs in the caller's transaction. */
export interface KeyMaker {
  /** The KEK that wraps new DEKs; made at the vault's first use. */
  activeKek(): KekRow;
  /** A fresh DEK of a line; answers its id. */
  newDek(line: KeyLine, version: number): number;
  /** A fresh blind-index key of a column; answers its id. */
  newIndexKey(column: string): number;
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
    return { id, state: 'active', publicKey, sealedPrivateKey };
  }

  const activeKek = () => store.activeKek() ?? newKek();

  return {
    activeKek,
    newDek(line, version) {
      const { id: kekId, publicKey } = activeKek();
      const { ciphertext, sharedSecret } = hybridEncapsulate({ publicKey, fillRandom });
      const key = runtime.randomBytes(32);
      const binding = dekBinding(vault.vaultId, line, version, kekId);
      const wrappedKey = aesGcmSeal(sharedSecret, nonce(), binding, key);
      zeroise(sharedSecret, key);
      return store.insertDek(
        line,
        version,
        { kekId, encapsulation: ciphertext, wrappedKey },
        runtime.nowMs(),
      );
    },
    newIndexKey(column) {
      const key = runtime.randomBytes(32);
      const wrappedKey = aesGcmSeal(vault.wrappingKey, nonce(), indexKeyBinding(vault.vaultId, column), key);
      zeroise(key);
      return store.insertIndexKey(column, wrappedKey);
    },
  };
}
