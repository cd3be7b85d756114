import { parseSubjects } from './record-form.ts';
import { runOf } from './store.ts';
import type { WalkedSubject } from './store-verify.ts';
import type { Find } from './verify-chain.ts';

export interface SubjectEvidence {
  /** The rows of the index of one run, in any order. */
  readonly subjects: (run: number) => readonly WalkedSubject[];
  /** A record that the index names outside the runs up to this one. */
  readonly straySubject: (lastRun: number) => number | undefined;
}

/** Holds the search index against the records, one run at a time: what it says is what they say. */
export function createSubjectCheck({ subjects, straySubject }: SubjectEvidence, find: Find) {
  let run = -1;
  /** Pairs of the run by record, as the records write them. */
  let indexed = new Map<number, string[]>();

  function load(next: number): void {
    run = next;
    indexed = new Map();
    for (const [kind, id, seq] of subjects(run)) {
      const pair = `[${JSON.stringify(kind)},${JSON.stringify(id)}]`;
      const pairs = indexed.get(seq);
      if (pairs === undefined) indexed.set(seq, [pair]);
      else pairs.push(pair);
    }
  }

  /** What the index names in this run, and no record of the log has. */
  function leave(lastSeq: number): void {
    for (const seq of indexed.keys()) tellStray(seq, lastSeq);
  }

  function tellStray(seq: number, lastSeq: number): void {
    const code = seq > lastSeq ? 'RECORD_MISSING' : 'SUBJECTS_DIFFER';
    find(seq, code, 'the search index names a record that is missing');
  }

  return {
    record(seq: number, text: string): void {
      if (runOf(seq) !== run) {
        leave(seq);
        load(runOf(seq));
      }
      const pairs = indexed.get(seq);
      indexed.delete(seq);
      const written = pairs === undefined ? '' : `[${pairs.sort().join(',')}]`;
      if (written === text) return;
      const count = subjectCountOf(text);
      // Where the text is not what was written, the leaf has shown it already.
      if (count === undefined) return;
      const isLess = (pairs?.length ?? 0) <= count;
      const message = isLess
        ? 'the search index lacks a subject of the record'
        : 'the search index has a subject that the record lacks';
      find(seq, 'SUBJECTS_DIFFER', message);
    },
    /** After the last record of the walk. */
    ended: leave,
    /** Rows outside every run of the log. */
    stray(lastSeq: number): void {
      const seq = straySubject(lastSeq === 0 ? -1 : runOf(lastSeq));
      if (seq !== undefined) tellStray(seq, lastSeq);
    },
  };
}

function subjectCountOf(text: string): number | undefined {
  try {
    return parseSubjects(text).length;
  } catch {
    return undefined;
  }
}
