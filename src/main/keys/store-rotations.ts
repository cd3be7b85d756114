import type { KeyRotation } from '../../contract/keys.ts';
import type { Connection } from '../vault/index.ts';

export interface RotationRow {
  readonly id: number;
  readonly kind: 're-seal' | 're-wrap';
  readonly purpose: string | null;
  readonly reason: KeyRotation['reason'];
  readonly state: KeyRotation['state'];
  readonly actor: string;
  readonly traceId: string;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly pass: number;
  /** Name of the sealed column that is walked; null before the first. */
  readonly place: string | null;
  readonly placeCursor: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
}

export interface NewRotation {
  readonly kind: RotationRow['kind'];
  readonly purpose: string | null;
  readonly reason: RotationRow['reason'];
  readonly actor: string;
  readonly traceId: string;
  readonly total: number;
  readonly startedAtMs: number;
  readonly record: bigint;
  /** Numbers of the keys that are left, each with the one that takes its place. */
  readonly keys: ReadonlyMap<number, number>;
}

/** Ended rotations that are listed. */
const MOST_ENDED = 100;

const COLUMNS = `id, kind, purpose, reason, state, actor, trace_id AS traceId, total, done, failed, pass, place,
  place_cursor AS placeCursor, started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs`;

/** How far rotations are. */
export function createRotationStore(db: Connection) {
  const select = (rest: string) =>
    db.prepare<unknown[], RotationRow>(`SELECT ${COLUMNS} FROM key_rotation ${rest}`).safeIntegers(false);
  const get = select('WHERE id = ?');
  const open = select('WHERE ended_at_ms IS NULL ORDER BY id');
  const ended = select('WHERE ended_at_ms IS NOT NULL ORDER BY id DESC LIMIT ?');
  const ofKey = select(
    `WHERE kind = ? AND id IN (SELECT rotation_id FROM key_rotation_key WHERE from_number = ? OR to_number = ?)
     ORDER BY id DESC`,
  );
  const insert = db.prepare(
    `INSERT INTO key_rotation (kind, purpose, reason, state, actor, trace_id, total, started_at_ms, record)
     VALUES (@kind, @purpose, @reason, 'running', @actor, @traceId, @total, @startedAtMs, @record)`,
  );
  const insertKey = db.prepare('INSERT INTO key_rotation_key VALUES (?, ?, ?)');
  const keys = db
    .prepare<[number], { from: number; to: number }>(
      `SELECT from_number AS "from", to_number AS "to" FROM key_rotation_key WHERE rotation_id = ?
       ORDER BY from_number`,
    )
    .safeIntegers(false);
  const advance = db.prepare(
    `UPDATE key_rotation SET pass = @pass, place = @place, place_cursor = @placeCursor, done = done + @moved,
       failed = CASE WHEN @restart THEN 0 ELSE failed END + @failed WHERE id = @id`,
  );
  const setState = db.prepare('UPDATE key_rotation SET state = ? WHERE id = ? AND ended_at_ms IS NULL');
  const end = db.prepare('UPDATE key_rotation SET state = ?, failed = ?, ended_at_ms = ? WHERE id = ?');
  const valuesLeft = db
    .prepare<[number], number>(
      `SELECT coalesce(sum(d.value_count), 0) FROM key_rotation_key rk JOIN sealing_dek d ON d.id = rk.from_number
       WHERE rk.rotation_id = ?`,
    )
    .pluck()
    .safeIntegers(false);
  const keysLeft = db
    .prepare<[number], number>(
      `SELECT count(*) FROM key_rotation_key rk JOIN sealing_dek d ON d.kek_id = rk.from_number
       WHERE rk.rotation_id = ? AND d.wrapped_key IS NOT NULL`,
    )
    .pluck()
    .safeIntegers(false);
  const leave = db.prepare(
    `DELETE FROM key_rotation_key WHERE from_number = ? AND rotation_id IN (
       SELECT id FROM key_rotation WHERE ended_at_ms IS NULL AND kind = 're-seal')`,
  );

  return {
    get: (id: number) => get.get(id),
    /** Running and paused ones, oldest first. */
    open: () => open.all(),
    ended: () => ended.all(MOST_ENDED),
    ofKey: (kind: RotationRow['kind'], number: number) => ofKey.all(kind, number, number),
    insert({ keys: pairs, ...rotation }: NewRotation): number {
      const startedAtMs = BigInt(rotation.startedAtMs);
      const id = Number(insert.run({ ...rotation, startedAtMs }).lastInsertRowid);
      for (const [from, to] of pairs) insertKey.run(id, from, to);
      return id;
    },
    keys: (id: number) => keys.all(id),
    advance(step: {
      readonly id: number;
      readonly pass: number;
      readonly place: string | null;
      readonly placeCursor: string | null;
      readonly moved: number;
      readonly failed: number;
      /** A new pass meets what failed once more, so it is counted anew. */
      readonly restart: boolean;
    }) {
      advance.run({ ...step, restart: step.restart ? 1 : 0 });
    },
    setState(id: number, state: 'running' | 'paused') {
      setState.run(state, id);
    },
    end(id: number, state: 'done' | 'incomplete', failed: number, atMs: number) {
      end.run(state, failed, BigInt(atMs), id);
    },
    /** Values that lie under the DEKs that a rotation leaves. */
    valuesLeft: (id: number) => valuesLeft.get(id) ?? 0,
    /** DEKs that lie under the KEKs that a rotation leaves. */
    keysLeft: (id: number) => keysLeft.get(id) ?? 0,
    /** A destroyed key is left by no rotation any more. */
    leave(number: number) {
      leave.run(number);
    },
  };
}

export type RotationStore = ReturnType<typeof createRotationStore>;
