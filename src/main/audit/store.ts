import { type Connection, prepareInsert } from '../vault/index.ts';
import { recordsOfRun } from './marks.ts';
import { RECORD_FORM, type Subject } from './record-form.ts';
import { createMarkStore } from './store-marks.ts';

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
  const countKinds = db
    .prepare<[object], { part: number; kind: string; count: number }>(
      `SELECT CAST((recorded_at_ms - :fromMs) / :partMs AS INTEGER) AS part, kind, count(*) AS count FROM audit_record
       WHERE seq BETWEEN :first AND :last AND recorded_at_ms >= :fromMs AND recorded_at_ms < :untilMs
       GROUP BY part, kind`,
    )
    .safeIntegers(false);
  const marks = createMarkStore(db);

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
    kinds: marks.kinds,
    minutes: marks.minutes,
    runsWith: marks.runsWith,
    /** Records of a run by kind, in equal parts of a time. */
    countKinds(
      run: number,
      time: { readonly fromMs: number; readonly untilMs: number; readonly partMs: number },
    ) {
      const [first, last] = recordsOfRun(run);
      return countKinds.all({ ...time, first, last });
    },
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
      const clauses: string[] = [];
      if (filter.kind !== undefined) clauses.push('AND r.kind = @kind');
      if (filter.actor !== undefined) clauses.push('AND r.actor = @actor');
      if (filter.fromMs !== undefined) clauses.push('AND r.recorded_at_ms >= @fromMs');
      if (filter.toMs !== undefined) clauses.push('AND r.recorded_at_ms <= @toMs');
      const { subject, ...plain } = filter;
      const rows = (from: string, seq: string) =>
        db
          .prepare<[object], RecordRow>(
            `SELECT ${COLUMNS} FROM ${from} ${clauses.join(' ')} ORDER BY ${seq} DESC LIMIT @limit`,
          )
          .safeIntegers(false);
      const found: RecordRow[] = [];
      if (subject !== undefined) {
        const { kind: subjectKind, id: subjectId } = subject;
        const about = rows(
          `audit_subject s JOIN audit_record r ON r.seq = s.seq
           WHERE s.run = @run AND s.kind = @subjectKind AND s.id = @subjectId AND s.seq < @beforeSeq`,
          's.seq',
        );
        const newest = Math.min(beforeSeq, last.get()?.seq ?? 0);
        for (let run = runOf(newest); run >= 0 && found.length < limit; run -= 1) {
          const left = limit - found.length;
          found.push(...about.all({ ...plain, subjectKind, subjectId, beforeSeq, run, limit: left }));
        }
        return found;
      }
      const among = rows('audit_record r WHERE r.seq BETWEEN @first AND @last', 'r.seq');
      const runs = marks.runsWith(filter);
      if (runs === undefined) return among.all({ first: 1, last: beforeSeq - 1, limit });
      for (const run of runs) {
        const [first, lastOfRun] = recordsOfRun(run);
        const left = limit - found.length;
        if (left === 0) break;
        if (first >= beforeSeq) continue;
        found.push(...among.all({ ...plain, first, last: Math.min(lastOfRun, beforeSeq - 1), limit: left }));
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
    /** What is marked already stays as it is. */
    insertMarks: prepareInsert(db, 'audit_mark (run, what, value)', '(?, ?, ?)', {
      tail: 'ON CONFLICT DO NOTHING',
    }),
    insertNodes: prepareInsert(db, 'audit_node (height, position, hash)', '(?, ?, ?)'),
    insertBundle(firstSeq: number, count: number, sealedId: bigint) {
      insertBundle.run(firstSeq, count, sealedId);
    },
  };
}

export type ReadStore = ReturnType<typeof createReadStore>;
export type Store = ReturnType<typeof createStore>;
