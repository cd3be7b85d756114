/** What screens and scripts read: the queue, one item with its reasons, the lines of `matches`. */
import type { z } from 'zod';
import { formatAmount } from '../../contract/money.ts';
import type {
  allocation,
  MatchLine,
  QueueRow,
  reconciliation,
  Suggestion,
} from '../../contract/reconciliation.ts';
import type { MatchStatus } from '../../contract/statements.ts';
import { CountersignError, type FoundText, type IsoDate, idToText } from '../base/index.ts';
import { unlessErased } from '../sealing/index.ts';
import type { TransactionForMatching } from '../statements/index.ts';
import type { ReconciliationContext } from './context.ts';
import { evidenceText } from './evidence.ts';
import { toLineExchange, toTold } from './exchange-reading.ts';
import { factsOf, isCleared } from './inputs.ts';
import { parseId } from './person.ts';
import { createReasons, parseEvidence } from './reasons.ts';
import { undecided } from './states.ts';
import type {
  AllocationRow,
  HistoryRow,
  MatchRow,
  StateCursor,
  StateFilter,
  StateRow,
  SuggestionRow,
} from './store.ts';
import type { Evidence, MatchExchange } from './types.ts';

type Item = z.infer<(typeof reconciliation.item)['~orpc']['outputSchema'] & z.ZodType>;
type Allocation = z.infer<typeof allocation>;

export interface Page<T> {
  readonly rows: T[];
  readonly nextCursor: string | null;
  readonly total: number | null;
}

export interface QueueQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly status?: MatchStatus | undefined;
  readonly direction?: 'credit' | 'debit' | undefined;
  readonly currency?: string | undefined;
  readonly leastMinor?: bigint | undefined;
  readonly text?: string | undefined;
}

export interface Counts extends Record<MatchStatus, number> {
  readonly all: number;
}

export interface FilteredPage<T> extends Page<T> {
  /** How many of the newest rows a text was looked for in; null where it was every row. */
  readonly lookedThrough: number | null;
}

/** Rows that a text filter opens at most while no index is at hand, and at a time. */
const MOST_SCANNED = 5_000;
const SCAN_ROWS = 200;
/** More ids than this are not handed to the database, and so many states are read at a time instead. */
const MANY_IDS = 5_000;
const WALK_ROWS = 1_000;

export function createReading(context: ReconciliationContext) {
  const { store, statements, receivables, ledger, sealing, payments } = context;
  const toReasons = createReasons(context);

  /** The status of each id that a run has looked at; the others are unmatched. */
  function statusOf(ids: readonly bigint[]): ReadonlyMap<bigint, MatchStatus> {
    const found = new Map<bigint, MatchStatus>();
    if (ids.length > 0) for (const state of store.statesOf(ids)) found.set(state.transactionId, state.status);
    return found;
  }

  function counts(): Counts {
    const all = statements.bookedTransactionCount() + payments.openCount();
    const found = { all, auto: 0, confirmed: 0, suggested: 0, unmatched: 0, quarantined: 0 };
    for (const { status, count } of store.countsByStatus()) found[status] = Number(count);
    // What no run has looked at yet is unmatched.
    found.unmatched = all - found.auto - found.confirmed - found.suggested - found.quarantined;
    return found;
  }

  function reasonsOf(state: StateRow | undefined): Evidence[] {
    return state === undefined ? [] : parseEvidence(state.evidence);
  }

  /** What is or would be settled: the match's items, else those of the first suggestion. */
  function settledBy(state: StateRow | undefined): {
    readonly allocations: readonly AllocationRow[];
    readonly exchange?: MatchExchange | undefined;
    readonly suggestionId: bigint | null;
  } {
    const nothing = { allocations: [], suggestionId: null };
    if (state === undefined) return nothing;
    if (state.matchId !== null) {
      const exchange = store.exchangeOfMatch(state.matchId);
      return { ...nothing, allocations: store.allocationsOf(state.matchId), exchange };
    }
    if (state.status !== 'suggested') return nothing;
    const first = store.suggestionsOf(state.transactionId)[0];
    if (!first) return nothing;
    const exchange = store.exchangeOfSuggestion(first.id);
    return { allocations: store.suggestionAllocations(first.id), exchange, suggestionId: first.id };
  }

  const toProbability = (ppm: bigint | null): number | null =>
    ppm === null ? null : Number(ppm) / 1_000_000;

  function toQueueRows(states: readonly StateRow[]): QueueRow[] {
    const byId = new Map(states.map((state) => [state.transactionId, state]));
    return statements.transactionRows(states.map(({ transactionId }) => transactionId)).map((row) => {
      const state = byId.get(BigInt(row.id));
      const first = reasonsOf(state)[0];
      const { allocations, suggestionId } = settledBy(state);
      return {
        ...row,
        status: state?.status ?? 'unmatched',
        probability: toProbability(state?.probabilityPpm ?? null),
        rivals: Number(state?.rivals ?? 0n),
        reason: first ? evidenceText(first) : null,
        suggestionId: suggestionId?.toString() ?? null,
        invoiceNumbers: allocations.map(
          ({ openItemId }) => receivables.openItemForMatching(openItemId).invoiceNumber,
        ),
      };
    });
  }

  /** A page of the queue. A text is looked for in what the index found, else in the newest rows. */
  function queue(query: QueueQuery, found?: FoundText): FilteredPage<QueueRow> {
    const { limit, cursor, status = null, direction = null, currency = null, leastMinor = null } = query;
    const filter = { status, direction, currency, leastMinor };
    const text = query.text?.trim().toLowerCase() ?? '';
    if (text !== '' && found === undefined) return scanned(filter, text, limit, cursor);
    const ids = text === '' ? null : [...(found?.ids ?? []), ...ofInvoices(text)];
    const isMany = ids !== null && ids.length > MANY_IDS;
    const states = isMany
      ? walk(filter, parseCursor(cursor), limit + 1, new Set(ids))
      : store.statePage(filter, parseCursor(cursor), limit + 1, ids);
    return {
      rows: toQueueRows(states.slice(0, limit)),
      nextCursor: states.length > limit ? cursorOf(states[limit - 1]!) : null,
      total: isMany ? null : store.stateCount(filter, ids),
      lookedThrough: text === '' ? null : (found?.lookedThrough ?? null),
    };
  }

  /** The next states among many ids, which are met soon on the way down; a query over all would take longer. */
  function walk(
    filter: StateFilter,
    from: StateCursor | null,
    limit: number,
    ids: ReadonlySet<bigint>,
  ): StateRow[] {
    const met: StateRow[] = [];
    let before = from;
    for (;;) {
      const states = store.statePage(filter, before, WALK_ROWS);
      for (const state of states) if (met.length < limit && ids.has(state.transactionId)) met.push(state);
      if (met.length === limit || states.length < WALK_ROWS) return met;
      const last = states.at(-1)!;
      before = { bookingDate: last.bookingDate, id: last.transactionId };
    }
  }

  /** Transactions that are or would be matched to an invoice whose number holds the text. */
  const ofInvoices = (text: string): bigint[] => store.transactionsOfItems(receivables.itemsNumbered(text));

  /** The rows that hold the text among the newest, while the index is being built. */
  function scanned(
    filter: StateFilter,
    text: string,
    limit: number,
    cursor: string | undefined,
  ): FilteredPage<QueueRow> {
    const compact = text.replace(/\s+/g, '');
    const rows: QueueRow[] = [];
    let before = parseCursor(cursor);
    let looked = 0;
    for (;;) {
      const states = store.statePage(filter, before, SCAN_ROWS, null);
      for (const row of toQueueRows(states)) {
        if (!holds(row, text, compact)) continue;
        if (rows.length === limit) {
          const nextCursor = `${rows.at(-1)!.bookingDate} ${rows.at(-1)!.id}`;
          return { rows, nextCursor, total: null, lookedThrough: null };
        }
        rows.push(row);
      }
      looked += states.length;
      const isLast = states.length < SCAN_ROWS;
      if (isLast || looked >= MOST_SCANNED)
        return { rows, nextCursor: null, total: null, lookedThrough: isLast ? null : looked };
      before = { bookingDate: states.at(-1)!.bookingDate, id: states.at(-1)!.transactionId };
    }
  }

  function toAllocations(rows: readonly AllocationRow[]): Allocation[] {
    return rows.map(({ openItemId, ...amounts }) => {
      const item = receivables.openItem(openItemId.toString());
      return {
        openItemId: item.id,
        invoiceNumber: item.invoiceNumber,
        customerId: item.customerId,
        customerName: item.customerName,
        currency: item.currency,
        openMinor: item.openMinor,
        ...amounts,
      };
    });
  }

  function suggestionsOf(id: bigint, rejected: ReadonlySet<string | null>): Suggestion[] {
    if (rejected.has(null)) return [];
    const kept = store
      .suggestionsOf(id)
      .map((row) => ({ row, allocations: store.suggestionAllocations(row.id) }));
    const isStanding = ({ allocations }: (typeof kept)[number]) =>
      !rejected.has(allocations.map((each) => each.openItemId).join(' '));
    // Rivals come first among the others; what a person has rejected since is nobody's rival any more.
    const rivalsOf = (row: SuggestionRow) =>
      kept
        .filter((each) => each.row !== row)
        .slice(0, Number(row.rivals))
        .filter(isStanding).length;
    return kept.filter(isStanding).map(({ row, allocations }) => ({
      id: row.id.toString(),
      probability: toProbability(row.probabilityPpm) ?? 0,
      rivals: rivalsOf(row),
      reasons: toReasons(parseEvidence(row.evidence)),
      allocations: toAllocations(allocations),
      exchange: store.exchangeOfSuggestion(row.id) ?? null,
      remainderMinor: row.remainderMinor,
    }));
  }

  /** Errors: TRANSACTION_UNKNOWN. */
  function item(bankTransactionId: string): Item {
    const id = parseId(bankTransactionId);
    const transaction = statements.transactionForMatching(id);
    const state = store.state(id) ?? undecided(factsOf({ ...transaction, returnedMinor: 0n }));
    const [row] = toQueueRows([state]);
    if (!row) throw new CountersignError('TRANSACTION_UNKNOWN', 'There is no such bank transaction.');
    const match = state.matchId === null ? undefined : store.match(state.matchId);
    const rejected = new Set(store.rejectionsOf(id).map(({ openItems }) => openItems));
    return {
      transaction: row,
      match: match ? toMatch(match, state) : null,
      suggestions: match ? [] : suggestionsOf(id, rejected),
      told: match ? null : toTold(context, transaction),
      history: historyOf(id).map(toHistory),
    };
  }

  /** What happened to a transaction; of a line also what happened to the payment that it confirms. */
  function historyOf(id: bigint): HistoryRow[] {
    const paymentId = payments.paymentOf(id);
    const own = store.historyOf(id);
    return paymentId === undefined ? own : [...own, ...store.historyOf(paymentId)];
  }

  function toMatch(match: MatchRow, state: StateRow): NonNullable<Item['match']> {
    return {
      id: match.id.toString(),
      probability: toProbability(state.probabilityPpm) ?? 1,
      rivals: Number(state.rivals),
      reasons: toReasons(reasonsOf(state)),
      allocations: toAllocations(store.allocationsOf(match.id)),
      exchange: store.exchangeOfMatch(match.id) ?? null,
      remainderMinor: match.remainderMinor,
      decidedBy: match.decidedBy,
      actor: match.actor,
      decidedAtMs: Number(match.decidedAtMs),
      journalEntryId: idToText(match.entryId),
      cleared: isCleared(match, ledger.closedThrough()),
    };
  }

  function toHistory(row: HistoryRow): Item['history'][number] {
    return {
      atMs: Number(row.atMs),
      actor: row.actor,
      action: row.action,
      record: row.record,
      note: openNote(row),
    };
  }

  function openNote({ noteSealedId, sealedTable, rowId }: HistoryRow): string | null {
    if (noteSealedId === null) return null;
    return unlessErased(() =>
      sealing.openText({
        id: noteSealedId,
        table: sealedTable,
        column: 'note',
        applicationId: rowId.toString(),
      }),
    );
  }

  /** One line for every booked bank transaction, in the order of their ids. */
  function matches({ limit, cursor }: { limit: number; cursor?: string | undefined }): Page<MatchLine> {
    const afterId = cursor === undefined ? 0n : parseId(cursor);
    const transactions = [...statements.transactionsForMatching({ afterId, limit: limit + 1 })];
    const shown = transactions.slice(0, limit);
    const states = new Map(
      store.statesOf(shown.map(({ id }) => id)).map((state) => [state.transactionId, state]),
    );
    return {
      rows: shown.map((transaction) => toLine(transaction, states.get(transaction.id))),
      nextCursor: transactions.length > limit ? shown.at(-1)!.id.toString() : null,
      total: statements.bookedTransactionCount(),
    };
  }

  function toLine(transaction: TransactionForMatching, state: StateRow | undefined): MatchLine {
    const { allocations, exchange } = settledBy(state);
    return {
      bankTransactionId: transaction.id.toString(),
      accountServicerReference: transaction.content.accountServicerReference ?? null,
      endToEndId: transaction.content.endToEndId ?? null,
      direction: transaction.direction,
      amount: formatAmount(transaction.amountMinor, transaction.currency),
      currency: transaction.currency,
      status: state?.status ?? 'unmatched',
      probability: toProbability(state?.probabilityPpm ?? null),
      rivals: Number(state?.rivals ?? 0n),
      reasons: reasonsOf(state).map(evidenceText),
      items: allocations.map(({ openItemId, allocatedMinor }) => {
        const { invoiceNumber, currency } = receivables.openItemForMatching(openItemId);
        return { invoiceNumber, allocated: formatAmount(allocatedMinor, currency) };
      }),
      ...(exchange ? { exchange: toLineExchange(exchange, transaction.currency) } : {}),
    };
  }

  function rateByDay(): { date: IsoDate; transactions: number; matched: number }[] {
    return store.countsByDay().map(({ date, transactions, matched }) => ({
      date,
      transactions: Number(transactions),
      matched: Number(matched),
    }));
  }

  /** Value of the credits that a run has looked at, by status and currency. */
  function creditValue(): { status: MatchStatus; currency: string; amountMinor: bigint }[] {
    return store.valueByStatus();
  }

  return { statusOf, counts, queue, item, matches, rateByDay, creditValue };
}

export type Reading = ReturnType<typeof createReading>;

function holds(row: QueueRow, text: string, compact: string): boolean {
  return (
    [
      row.counterparty,
      row.remittance,
      row.endToEndId,
      row.accountServicerReference,
      ...row.invoiceNumbers,
    ].some((value) => value?.toLowerCase().includes(text)) ||
    row.accountNumber.toLowerCase().includes(compact) ||
    formatAmount(row.amountMinor, row.currency).includes(compact)
  );
}

function parseCursor(cursor: string | undefined): { bookingDate: IsoDate; id: bigint } | null {
  const parts = /^(\d{4}-\d{2}-\d{2}) (\d{1,18})$/.exec(cursor ?? '');
  return parts ? { bookingDate: parts[1]!, id: BigInt(parts[2]!) } : null;
}

function cursorOf(state: StateRow): string {
  return `${state.bookingDate} ${state.transactionId}`;
}
