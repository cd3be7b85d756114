import type { Connection } from '../vault/index.ts';
import { type MarkKind, minuteMark } from './marks.ts';

/** Which marks a run must have to be looked into; what is left out does not restrict. */
export interface MarkFilter {
  readonly kind?: string;
  readonly actor?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** Reads of the marks, on any connection. */
export function createMarkStore(db: Connection) {
  const runs = (sql: string) => db.prepare<unknown[], number>(sql).pluck().safeIntegers(false);
  const runsOf = runs('SELECT run FROM audit_mark WHERE what = ? AND value = ?');
  const runsBetween = runs(
    "SELECT DISTINCT run FROM audit_mark WHERE what = 'minute' AND value BETWEEN ? AND ?",
  );
  const values = db
    .prepare<[MarkKind], string>('SELECT DISTINCT value FROM audit_mark WHERE what = ?')
    .pluck();
  const minutes = db.prepare<[], { first: string | null; last: string | null }>(
    `SELECT (SELECT min(value) FROM audit_mark WHERE what = 'minute') AS first,
       (SELECT max(value) FROM audit_mark WHERE what = 'minute') AS last`,
  );

  return {
    /** Every kind that occurs, in order. */
    kinds: () => values.all('kind'),
    /** The first and the last minute in which there is a record; nulls for an empty log. */
    minutes: () => minutes.get()!,
    /** The runs that may hold what is looked for, the newest first; undefined where every run may. */
    runsWith({ kind, actor, fromMs, toMs }: MarkFilter): number[] | undefined {
      const found: Set<number>[] = [];
      if (kind !== undefined) found.push(new Set(runsOf.all('kind', kind)));
      if (actor !== undefined) found.push(new Set(runsOf.all('actor', actor)));
      if (fromMs !== undefined || toMs !== undefined) {
        const last = minuteMark(toMs ?? Number.POSITIVE_INFINITY);
        found.push(new Set(runsBetween.all(minuteMark(fromMs ?? 0), last)));
      }
      const [first, ...others] = found;
      if (first === undefined) return undefined;
      return [...first].filter((run) => others.every((set) => set.has(run))).sort((a, b) => b - a);
    },
  };
}
