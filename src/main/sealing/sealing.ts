import type { Metrics, Runtime } from '../base/index.ts';
import { aesGcmSeal } from '../crypto/index.ts';
import type { Vault } from '../vault/index.ts';
import { createBlindIndexes } from './blind-index.ts';
import { createKeyControl, type KeyControl } from './control.ts';
import { createValueKeeping, type ValueKeeping } from './keeping.ts';
import { createKeyMaker, tellKeyChange } from './keys.ts';
import { createNoncePool } from './nonce-pool.ts';
import {
  createKeyring,
  type LiveDek,
  type Opener,
  openRow,
  openRows,
  prefixFor,
  type SealedRef,
  valueMissing,
} from './opener.ts';
import { createPendingRows } from './pending-rows.ts';
import {
  defaultRetentionClass,
  type KeyLine,
  type Quarter,
  quarterOf,
  type SealingPurpose,
} from './purposes.ts';
import { createReseal } from './reseal.ts';
import { openManyOrEach, openOne } from './salvage.ts';
import { createStore } from './store.ts';

/** A value to be found again by equality: the index's column and the value in its normal form. */
export interface BlindIndexEntry {
  readonly column: string;
  readonly normalised: string;
}

export interface ValueToSeal {
  readonly purpose: SealingPurpose;
  readonly table: string;
  readonly column: string;
  readonly applicationId: string;
  readonly plaintext: Uint8Array | string;
  readonly blindIndex?: BlindIndexEntry;
  /** Retention class of the key; the purpose's usual one where it is left out. */
  readonly retentionClass?: string;
}

export interface BatchValue {
  readonly applicationId: string;
  readonly plaintext: Uint8Array | string;
  readonly blindIndex?: BlindIndexEntry;
}

/**
 * Seals and opens values of the side table `sealed_value`. Main tables hold the ids it answers,
 * without a foreign key: rows are written in batches, at the latest before the commit.
 */
export interface Sealing extends Opener {
  /** Seals one value and answers the id of its row. Must run in a vault transaction. */
  seal(value: ValueToSeal): bigint;
  /**
   * Seals many values of one column and answers the id of the first; the others follow it without
   * a gap. Must run in a vault transaction.
   */
  sealBatch(purpose: SealingPurpose, table: string, column: string, values: readonly BatchValue[]): bigint;
  /** The 16-byte tag of a value under its column's key; the same for the life of the vault. */
  blindTag(column: string, normalised: string): Buffer;
  /** Ids of the sealed values that carry a tag, oldest first. */
  findByTag(column: string, tag: Buffer): bigint[];
  /** Removes a value for good; its id is never used again. Must run in a vault transaction. */
  erase(id: bigint): void;
  /** Removes all values whose ids lie between two, both included. Must run in a vault transaction. */
  eraseRange(fromId: bigint, toId: bigint): void;
  /** Rotation, re-sealing and destruction of keys; for the `keys` room. */
  readonly control: KeyControl;
  /** Where values lie and how long; for the `privacy` room. */
  readonly keeping: ValueKeeping;
  /** Forgets all keys. The vault must be opened again after it. */
  clear(): void;
}

export interface SealingOptions {
  /** Where sealed and opened values are counted. */
  readonly metrics?: Pick<Metrics, 'sealedValuesTotal'>;
  /** Seals after which a DEK retires; lower in tests. */
  readonly sealLimit?: number;
}

/** 2^32 less a margin for what is counted only when it is written. */
const SEAL_LIMIT = 2 ** 32 - 2 ** 20;

/** Opened values that are counted at once. */
const COUNT_STEP = 50;

/** The DEK that seals at present for a purpose and class. */
interface SealingDek {
  readonly live: LiveDek;
  sealed: number;
}

export function createSealing(
  vault: Vault,
  runtime: Runtime = vault.runtime,
  options: SealingOptions = {},
): Sealing {
  const sealLimit = options.sealLimit ?? SEAL_LIMIT;
  const store = createStore(vault.db);
  const nonce = createNoncePool((target) => runtime.randomFill(target));
  const keyMaker = createKeyMaker(vault, runtime, store, nonce);
  const keyring = createKeyring(store, vault);
  const indexes = createBlindIndexes(vault, store, keyMaker);
  const pending = createPendingRows(vault, store, (count) =>
    options.metrics?.sealedValuesTotal.inc({ action: 'seal' }, count),
  );
  let uncounted = 0;
  let lastId = store.lastId();
  let quarter: Quarter = quarterOf(runtime.nowMs());
  const current = new Map<SealingPurpose, Map<string, SealingDek>>();

  function makeDek(line: KeyLine, version: number): number {
    const id = keyMaker.newDek(line, version);
    // The KEK may have been made along with it, so both must be looked up again.
    vault.onRollback(() => {
      keyring.clear();
      current.clear();
    });
    return id;
  }

  /** The newest version of a line that may seal, made where there is none. */
  function sealingDek(line: KeyLine): SealingDek {
    const newest = store.newestDek(line);
    if (newest?.state === 'active' && newest.sealCount < sealLimit) {
      return { live: keyring.dek(newest.id), sealed: newest.sealCount };
    }
    if (newest !== undefined && store.retireDek(newest.id)) {
      tellKeyChange(vault, { type: 'DEK', number: newest.id, change: 'retired' });
    }
    return { live: keyring.dek(makeDek(line, (newest?.version ?? 0) + 1)), sealed: 0 };
  }

  function currentDek(purpose: SealingPurpose, retentionClass: string): SealingDek {
    const nowMs = runtime.nowMs();
    if (nowMs < quarter.fromMs || nowMs >= quarter.untilMs) {
      quarter = quarterOf(nowMs);
      current.clear();
    }
    let classes = current.get(purpose);
    if (classes === undefined) {
      classes = new Map();
      current.set(purpose, classes);
    }
    let dek = classes.get(retentionClass);
    if (dek !== undefined && dek.sealed < sealLimit) return dek;
    // What this DEK sealed must be counted before it is asked whether it may go on.
    pending.flush();
    dek = sealingDek({ purpose, retentionClass, quarter: quarter.name });
    classes.set(retentionClass, dek);
    return dek;
  }

  function sealInto(dek: SealingDek, prefix: string, value: BatchValue): number {
    const { applicationId, plaintext, blindIndex } = value;
    const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext, 'utf8') : plaintext;
    const sealed = aesGcmSeal(dek.live.key, nonce(), Buffer.from(prefix + applicationId, 'utf8'), bytes);
    const index =
      blindIndex === undefined ? undefined : indexes.tagFor(blindIndex.column, blindIndex.normalised);
    dek.sealed += 1;
    lastId += 1;
    pending.add([lastId, dek.live.row.id, sealed, index?.keyId ?? null, index?.tag ?? null]);
    return lastId;
  }

  function seal(value: ValueToSeal): bigint {
    pending.enter();
    const dek = currentDek(value.purpose, value.retentionClass ?? defaultRetentionClass[value.purpose]);
    return BigInt(sealInto(dek, prefixFor(dek.live, value.table, value.column), value));
  }

  function sealBatch(
    purpose: SealingPurpose,
    table: string,
    column: string,
    values: readonly BatchValue[],
  ): bigint {
    pending.enter();
    const first = lastId + 1;
    for (const value of values) {
      const dek = currentDek(purpose, defaultRetentionClass[purpose]);
      sealInto(dek, prefixFor(dek.live, table, column), value);
    }
    return BigInt(first);
  }

  /** Opened values are counted many at a time, because a count costs a tenth of an opening. */
  function opened(count: number): void {
    uncounted += count;
    if (uncounted < COUNT_STEP) return;
    options.metrics?.sealedValuesTotal.inc({ action: 'open' }, uncounted);
    uncounted = 0;
  }

  function open(ref: SealedRef): Buffer {
    pending.flush();
    opened(1);
    return openAlone(ref);
  }

  const openAlone = (ref: SealedRef): Buffer =>
    openOne(() => {
      const row = store.value(ref.id);
      if (row === undefined) throw valueMissing(ref);
      return openRow(keyring, ref, row[0], row[1]);
    });

  const reseal = createReseal({
    vault,
    runtime,
    store,
    keyring,
    nonce,
    newestOf: (dek) => sealingDek(dek).live,
  });
  const control = createKeyControl({
    vault,
    runtime,
    store,
    keyMaker,
    keyring,
    flush: pending.flush,
    forgetCurrent: () => current.clear(),
    reseal(options) {
      pending.flush();
      // What a step seals is counted in the table, and by no DEK that is remembered here.
      current.clear();
      return reseal(options);
    },
  });

  const keeping = createValueKeeping({
    ...{ vault, store, keyring, nonce },
    flush: pending.flush,
    present({ purpose, retentionClass }) {
      quarter = quarterOf(runtime.nowMs());
      return sealingDek({ purpose, retentionClass, quarter: quarter.name }).live;
    },
    forgetCurrent: () => current.clear(),
  });

  return {
    control,
    keeping,
    seal,
    sealBatch,
    open,
    openText: (ref) => open(ref).toString('utf8'),
    openMany(refs) {
      pending.flush();
      opened(refs.length);
      return openManyOrEach(refs, (all) => openRows(store, keyring, all), openAlone);
    },
    blindTag: (column, normalised) => indexes.tagFor(column, normalised).tag,
    findByTag(column, tag) {
      pending.flush();
      const keyId = indexes.keyId(column);
      return keyId === undefined ? [] : store.byTag(keyId, tag);
    },
    erase(id) {
      pending.enter();
      pending.flush();
      store.erase(id);
    },
    eraseRange(fromId, toId) {
      pending.enter();
      pending.flush();
      store.eraseRange(fromId, toId);
    },
    clear() {
      keyring.clear();
      indexes.clear();
      current.clear();
    },
  };
}
