import { type Connection, prepareInsert } from '../vault/index.ts';
import { RECORD_FORM, type Subject } from './record-form.ts';

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

/** Parameters of a record's row. */
export const RECORD_WIDTH = 8;

/** Records whose subjects stand together in the index. */
export const RUN_RECORDS = 2_048;

/** The run that the subjects of a record are indexed under. */
export const runOf = (seq: number) => Math.floor((seq - 1) / RUN_RECORDS);

/** A row of `audit_bundle`. */
export interface BundleRow {
  readonly firstSeq: number;
  readonly count: number;
  readonly sealedId: bigint;
}

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
  const bundleOf = db
    .prepare<[number], [number, number, number]>(
      `SELECT first_seq, record_count, sealed_id FROM audit_bundle WHERE first_seq <= ?
       ORDER BY first_seq DESC LIMIT 1`,
    )
    .raw()
    .safeIntegers(false);
  const leaf = db.prepare<[number], Buffer>('SELECT leaf FROM audit_record WHERE seq = ?').pluck();
  const node = db
    .prepare<[number, number], Buffer>('SELECT hash FROM audit_node WHERE height = ? AND position = ?')
    .pluck();
  const hasSubject = db
    .prepare<[number, string, string, number], number>(
      'SELECT 1 FROM audit_subject WHERE run = ? AND kind = ? AND id = ? AND seq = ?',
    )
    .pluck()
    .safeIntegers(false);
  const countInTime = db
    .prepare<[number, number, number], number>(
      `SELECT count(*) FROM (SELECT 1 FROM audit_record INDEXED BY audit_record_by_time
       WHERE recorded_at_ms BETWEEN ? AND ? LIMIT ?)`,
    )
    .pluck()
    .safeIntegers(false);
  const times = db
    .prepare<[], { fromMs: number | null; toMs: number | null }>(
      `SELECT (SELECT min(recorded_at_ms) FROM audit_record) AS fromMs,
         (SELECT max(recorded_at_ms) FROM audit_record) AS toMs`,
    )
    .safeIntegers(false);
  const countKinds = db
    .prepare<[number, number], { kind: string; count: number }>(
      `SELECT kind, count(*) AS count FROM audit_record INDEXED BY audit_record_by_time
       WHERE recorded_at_ms >= ? AND recorded_at_ms < ? GROUP BY kind`,
    )
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
    /** The bundle that may hold the detail of a record: the last one that begins no later. */
    bundleOf(seq: number): BundleRow | undefined {
      const row = bundleOf.get(seq);
      return row === undefined ? undefined : { firstSeq: row[0], count: row[1], sealedId: BigInt(row[2]) };
    },
    leaf: (seq: number) => leaf.get(seq),
    node: (height: number, position: number) => node.get(height, position),
    hasSubject: (subject: Subject, seq: number) =>
      hasSubject.get(runOf(seq), subject.kind, subject.id, seq) !== undefined,
    kinds: () => kinds.all(),
    /** The first and the last time that a record names; nulls for an empty log. */
    times: () => times.get()!,
    /** Records of each kind from one time up to before another. */
    countKinds: (fromMs: number, toMs: number) => countKinds.all(fromMs, toMs),
    /** Records of rooms up to a number, in order. A room's name begins its kinds, before the dot. */
    ofRooms: (rooms: readonly string[], toSeq: number) =>
      db
        .prepare<[string, number], RecordRow>(
          `SELECT ${COLUMNS} FROM audit_record r
           WHERE substr(r.kind, 1, instr(r.kind, '.') - 1) IN (SELECT value FROM json_each(?)) AND r.seq <= ?
           ORDER BY r.seq`,
        )
        .safeIntegers(false)
        .iterate(JSON.stringify(rooms), toSeq),
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
      const { subject, ...plain } = filter;
      if (subject !== undefined) {
        from = 'audit_subject s JOIN audit_record r ON r.seq = s.seq';
        clauses.push('s.run = @run AND s.kind = @subjectKind AND s.id = @subjectId AND s.seq < @beforeSeq');
      }
      const order = subject === undefined ? 'r.seq' : 's.seq';
      const rows = db
        .prepare<[object], RecordRow>(
          `SELECT ${COLUMNS} FROM ${from} WHERE ${clauses.join(' AND ')} ORDER BY ${order} DESC LIMIT @limit`,
        )
        .safeIntegers(false);
      if (subject === undefined) return rows.all({ ...plain, beforeSeq, limit });
      const found: RecordRow[] = [];
      const about = { ...plain, subjectKind: subject.kind, subjectId: subject.id, beforeSeq };
      const newest = Math.min(beforeSeq, last.get()?.seq ?? 0);
      for (let run = runOf(newest); run >= 0 && found.length < limit; run -= 1) {
        found.push(...rows.all({ ...about, run, limit: limit - found.length }));
      }
      return found;
    },
  };
}

/** Reads and writes of the audit tables, on the engine's connection. */
export function createStore(db: Connection) {
  const insertBundle = db.prepare(
    'INSERT INTO audit_bundle (first_seq, record_count, sealed_id) VALUES (?, ?, ?)',
  );
  return {
    ...createReadStore(db),
    insertRecords: prepareInsert(
      db,
      'audit_record (seq, form, recorded_at_ms, kind, actor, trace_id, subjects, detail_id, commitment, leaf)',
      `(?, ${RECORD_FORM}, ?, ?, ?, ?, ?, 0, ?, ?)`,
    ),
    insertSubjects: prepareInsert(db, 'audit_subject (run, kind, id, seq)', '(?, ?, ?, ?)'),
    insertNodes: prepareInsert(db, 'audit_node (height, position, hash)', '(?, ?, ?)'),
    insertBundle(firstSeq: number, count: number, sealedId: bigint) {
      insertBundle.run(firstSeq, count, sealedId);
    },
  };
}

export type ReadStore = ReturnType<typeof createReadStore>;
export type Store = ReturnType<typeof createStore>;
