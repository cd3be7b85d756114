/** The tables of the room: every line of SQL it speaks. Rows come and go as plain values. */
import type { BreakKind, BreakStatus } from '../../contract/breaks.ts';
import type { IsoDate } from '../base/index.ts';
import type { AccountRole } from '../ledger/index.ts';
import type { Connection } from '../vault/index.ts';
import type { Standing, Step } from './standing.ts';

export interface CaseRow {
  readonly id: bigint;
  readonly kind: BreakKind;
  readonly causeKey: string;
  readonly bankAccountId: bigint | null;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly sinceDate: IsoDate;
  readonly holdingRole: AccountRole | null;
  readonly holdingMinor: bigint | null;
  readonly sourceKind: string;
  readonly sourceId: string;
  readonly openedAtMs: bigint;
  readonly record: bigint;
}

export interface BreakRecord extends CaseRow, Standing {}

export interface EventRow extends Step {
  readonly id: bigint;
  readonly breakId: bigint;
  readonly atMs: bigint;
  readonly actor: string;
  readonly noteSealedId: bigint | null;
  readonly evidenceId: bigint | null;
  readonly record: bigint;
}

export interface BreakFilter {
  /** Statuses, JSON. */
  readonly statuses: string;
  readonly kind: BreakKind | null;
  readonly currency: string | null;
  readonly bankAccountId: bigint | null;
  readonly sourceId: string | null;
  /** JSON: the first and the last day by currency; a currency that is not there has every day. */
  readonly from: string;
  readonly to: string;
  /** An actor; `nobody` asks for those in no hand. */
  readonly owner: string | null;
  readonly nobody: bigint;
  /** Ids, JSON; null where no text filters. */
  readonly ids: string | null;
}

/** What a text is looked for in, apart from the words that the search index holds. */
export interface TextFilter {
  readonly breakId: bigint | null;
  readonly amountMinors: string;
  readonly bankAccountIds: string;
  readonly transactionIds: string;
}

export interface BreakPlace {
  readonly sinceDate: IsoDate;
  readonly id: bigint;
}

export interface SumRow {
  readonly status: BreakStatus;
  readonly kind: BreakKind;
  readonly sinceDate: IsoDate;
  readonly currency: string;
  readonly owner: string | null;
  readonly causeGone: bigint;
  readonly count: bigint;
  readonly amountMinor: bigint;
}

type Raw = Omit<BreakRecord, 'causeGone'> & { readonly causeGone: bigint };

const CASE = `c.id, c.kind, c.cause_key AS causeKey, c.bank_account_id AS bankAccountId, c.currency,
  c.amount_minor AS amountMinor, c.since_date AS sinceDate, c.holding_role AS holdingRole,
  c.holding_minor AS holdingMinor, c.source_kind AS sourceKind, c.source_id AS sourceId,
  c.opened_at_ms AS openedAtMs, c.record`;
const STATE = 's.status, s.owner, s.reason, s.entry_id AS entryId, s.cause_gone AS causeGone';
const JOINED = `SELECT ${CASE}, ${STATE} FROM break_state s JOIN break_case c ON c.id = s.break_id`;
const FILTER = `s.status IN (SELECT value FROM json_each(:statuses))
  AND (:kind IS NULL OR s.kind = :kind) AND (:currency IS NULL OR c.currency = :currency)
  AND (:bankAccountId IS NULL OR c.bank_account_id = :bankAccountId)
  AND (:sourceId IS NULL OR c.source_id = :sourceId)
  AND s.since_date BETWEEN coalesce(:from ->> c.currency, '') AND coalesce(:to ->> c.currency, '9999-99-99')
  AND (:owner IS NULL OR s.owner = :owner) AND (:nobody = 0 OR s.owner IS NULL)
  AND (:ids IS NULL OR s.break_id IN (SELECT value FROM json_each(:ids)))`;

const opened = (raw: Raw): BreakRecord => ({ ...raw, causeGone: raw.causeGone === 1n });

export type BreaksStore = ReturnType<typeof createBreaksStore>;

/** Prepares the statements of the room on the engine's connection. */
export function createBreaksStore(db: Connection) {
  return { ...caseQueries(db), ...eventQueries(db), ...listQueries(db), ...settingQueries(db) };
}

function caseQueries(db: Connection) {
  const last = db.prepare<[], { id: bigint }>('SELECT coalesce(max(id), 0) AS id FROM break_case');
  const insert = db.prepare(
    `INSERT INTO break_case (id, kind, cause_key, bank_account_id, currency, amount_minor, since_date, holding_role,
       holding_minor, source_kind, source_id, opened_at_ms, record)
     VALUES (:id, :kind, :causeKey, :bankAccountId, :currency, :amountMinor, :sinceDate, :holdingRole,
       :holdingMinor, :sourceKind, :sourceId, :openedAtMs, :record)`,
  );
  const putState = db.prepare(
    `INSERT INTO break_state (break_id, kind, cause_key, since_date, status, owner, reason, entry_id, cause_gone)
     VALUES (:id, :kind, :causeKey, :sinceDate, :status, :owner, :reason, :entryId, :causeGone)
     ON CONFLICT (break_id) DO UPDATE SET status = excluded.status, owner = excluded.owner,
       reason = excluded.reason, entry_id = excluded.entry_id, cause_gone = excluded.cause_gone`,
  );
  const byId = db.prepare<[bigint], Raw>(`${JOINED} WHERE s.break_id = ?`);
  const standingOf = db.prepare<[string], Raw>(
    `${JOINED} WHERE s.status <> 'closed' AND s.kind IN (SELECT value FROM json_each(?)) ORDER BY s.break_id`,
  );
  const writtenOff = db.prepare<[string], { found: bigint }>(
    `SELECT 1 AS found FROM break_state
     WHERE kind = 'unmatched' AND cause_key = ? AND status = 'written-off'`,
  );
  const byCause = db.prepare<[string, string], { id: bigint }>(
    `SELECT break_id AS id FROM break_state WHERE kind = ? AND cause_key = ? AND status <> 'closed'`,
  );
  const all = db.prepare<[bigint, bigint], Raw>(`${JOINED} WHERE s.break_id > ? ORDER BY s.break_id LIMIT ?`);
  const caseCount = db.prepare<[], { count: bigint }>('SELECT count(*) AS count FROM break_case');
  return {
    nextBreakId: () => last.get()!.id + 1n,
    insertCase: (row: CaseRow) => {
      insert.run(row);
    },
    putState: (row: Pick<CaseRow, 'id' | 'kind' | 'causeKey' | 'sinceDate'>, standing: Standing) => {
      const { id, kind, causeKey, sinceDate } = row;
      putState.run({ id, kind, causeKey, sinceDate, ...standing, causeGone: standing.causeGone ? 1n : 0n });
    },
    break(id: bigint): BreakRecord | undefined {
      const raw = byId.get(id);
      return raw && opened(raw);
    },
    /** Everything of these kinds that is not closed. */
    standing: (kinds: readonly BreakKind[]) => standingOf.all(JSON.stringify(kinds)).map(opened),
    isWrittenOff: (transactionId: bigint) => writtenOff.get(transactionId.toString()) !== undefined,
    /** The break of a cause that is not over. */
    breakOfCause: (kind: BreakKind, key: string) => byCause.get(kind, key)?.id,
    breaksAfter: (id: bigint, limit: number) => all.all(id, BigInt(limit)).map(opened),
    caseCount: () => Number(caseCount.get()!.count),
  };
}

function eventQueries(db: Connection) {
  const COLUMNS = `id, break_id AS breakId, at_ms AS atMs, action, actor, value, note_sealed_id AS noteSealedId,
    entry_id AS entryId, evidence_id AS evidenceId, record`;
  const last = db.prepare<[], { id: bigint }>('SELECT coalesce(max(id), 0) AS id FROM break_event');
  const insert = db.prepare(
    `INSERT INTO break_event (id, break_id, at_ms, action, actor, value, note_sealed_id, entry_id, evidence_id, record)
     VALUES (:id, :breakId, :atMs, :action, :actor, :value, :noteSealedId, :entryId, :evidenceId, :record)`,
  );
  const ofBreak = db.prepare<[bigint], EventRow>(
    `SELECT ${COLUMNS} FROM break_event WHERE break_id = ? ORDER BY id`,
  );
  const counts = db.prepare<[string], { breakId: bigint; notes: bigint; attachments: bigint }>(
    `SELECT break_id AS breakId, sum(note_sealed_id IS NOT NULL) AS notes, sum(evidence_id IS NOT NULL) AS attachments
     FROM break_event WHERE break_id IN (SELECT value FROM json_each(?)) GROUP BY break_id`,
  );
  return {
    nextEventId: () => last.get()!.id + 1n,
    insertEvent: (row: EventRow) => {
      insert.run(row);
    },
    events: (breakId: bigint) => ofBreak.all(breakId),
    eventCounts: (ids: readonly bigint[]) =>
      new Map(counts.all(`[${ids.join(',')}]`).map((row) => [row.breakId, row])),
  };
}

function listQueries(db: Connection) {
  const page = db.prepare<unknown[], Raw>(
    `${JOINED} WHERE ${FILTER} AND (s.since_date, s.break_id) > (:afterDate, :afterId)
     ORDER BY s.since_date, s.break_id LIMIT :limit`,
  );
  const total = db.prepare<unknown[], { count: bigint }>(
    `SELECT count(*) AS count FROM break_state s JOIN break_case c ON c.id = s.break_id WHERE ${FILTER}`,
  );
  const found = db.prepare<unknown[], { id: bigint }>(
    `SELECT c.id FROM break_case c WHERE c.id = :breakId
       OR abs(c.amount_minor) IN (SELECT value FROM json_each(:amountMinors))
       OR c.bank_account_id IN (SELECT value FROM json_each(:bankAccountIds))
       OR (c.kind = 'unmatched' AND CAST(c.cause_key AS INTEGER) IN (SELECT value FROM json_each(:transactionIds)))`,
  );
  const currencies = db.prepare<[], string>('SELECT DISTINCT currency FROM break_case').pluck();
  const sums = db.prepare<[], SumRow>(
    `SELECT s.status, s.kind, s.since_date AS sinceDate, c.currency, s.owner, s.cause_gone AS causeGone,
       count(*) AS count, sum(abs(c.amount_minor)) AS amountMinor
     FROM break_state s JOIN break_case c ON c.id = s.break_id
     GROUP BY s.status, s.kind, s.since_date, c.currency, s.owner, s.cause_gone`,
  );
  return {
    /** The oldest first, after a place in that order. */
    breakPage: (filter: BreakFilter, after: BreakPlace | null, limit: number) =>
      page
        .all({ ...filter, afterDate: after?.sinceDate ?? '', afterId: after?.id ?? 0n, limit: BigInt(limit) })
        .map(opened),
    breakTotal: (filter: BreakFilter) => Number(total.get(filter)!.count),
    breaksWith: (text: TextFilter) => found.all(text).map(({ id }) => id),
    sums: () => sums.all(),
    currencies: () => currencies.all(),
  };
}

function settingQueries(db: Connection) {
  const newest = db.prepare<[], { days: bigint }>(
    'SELECT unmatched_after_days AS days FROM break_setting ORDER BY record DESC LIMIT 1',
  );
  const insert = db.prepare('INSERT INTO break_setting (record, unmatched_after_days) VALUES (?, ?)');
  return {
    unmatchedAfterDays: () => {
      const row = newest.get();
      return row === undefined ? undefined : Number(row.days);
    },
    insertSetting: (record: bigint, days: number) => {
      insert.run(record, BigInt(days));
    },
  };
}

/** Whether the money of a line was written off, for whoever would give it to something else. */
export function createWriteOffReader(db: Connection): (transactionId: bigint) => boolean {
  return caseQueries(db).isWrittenOff;
}
