import type { Account } from '../../contract/ledger.ts';
import { CountersignError, type IsoDate, idToText } from '../base/index.ts';
import { accountShown } from './accounts.ts';
import { type AsOf, END_OF_TIME_DAY, EVERY_RECORD } from './asof.ts';
import { dateOfDay, dayOf } from './days.ts';
import type { Memory, NumberRange } from './memory.ts';
import { PLACES_PER_ENTRY, RUN_ENTRIES, runOf } from './store.ts';
import type { HistoryLine, HistoryPlace, ReadStore } from './store-read.ts';

export interface StatementQuery {
  readonly accountId: bigint;
  readonly from?: IsoDate | undefined;
  readonly to?: IsoDate | undefined;
  /** Only what was known at this record; everything where it is left out. */
  readonly knownAt?: bigint | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** One movement of an account. Amounts are debit positive. */
export interface StatementRow {
  readonly entryId: string;
  readonly record: bigint;
  readonly effectiveDate: IsoDate;
  readonly reason: string;
  readonly memo: string | null;
  readonly source: { kind: string; id: string } | null;
  readonly amountMinor: bigint;
  readonly runningMinor: bigint;
}

export interface AccountStatement {
  readonly account: Account;
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
  readonly rows: StatementRow[];
  readonly nextCursor: string | null;
}

/** Entries that a statement leaves out: imports that are not published, and what was not known then. */
interface Unseen {
  readonly ranges: readonly NumberRange[];
  readonly numbers: ReadonlySet<number>;
}

/** Rows that a run hands over at once, after the first. */
const CHUNK_ROWS = 64;

/** The history of one account: its runs, each in the order of dates, merged into one. */
export function createStatements(parts: { memory: Memory; reads: ReadStore; asOf: AsOf }) {
  const { memory, reads, asOf } = parts;

  function unseenAt(knownAt: bigint | undefined): Unseen {
    if (knownAt === undefined) return { ranges: memory.hidden(), numbers: new Set() };
    const { ranges, numbers } = asOf.unknownAt(knownAt);
    return { ranges: [...memory.hidden(), ...ranges], numbers };
  }

  /** What one run holds for the account after a place, without what is not seen. */
  function* ofRun(
    unseen: Unseen,
    run: number,
    accountId: bigint,
    start: HistoryPlace,
    lastDay: number,
  ): Generator<HistoryLine> {
    const hidden = unseen.ranges.filter((r) => runOf(r.first) <= run && run <= runOf(r.last));
    let after = start;
    for (let limit = 1; ; limit = CHUNK_ROWS) {
      const rows = reads.historyAfter(run, accountId, after, lastDay, limit);
      let skipped = false;
      for (const row of rows) {
        const range = hidden.find((r) => r.first <= row.number && row.number <= r.last);
        if (range === undefined) {
          if (!unseen.numbers.has(row.number)) yield row;
          after = row;
        } else {
          // Numbers ascend within a day, so the rest of the range on this day is passed over at once.
          after = { day: row.day, place: (range.last + 1) * PLACES_PER_ENTRY - 1 };
          skipped = true;
          break;
        }
      }
      if (!skipped && rows.length < limit) return;
    }
  }

  /** Rows after a place, the earliest first, `limit` at most. */
  function merged(
    unseen: Unseen,
    accountId: bigint,
    start: HistoryPlace,
    lastDay: number,
    limit: number,
  ): HistoryLine[] {
    const heads: { row: HistoryLine; rest: Generator<HistoryLine> }[] = [];
    for (let run = 0; run <= runOf(memory.current().nextNumber - 1); run += 1) {
      if (isHiddenRun(unseen.ranges, run)) continue;
      const rest = ofRun(unseen, run, accountId, start, lastDay);
      const first = rest.next();
      if (first.done !== true) heads.push({ row: first.value, rest });
    }
    const rows: HistoryLine[] = [];
    while (rows.length < limit && heads.length > 0) {
      let least = 0;
      for (let i = 1; i < heads.length; i += 1) if (isBefore(heads[i]!.row, heads[least]!.row)) least = i;
      const head = heads[least]!;
      rows.push(head.row);
      const next = head.rest.next();
      if (next.done === true) heads.splice(least, 1);
      else head.row = next.value;
    }
    return rows;
  }

  return function accountStatement(query: StatementQuery): AccountStatement {
    const { accountId, from, to, knownAt, limit, cursor } = query;
    const account = memory.find(accountId);
    if (account === undefined)
      throw new CountersignError('LEDGER_ACCOUNT_UNKNOWN', 'There is no such account.');
    const firstDay = from === undefined ? undefined : requireDay(from, 'from');
    const lastDay = to === undefined ? END_OF_TIME_DAY : requireDay(to, 'to');
    const upTo = (day: number): bigint => {
      const sum = asOf.one(accountId, { day, record: knownAt ?? EVERY_RECORD });
      return sum.debitMinor - sum.creditMinor;
    };
    const openingMinor = firstDay === undefined ? 0n : upTo(firstDay - 1);
    const start = cursor === undefined ? undefined : readCursor(cursor);
    const place = start ?? { day: firstDay ?? -END_OF_TIME_DAY, place: 0 };
    const found = merged(unseenAt(knownAt), accountId, place, lastDay, limit + 1);
    const isNow = to === undefined && knownAt === undefined;
    let runningMinor = start?.runningMinor ?? openingMinor;
    const rows = found.slice(0, limit).map((line): StatementRow => {
      runningMinor += line.amountMinor;
      const entry = reads.byNumber(line.number)!;
      return {
        entryId: idToText(entry.id),
        record: entry.record!,
        effectiveDate: dateOfDay(line.day),
        reason: entry.reason,
        memo: entry.memo,
        source: entry.source_kind === null ? null : { kind: entry.source_kind, id: entry.source_id! },
        amountMinor: line.amountMinor,
        runningMinor,
      };
    });
    const last = found[limit - 1];
    return {
      account: accountShown(account),
      openingMinor,
      closingMinor: isNow ? account.debitMinor - account.creditMinor : upTo(lastDay),
      rows,
      nextCursor:
        found.length > limit && last !== undefined ? `${last.day}.${last.place}.${runningMinor}` : null,
    };
  };
}

function isBefore(a: HistoryPlace, b: HistoryPlace): boolean {
  return a.day !== b.day ? a.day < b.day : a.place < b.place;
}

function isHiddenRun(hidden: readonly NumberRange[], run: number): boolean {
  return hidden.some(
    (range) => range.first <= run * RUN_ENTRIES && range.last >= (run + 1) * RUN_ENTRIES - 1,
  );
}

function requireDay(date: IsoDate, path: string): number {
  const day = dayOf(date);
  if (day !== undefined) return day;
  throw new CountersignError('LEDGER_DATE_INVALID', 'The date does not exist.', {
    path,
    expected: 'YYYY-MM-DD',
  });
}

/** Day and place of the last row shown, and the balance after it. */
function readCursor(cursor: string): HistoryPlace & { runningMinor: bigint } {
  const parts = /^(-?\d{1,7})\.(\d{1,15})\.(-?\d{1,30})$/.exec(cursor);
  if (parts === null)
    throw new CountersignError('INPUT_INVALID', 'The cursor is none of ours.', { path: 'cursor' });
  return {
    day: Number(parts[1]),
    place: Number(parts[2]),
    runningMinor: BigInt(parts[3]!),
  };
}
