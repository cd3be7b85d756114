import type { Connection } from '../vault/index.ts';

export interface CalendarRow {
  /** What the time to the next run is counted from. */
  readonly anchorAtMs: number;
  readonly lastRunAtMs: number | null;
  readonly lastOutcome: 'done' | 'failed' | null;
  /** When the clock was found set back; null once the entry ran after it. */
  readonly setBackAtMs: number | null;
}

/** The last runs of calendar entries. */
export function createCalendarStore(db: Connection) {
  const get = db
    .prepare<[string], CalendarRow>(
      `SELECT anchor_at_ms AS anchorAtMs, last_run_at_ms AS lastRunAtMs, last_outcome AS lastOutcome,
         set_back_at_ms AS setBackAtMs FROM calendar_run WHERE name = ?`,
    )
    .safeIntegers(false);
  const add = db.prepare('INSERT INTO calendar_run (name, anchor_at_ms) VALUES (?, ?)');
  const begin = db.prepare(
    `UPDATE calendar_run SET anchor_at_ms = @nowMs, last_run_at_ms = @nowMs, last_outcome = NULL,
       set_back_at_ms = NULL WHERE name = @name`,
  );
  const end = db.prepare('UPDATE calendar_run SET last_outcome = ? WHERE name = ?');
  const setBack = db.prepare(
    'UPDATE calendar_run SET anchor_at_ms = @nowMs, set_back_at_ms = @nowMs WHERE name = @name',
  );
  return {
    get: (name: string) => get.get(name),
    add(name: string, anchorAtMs: number) {
      add.run(name, BigInt(anchorAtMs));
    },
    /** Written before the run, so that a crash in it is seen. */
    begin(name: string, nowMs: number) {
      begin.run({ name, nowMs: BigInt(nowMs) });
    },
    end(name: string, outcome: 'done' | 'failed') {
      end.run(outcome, name);
    },
    setBack(name: string, nowMs: number) {
      setBack.run({ name, nowMs: BigInt(nowMs) });
    },
  };
}
