import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { CountersignError } from '../base/index.ts';
import { aesGcmOpen, zeroise } from '../crypto/index.ts';
import type { Vault } from '../vault/index.ts';
import { indexKeyBinding } from './binding.ts';
import type { KeyMaker } from './keys.ts';
import type { Store } from './store.ts';

export const BLIND_TAG_BYTES = 16;

/** A column's key in memory. */
interface LiveIndexKey {
  readonly id: number;
  readonly key: KeyObject;
}

/**
 * Blind indexes: equality search over sealed values. The tag is HMAC-SHA-256 under a random key of
 * the column, cut to 16 bytes; who has the file but not the key learns only which rows are equal.
 */
export function createBlindIndexes(vault: Vault, store: Store, keyMaker: KeyMaker) {
  const keys = new Map<string, LiveIndexKey>();

  /** The key of a column; `undefined` where the column was never indexed. */
  function find(column: string): LiveIndexKey | undefined {
    const known = keys.get(column);
    if (known !== undefined) return known;
    const row = store.indexKey(column);
    if (row === undefined) return undefined;
    const bytes = aesGcmOpen(vault.wrappingKey, indexKeyBinding(vault.vaultId, column), row.wrappedKey);
    if (bytes === undefined) {
      const message = 'The key of a blind index does not open.';
      throw new CountersignError('SEALING_KEY_MISSING', message, { path: column });
    }
    const live = { id: row.id, key: createSecretKey(bytes) };
    zeroise(bytes);
    keys.set(column, live);
    return live;
  }

  function findOrMake(column: string): LiveIndexKey {
    const known = find(column);
    if (known !== undefined) return known;
    return vault.transaction(() => {
      keyMaker.newIndexKey(column);
      vault.onRollback(() => keys.delete(column));
      return find(column)!;
    });
  }

  const tagOf = (key: KeyObject, normalised: string): Buffer =>
    createHmac('sha256', key).update(normalised, 'utf8').digest().subarray(0, BLIND_TAG_BYTES);

  return {
    /** Key id and tag to store beside a value. */
    tagFor(column: string, normalised: string): { keyId: number; tag: Buffer } {
      const { id, key } = findOrMake(column);
      return { keyId: id, tag: tagOf(key, normalised) };
    },
    /** Id of a column's key, where it has one. */
    keyId: (column: string) => find(column)?.id,
    clear() {
      keys.clear();
    },
  };
}
