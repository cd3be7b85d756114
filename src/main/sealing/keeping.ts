import { aesGcmSeal, zeroise } from '../crypto/index.ts';
import type { Vault } from '../vault/index.ts';
import type { PlacedValue, SealedColumn } from './columns.ts';
import { type Keyring, type LiveDek, openRow, prefixFor, type SealedRef } from './opener.ts';
import type { KeyLine } from './purposes.ts';
import type { Store } from './store.ts';
import { createColumnWalk } from './store-columns.ts';
import { createKeyStore, type LineCount } from './store-keys.ts';

/**
 * What the `privacy` room does with what lies sealed: sees where it lies and how long its line lasts,
 * takes along what is still in use, and clears what a destroyed key left. It records nothing; who asks does.
 */
export interface ValueKeeping {
  /** What lies under which line of keys that stand, the oldest quarter first. */
  lines(): LineCount[];
  /** The line of a value; `undefined` where it was erased. */
  lineOf(id: bigint): KeyLine | undefined;
  /** Values of a column after a cursor, `null` from its start. */
  walk(column: SealedColumn, cursor: string | null, limit: number): PlacedValue[];
  /**
   * Seals values anew under the present quarter of their line, so that they outlast the one they were made
   * in: id and blind-index tag stay. Those that do not open stay as they are. In a vault transaction.
   */
  carry(refs: readonly SealedRef[]): number;
  /** The highest id that was given. */
  lastId(): bigint;
  /** Whether rows are left under destroyed keys. */
  hasRemains(): boolean;
  /** Removes, in a range of ids, the rows that lie under destroyed keys. In a vault transaction. */
  clearRemains(afterId: bigint, throughId: bigint): number;
}

export interface KeepingParts {
  readonly vault: Vault;
  readonly store: Store;
  readonly keyring: Keyring;
  readonly nonce: () => Buffer;
  flush(): void;
  /** The DEK that seals at present for a line of this quarter. */
  present(line: KeyLine): LiveDek;
  /** Forgets which DEKs seal at present: their counts in memory are not true any more. */
  forgetCurrent(): void;
}

export function createValueKeeping(parts: KeepingParts): ValueKeeping {
  const { vault, store, keyring, nonce, flush, present, forgetCurrent } = parts;
  const keys = createKeyStore(vault.db);
  const walks = new Map<string, ReturnType<typeof createColumnWalk>>();

  function carryOne(ref: SealedRef): boolean {
    const row = store.value(ref.id);
    if (row === undefined) return false;
    const [dekId, sealed] = row;
    const from = keyring.dek(dekId).row;
    const target = present(from);
    if (target.row.id === dekId) return false;
    const plaintext = openRow(keyring, ref, dekId, sealed);
    const aad = Buffer.from(prefixFor(target, ref.table, ref.column) + ref.applicationId, 'utf8');
    keys.replaceValue(ref.id, target.row.id, aesGcmSeal(target.key, nonce(), aad, plaintext));
    zeroise(plaintext);
    keys.moveCount(target.row.id, 1);
    keys.moveCount(dekId, -1);
    return true;
  }

  return {
    lines() {
      flush();
      return keys.lines();
    },
    lineOf(id) {
      flush();
      const row = store.value(id);
      return row === undefined ? undefined : store.dek(row[0]);
    },
    walk(column, cursor, limit) {
      flush();
      const name = `${column.table}.${column.sealedId}`;
      let walk = walks.get(name);
      if (walk === undefined) {
        walk = createColumnWalk(vault.db, column);
        walks.set(name, walk);
      }
      return walk(cursor, limit);
    },
    carry(refs) {
      flush();
      forgetCurrent();
      vault.onRollback(() => {
        keyring.clear();
        forgetCurrent();
      });
      const carried = refs.filter(carryOne).length;
      forgetCurrent();
      return carried;
    },
    lastId() {
      flush();
      return BigInt(store.lastId());
    },
    hasRemains: () => keys.destroyedWithValues().length > 0,
    clearRemains: (afterId, throughId) => keys.eraseUnder(keys.destroyedWithValues(), afterId, throughId),
  };
}
