import { type Runtime, yieldToLoop } from '../base/index.ts';
import type { Vault } from '../vault/index.ts';
import { directRanges, END_OF_TIME_DAY } from './asof.ts';
import type { Memory } from './memory.ts';
import type { AsOfStore, DaySumRow } from './store-asof.ts';
import type { SnapshotRow, SnapshotStore } from './store-snapshots.ts';

/** A query at a past point sums what became known since the last snapshot, so there is one at least this often. */
const ENTRIES_BETWEEN_SNAPSHOTS = 50_000;

/** Entries summed, and rows written, between two turns of the event loop. */
const ENTRIES_PER_STEP = 1_500;
const ROWS_PER_STEP = 2_000;

const SOON_MS = 100;

type Movement = Map<bigint, Map<number, { debit: bigint; credit: bigint }>>;

/**
 * End-of-day snapshots: for every account and every date on which it moved, its turnover up to the
 * end of that date, as known at a record. They follow from the journal, are taken beside the ongoing
 * work in short transactions, and count from the moment the last of these is committed.
 */
export function createSnapshots(parts: {
  vault: Vault;
  runtime: Runtime;
  memory: Memory;
  asOf: AsOfStore;
  store: SnapshotStore;
}) {
  const { vault, runtime, memory, asOf, store } = parts;
  let running: Promise<boolean> | undefined;
  let cancelTimer: (() => void) | undefined;
  let closed = false;

  const isOpen = () => !closed && vault.db.open;

  function isDue(): boolean {
    const { snapshotTop, snapshotRows, nextNumber } = memory.current();
    return nextNumber - 1 - snapshotTop >= Math.max(ENTRIES_BETWEEN_SNAPSHOTS, snapshotRows * 2);
  }

  /** Takes one snapshot of all that is known; false where the last one knows it already. */
  async function take(): Promise<boolean> {
    const record = asOf.lastRecord();
    const previous = asOf.snapshotAt(record);
    if (record === 0n || previous?.record === record) return false;
    const lastNumber = asOf.lastDirectAt(record);
    const topNumber = memory.current().nextNumber - 1;
    const moved = await movementSince(previous, record, lastNumber);
    if (!isOpen()) return false;
    vault.transaction(() => store.deleteUnfinished());
    let rowCount = 0;
    let pending: { accountId: bigint; rows: SnapshotRow[] }[] = [];
    let pendingRows = 0;
    const write = () => {
      vault.transaction(() => {
        for (const { accountId, rows } of pending) store.write(record, accountId, rows);
      });
      rowCount += pendingRows;
      pending = [];
      pendingRows = 0;
    };
    for (const account of [...memory.current().accounts]) {
      if (account === undefined) continue;
      const accountId = account.info.id;
      const before = previous === undefined ? [] : store.rows(previous.record, accountId);
      const rows = addMovement(before, moved.get(accountId));
      pending.push({ accountId, rows });
      pendingRows += rows.length;
      if (pendingRows < ROWS_PER_STEP) continue;
      write();
      await yieldToLoop();
      if (!isOpen()) return false;
    }
    write();
    vault.transaction(() => {
      store.complete({ record, lastNumber, topNumber, rowCount });
      const state = memory.changing();
      state.snapshotTop = topNumber;
      state.snapshotRows = rowCount;
    });
    return true;
  }

  async function movementSince(
    previous: { record: bigint; lastNumber: number } | undefined,
    record: bigint,
    lastNumber: number,
  ): Promise<Movement> {
    const moved: Movement = new Map();
    const add = (rows: readonly DaySumRow[]) => {
      for (const row of rows) addDay(moved, row);
    };
    const day = END_OF_TIME_DAY;
    const after = previous?.record ?? 0n;
    // What is known at a record never changes later, so the loop may have its turns in between.
    add(asOf.resolvedDaySums({ after, upTo: record, day }));
    for (const batch of asOf.importBatches(after, record)) {
      if (!isOpen()) return moved;
      add(asOf.importDaySums(batch.import_id, batch.first_number));
      await yieldToLoop();
    }
    for (const range of directRanges(asOf, (previous?.lastNumber ?? 0) + 1, lastNumber)) {
      for (let first = range.first; first <= range.last; first += ENTRIES_PER_STEP) {
        if (!isOpen()) return moved;
        add(asOf.directDaySums({ first, last: Math.min(range.last, first + ENTRIES_PER_STEP - 1), day }));
        await yieldToLoop();
      }
    }
    return moved;
  }

  function takeOnce(): Promise<boolean> {
    running ??= take().finally(() => {
      running = undefined;
    });
    return running;
  }

  /** Takes a snapshot beside the commands, in a while. A failed one costs nothing but speed; the next one tries again. */
  function soon(): void {
    if (closed || cancelTimer !== undefined) return;
    cancelTimer = runtime.schedule(SOON_MS, () => {
      cancelTimer = undefined;
      if (isOpen()) takeOnce().catch(() => false);
    });
  }

  return {
    take: takeOnce,
    soon,
    /** Takes a snapshot soon where one is due. Called after each commit that made entries known. */
    afterCommit(): void {
      if (isDue()) soon();
    },
    /** Ends the work beside; a snapshot under way stops at its next step. */
    async close(): Promise<void> {
      closed = true;
      cancelTimer?.();
      await running?.catch(() => false);
    },
  };
}

export type Snapshots = ReturnType<typeof createSnapshots>;

function addDay(moved: Movement, row: DaySumRow): void {
  let days = moved.get(row.account_id);
  if (days === undefined) {
    days = new Map();
    moved.set(row.account_id, days);
  }
  const day = Number(row.effective_day);
  const sum = days.get(day);
  if (sum === undefined) days.set(day, { debit: row.debit, credit: row.credit });
  else {
    sum.debit += row.debit;
    sum.credit += row.credit;
  }
}

/** An account's rows with what moved since added to its days and carried forward. */
function addMovement(
  before: readonly SnapshotRow[],
  moved: ReadonlyMap<number, { debit: bigint; credit: bigint }> | undefined,
): SnapshotRow[] {
  if (moved === undefined) return [...before];
  const days = new Set<number>(before.map((row) => row.day));
  for (const day of moved.keys()) days.add(day);
  const rows: SnapshotRow[] = [];
  let next = 0;
  let debit = 0n;
  let credit = 0n;
  let debitMoved = 0n;
  let creditMoved = 0n;
  for (const day of [...days].sort((a, b) => a - b)) {
    const known = before[next];
    if (known?.day === day) {
      debit = known.debitMinor;
      credit = known.creditMinor;
      next += 1;
    }
    debitMoved += moved.get(day)?.debit ?? 0n;
    creditMoved += moved.get(day)?.credit ?? 0n;
    rows.push({ day, debitMinor: debit + debitMoved, creditMinor: credit + creditMoved });
  }
  return rows;
}
