/** The tables of the room: every line of SQL it speaks. Rows come and go as plain values. */
import type { MatchStatus } from '../../contract/statements.ts';
import type { IsoDate } from '../base/index.ts';
import type { Connection } from '../vault/index.ts';
import { exchangeTable } from './store-exchange.ts';
import { learnedQueries } from './store-learned.ts';
import { rejectionQueries } from './store-rejections.ts';
import { bookingQueries } from './store-rules.ts';
import type { MatchExchange } from './types.ts';

export interface AllocationRow {
  readonly openItemId: bigint;
  readonly allocatedMinor: bigint;
  readonly discountMinor: bigint;
  readonly chargesMinor: bigint;
}

export interface MatchRow {
  readonly id: bigint;
  readonly transactionId: bigint;
  readonly kind: 'match' | 'hold';
  readonly decidedBy: 'machine' | 'person';
  readonly actor: string;
  readonly decidedAtMs: bigint;
  readonly probabilityPpm: bigint | null;
  readonly rivals: bigint;
  readonly evidence: string;
  readonly remainderMinor: bigint;
  readonly engineVersion: string;
  readonly scorerVersion: string;
  readonly effectiveDate: IsoDate;
  readonly entryId: Buffer;
  readonly noteSealedId: bigint | null;
  readonly record: bigint;
  /** 1 where the entry stands against In-transit: of a payment, or carried over to its line. */
  readonly prePosted: bigint;
}

export interface MatchEndRow {
  readonly matchId: bigint;
  readonly endedBy: 'machine' | 'person';
  readonly actor: string;
  readonly endedAtMs: bigint;
  readonly entryId: Buffer | null;
  readonly noteSealedId: bigint | null;
  readonly record: bigint;
}

export interface SuggestionRow {
  readonly id: bigint;
  readonly transactionId: bigint;
  readonly place: bigint;
  readonly probabilityPpm: bigint;
  readonly rivals: bigint;
  readonly evidence: string;
  readonly remainderMinor: bigint;
  readonly fingerprint: Buffer;
  readonly record: bigint;
}

export interface StateRow {
  readonly transactionId: bigint;
  readonly bookingDate: IsoDate;
  readonly direction: 'credit' | 'debit';
  readonly currency: string;
  /** Signed: credit is positive. */
  readonly moneyMinor: bigint;
  readonly status: MatchStatus;
  readonly decidedBy: 'machine' | 'person' | null;
  readonly matchId: bigint | null;
  readonly probabilityPpm: bigint | null;
  readonly rivals: bigint;
  readonly evidence: string;
  readonly digest: Buffer | null;
}

/** A line of a transaction's history, whatever table it comes from. */
export interface HistoryRow {
  readonly atMs: bigint;
  readonly actor: string;
  readonly action: string;
  readonly record: bigint;
  readonly sealedTable: string;
  readonly rowId: bigint;
  readonly noteSealedId: bigint | null;
}

export interface StateFilter {
  readonly status: MatchStatus | null;
  readonly direction: 'credit' | 'debit' | null;
  readonly currency: string | null;
  /** Least money, unsigned. */
  readonly leastMinor: bigint | null;
}

export interface StateCursor {
  readonly bookingDate: IsoDate;
  readonly id: bigint;
}

const MATCH_COLUMNS = `m.id, m.bank_transaction_id AS transactionId, m.kind, m.decided_by AS decidedBy, m.actor,
  m.decided_at_ms AS decidedAtMs, m.probability_ppm AS probabilityPpm, m.rivals, m.evidence,
  m.remainder_minor AS remainderMinor, m.engine_version AS engineVersion, m.scorer_version AS scorerVersion,
  m.effective_date AS effectiveDate, m.entry_id AS entryId, m.note_sealed_id AS noteSealedId, m.record,
  m.pre_posted AS prePosted`;
const ALLOCATION_COLUMNS = `open_item_id AS openItemId, allocated_minor AS allocatedMinor,
  discount_minor AS discountMinor, charges_minor AS chargesMinor`;
const SUGGESTION_COLUMNS = `id, bank_transaction_id AS transactionId, place, probability_ppm AS probabilityPpm,
  rivals, evidence, remainder_minor AS remainderMinor, fingerprint, record`;
const STATE_COLUMNS = `bank_transaction_id AS transactionId, booking_date AS bookingDate, direction,
  currency, money_minor AS moneyMinor, status,
  decided_by AS decidedBy, match_id AS matchId, probability_ppm AS probabilityPpm, rivals, evidence, digest`;
const STATE_FILTER = `(:status IS NULL OR status = :status) AND (:direction IS NULL OR direction = :direction)
   AND (:currency IS NULL OR currency = :currency) AND (:leastMinor IS NULL OR abs(money_minor) >= :leastMinor)`;

export type ReconciliationStore = ReturnType<typeof createReconciliationStore>;

export function createReconciliationStore(db: Connection) {
  return {
    ...matchQueries(db),
    ...bookingQueries(db),
    ...rejectionQueries(db),
    ...suggestionQueries(db),
    ...stateQueries(db),
    ...learnedQueries(db),
  };
}

function matchQueries(db: Connection) {
  const insert = db.prepare(
    `INSERT INTO match (id, bank_transaction_id, kind, decided_by, actor, decided_at_ms, probability_ppm, rivals,
       evidence, remainder_minor, engine_version, scorer_version, effective_date, entry_id, note_sealed_id, record,
       pre_posted)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertAllocation = db.prepare(
    `INSERT INTO match_allocation (match_id, open_item_id, allocated_minor, discount_minor, charges_minor)
     VALUES (?, ?, ?, ?, ?)`,
  );
  const insertEnd = db.prepare(
    `INSERT INTO match_end (match_id, ended_by, actor, ended_at_ms, entry_id, note_sealed_id, record)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const exchanges = exchangeTable(db, 'match');
  const lastId = db.prepare<[], { id: bigint }>('SELECT coalesce(max(id), 0) AS id FROM match');
  const idsOf = db.prepare<[bigint], bigint>('SELECT id FROM match WHERE bank_transaction_id = ?').pluck();
  const byId = db.prepare<[bigint], MatchRow>(`SELECT ${MATCH_COLUMNS} FROM match m WHERE m.id = ?`);
  const allocations = db.prepare<[bigint], AllocationRow>(
    `SELECT ${ALLOCATION_COLUMNS} FROM match_allocation WHERE match_id = ? ORDER BY open_item_id`,
  );
  const historyOf = db.prepare<[bigint, bigint, bigint, bigint], HistoryRow>(
    `SELECT decided_at_ms AS atMs, actor, decided_by || CASE kind WHEN 'hold' THEN '.hold' ELSE '.match' END AS action,
       record, 'match' AS sealedTable, id AS rowId, note_sealed_id AS noteSealedId
       FROM match WHERE bank_transaction_id = ?
     UNION ALL
     SELECT e.ended_at_ms, e.actor, e.ended_by || CASE WHEN e.entry_id IS NULL THEN '.confirm' ELSE '.undo' END,
       e.record, 'match_end', e.match_id, e.note_sealed_id
       FROM match_end e JOIN match m ON m.id = e.match_id WHERE m.bank_transaction_id = ?
     UNION ALL
     SELECT rejected_at_ms, actor, 'person.reject', record, 'match_rejection', id, note_sealed_id
       FROM match_rejection WHERE bank_transaction_id = ?
     UNION ALL
     SELECT e.ended_at_ms, e.actor, 'person.undo-reject', e.record, 'match_rejection_end', e.rejection_id, e.note_sealed_id
       FROM match_rejection_end e JOIN match_rejection r ON r.id = e.rejection_id WHERE r.bank_transaction_id = ?
     ORDER BY 4 DESC, 3 DESC`,
  );
  return {
    lastMatchId: () => lastId.get()!.id,
    insertMatch(row: MatchRow, rows: readonly AllocationRow[], exchange?: MatchExchange): void {
      insert.run(
        row.id,
        row.transactionId,
        row.kind,
        row.decidedBy,
        row.actor,
        row.decidedAtMs,
        row.probabilityPpm,
        row.rivals,
        row.evidence,
        row.remainderMinor,
        row.engineVersion,
        row.scorerVersion,
        row.effectiveDate,
        row.entryId,
        row.noteSealedId,
        row.record,
        row.prePosted,
      );
      for (const each of rows) {
        insertAllocation.run(
          row.id,
          each.openItemId,
          each.allocatedMinor,
          each.discountMinor,
          each.chargesMinor,
        );
      }
      if (exchange) exchanges.insert(row.id, exchange);
    },
    insertMatchEnd: (row: MatchEndRow) => {
      insertEnd.run(
        row.matchId,
        row.endedBy,
        row.actor,
        row.endedAtMs,
        row.entryId,
        row.noteSealedId,
        row.record,
      );
    },
    match: (id: bigint) => byId.get(id),
    allocationsOf: (matchId: bigint) => allocations.all(matchId),
    exchangeOfMatch: (matchId: bigint) => exchanges.of(matchId),
    matchIdsOf: (id: bigint) => idsOf.all(id),
    historyOf: (id: bigint) => historyOf.all(id, id, id, id),
  };
}

function suggestionQueries(db: Connection) {
  const insert = db.prepare(
    `INSERT INTO suggestion (bank_transaction_id, place, probability_ppm, rivals, evidence, remainder_minor,
       fingerprint, record)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertAllocation = db.prepare(
    `INSERT INTO suggestion_allocation (suggestion_id, open_item_id, allocated_minor, discount_minor, charges_minor)
     VALUES (?, ?, ?, ?, ?)`,
  );
  const exchanges = exchangeTable(db, 'suggestion');
  const removeOf = db.prepare('DELETE FROM suggestion WHERE bank_transaction_id = ?');
  const byId = db.prepare<[bigint], SuggestionRow>(
    `SELECT ${SUGGESTION_COLUMNS} FROM suggestion WHERE id = ?`,
  );
  const ofTransaction = db.prepare<[bigint], SuggestionRow>(
    `SELECT ${SUGGESTION_COLUMNS} FROM suggestion WHERE bank_transaction_id = ? ORDER BY place`,
  );
  const allocations = db.prepare<[bigint], AllocationRow>(
    `SELECT ${ALLOCATION_COLUMNS} FROM suggestion_allocation WHERE suggestion_id = ? ORDER BY open_item_id`,
  );
  return {
    removeSuggestions: (transactionId: bigint) => {
      removeOf.run(transactionId);
    },
    insertSuggestion(
      row: Omit<SuggestionRow, 'id'>,
      rows: readonly AllocationRow[],
      exchange?: MatchExchange,
    ): void {
      const id = insert.run(
        row.transactionId,
        row.place,
        row.probabilityPpm,
        row.rivals,
        row.evidence,
        row.remainderMinor,
        row.fingerprint,
        row.record,
      ).lastInsertRowid;
      for (const each of rows) {
        insertAllocation.run(id, each.openItemId, each.allocatedMinor, each.discountMinor, each.chargesMinor);
      }
      if (exchange) exchanges.insert(id, exchange);
    },
    suggestion: (id: bigint) => byId.get(id),
    suggestionsOf: (transactionId: bigint) => ofTransaction.all(transactionId),
    suggestionAllocations: (suggestionId: bigint) => allocations.all(suggestionId),
    exchangeOfSuggestion: (suggestionId: bigint) => exchanges.of(suggestionId),
  };
}

function stateQueries(db: Connection) {
  const put = db.prepare(
    `INSERT INTO match_state (bank_transaction_id, booking_date, direction, currency, money_minor, status,
       decided_by, match_id, probability_ppm, rivals, evidence, digest)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (bank_transaction_id) DO UPDATE SET status = excluded.status, decided_by = excluded.decided_by,
       match_id = excluded.match_id, probability_ppm = excluded.probability_ppm, rivals = excluded.rivals,
       evidence = excluded.evidence, digest = excluded.digest`,
  );
  const remove = db.prepare('DELETE FROM match_state WHERE bank_transaction_id = ?');
  const byId = db.prepare<[bigint], StateRow>(
    `SELECT ${STATE_COLUMNS} FROM match_state WHERE bank_transaction_id = ?`,
  );
  const after = db.prepare<[bigint, bigint], StateRow>(
    `SELECT ${STATE_COLUMNS} FROM match_state WHERE bank_transaction_id > ? ORDER BY bank_transaction_id LIMIT ?`,
  );
  const ofIds = db.prepare<[string], StateRow>(
    `SELECT ${STATE_COLUMNS} FROM match_state WHERE bank_transaction_id IN (SELECT value FROM json_each(?))`,
  );
  const pageOf = (filter: string) =>
    db.prepare<unknown[], StateRow>(
      `SELECT ${STATE_COLUMNS} FROM match_state
       WHERE ${filter} AND (booking_date, bank_transaction_id) < (:beforeDate, :beforeId)
       ORDER BY booking_date DESC, bank_transaction_id DESC LIMIT :limit`,
    );
  const countOf = (filter: string) =>
    db.prepare<unknown[], { count: bigint }>(`SELECT count(*) AS count FROM match_state WHERE ${filter}`);
  const ofFilter = { page: pageOf(STATE_FILTER), count: countOf(STATE_FILTER) };
  const OF_IDS = `${STATE_FILTER} AND bank_transaction_id IN (SELECT value FROM json_each(:ids))`;
  const amongIds = { page: pageOf(OF_IDS), count: countOf(OF_IDS) };
  const idsGiven = (ids: readonly bigint[] | null) => (ids === null ? {} : { ids: `[${ids.join(',')}]` });
  const ofItems = db.prepare<[string], { id: bigint }>(
    `WITH item AS MATERIALIZED (SELECT value AS id FROM json_each(?))
     SELECT m.bank_transaction_id AS id FROM match m JOIN match_allocation a ON a.match_id = m.id
       WHERE a.open_item_id IN (SELECT id FROM item) AND m.id NOT IN (SELECT match_id FROM match_end)
     UNION SELECT s.bank_transaction_id FROM suggestion s JOIN suggestion_allocation a ON a.suggestion_id = s.id
       WHERE a.open_item_id IN (SELECT id FROM item)`,
  );
  const byStatus = db.prepare<[], { status: MatchStatus; count: bigint }>(
    'SELECT status, count(*) AS count FROM match_state GROUP BY status',
  );
  const valueByStatus = db.prepare<[], { status: MatchStatus; currency: string; amountMinor: bigint }>(
    `SELECT status, currency, sum(money_minor) AS amountMinor FROM match_state WHERE direction = 'credit'
     GROUP BY status, currency ORDER BY status, currency`,
  );
  const byDay = db.prepare<[], { date: IsoDate; transactions: bigint; matched: bigint }>(
    `SELECT booking_date AS date, count(*) AS transactions, sum(status IN ('auto', 'confirmed')) AS matched
     FROM match_state WHERE direction = 'credit' GROUP BY booking_date ORDER BY booking_date`,
  );
  return {
    putState: (row: StateRow) => {
      put.run(
        row.transactionId,
        row.bookingDate,
        row.direction,
        row.currency,
        row.moneyMinor,
        row.status,
        row.decidedBy,
        row.matchId,
        row.probabilityPpm,
        row.rivals,
        row.evidence,
        row.digest,
      );
    },
    state: (transactionId: bigint) => byId.get(transactionId),
    removeState: (transactionId: bigint) => {
      remove.run(transactionId);
    },
    /** In the order of their transactions, from after `id`. */
    statesAfter: (id: bigint, limit: number) => after.all(id, BigInt(limit)),
    statesOf: (ids: readonly bigint[]) => ofIds.all(`[${ids.join(',')}]`),
    /** Newest first, before the cursor. */
    statePage: (
      filter: StateFilter,
      before: StateCursor | null,
      limit: number,
      ids: readonly bigint[] | null = null,
    ) =>
      (ids === null ? ofFilter : amongIds).page.all({
        ...filter,
        ...idsGiven(ids),
        beforeDate: before?.bookingDate ?? '9999-12-31',
        beforeId: before?.id ?? 9_000_000_000_000_000_000n,
        limit: BigInt(limit),
      }),
    stateCount: (filter: StateFilter, ids: readonly bigint[] | null = null) =>
      Number((ids === null ? ofFilter : amongIds).count.get({ ...filter, ...idsGiven(ids) })!.count),
    /** Transactions that are matched to one of the items, or for which that is proposed. */
    transactionsOfItems: (items: readonly bigint[]) =>
      items.length === 0 ? [] : ofItems.all(`[${items.join(',')}]`).map(({ id }) => id),
    countsByStatus: () => byStatus.all(),
    valueByStatus: () => valueByStatus.all(),
    countsByDay: () => byDay.all(),
  };
}
