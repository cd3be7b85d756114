import { type Connection, prepareInsert } from '../vault/index.ts';
import type { KeyLine } from './purposes.ts';

export type KeyState = 'active' | 'retired' | 'compromised' | 'destroyed';

export interface KekRow {
  readonly id: number;
  readonly state: KeyState;
  readonly publicKey: Buffer;
  readonly sealedPrivateKey: Buffer | null;
}

export interface DekRow extends KeyLine {
  readonly id: number;
  readonly version: number;
  readonly state: KeyState;
  readonly kekId: number;
  readonly encapsulation: Buffer | null;
  readonly wrappedKey: Buffer | null;
  /** Values ever sealed under it. */
  readonly sealCount: number;
  /** Values that lie under it now. */
  readonly valueCount: number;
}

export interface IndexKeyRow {
  readonly id: number;
  readonly column: string;
  readonly wrappedKey: Buffer;
}

/** Id, DEK, sealed bytes, blind-index key and tag: a row of `sealed_value` as its five parameters. */
export type SealedRow = [
  id: number,
  dekId: number,
  sealed: Buffer,
  tagKeyId: number | null,
  tag: Buffer | null,
];
export const SEALED_ROW_WIDTH = 5;

const DEK_COLUMNS = `id, purpose, retention_class AS retentionClass, quarter, version, state,
  kek_id AS kekId, encapsulation, wrapped_key AS wrappedKey, seal_count AS sealCount, value_count AS valueCount`;
const KEK_COLUMNS = 'id, state, public_key AS publicKey, sealed_private_key AS sealedPrivateKey';

/** Reads of the sealing tables, on the engine's connection or a worker's own. */
export function createReadStore(db: Connection) {
  const kek = db.prepare<[number], KekRow>(`SELECT ${KEK_COLUMNS} FROM sealing_kek WHERE id = ?`);
  const dek = db.prepare<[number], DekRow>(`SELECT ${DEK_COLUMNS} FROM sealing_dek WHERE id = ?`);
  const value = db.prepare<[bigint], [number, Buffer]>(
    'SELECT dek_id, sealed FROM sealed_value WHERE id = ?',
  );
  // The outer join keeps a line for an id that is missing, and the key says which one it was.
  const values = db.prepare<[string], [number, number, Buffer] | [number, null, null]>(
    `SELECT j.key, v.dek_id, v.sealed FROM json_each(?) j LEFT JOIN sealed_value v ON v.id = j.value`,
  );
  kek.safeIntegers(false);
  dek.safeIntegers(false);
  value.raw().safeIntegers(false);
  values.raw().safeIntegers(false);
  return {
    kek: (id: number) => kek.get(id),
    dek: (id: number) => dek.get(id),
    /** DEK id and sealed bytes of a value. */
    value: (id: bigint) => value.get(id),
    /** Place in the list, DEK id and sealed bytes of many values; nulls for those that are missing. */
    values: (ids: readonly bigint[]) => values.all(`[${ids.join(',')}]`),
  };
}

/** Reads and writes of the sealing tables on the engine's connection. */
export function createStore(db: Connection) {
  const activeKek = db
    .prepare<[], KekRow>(
      `SELECT ${KEK_COLUMNS} FROM sealing_kek WHERE state = 'active' ORDER BY id DESC LIMIT 1`,
    )
    .safeIntegers(false);
  const newestDek = db
    .prepare<[string, string, string], DekRow>(
      `SELECT ${DEK_COLUMNS} FROM sealing_dek WHERE purpose = ? AND retention_class = ? AND quarter = ?
       ORDER BY version DESC LIMIT 1`,
    )
    .safeIntegers(false);
  const indexKey = db
    .prepare<[string], IndexKeyRow>(
      `SELECT id, column_name AS "column", wrapped_key AS wrappedKey FROM sealing_index_key WHERE column_name = ?`,
    )
    .safeIntegers(false);
  const lastId = db
    .prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'sealed_value'")
    .pluck()
    .safeIntegers(false);
  const insertKek = db.prepare(
    `INSERT INTO sealing_kek (id, state, created_at_ms, public_key, sealed_private_key) VALUES (?, 'active', ?, ?, ?)`,
  );
  const nextKekId = db
    .prepare<[], number>('SELECT coalesce(max(id), 0) + 1 FROM sealing_kek')
    .pluck()
    .safeIntegers(false);
  const insertDek = db.prepare(
    `INSERT INTO sealing_dek (purpose, retention_class, quarter, version, state, created_at_ms, kek_id,
       encapsulation, wrapped_key) VALUES (?, ?, ?, ?, 'active', ?, ?, ?, ?)`,
  );
  const retireDek = db.prepare(`UPDATE sealing_dek SET state = 'retired' WHERE id = ? AND state = 'active'`);
  const addToCount = db.prepare(
    'UPDATE sealing_dek SET seal_count = seal_count + ?, value_count = value_count + ? WHERE id = ?',
  );
  const insertIndexKey = db.prepare('INSERT INTO sealing_index_key (column_name, wrapped_key) VALUES (?, ?)');
  const insertValues = prepareInsert(
    db,
    'sealed_value (id, dek_id, sealed, tag_key_id, tag)',
    '(?, ?, ?, ?, ?)',
  );
  const byTag = db
    .prepare<[number, Buffer], bigint>(
      'SELECT id FROM sealed_value WHERE tag_key_id = ? AND tag = ? ORDER BY id',
    )
    .pluck();
  const erase = db
    .prepare<[bigint], number>('DELETE FROM sealed_value WHERE id = ? RETURNING dek_id')
    .pluck()
    .safeIntegers(false);
  const countRange = db
    .prepare<[bigint, bigint], [number, number]>(
      'SELECT dek_id, count(*) FROM sealed_value WHERE id BETWEEN ? AND ? GROUP BY dek_id',
    )
    .raw()
    .safeIntegers(false);
  const eraseRange = db.prepare('DELETE FROM sealed_value WHERE id BETWEEN ? AND ?');
  const takeFromCount = db.prepare('UPDATE sealing_dek SET value_count = value_count - ? WHERE id = ?');

  return {
    ...createReadStore(db),
    activeKek: () => activeKek.get(),
    newestDek: (line: KeyLine) => newestDek.get(line.purpose, line.retentionClass, line.quarter),
    indexKey: (column: string) => indexKey.get(column),
    /** The highest id that was ever given to a value. */
    lastId: () => lastId.get() ?? 0,
    nextKekId: () => nextKekId.get() ?? 1,
    insertKek(id: number, createdAtMs: number, publicKey: Buffer, sealedPrivateKey: Buffer) {
      insertKek.run(id, BigInt(createdAtMs), publicKey, sealedPrivateKey);
    },
    insertDek(
      line: KeyLine,
      version: number,
      row: Pick<DekRow, 'kekId' | 'encapsulation' | 'wrappedKey'>,
      atMs: number,
    ) {
      const { purpose, retentionClass, quarter } = line;
      const { kekId, encapsulation, wrappedKey } = row;
      const parameters = [
        purpose,
        retentionClass,
        quarter,
        version,
        BigInt(atMs),
        kekId,
        encapsulation,
        wrappedKey,
      ];
      return Number(insertDek.run(...parameters).lastInsertRowid);
    },
    /** Takes a DEK out of sealing; answers whether it was in it. */
    retireDek: (id: number) => retireDek.run(id).changes > 0,
    insertIndexKey: (column: string, wrappedKey: Buffer) =>
      Number(insertIndexKey.run(column, wrappedKey).lastInsertRowid),
    /** Writes rows that lie one after another in a flat list of parameters, and counts them at their DEKs. */
    insertValues(flat: readonly unknown[]) {
      const counts = new Map<number, number>();
      for (let i = 1; i < flat.length; i += SEALED_ROW_WIDTH) {
        const dekId = flat[i] as number;
        counts.set(dekId, (counts.get(dekId) ?? 0) + 1);
      }
      insertValues(flat);
      for (const [dekId, count] of counts) addToCount.run(count, count, dekId);
    },
    byTag: (tagKeyId: number, tag: Buffer) => byTag.all(tagKeyId, tag),
    erase(id: bigint) {
      const dekId = erase.get(id);
      if (dekId !== undefined) takeFromCount.run(1, dekId);
    },
    eraseRange(from: bigint, to: bigint) {
      for (const [dekId, count] of countRange.all(from, to)) takeFromCount.run(count, dekId);
      eraseRange.run(from, to);
    },
  };
}

export type ReadStore = ReturnType<typeof createReadStore>;
export type Store = ReturnType<typeof createStore>;
