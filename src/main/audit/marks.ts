/**
 * What the records of a run hold is noted once a run: which kinds, whose acts, which minutes. Runs are short,
 * so that a search that reads all of one for a single record still answers at once.
 */
export const MARK_RECORDS = 256;

/** The run whose marks tell of a record. */
export const markRunOf = (seq: number): number => Math.floor((seq - 1) / MARK_RECORDS);

/** The first and the last record of a run. */
export const recordsOfRun = (run: number): readonly [first: number, last: number] => [
  run * MARK_RECORDS + 1,
  (run + 1) * MARK_RECORDS,
];

export type MarkKind = 'kind' | 'actor' | 'minute';

const MINUTE_MS = 60_000;
const MINUTE_DIGITS = 12;

const LAST_MINUTE = 10 ** MINUTE_DIGITS - 1;

/** A minute as a mark has it: texts of one length sort as their numbers do. */
export const minuteMark = (atMs: number): string =>
  String(Math.min(LAST_MINUTE, Math.max(0, Math.floor(atMs / MINUTE_MS)))).padStart(MINUTE_DIGITS, '0');

/** The moment in which a marked minute begins. */
export const minuteBeginsMs = (mark: string): number => Number(mark) * MINUTE_MS;
export const minuteEndsMs = (mark: string): number => minuteBeginsMs(mark) + MINUTE_MS - 1;

/** Tells of each mark that a record is the first of its run to make. */
export function createMarker(onMark: (run: number, what: MarkKind, value: string) => void) {
  let run = -1;
  const kinds = new Set<string>();
  const actors = new Set<string>();
  const minutes = new Set<number>();

  function begin(next: number): void {
    run = next;
    kinds.clear();
    actors.clear();
    minutes.clear();
  }

  return {
    /** What was told of may not stand: it is told of again. */
    forget: () => begin(-1),
    record(seq: number, recordedAtMs: number, kind: string, actor: string): void {
      const its = markRunOf(seq);
      if (its !== run) begin(its);
      if (!kinds.has(kind)) {
        kinds.add(kind);
        onMark(run, 'kind', kind);
      }
      if (!actors.has(actor)) {
        actors.add(actor);
        onMark(run, 'actor', actor);
      }
      const minute = Math.floor(recordedAtMs / MINUTE_MS);
      if (!minutes.has(minute)) {
        minutes.add(minute);
        onMark(run, 'minute', minuteMark(recordedAtMs));
      }
    },
  };
}
