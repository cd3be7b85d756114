import type { Connection } from '../vault/index.ts';
import type { MarkKind } from './marks.ts';

/** A record's row as verification walks it: no object, and both hashes in one buffer, since a million are read. */
export type WalkedRow = [
  seq: number,
  form: number,
  recordedAtMs: number,
  kind: string,
  actor: string,
  traceId: string,
  subjects: string,
  detailId: number,
  /** Commitment, then leaf; empty where either has not 32 bytes. */
  hashes: Buffer,
];

/** First record, number of records, id of the sealed value. */
export type WalkedBundle = [firstSeq: number, count: number, sealedId: number];

export type WalkedSubject = [kind: string, id: string, seq: number];

export type WalkedMark = [what: MarkKind, value: string];

/** What verification reads, in the order of the log. Ranges are from after one record to another. */
export function createVerifyStore(db: Connection) {
  const records = db
    .prepare<[number, number], WalkedRow>(
      `SELECT seq, form, recorded_at_ms, kind, actor, trace_id, subjects, detail_id,
         CASE WHEN length(commitment) = 32 AND length(leaf) = 32 THEN CAST(commitment || leaf AS BLOB)
           ELSE x'' END
       FROM audit_record WHERE seq > ? AND seq <= ? ORDER BY seq`,
    )
    .raw()
    .safeIntegers(false);
  const bundles = db
    .prepare<[number, number], WalkedBundle>(
      `SELECT first_seq, record_count, sealed_id FROM audit_bundle
       WHERE first_seq + record_count - 1 > ? AND first_seq <= ? ORDER BY first_seq`,
    )
    .raw()
    .safeIntegers(false);
  const subjects = db
    .prepare<[number], WalkedSubject>('SELECT kind, id, seq FROM audit_subject WHERE run = ?')
    .raw()
    .safeIntegers(false);
  const straySubject = db
    .prepare<[number], number>('SELECT seq FROM audit_subject WHERE run < 0 OR run > ? LIMIT 1')
    .pluck()
    .safeIntegers(false);
  const marks = db
    .prepare<[number], WalkedMark>('SELECT what, value FROM audit_mark WHERE run = ?')
    .raw()
    .safeIntegers(false);
  const strayMark = db
    .prepare<[number], number>('SELECT run FROM audit_mark WHERE run < 0 OR run > ? LIMIT 1')
    .pluck()
    .safeIntegers(false);
  const nodeCount = db.prepare<[], number>('SELECT count(*) FROM audit_node').pluck().safeIntegers(false);
  const lastSealedId = db
    .prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'sealed_value'")
    .pluck()
    .safeIntegers(false);
  return {
    records: (afterSeq: number, toSeq: number) => records.iterate(afterSeq, toSeq),
    bundles: (afterSeq: number, toSeq: number) => bundles.iterate(afterSeq, toSeq),
    /** The indexed subjects of a run. */
    subjects: (run: number) => subjects.all(run),
    /** Number of a record that the index names outside all runs of the log. */
    straySubject: (lastRun: number) => straySubject.get(lastRun),
    /** The marks of a run. */
    marks: (run: number) => marks.all(run),
    /** A run outside all runs of the log that has marks. */
    strayMark: (lastRun: number) => strayMark.get(lastRun),
    nodeCount: () => nodeCount.get() ?? 0,
    /** The highest id that was ever given to a sealed value. */
    lastSealedId: () => lastSealedId.get() ?? 0,
  };
}

export type VerifyStore = ReturnType<typeof createVerifyStore>;
