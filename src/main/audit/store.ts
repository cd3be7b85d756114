import type { Connection } from '../vault/index.ts';
import type { Subject } from './record-form.ts';

/** A row of `audit_record`. */
export interface RecordRow {
  readonly seq: number;
  readonly form: number;
  readonly recordedAtMs: number;
  readonly kind: string;
  readonly actor: string;
  readonly traceId: string;
  readonly subjects: string;
  readonly detailId: number;
  readonly commitment: Buffer;
  readonly leaf: Buffer;
}

/** Which records are asked for; what is left out does not restrict. */
export interface RecordFilter {
  readonly kind?: string;
  readonly actor?: string;
  readonly subject?: Subject;
  readonly fromMs?: number;
  readonly toMs?: number;
}

const COLUMNS = `r.seq, r.form, r.recorded_at_ms AS recordedAtMs, r.kind, r.actor, r.trace_id AS traceId, r.subjects,
  r.detail_id AS detailId, r.commitment, r.leaf`;

/** Up to so many records of a time are found by their time and sorted; more are met soon by walking down. */
const FEW_IN_TIME = 2_000;

/** Rows that one INSERT statement takes. */
const ROWS_A_STATEMENT = 50;

const places = (width: number, rows: number) =>
  Array(rows)
    .fill(`(${Array(width).fill('?').join(', ')})`)
    .join(', ');

/** An INSERT of rows that lie one after another in a flat list. */
function batchInsert(db: Connection, into: string, width: number): (flat: readonly unknown[]) => void {
  const many = db.prepare(`INSERT INTO ${into} VALUES ${places(width, ROWS_A_STATEMENT)}`);
  const one = db.prepare(`INSERT INTO ${into} VALUES ${places(width, 1)}`);
  const step = ROWS_A_STATEMENT * width;
  return (flat) => {
    let at = 0;
    for (; at + step <= flat.length; at += step) many.run(flat.slice(at, at + step));
    for (; at < flat.length; at += width) one.run(flat.slice(at, at + width));
  };
}

export const RECORD_WIDTH = 10;
export const SUBJECT_WIDTH = 3;
export const NODE_WIDTH = 3;

/** Reads of the audit tables, on any connection. */
export function createReadStore(db: Connection) {
  const last = db
    .prepare<[], { seq: number; leaf: Buffer }>(
      'SELECT seq, leaf FROM audit_record ORDER BY seq DESC LIMIT 1',
    )
    .safeIntegers(false);
  const get = db
    .prepare<[number], RecordRow>(`SELECT ${COLUMNS} FROM audit_record r WHERE r.seq = ?`)
    .safeIntegers(false);
  const all = db
    .prepare<[number], RecordRow>(`SELECT ${COLUMNS} FROM audit_record r WHERE r.seq <= ? ORDER BY r.seq`)
    .safeIntegers(false);
  const leaf = db.prepare<[number], Buffer>('SELECT leaf FROM audit_record WHERE seq = ?').pluck();
  const node = db
    .prepare<[number, number], Buffer>('SELECT hash FROM audit_node WHERE height = ? AND position = ?')
    .pluck();
  const nodeCount = db.prepare<[], number>('SELECT count(*) FROM audit_node').pluck().safeIntegers(false);
  const subjectCount = db
    .prepare<[], number>('SELECT count(*) FROM audit_subject')
    .pluck()
    .safeIntegers(false);
  const hasSubject = db
    .prepare<[string, string, number], number>(
      'SELECT 1 FROM audit_subject WHERE kind = ? AND id = ? AND seq = ?',
    )
    .pluck()
    .safeIntegers(false);
  const allSubjects = db
    .prepare<[], Subject & { seq: number }>('SELECT kind, id, seq FROM audit_subject')
    .safeIntegers(false);
  const countInTime = db
    .prepare<[number, number, number], number>(
      `SELECT count(*) FROM (SELECT 1 FROM audit_record INDEXED BY audit_record_by_time
       WHERE recorded_at_ms BETWEEN ? AND ? LIMIT ?)`,
    )
    .pluck()
    .safeIntegers(false);
  const kinds = db
    .prepare<[], string>(
      `WITH RECURSIVE k (kind) AS (
         SELECT min(kind) FROM audit_record
         UNION ALL SELECT (SELECT min(kind) FROM audit_record WHERE kind > k.kind) FROM k WHERE k.kind IS NOT NULL
       ) SELECT kind FROM k WHERE kind IS NOT NULL`,
    )
    .pluck();

  return {
    last: () => last.get(),
    get: (seq: number) => get.get(seq),
    /** All records up to one, in order. */
    all: (toSeq: number) => all.iterate(toSeq),
    leaf: (seq: number) => leaf.get(seq),
    node: (height: number, position: number) => node.get(height, position),
    nodeCount: () => nodeCount.get() ?? 0,
    subjectCount: () => subjectCount.get() ?? 0,
    hasSubject: (subject: Subject, seq: number) =>
      hasSubject.get(subject.kind, subject.id, seq) !== undefined,
    allSubjects: () => allSubjects.iterate(),
    kinds: () => kinds.all(),
    /** Records below `beforeSeq`, newest first. */
    page(filter: RecordFilter, beforeSeq: number, limit: number): RecordRow[] {
      const clauses = ['r.seq < @beforeSeq'];
      if (filter.kind !== undefined) clauses.push('r.kind = @kind');
      if (filter.actor !== undefined) clauses.push('r.actor = @actor');
      if (filter.fromMs !== undefined) clauses.push('r.recorded_at_ms >= @fromMs');
      if (filter.toMs !== undefined) clauses.push('r.recorded_at_ms <= @toMs');
      let from = 'audit_record r';
      const { fromMs = 0, toMs = Number.MAX_SAFE_INTEGER } = filter;
      const isByTime = filter.fromMs !== undefined || filter.toMs !== undefined;
      if (isByTime && !filter.kind && !filter.actor && !filter.subject) {
        // A clock may be set back, so times do not follow the numbers and neither bounds the other.
        const isFew = countInTime.get(fromMs, toMs, FEW_IN_TIME + 1)! <= FEW_IN_TIME;
        from += isFew ? ' INDEXED BY audit_record_by_time' : ' NOT INDEXED';
      }
      if (filter.subject !== undefined) {
        from = 'audit_subject s JOIN audit_record r ON r.seq = s.seq';
        clauses.push('s.kind = @subjectKind AND s.id = @subjectId AND s.seq < @beforeSeq');
      }
      const order = filter.subject === undefined ? 'r.seq' : 's.seq';
      const { subject, ...plain } = filter;
      return db
        .prepare<[object], RecordRow>(
          `SELECT ${COLUMNS} FROM ${from} WHERE ${clauses.join(' AND ')} ORDER BY ${order} DESC LIMIT @limit`,
        )
        .safeIntegers(false)
        .all({ ...plain, subjectKind: subject?.kind, subjectId: subject?.id, beforeSeq, limit });
    },
  };
}

/** Reads and writes of the audit tables, on the engine's connection. */
export function createStore(db: Connection) {
  return {
    ...createReadStore(db),
    insertRecords: batchInsert(
      db,
      'audit_record (seq, form, recorded_at_ms, kind, actor, trace_id, subjects, detail_id, commitment, leaf)',
      RECORD_WIDTH,
    ),
    insertSubjects: batchInsert(db, 'audit_subject (kind, id, seq)', SUBJECT_WIDTH),
    insertNodes: batchInsert(db, 'audit_node (height, position, hash)', NODE_WIDTH),
  };
}

export type ReadStore = ReturnType<typeof createReadStore>;
export type Store = ReturnType<typeof createStore>;
