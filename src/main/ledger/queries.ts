import type { JournalEntry, TrialBalance } from '../../contract/ledger.ts';
import { CountersignError, type IsoDate, idToText } from '../base/index.ts';
import { isUnused } from './accounts.ts';
import { type AsOf, readPoint } from './asof.ts';
import { dateOfDay } from './days.ts';
import { type EntryFilter, entryNumbers } from './listing.ts';
import type { Memory } from './memory.ts';
import { type JournalRow, postingsOfRow, type ReadStore, stateOfRow } from './store-read.ts';
import type { AccountRole, BalancePoint } from './types.ts';

export interface EntryQuery extends EntryFilter {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface EntryPage {
  readonly rows: JournalEntry[];
  readonly nextCursor: string | null;
  readonly total: number | null;
}

/** Reads of the ledger. None of them ever shows an entry of an unpublished import. */
export function createQueries(parts: {
  memory: Memory;
  reads: ReadStore;
  asOf: AsOf;
  /** Ledger accounts of bank accounts that no file that counts has named. */
  unnamed: () => ReadonlySet<bigint>;
}) {
  const { memory, reads, asOf } = parts;

  const shown = (row: JournalRow): JournalEntry => ({
    id: idToText(row.id),
    record: row.record!,
    effectiveDate: dateOfDay(Number(row.effective_day)),
    recordedAtMs: Number(row.recorded_at_ms),
    state: stateOfRow(row),
    reason: row.reason,
    memo: row.memo,
    source: row.source_kind === null ? null : { kind: row.source_kind, id: row.source_id! },
    reverses: row.reverses === null ? null : idToText(row.reverses),
    reversedBy: row.reversed_by === null ? null : idToText(row.reversed_by),
    postings: postingsOfRow(row).map(({ accountId, amountMinor }) => {
      const { code, name, currency } = memory.find(accountId)!.info;
      return {
        accountId: String(accountId),
        accountCode: code,
        accountName: name,
        amountMinor,
        currency: currency!,
      };
    }),
  });

  /** A row that counts; throws `LEDGER_ENTRY_UNKNOWN` where there is none. */
  function known(id: Buffer): JournalRow {
    const row = reads.byId(id);
    if (row === undefined || row.record === null) {
      throw new CountersignError('LEDGER_ENTRY_UNKNOWN', 'There is no such journal entry.');
    }
    return row;
  }

  function entryCount(): number {
    const state = memory.current();
    state.entryCount ??= reads.countEntries();
    return state.entryCount;
  }

  return {
    known,
    shown,
    entryCount,
    entry: (id: Buffer): JournalEntry => shown(known(id)),

    /** A page of the journal, the newest number first. The cursor is the last number shown. */
    entries({ limit, cursor, ...filter }: EntryQuery): EntryPage {
      const below = readCursor(cursor);
      const numbers = entryNumbers({ memory, reads }, filter, below, limit + 1);
      const rows = numbers.slice(0, limit).map((number) => shown(reads.byNumber(number)!));
      const unfiltered =
        filter.accountId === undefined && filter.reason === undefined && filter.source === undefined;
      return {
        rows,
        nextCursor: numbers.length > limit ? String(numbers[limit - 1]) : null,
        total: unfiltered ? entryCount() : null,
      };
    },

    trialBalance(point: BalancePoint): TrialBalance {
      const at = readPoint(point);
      const sums = at === undefined ? undefined : asOf.all(at);
      const rows: TrialBalance['rows'] = [];
      const totals = new Map<string, { currency: string; debitMinor: bigint; creditMinor: bigint }>();
      const unnamed = parts.unnamed();
      for (const account of memory.current().accounts) {
        if (account === undefined || !account.info.postable || isUnused(account, unnamed)) continue;
        const { id, code, name, kind } = account.info;
        const currency = account.info.currency!;
        const { debitMinor, creditMinor } = sums === undefined ? account : (sums.get(id) ?? NOTHING);
        rows.push({
          accountId: String(id),
          code,
          name,
          kind,
          currency,
          debitMinor,
          creditMinor,
          balanceMinor: debitMinor - creditMinor,
        });
        const total = totals.get(currency) ?? { currency, debitMinor: 0n, creditMinor: 0n };
        total.debitMinor += debitMinor;
        total.creditMinor += creditMinor;
        totals.set(currency, total);
      }
      rows.sort((a, b) => (a.code < b.code ? -1 : 1));
      return {
        asOf: point.asOf ?? null,
        knownAt: point.knownAt ?? null,
        rows,
        totals: [...totals.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1)),
        balanced: [...totals.values()].every((total) => total.debitMinor === total.creditMinor),
      };
    },

    /** Posted balances of the accounts that have a role, one a currency or bank account; debit positive. */
    roleBalances(role: AccountRole | 'bank-account'): { currency: string; amountMinor: bigint }[] {
      const balances: { currency: string; amountMinor: bigint }[] = [];
      for (const account of memory.current().accounts) {
        const own = account?.info.role;
        if (account === undefined || (own !== role && !own?.startsWith(`${role}-`))) continue;
        balances.push({
          currency: account.info.currency!,
          amountMinor: account.debitMinor - account.creditMinor,
        });
      }
      return balances;
    },

    /** Posted balance of an account, debit positive. */
    balanceMinor(accountId: bigint, point: BalancePoint = {}): bigint {
      const account = memory.find(accountId);
      if (account === undefined)
        throw new CountersignError('LEDGER_ACCOUNT_UNKNOWN', 'There is no such account.');
      const at = readPoint(point);
      const sum = at === undefined ? account : asOf.one(accountId, at);
      return sum.debitMinor - sum.creditMinor;
    },

    closedThrough(): IsoDate | null {
      const day = memory.current().closedThroughDay;
      return day === null ? null : dateOfDay(day);
    },
  };
}

export type Queries = ReturnType<typeof createQueries>;

const NOTHING = { debitMinor: 0n, creditMinor: 0n };

/** The number a page starts below. */
function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  if (!/^\d{1,15}$/.test(cursor)) {
    throw new CountersignError('INPUT_INVALID', 'The cursor is none of ours.', { path: 'cursor' });
  }
  return Number(cursor);
}
