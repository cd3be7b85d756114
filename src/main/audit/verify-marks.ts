import { createMarker, type MarkKind, markRunOf, recordsOfRun } from './marks.ts';
import type { WalkedMark } from './store-verify.ts';
import type { Find } from './verify-chain.ts';

export interface MarkEvidence {
  /** The marks of one run, in any order. */
  readonly marks: (run: number) => readonly WalkedMark[];
  /** A run that has marks and lies outside the runs up to this one. */
  readonly strayMark: (lastRun: number) => number | undefined;
}

const keyOf = (what: MarkKind, value: string) => `${what} ${value}`;

/** Holds the marks against the records, one run at a time: what they say is what the records say. */
export function createMarkCheck({ marks, strayMark }: MarkEvidence, find: Find) {
  let run = -1;
  let seq = 0;
  let marked = new Set<string>();
  /** Whether a record of the run is missing or changed, which has been told of already. */
  let isBroken = false;
  const marker = createMarker((_, what, value) => {
    if (marked.delete(keyOf(what, value))) return;
    find(seq, 'MARKS_DIFFER', `the search index lacks the ${what} of the record`);
  });

  function leave(): void {
    const [mark] = marked;
    if (mark === undefined || isBroken) return;
    const [first, last] = recordsOfRun(run);
    const what = mark.split(' ')[0]!;
    find(first, 'MARKS_DIFFER', `the search index has a ${what} that no record from ${first} to ${last} has`);
  }

  return {
    /** The next record of the walk; `isWhole` says that nothing speaks against it or a record before it. */
    record(
      one: {
        readonly seq: number;
        readonly recordedAtMs: number;
        readonly kind: string;
        readonly actor: string;
      },
      isWhole: boolean,
    ): void {
      if (markRunOf(one.seq) !== run) {
        leave();
        run = markRunOf(one.seq);
        marked = new Set(marks(run).map(([what, value]) => keyOf(what, value)));
        isBroken = false;
      }
      seq = one.seq;
      if (isWhole) marker.record(seq, one.recordedAtMs, one.kind, one.actor);
      else isBroken = true;
    },
    /** After the last record of the walk. */
    ended: leave,
    /** Marks outside every run of the log. */
    stray(lastSeq: number): void {
      const stray = strayMark(lastSeq === 0 ? -1 : markRunOf(lastSeq));
      if (stray === undefined) return;
      const [first] = recordsOfRun(stray);
      find(first, 'RECORD_MISSING', 'the search index names a record that is missing');
    },
  };
}
