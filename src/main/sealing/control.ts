import { CountersignError, isCountersignError, type Runtime } from '../base/index.ts';
import { zeroise } from '../crypto/index.ts';
import type { Vault } from '../vault/index.ts';
import { type KeyChangeListener, type KeyMaker, keyListeners, tellKeyChange } from './keys.ts';
import { type Keyring, keyMissing } from './opener.ts';
import type { ResealOptions, ResealStep } from './reseal.ts';
import type { Store } from './store.ts';
import { createKeyStore } from './store-keys.ts';

export interface RewrapStep {
  /** DEKs that lie under another KEK now. */
  readonly moved: number;
  /** DEKs that do not open, and stay as they are. */
  readonly failed: number;
  /** The last DEK that was looked at; `null` where there was none left. */
  readonly cursor: number | null;
}

/**
 * What the `keys` room does with the keys of this room. Each call runs in the caller's transaction
 * and records nothing; who asks for it does.
 */
export interface KeyControl {
  /** Hears of each key that is made or leaves use, within the transaction. */
  onChange(listener: KeyChangeListener): void;
  /** DEKs that would be replaced for a purpose: the newest version of each line. */
  newestOfPurpose(purpose: string): number[];
  /** DEKs of a purpose that seal no more while values lie under them. */
  leftUnder(purpose: string): number[];
  /** The newest version of a DEK's line. */
  newestOf(dekId: number): number;
  /** Values that lie under a DEK. */
  valueCount(dekId: number): number;
  /** The next version of a DEK's line. The old one opens only from now on. Answers the new DEK's id. */
  rotateDek(id: number): number;
  /** Takes a DEK out of sealing; what lies under it still opens. */
  endDek(id: number, state: 'retired' | 'compromised'): void;
  /** Erases a DEK's bytes: nothing that lies under it opens any more. */
  destroyDek(id: number): void;
  /**
   * The KEK that takes the place of one: made where that one is the active one, or none is. DEKs
   * that exist stay under theirs until they are wrapped anew.
   */
  nextKek(id: number): number;
  /** DEKs that lie under a KEK. */
  deksUnder(kekId: number): number;
  endKek(id: number, state: 'retired' | 'compromised'): void;
  /** Wraps DEKs of a KEK anew, under the active one, for as long as the budget lasts. */
  rewrap(kekId: number, afterDek: number, budgetMs: number): RewrapStep;
  /** Erases the private half of a KEK. Throws `KEY_STILL_NEEDED` while a DEK lies under it. */
  destroyKek(id: number): void;
  /** Seals values of one column anew, from some DEKs to the newest of their lines. */
  reseal(options: ResealOptions): ResealStep;
}

export interface ControlParts {
  readonly vault: Vault;
  readonly runtime: Runtime;
  readonly store: Store;
  readonly keyMaker: KeyMaker;
  readonly keyring: Keyring;
  /** Writes the rows that wait, so that counts are true. */
  flush(): void;
  /** Forgets which DEKs seal at present. */
  forgetCurrent(): void;
  reseal(options: ResealOptions): ResealStep;
}

/** DEKs that one statement looks up for wrapping anew. */
const DEKS_A_STATEMENT = 64;

export function createKeyControl(parts: ControlParts): KeyControl {
  const { vault, runtime, store, keyMaker, keyring, flush, forgetCurrent } = parts;
  const keys = createKeyStore(vault.db);

  /** What is kept in memory of keys is true again after the step, and after its rollback. */
  function changing(work: () => void): void {
    flush();
    vault.onRollback(() => {
      keyring.clear();
      forgetCurrent();
    });
    work();
    forgetCurrent();
  }

  function endDek(id: number, state: 'retired' | 'compromised'): void {
    changing(() => keys.setDekState(id, state));
    tellKeyChange(vault, { type: 'DEK', number: id, change: state });
  }

  function endKek(id: number, state: 'retired' | 'compromised'): void {
    changing(() => keys.setKekState(id, state));
    tellKeyChange(vault, { type: 'KEK', number: id, change: state });
  }

  function rewrapOne(id: number): boolean {
    const row = store.dek(id)!;
    try {
      const bytes = keyring.unwrapBytes(row);
      const { kekId, encapsulation, wrappedKey } = keyMaker.wrapDek(row, row.version, bytes);
      zeroise(bytes);
      keys.rewrapDek(id, kekId, encapsulation!, wrappedKey!);
      return true;
    } catch (error) {
      if (isCountersignError(error, 'SEALING_KEY_MISSING')) return false;
      throw error;
    }
  }

  return {
    onChange(listener) {
      keyListeners(vault).push(listener);
    },
    newestOfPurpose: keys.newestOfPurpose,
    leftUnder(purpose) {
      flush();
      return keys.leftUnder(purpose);
    },
    newestOf(dekId) {
      const row = store.dek(dekId);
      if (row === undefined) throw keyMissing();
      return store.newestDek(row)!.id;
    },
    valueCount(dekId) {
      flush();
      return store.dek(dekId)?.valueCount ?? 0;
    },
    rotateDek(id) {
      const row = store.dek(id);
      if (row === undefined) throw keyMissing();
      const newest = store.newestDek(row)!;
      if (newest.state === 'active') endDek(newest.id, 'retired');
      let made = 0;
      changing(() => {
        made = keyMaker.newDek(row, newest.version + 1);
      });
      return made;
    },
    endDek,
    destroyDek(id) {
      changing(() => keys.eraseDek(id));
      keyring.forgetDek(id);
      tellKeyChange(vault, { type: 'DEK', number: id, change: 'destroyed' });
    },
    nextKek(id) {
      const active = store.activeKek()?.id;
      if (active !== undefined && active !== id) return active;
      if (active === id) endKek(id, 'retired');
      let made = 0;
      changing(() => {
        made = keyMaker.newKek().id;
      });
      return made;
    },
    deksUnder: keys.countUnder,
    endKek,
    rewrap(kekId, afterDek, budgetMs) {
      const startMs = runtime.monotonicMs();
      vault.onRollback(() => keyring.clear());
      let moved = 0;
      let failed = 0;
      let cursor: number | null = null;
      for (const id of keys.deksUnder(kekId, afterDek, DEKS_A_STATEMENT)) {
        if (rewrapOne(id)) moved += 1;
        else failed += 1;
        cursor = id;
        if (runtime.monotonicMs() - startMs >= budgetMs) break;
      }
      return { moved, failed, cursor };
    },
    destroyKek(id) {
      if (keys.countUnder(id) > 0) {
        throw new CountersignError('KEY_STILL_NEEDED', 'DEKs lie under this KEK; wrap them anew first.', {
          path: `kek-${id}`,
        });
      }
      changing(() => keys.eraseKek(id));
      keyring.forgetKek(id);
      tellKeyChange(vault, { type: 'KEK', number: id, change: 'destroyed' });
    },
    reseal: parts.reseal,
  };
}
