/** The tables of the room: every line of SQL it speaks. */
import type { DataClassId, UnmaskKind } from '../../contract/privacy.ts';
import type { Connection } from '../vault/index.ts';

/** Who did something, when, and the record that tells of it. */
export interface Act {
  readonly atMs: number;
  readonly by: string;
  readonly record: bigint;
}

export interface HoldRow {
  readonly id: bigint;
  readonly target: 'quarter' | 'party' | 'thing';
  readonly dataClass: DataClassId | null;
  readonly quarter: string | null;
  readonly thingKind: string | null;
  readonly thingId: string | null;
  readonly partySealedId: bigint | null;
  readonly reasonSealedId: bigint;
  readonly setBy: string;
  readonly setAtMs: bigint;
  readonly record: bigint;
  readonly releasedBy: string | null;
  readonly releasedAtMs: bigint | null;
  readonly releaseSealedId: bigint | null;
  readonly releasedRecord: bigint | null;
}
export type NewHold = Pick<
  HoldRow,
  'id' | 'target' | 'dataClass' | 'quarter' | 'thingKind' | 'thingId' | 'partySealedId' | 'reasonSealedId'
>;

export interface HoldLine {
  readonly holdId: bigint;
  readonly dataClass: DataClassId;
  readonly quarter: string;
}

export interface PurgeRow {
  readonly id: bigint;
  readonly atMs: bigint;
  readonly dataClass: DataClassId;
  readonly quarter: string;
  readonly valueCount: bigint;
  readonly carried: bigint;
  readonly keyCount: bigint;
  readonly actor: string;
  readonly record: bigint;
}

export interface LookRow {
  readonly id: bigint;
  readonly atMs: bigint;
  readonly actor: string;
  readonly kind: UnmaskKind;
  readonly thingId: string;
  readonly reasonSealedId: bigint;
  readonly valueCount: bigint;
  readonly record: bigint;
}

export interface SearchRow {
  readonly id: bigint;
  readonly partySealedId: bigint;
}

const HOLD_COLUMNS = `id, target, data_class AS dataClass, quarter, thing_kind AS thingKind, thing_id AS thingId,
  party_sealed_id AS partySealedId, reason_sealed_id AS reasonSealedId, set_by AS setBy, set_at_ms AS setAtMs,
  record, released_by AS releasedBy, released_at_ms AS releasedAtMs, release_sealed_id AS releaseSealedId,
  released_record AS releasedRecord`;
const PURGE_COLUMNS = `id, at_ms AS atMs, data_class AS dataClass, quarter, value_count AS valueCount, carried,
  key_count AS keyCount, actor, record`;
const LOOK_COLUMNS = `id, at_ms AS atMs, actor, thing_kind AS kind, thing_id AS thingId,
  reason_sealed_id AS reasonSealedId, value_count AS valueCount, record`;

export type PrivacyStore = ReturnType<typeof createPrivacyStore>;

/** Prepares the statements of the room on the engine's connection. */
export function createPrivacyStore(db: Connection) {
  return { ...holdQueries(db), ...actQueries(db) };
}

const nextIdOf = (db: Connection, table: string) => {
  const next = db.prepare<[], bigint>(`SELECT coalesce(max(id), 0) + 1 FROM ${table}`).pluck();
  return () => next.get()!;
};

function holdQueries(db: Connection) {
  const insert = db.prepare(
    `INSERT INTO privacy_hold (id, target, data_class, quarter, thing_kind, thing_id, party_sealed_id,
       reason_sealed_id, set_by, set_at_ms, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const release = db.prepare(
    `UPDATE privacy_hold SET released_by = ?, released_at_ms = ?, release_sealed_id = ?, released_record = ?
     WHERE id = ?`,
  );
  const one = db.prepare<[bigint], HoldRow>(`SELECT ${HOLD_COLUMNS} FROM privacy_hold WHERE id = ?`);
  const all = db.prepare<[], HoldRow>(
    `SELECT ${HOLD_COLUMNS} FROM privacy_hold ORDER BY released_by IS NOT NULL, id DESC`,
  );
  const clearLines = db.prepare('DELETE FROM privacy_hold_line WHERE hold_id = ?');
  const insertLine = db.prepare('INSERT OR IGNORE INTO privacy_hold_line VALUES (?, ?, ?)');
  const lines = db.prepare<[], HoldLine>(
    `SELECT l.hold_id AS holdId, l.data_class AS dataClass, l.quarter FROM privacy_hold_line l
     JOIN privacy_hold h ON h.id = l.hold_id AND h.released_by IS NULL ORDER BY l.hold_id`,
  );
  return {
    nextHoldId: nextIdOf(db, 'privacy_hold'),
    insertHold(row: NewHold, { atMs, by, record }: Act) {
      const { id, target, dataClass, quarter, thingKind, thingId, partySealedId, reasonSealedId } = row;
      const what = [id, target, dataClass, quarter, thingKind, thingId, partySealedId, reasonSealedId];
      insert.run(...what, by, BigInt(atMs), record);
    },
    releaseHold(id: bigint, reasonSealedId: bigint, { atMs, by, record }: Act) {
      release.run(by, BigInt(atMs), reasonSealedId, record, id);
    },
    hold: (id: bigint) => one.get(id),
    holds: () => all.all(),
    setHoldLines(holdId: bigint, kept: readonly Omit<HoldLine, 'holdId'>[]) {
      clearLines.run(holdId);
      for (const { dataClass, quarter } of kept) insertLine.run(holdId, dataClass, quarter);
    },
    /** Lines that standing holds keep. */
    holdLines: () => lines.all(),
  };
}

function actQueries(db: Connection) {
  const years = db.prepare<[], { dataClass: DataClassId; years: bigint }>(
    'SELECT data_class AS dataClass, years FROM privacy_retention',
  );
  const setYears = db.prepare('INSERT OR REPLACE INTO privacy_retention VALUES (?, ?, ?, ?, ?)');
  const clearYears = db.prepare('DELETE FROM privacy_retention WHERE data_class = ?');
  const insertPurge = db.prepare('INSERT INTO privacy_purge VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const purges = db.prepare<[bigint, bigint], PurgeRow>(
    `SELECT ${PURGE_COLUMNS} FROM privacy_purge WHERE id < ? ORDER BY id DESC LIMIT ?`,
  );
  const insertSearch = db.prepare('INSERT INTO privacy_search VALUES (?, ?, ?, ?, ?)');
  const search = db.prepare<[bigint], SearchRow>(
    'SELECT id, party_sealed_id AS partySealedId FROM privacy_search WHERE id = ?',
  );
  const insertErasure = db.prepare('INSERT INTO privacy_erasure VALUES (?, ?, ?, ?, ?)');
  const lastGone = db
    .prepare<[], bigint>(
      `SELECT coalesce(max(record), 0) FROM
         (SELECT record FROM privacy_erasure UNION ALL SELECT record FROM privacy_purge)`,
    )
    .pluck();
  const insertLook = db.prepare('INSERT INTO privacy_look VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const looks = db.prepare<[bigint, bigint], LookRow>(
    `SELECT ${LOOK_COLUMNS} FROM privacy_look WHERE id < ? ORDER BY id DESC LIMIT ?`,
  );
  return {
    years: () => new Map(years.all().map((row) => [row.dataClass, Number(row.years)])),
    setYears(dataClass: DataClassId, count: number, { atMs, by, record }: Act) {
      setYears.run(dataClass, BigInt(count), by, BigInt(atMs), record);
    },
    clearYears(dataClass: DataClassId) {
      clearYears.run(dataClass);
    },
    nextPurgeId: nextIdOf(db, 'privacy_purge'),
    insertPurge(row: PurgeRow) {
      const { id, atMs, dataClass, quarter, valueCount, carried, keyCount, actor, record } = row;
      insertPurge.run(id, atMs, dataClass, quarter, valueCount, carried, keyCount, actor, record);
    },
    /** Newest first, below an id. */
    purges: (before: bigint, limit: number) => purges.all(before, BigInt(limit)),
    nextSearchId: nextIdOf(db, 'privacy_search'),
    insertSearch(id: bigint, partySealedId: bigint, { atMs, by, record }: Act) {
      insertSearch.run(id, BigInt(atMs), by, partySealedId, record);
    },
    search: (id: bigint) => search.get(id),
    nextErasureId: nextIdOf(db, 'privacy_erasure'),
    insertErasure(id: bigint, erased: number, { atMs, by, record }: Act) {
      insertErasure.run(id, BigInt(atMs), BigInt(erased), by, record);
    },
    /** The record of the last purge or erasure; 0 while there was none. */
    lastGone: () => lastGone.get()!,
    nextLookId: nextIdOf(db, 'privacy_look'),
    insertLook(row: LookRow) {
      const { id, atMs, actor, kind, thingId, reasonSealedId, valueCount, record } = row;
      insertLook.run(id, atMs, actor, kind, thingId, reasonSealedId, valueCount, record);
    },
    looks: (before: bigint, limit: number) => looks.all(before, BigInt(limit)),
  };
}
