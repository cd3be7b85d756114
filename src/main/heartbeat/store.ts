/** The table of the room: every line of SQL it speaks. */
import type { Connection } from '../vault/index.ts';
import type { ChainedEvent } from './chain.ts';

export interface EventRow extends ChainedEvent {
  readonly hash: Buffer;
}

type RawRow = Omit<EventRow, 'ok'> & { readonly ok: number };

const COLUMNS = 'seq, at_ms AS atMs, source, ok, message, facts, next_within_ms AS nextWithinMs, hash';

const rowOf = (raw: RawRow): EventRow => ({ ...raw, ok: raw.ok === 1 });

/** Prepares the statements of the room on the engine's connection. */
export function createStore(db: Connection) {
  const select = <Parameters extends unknown[]>(rest: string) =>
    db.prepare<Parameters, RawRow>(`SELECT ${COLUMNS} FROM heartbeat_event ${rest}`).safeIntegers(false);
  const last = select<[]>('ORDER BY seq DESC LIMIT 1');
  const after = select<[number, number]>('WHERE seq > ? ORDER BY seq LIMIT ?');
  const page = select<[number, number]>('WHERE seq < ? ORDER BY seq DESC LIMIT ?');
  const pageOfSource = select<[string, number, number]>(
    'WHERE source = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
  );
  // The names of the sources by skipping along the index, then the last event of each.
  const lastOfSources = select<[]>(
    `WHERE seq IN (
       WITH RECURSIVE s (source) AS (
         SELECT min(source) FROM heartbeat_event
         UNION ALL SELECT (SELECT min(source) FROM heartbeat_event WHERE source > s.source) FROM s
           WHERE s.source IS NOT NULL
       ) SELECT (SELECT max(seq) FROM heartbeat_event e WHERE e.source = s.source) FROM s
         WHERE s.source IS NOT NULL)`,
  );
  const count = db
    .prepare<[string], number>('SELECT count(*) FROM heartbeat_event WHERE source = ?')
    .pluck()
    .safeIntegers(false);
  const insert = db.prepare(
    `INSERT INTO heartbeat_event (seq, at_ms, source, ok, message, facts, next_within_ms, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    last: () => opened(last.get()),
    /** Events after one, oldest first. */
    after: (seq: number, limit: number) => after.all(seq, limit).map(rowOf),
    /** Events before one, newest first. */
    page: (source: string | undefined, beforeSeq: number, limit: number) =>
      (source === undefined ? page.all(beforeSeq, limit) : pageOfSource.all(source, beforeSeq, limit)).map(
        rowOf,
      ),
    countOf: (source: string) => count.get(source)!,
    lastOfSources: () => lastOfSources.all().map(rowOf),
    insert: ({ seq, atMs, source, ok, message, facts, nextWithinMs, hash }: EventRow) => {
      insert.run(seq, atMs, source, ok ? 1 : 0, message, facts, nextWithinMs, hash);
    },
  };
}

const opened = (raw: RawRow | undefined) => (raw === undefined ? undefined : rowOf(raw));
