import type { Connection } from '../vault/index.ts';

/** The end of the audit log in a database: number and leaf of its last record, 0 and empty while there is none. */
export interface LogHeadRow {
  readonly record: number;
  readonly leaf: string;
}

export function lastRecordOf(db: Connection): LogHeadRow {
  const row = db
    .prepare<[], { seq: number; leaf: Buffer }>(
      'SELECT seq, leaf FROM audit_record ORDER BY seq DESC LIMIT 1',
    )
    .safeIntegers(false)
    .get();
  return row === undefined ? { record: 0, leaf: '' } : { record: row.seq, leaf: row.leaf.toString('hex') };
}

/** Leaf of one audit record as hex; empty where there is none. */
export function leafOf(db: Connection, record: number): string {
  const leaf = db
    .prepare<[number], Buffer>('SELECT leaf FROM audit_record WHERE seq = ?')
    .pluck()
    .get(record);
  return leaf?.toString('hex') ?? '';
}

/** Writes a copy of the whole database to a new file, encrypted under the same key. */
export function vacuumInto(db: Connection, path: string): void {
  db.prepare('VACUUM INTO ?').run(path);
}

export interface RunRow {
  readonly id: number;
  readonly kind: 'backup' | 'drill';
  readonly atMs: number;
  readonly path: string;
  readonly record: number;
  readonly sizeBytes: number;
  readonly durationMs: number;
  readonly verified: number;
  readonly recoveryPointMs: number | null;
  readonly recoveryTimeMs: number | null;
}

const COLUMNS = `id, kind, at_ms AS atMs, path, record, size_bytes AS sizeBytes, duration_ms AS durationMs,
  verified, recovery_point_ms AS recoveryPointMs, recovery_time_ms AS recoveryTimeMs`;

/** The runs this vault knows of. */
export function createStore(db: Connection) {
  const insert = db.prepare(`INSERT INTO backup_run
    (kind, at_ms, path, record, size_bytes, duration_ms, verified, recovery_point_ms, recovery_time_ms)
    VALUES (@kind, @atMs, @path, @record, @sizeBytes, @durationMs, @verified, @recoveryPointMs, @recoveryTimeMs)`);
  const newest = db
    .prepare<[number], RunRow>(`SELECT ${COLUMNS} FROM backup_run ORDER BY id DESC LIMIT ?`)
    .safeIntegers(false);
  const get = db
    .prepare<[number | bigint], RunRow>(`SELECT ${COLUMNS} FROM backup_run WHERE id = ?`)
    .safeIntegers(false);
  const last = db
    .prepare<[string], RunRow>(`SELECT ${COLUMNS} FROM backup_run WHERE kind = ? ORDER BY id DESC LIMIT 1`)
    .safeIntegers(false);
  return {
    insert: (row: Omit<RunRow, 'id'>): RunRow => get.get(insert.run(row).lastInsertRowid)!,
    newest: (limit: number) => newest.all(limit),
    last: (kind: RunRow['kind']) => last.get(kind),
  };
}
