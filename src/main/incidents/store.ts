/** The tables of the room: every line of SQL it speaks. */
import type { IncidentAction, IncidentState } from '../../contract/incidents.ts';
import type { IncidentSeverity } from '../base/index.ts';
import type { Connection } from '../vault/index.ts';
import type { Standing } from './rules.ts';

/** A row of `incident`. */
export interface IncidentRow extends Standing {
  readonly id: number;
  readonly kind: string;
  readonly previousId: number | null;
  readonly raisedAtMs: number;
  readonly sealedId: number;
}

export interface EventRow {
  readonly id: number;
  readonly atMs: number;
  readonly action: IncidentAction;
  readonly actor: string;
  readonly noteSealedId: number | null;
  readonly record: number;
}

/** A row of `incident_agreement`. */
export interface AgreementRow {
  readonly id: number;
  readonly atMs: number;
  readonly actor: string;
  /** How often the incident had been reported by then. */
  readonly count: number;
  readonly causeSealedId: number;
  readonly record: number;
}

export interface IncidentFilter {
  readonly state?: IncidentState | 'unresolved' | undefined;
  readonly severity?: IncidentSeverity | undefined;
  readonly kind?: string | undefined;
}

export interface CountRow {
  readonly state: IncidentState;
  readonly count: number;
  readonly critical: number;
  readonly overdue: number;
}

const COLUMNS = `id, kind, previous_id AS previousId, raised_at_ms AS raisedAtMs, sealed_id AS sealedId, severity,
  state, owner, level, count, last_seen_at_ms AS lastSeenAtMs, acknowledge_by_ms AS acknowledgeByMs,
  overdue_noted AS overdueNoted, resolved_at_ms AS resolvedAtMs, clock_ms AS clockMs`;

/** Where an incident stands in the queue. */
export interface QueuePlace {
  readonly rank: number;
  readonly clock: number;
  readonly id: number;
}

/** The worst first, and among them the clock that runs out first; what is in hand has none, what is resolved is last. */
const RANK = `CASE WHEN state = 'resolved' THEN 4 ELSE
  CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END END`;
const NO_CLOCK = Number.MAX_SAFE_INTEGER;
const CLOCK = `coalesce(acknowledge_by_ms, ${NO_CLOCK})`;

type RawRow = Omit<IncidentRow, 'overdueNoted'> & { readonly overdueNoted: number };
const rowOf = (raw: RawRow): IncidentRow => ({ ...raw, overdueNoted: raw.overdueNoted === 1 });

/** The condition of a filter, with its parameters. */
function conditionOf({ state, severity, kind }: IncidentFilter): { sql: string; parameters: object } {
  const parts = ['1'];
  if (state === 'unresolved') parts.push("state IN ('open', 'acknowledged')");
  else if (state !== undefined) parts.push('state = :state');
  if (severity !== undefined) parts.push('severity = :severity');
  if (kind !== undefined) parts.push('kind = :kind');
  return { sql: parts.join(' AND '), parameters: { state, severity, kind } };
}

/** Prepares the statements of the room on the engine's connection. */
export function createStore(db: Connection) {
  const one = (where: string) =>
    db.prepare<[unknown], RawRow>(`SELECT ${COLUMNS} FROM incident WHERE ${where}`).safeIntegers(false);
  const get = one('id = ?');
  const byKey = one("dedupe_tag = ? AND state <> 'resolved'");
  const lastByKey = one('dedupe_tag = ? ORDER BY id DESC LIMIT 1');
  const due = db
    .prepare<[number], RawRow>(
      `SELECT ${COLUMNS} FROM incident
       WHERE acknowledge_by_ms <= ? AND overdue_noted = 0 ORDER BY acknowledge_by_ms, id`,
    )
    .safeIntegers(false);
  const number = (sql: string) => db.prepare<unknown[], number>(sql).pluck().safeIntegers(false);
  const lastId = number('SELECT coalesce(max(id), 0) FROM incident');
  const lastEventId = number('SELECT coalesce(max(id), 0) FROM incident_event');
  const nextOf = number('SELECT id FROM incident WHERE previous_id = ?');
  const insert = db.prepare(
    `INSERT INTO incident (id, kind, dedupe_tag, previous_id, raised_at_ms, sealed_id, severity, state, owner, level,
       count, last_seen_at_ms, acknowledge_by_ms, overdue_noted, resolved_at_ms, clock_ms)
     VALUES (:id, :kind, :tag, :previousId, :raisedAtMs, :sealedId, :severity, :state, :owner, :level,
       :count, :lastSeenAtMs, :acknowledgeByMs, :overdueNoted, :resolvedAtMs, :clockMs)`,
  );
  const update = db.prepare(
    `UPDATE incident SET severity = :severity, state = :state, owner = :owner, level = :level, count = :count,
       last_seen_at_ms = :lastSeenAtMs, acknowledge_by_ms = :acknowledgeByMs, overdue_noted = :overdueNoted,
       resolved_at_ms = :resolvedAtMs WHERE id = :id`,
  );
  const insertEvent = db.prepare(
    `INSERT INTO incident_event (id, incident_id, at_ms, action, actor, note_sealed_id, record)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const events = db
    .prepare<[number], EventRow>(
      `SELECT id, at_ms AS atMs, action, actor, note_sealed_id AS noteSealedId, record
       FROM incident_event WHERE incident_id = ? ORDER BY id`,
    )
    .safeIntegers(false);
  const agreements = db
    .prepare<[number], AgreementRow>(
      `SELECT id, at_ms AS atMs, actor, count, cause_sealed_id AS causeSealedId, record FROM incident_agreement
       WHERE incident_id = ? ORDER BY id`,
    )
    .safeIntegers(false);
  const lastAgreementId = number('SELECT coalesce(max(id), 0) FROM incident_agreement');
  const insertAgreement = db.prepare(
    `INSERT INTO incident_agreement (id, incident_id, at_ms, actor, count, cause_sealed_id, record)
     VALUES (:id, :incidentId, :atMs, :actor, :count, :causeSealedId, :record)`,
  );
  const counts = db
    .prepare<[number], CountRow>(
      `SELECT state, count(*) AS count, sum(severity = 'critical') AS critical,
         coalesce(sum(acknowledge_by_ms <= ?), 0) AS overdue FROM incident GROUP BY state`,
    )
    .safeIntegers(false);
  const bound = (standing: Standing) => ({ ...standing, overdueNoted: standing.overdueNoted ? 1 : 0 });

  return {
    get: (id: number) => opened(get.get(id)),
    unresolvedByTag: (tag: Buffer) => opened(byKey.get(tag)),
    lastByTag: (tag: Buffer) => opened(lastByKey.get(tag)),
    due: (nowMs: number) => due.all(nowMs).map(rowOf),
    nextId: () => lastId.get()! + 1,
    nextEventId: () => lastEventId.get()! + 1,
    /** The incident that a resolved one came back as. */
    recurrenceOf: (id: number) => nextOf.get(id),
    insert: (row: IncidentRow, tag: Buffer) => {
      insert.run({ ...row, ...bound(row), tag });
    },
    update: (id: number, standing: Standing) => {
      update.run({ ...bound(standing), id });
    },
    insertEvent: (incidentId: number, event: EventRow) => {
      const { id, atMs, action, actor, noteSealedId, record } = event;
      insertEvent.run(id, incidentId, atMs, action, actor, noteSealedId, record);
    },
    nextAgreementId: () => lastAgreementId.get()! + 1,
    /** Who said, in order, that an incident is over which needs two. */
    agreements: (incidentId: number) => agreements.all(incidentId),
    insertAgreement: (incidentId: number, row: AgreementRow) => {
      insertAgreement.run({ ...row, incidentId });
    },
    events: (incidentId: number) => events.all(incidentId),
    counts: (nowMs: number) => counts.all(nowMs),
    /** The most pressing first, after a place in that order. */
    page(filter: IncidentFilter, after: QueuePlace | null, limit: number): (IncidentRow & QueuePlace)[] {
      const { sql, parameters } = conditionOf(filter);
      const beyond = after === null ? '1' : '(rank, clock, -id) > (:rank, :clock, -:id)';
      return db
        .prepare<[object], RawRow & QueuePlace>(
          `SELECT * FROM (SELECT ${COLUMNS}, ${RANK} AS rank, ${CLOCK} AS clock FROM incident WHERE ${sql})
           WHERE ${beyond} ORDER BY rank, clock, id DESC LIMIT :limit`,
        )
        .safeIntegers(false)
        .all({ ...parameters, ...after, limit })
        .map((raw) => ({ ...rowOf(raw), rank: raw.rank, clock: raw.clock }));
    },
    total(filter: IncidentFilter): number {
      const { sql, parameters } = conditionOf(filter);
      return number(`SELECT count(*) FROM incident WHERE ${sql}`).get(parameters)!;
    },
  };
}

const opened = (raw: RawRow | undefined) => (raw === undefined ? undefined : rowOf(raw));

export type Store = ReturnType<typeof createStore>;
