import type { Connection } from '../vault/index.ts';
import type { KeyLine } from './purposes.ts';
import type { DekRow, KekRow } from './store.ts';

/** How many values lie under a line of DEKs. */
export interface LineCount extends KeyLine {
  readonly values: number;
}

/** Statements of rotation, re-sealing and destruction, on the engine's connection. */
export function createKeyStore(db: Connection) {
  const setKekState = db.prepare('UPDATE sealing_kek SET state = ? WHERE id = ?');
  const setDekState = db.prepare('UPDATE sealing_dek SET state = ? WHERE id = ?');
  const eraseKek = db.prepare(
    `UPDATE sealing_kek SET state = 'destroyed', sealed_private_key = zeroblob(length(sealed_private_key))
     WHERE id = ?`,
  );
  const forgetKek = db.prepare('UPDATE sealing_kek SET sealed_private_key = NULL WHERE id = ?');
  const eraseDek = db.prepare(
    `UPDATE sealing_dek SET state = 'destroyed', encapsulation = zeroblob(length(encapsulation)),
       wrapped_key = zeroblob(length(wrapped_key)) WHERE id = ?`,
  );
  const forgetDek = db.prepare(
    'UPDATE sealing_dek SET encapsulation = NULL, wrapped_key = NULL WHERE id = ?',
  );
  const rewrapDek = db.prepare(
    'UPDATE sealing_dek SET kek_id = ?, encapsulation = ?, wrapped_key = ? WHERE id = ?',
  );
  const deksUnder = db
    .prepare<[number, number, number], { id: number }>(
      `SELECT id FROM sealing_dek WHERE kek_id = ? AND wrapped_key IS NOT NULL AND id > ? ORDER BY id LIMIT ?`,
    )
    .safeIntegers(false);
  const countUnder = db
    .prepare<[number], number>(
      'SELECT count(*) FROM sealing_dek WHERE kek_id = ? AND wrapped_key IS NOT NULL',
    )
    .pluck()
    .safeIntegers(false);
  const newestOfPurpose = db
    .prepare<[string], { id: number }>(
      `SELECT id FROM sealing_dek d WHERE purpose = ? AND state <> 'destroyed' AND version = (
         SELECT max(version) FROM sealing_dek o WHERE o.purpose = d.purpose
           AND o.retention_class = d.retention_class AND o.quarter = d.quarter)
       ORDER BY id`,
    )
    .safeIntegers(false);
  const leftUnder = db
    .prepare<[string], { id: number }>(
      `SELECT id FROM sealing_dek WHERE purpose = ? AND state IN ('retired', 'compromised') AND value_count > 0
       ORDER BY id`,
    )
    .safeIntegers(false);
  const lines = db
    .prepare<[], LineCount>(
      `SELECT purpose, retention_class AS retentionClass, quarter, sum(value_count) AS "values"
       FROM sealing_dek WHERE state <> 'destroyed'
       GROUP BY purpose, retention_class, quarter ORDER BY quarter, purpose, retention_class`,
    )
    .safeIntegers(false);
  const destroyed = db
    .prepare<[], { id: number }>(
      "SELECT id FROM sealing_dek WHERE state = 'destroyed' AND value_count > 0 ORDER BY id",
    )
    .safeIntegers(false);
  const countUnderDeks = db
    .prepare<[bigint, bigint, string], [number, number]>(
      `SELECT dek_id, count(*) FROM sealed_value
       WHERE id > ? AND id <= ? AND dek_id IN (SELECT value FROM json_each(?)) GROUP BY dek_id`,
    )
    .raw()
    .safeIntegers(false);
  const eraseUnderDeks = db.prepare(
    'DELETE FROM sealed_value WHERE id > ? AND id <= ? AND dek_id IN (SELECT value FROM json_each(?))',
  );
  const replaceValue = db.prepare('UPDATE sealed_value SET dek_id = ?, sealed = ? WHERE id = ?');
  const moveCount = db.prepare(
    'UPDATE sealing_dek SET seal_count = seal_count + ?, value_count = value_count + ? WHERE id = ?',
  );

  return {
    setKekState(id: number, state: KekRow['state']) {
      setKekState.run(state, id);
    },
    setDekState(id: number, state: DekRow['state']) {
      setDekState.run(state, id);
    },
    /** Overwrites the bytes and then drops them, so that they do not stand in the page's free space. */
    eraseKek(id: number) {
      eraseKek.run(id);
      forgetKek.run(id);
    },
    eraseDek(id: number) {
      eraseDek.run(id);
      forgetDek.run(id);
    },
    rewrapDek(id: number, kekId: number, encapsulation: Buffer, wrappedKey: Buffer) {
      rewrapDek.run(kekId, encapsulation, wrappedKey, id);
    },
    /** DEKs under a KEK after an id. */
    deksUnder: (kekId: number, afterId: number, limit: number) =>
      deksUnder.all(kekId, afterId, limit).map(({ id }) => id),
    countUnder: (kekId: number) => countUnder.get(kekId) ?? 0,
    /** The newest version of each line of a purpose that was not destroyed. */
    newestOfPurpose: (purpose: string) => newestOfPurpose.all(purpose).map(({ id }) => id),
    /** DEKs of a purpose that are out of use while values lie under them. */
    leftUnder: (purpose: string) => leftUnder.all(purpose).map(({ id }) => id),
    /** What lies under keys that are not destroyed, by line; the oldest quarter first. */
    lines: () => lines.all(),
    /** Destroyed DEKs under which rows are left. */
    destroyedWithValues: () => destroyed.all().map(({ id }) => id),
    /** Removes the rows of some DEKs within a range of ids; answers how many. */
    eraseUnder(deks: readonly number[], afterId: bigint, throughId: bigint) {
      const list = JSON.stringify(deks);
      const counts = countUnderDeks.all(afterId, throughId, list);
      eraseUnderDeks.run(afterId, throughId, list);
      for (const [dekId, count] of counts) moveCount.run(0, -count, dekId);
      return counts.reduce((sum, [, count]) => sum + count, 0);
    },
    replaceValue(id: bigint, dekId: number, sealed: Buffer) {
      replaceValue.run(dekId, sealed, id);
    },
    /** `moved` values came under a DEK, or left it where it is negative. */
    moveCount(dekId: number, moved: number) {
      moveCount.run(Math.max(0, moved), moved, dekId);
    },
  };
}

export type KeyStore = ReturnType<typeof createKeyStore>;
