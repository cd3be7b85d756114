import { CountersignError } from '../base/index.ts';
import { dayOf } from './days.ts';
import type { LedgerState, NumberRange } from './memory.ts';
import type { AsOfStore, SumRow } from './store-asof.ts';
import type { BalancePoint } from './types.ts';

/** Turnover of an account at a point. */
export interface PointSum {
  debitMinor: bigint;
  creditMinor: bigint;
}

/** Later than every date that four digits of a year can say. */
export const END_OF_TIME_DAY = 4_000_000;
/** Above every record number. */
export const EVERY_RECORD = 2n ** 62n;

/** A point as day and record; `undefined` where it is now and everything. */
export function readPoint({ asOf, knownAt }: BalancePoint): { day: number; record: bigint } | undefined {
  if (asOf === undefined && knownAt === undefined) return undefined;
  const day = asOf === undefined ? END_OF_TIME_DAY : dayOf(asOf);
  if (day === undefined) {
    throw new CountersignError('LEDGER_DATE_INVALID', 'The date does not exist.', {
      path: 'asOf',
      expected: 'YYYY-MM-DD',
    });
  }
  return { day, record: knownAt ?? EVERY_RECORD };
}

/**
 * Numbers from `first` to `last` that are not those of imports: entries that were known as soon as
 * they were written, in the order of their records.
 */
export function directRanges(store: AsOfStore, first: number, last: number): NumberRange[] {
  const ranges: NumberRange[] = [];
  let from = first;
  for (const range of store.importRanges(first, last)) {
    if (range.first > from) ranges.push({ first: from, last: range.first - 1 });
    from = Math.max(from, range.last + 1);
  }
  if (from <= last) ranges.push({ first: from, last });
  return ranges;
}

/** Balances at a date as known at a record: the newest snapshot that was known then, and what came after it. */
export function createAsOf(store: AsOfStore, current: () => LedgerState) {
  /** What was known after the snapshot, up to the record: the numbers and records to be added to it. */
  function residue(point: { day: number; record: bigint }) {
    const snapshot = store.snapshotAt(point.record);
    const first = (snapshot?.lastNumber ?? 0) + 1;
    const last = store.lastDirectAt(point.record);
    return {
      snapshot,
      ranges: directRanges(store, first, last),
      records: { after: snapshot?.record ?? 0n, upTo: point.record, day: point.day },
    };
  }

  return {
    /** Turnover of every account that has any. */
    all(point: { day: number; record: bigint }): Map<bigint, PointSum> {
      const { snapshot, ranges, records } = residue(point);
      const result = new Map<bigint, PointSum>();
      const add = (accountId: bigint, debit: bigint, credit: bigint) => {
        const sum = result.get(accountId);
        if (sum === undefined) result.set(accountId, { debitMinor: debit, creditMinor: credit });
        else {
          sum.debitMinor += debit;
          sum.creditMinor += credit;
        }
      };
      const addRows = (rows: readonly SumRow[]) => {
        for (const row of rows) add(row.account_id, row.debit, row.credit);
      };
      if (snapshot !== undefined) {
        for (const account of current().accounts) {
          if (account === undefined) continue;
          const row = store.snapshotRow(snapshot.record, account.info.id, point.day);
          if (row !== undefined) add(account.info.id, row.debit_minor, row.credit_minor);
        }
      }
      for (const range of ranges) addRows(store.directSums({ ...range, day: point.day }));
      addRows(store.importSums(records));
      addRows(store.resolvedSums(records));
      return result;
    },

    /** The posted entries that were not known at a record: ranges of numbers, and single ones. */
    unknownAt(record: bigint): { ranges: NumberRange[]; numbers: ReadonlySet<number> } {
      const last = current().nextNumber - 1;
      const direct = directRanges(store, store.lastDirectAt(record) + 1, last);
      return { ranges: [...direct, ...store.importsAfter(record)], numbers: store.postedAfter(record) };
    },

    /** Turnover of one account. */
    one(accountId: bigint, point: { day: number; record: bigint }): PointSum {
      const { snapshot, ranges, records } = residue(point);
      const sum: PointSum = { debitMinor: 0n, creditMinor: 0n };
      const add = (debit: bigint, credit: bigint) => {
        sum.debitMinor += debit;
        sum.creditMinor += credit;
      };
      if (snapshot !== undefined) {
        const row = store.snapshotRow(snapshot.record, accountId, point.day);
        if (row !== undefined) add(row.debit_minor, row.credit_minor);
      }
      for (const range of ranges) {
        const row = store.historySum(accountId, { ...range, day: point.day });
        add(row.debit, row.credit);
      }
      for (const row of [...store.importSums(records), ...store.resolvedSums(records)]) {
        if (row.account_id === accountId) add(row.debit, row.credit);
      }
      return sum;
    },
  };
}

export type AsOf = ReturnType<typeof createAsOf>;
