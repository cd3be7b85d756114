/**
 * Seals bytes that leave the vault: cells of a CSV. They are sealed under the DEK of their purpose,
 * class and quarter like any value, but stand in a file, where rotation does not reach them: whoever
 * keeps the file must also keep the key's id and version, and the key stays open-only.
 */
import type { Runtime } from '../base/index.ts';
import { aesGcmOpen, aesGcmSeal } from '../crypto/index.ts';
import type { Vault } from '../vault/index.ts';
import { createKeyMaker, tellKeyChange } from './keys.ts';
import { createNoncePool } from './nonce-pool.ts';
import { createKeyring, type LiveDek } from './opener.ts';
import { type KeyLine, quarterOf, type SealingPurpose } from './purposes.ts';
import { createStore } from './store.ts';
import { createFileStore } from './store-files.ts';

/** Which key sealed something in a file. */
export interface FileKeyId {
  readonly dekId: number;
  readonly version: number;
}

/** A key that may seal as many values as it was asked for. */
export interface FileKey extends FileKeyId {
  /** Answers nonce ‖ ciphertext ‖ tag. The binding says where in which file the value belongs. */
  seal(binding: string, plaintext: Uint8Array): Buffer;
}

/** Seals and opens for one file; its keys are forgotten when it ends. */
export interface FileSealing {
  /** The key that seals now, with `count` seals counted at it. A transaction of its own. */
  keyFor(purpose: SealingPurpose, retentionClass: string, count: number): FileKey;
  /**
   * The plaintext; `undefined` where the value does not open under that key and binding, or the key
   * is none that seals files of these purposes. Throws `SEALING_KEY_MISSING` where it was destroyed.
   */
  open(
    key: FileKeyId,
    purposes: readonly SealingPurpose[],
    binding: string,
    sealed: Uint8Array,
  ): Buffer | undefined;
  end(): void;
}

export interface FileSealer {
  begin(): FileSealing;
}

/** Seals that a key of a file may have behind it: well before the 2^32 of its random nonces. */
const SEAL_LIMIT = 2 ** 32 - 2 ** 24;

const prefixOf = (vaultId: string, { row }: LiveDek): string =>
  `countersign file v1\n${vaultId}\n${row.purpose}\n${row.id}\n${row.version}\n`;

/** Opens the sealer of files on a vault. */
export function createFileSealer(vault: Vault, runtime: Runtime = vault.runtime): FileSealer {
  const store = createStore(vault.db);
  const files = createFileStore(vault.db);
  const nonce = createNoncePool((target) => runtime.randomFill(target));
  const keyMaker = createKeyMaker(vault, runtime, store, nonce);

  /** Id of the version that may seal so many values more; made where there is none. */
  function sealingDekId(line: KeyLine, count: number): number {
    const newest = store.newestDek(line);
    if (newest?.state === 'active' && newest.sealCount + count < SEAL_LIMIT) return newest.id;
    if (newest !== undefined && store.retireDek(newest.id)) {
      tellKeyChange(vault, { type: 'DEK', number: newest.id, change: 'retired' });
    }
    return keyMaker.newDek(line, (newest?.version ?? 0) + 1);
  }

  return {
    begin() {
      const keyring = createKeyring(store, vault);
      const opening = new Map<number, { readonly dek: LiveDek; readonly prefix: string }>();

      function openingKey(dekId: number) {
        let known = opening.get(dekId);
        if (known === undefined && store.dek(dekId) !== undefined) {
          const dek = keyring.dek(dekId);
          known = { dek, prefix: prefixOf(vault.vaultId, dek) };
          opening.set(dekId, known);
        }
        return known;
      }

      return {
        keyFor(purpose, retentionClass, count) {
          const quarter = quarterOf(runtime.nowMs()).name;
          const dekId = vault.transaction(() => {
            const id = sealingDekId({ purpose, retentionClass, quarter }, count);
            files.addFileSeals(id, count);
            return id;
          });
          const dek = keyring.dek(dekId);
          const prefix = prefixOf(vault.vaultId, dek);
          return {
            dekId,
            version: dek.row.version,
            seal: (binding, plaintext) =>
              aesGcmSeal(dek.key, nonce(), Buffer.from(prefix + binding, 'utf8'), plaintext),
          };
        },
        open({ dekId, version }, purposes, binding, sealed) {
          const known = openingKey(dekId);
          if (known === undefined) return undefined;
          const { dek, prefix } = known;
          if (dek.row.version !== version || !purposes.includes(dek.row.purpose)) return undefined;
          return aesGcmOpen(dek.key, Buffer.from(prefix + binding, 'utf8'), sealed);
        },
        end() {
          opening.clear();
          keyring.clear();
        },
      };
    },
  };
}
