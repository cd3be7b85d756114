import { CountersignError, isCountersignError, type Runtime } from '../base/index.ts';
import { aesGcmSeal, zeroise } from '../crypto/index.ts';
import { storageError, type Vault } from '../vault/index.ts';
import { columnName, type PlacedValue, type SealedColumn } from './columns.ts';
import { type Keyring, type LiveDek, openRow, prefixFor } from './opener.ts';
import type { DekRow, Store } from './store.ts';
import { createColumnWalk } from './store-columns.ts';
import { createKeyStore } from './store-keys.ts';

export interface ResealOptions {
  readonly column: SealedColumn;
  /** Where the last step stopped; null at the start of the column. */
  readonly cursor: string | null;
  /** DEKs whose values move. Others are passed over. */
  readonly from: ReadonlySet<number>;
  /** Rows looked at, at most. */
  readonly mostRows: number;
  /** The step ends with the first value after this time. */
  readonly budgetMs: number;
}

export interface ResealStep {
  /** Where to go on; null at the end of the column. */
  readonly cursor: string | null;
  /** Rows looked at. */
  readonly examined: number;
  /** Values that lie under another DEK now. */
  readonly moved: number;
  /** Values that did not open at their place, and stay as they are. */
  readonly failed: number;
}

/**
 * A value lies on a page that does not authenticate. SQLite takes no write in a transaction that met
 * such a page, so nothing of the step stands: it is made again up to this value, and goes on behind it.
 */
export class ValueOutOfReach extends CountersignError {
  /** Rows of the step before it. */
  readonly before: number;
  /** Where to go on behind it. */
  readonly cursor: string;
  constructor(before: number, cursor: string) {
    super('VAULT_DAMAGED', 'A sealed value lies on a page that does not authenticate.');
    this.before = before;
    this.cursor = cursor;
  }
}

export interface ResealParts {
  readonly vault: Vault;
  readonly runtime: Runtime;
  readonly store: Store;
  readonly keyring: Keyring;
  readonly nonce: () => Buffer;
  /** The newest version of a DEK's line, made where it may seal no more. */
  newestOf(dek: DekRow): LiveDek;
}

/**
 * Opens values at the places that their rooms name and seals them under the newest DEK of their
 * line. The blind-index tag beside a value stays: its key outlives rotation. A value that does not
 * open is left as it is, because nothing may be replaced that could not be read.
 */
export function createReseal({ vault, runtime, store, keyring, nonce, newestOf }: ResealParts) {
  const keys = createKeyStore(vault.db);
  const walks = new Map<string, ReturnType<typeof createColumnWalk>>();
  /** Asked for once a step, so that a DEK near its limit is noticed. */
  const targets = new Map<number, LiveDek>();

  function walkOf(column: SealedColumn) {
    const name = columnName(column);
    let walk = walks.get(name);
    if (walk === undefined) {
      walk = createColumnWalk(vault.db, column);
      walks.set(name, walk);
    }
    return walk;
  }

  /** Throws `ValueOutOfReach` for a page that does not authenticate. */
  function readRow({ sealedId, cursor }: PlacedValue, before: number): ReturnType<Store['value']> {
    try {
      return store.value(sealedId);
    } catch (error) {
      if (isCountersignError(storageError(error), 'VAULT_DAMAGED')) throw new ValueOutOfReach(before, cursor);
      throw error;
    }
  }

  /** Moves one value and answers the DEK it lies under now. */
  function move(column: SealedColumn, value: PlacedValue, dekId: number, sealed: Buffer): number {
    const { table, column: name } = column;
    const { applicationId } = value;
    const plaintext = openRow(keyring, { table, column: name, applicationId }, dekId, sealed);
    let target = targets.get(dekId);
    if (target === undefined) {
      target = newestOf(keyring.dek(dekId).row);
      targets.set(dekId, target);
    }
    const aad = Buffer.from(prefixFor(target, table, name) + applicationId, 'utf8');
    keys.replaceValue(value.sealedId, target.row.id, aesGcmSeal(target.key, nonce(), aad, plaintext));
    zeroise(plaintext);
    return target.row.id;
  }

  return ({ column, cursor, from, mostRows, budgetMs }: ResealOptions): ResealStep => {
    const startMs = runtime.monotonicMs();
    targets.clear();
    const rows = walkOf(column)(cursor, mostRows);
    const counts = new Map<number, number>();
    const count = (dekId: number, by: number) => counts.set(dekId, (counts.get(dekId) ?? 0) + by);
    let examined = 0;
    let moved = 0;
    let failed = 0;
    let after = cursor;
    for (const value of rows) {
      try {
        const row = readRow(value, examined);
        if (row !== undefined && from.has(row[0])) {
          count(move(column, value, row[0], row[1]), 1);
          count(row[0], -1);
          moved += 1;
        }
      } catch (error) {
        if (error instanceof ValueOutOfReach || !isCountersignError(error)) throw error;
        failed += 1;
      }
      examined += 1;
      after = value.cursor;
      if (runtime.monotonicMs() - startMs >= budgetMs) break;
    }
    for (const [dekId, by] of counts) keys.moveCount(dekId, by);
    const ended = examined === rows.length && rows.length < mostRows;
    return { cursor: ended ? null : after, examined, moved, failed };
  };
}
