import { SHA256_BYTES } from '../crypto/index.ts';
import { type AccountInfo, addPosting, type Turnover } from './balances.ts';
import { canonicalEntry } from './canonical.ts';
import { type Breathe, CheckLog, type LedgerCheck } from './findings.ts';
import { leafAt, packedRoot, writeLeaf } from './proof.ts';
import { PLACES_PER_ENTRY, RUN_ENTRIES, runOf } from './store.ts';
import { postingsOfRow } from './store-read.ts';
import type { VerifiedBatch, VerifiedEntry, VerifiedHistory, VerifyStore } from './store-verify.ts';

type Postings = readonly { readonly accountId: bigint; readonly amountMinor: bigint }[];

/** Entries read at a time: a run's share, so that one look takes some ten milliseconds. */
const ENTRIES_PER_STEP = RUN_ENTRIES / 8;
const PLACES = BigInt(PLACES_PER_ENTRY);
const BATCHES_PER_STEP = 100;

/** What moved on an account on a date, by the first snapshot that had to know of it. */
export class Movements {
  readonly #snapshots: readonly bigint[];
  readonly #places: Map<bigint, Map<number, { debit: bigint; credit: bigint }>>[];

  constructor(snapshots: readonly bigint[]) {
    this.#snapshots = snapshots;
    this.#places = snapshots.map(() => new Map());
  }

  add(record: bigint, day: number, postings: Postings): void {
    const place = this.#snapshots.findIndex((snapshot) => record <= snapshot);
    if (place < 0) return;
    const accounts = this.#places[place]!;
    for (const { accountId, amountMinor } of postings) {
      let days = accounts.get(accountId);
      if (days === undefined) {
        days = new Map();
        accounts.set(accountId, days);
      }
      let sum = days.get(day);
      if (sum === undefined) {
        sum = { debit: 0n, credit: 0n };
        days.set(day, sum);
      }
      if (amountMinor > 0n) sum.debit += amountMinor;
      else sum.credit -= amountMinor;
    }
  }

  /** What the `place`-th snapshot knows beyond the one before it. */
  of(place: number): ReadonlyMap<bigint, ReadonlyMap<number, { debit: bigint; credit: bigint }>> {
    return this.#places[place]!;
  }
}

/** Reads every entry once, in batches, and holds it against everything that follows from it. */
export function createJournalCheck(store: VerifyStore, accounts: ReadonlyMap<bigint, AccountInfo>) {
  const balanced = new CheckLog('every entry balances in each of its currencies');
  const leaves = new CheckLog('every entry has the leaf of its content');
  const roots = new CheckLog('every batch has the root of its leaves');
  const keys = new CheckLog('every entry is found by its id');
  const history = new CheckLog('the account history is that of the postings');
  const staged = new CheckLog('what is staged counts nowhere, what was published counts once');
  const periods = new CheckLog('no entry became known in a period closed before');
  const closed = store.closedPeriods();
  const movements = new Movements(store.snapshots().map((snapshot) => snapshot.record));
  const sums = new Map<bigint, Turnover>();
  const totals = { entries: 0, pending: 0, reversals: 0 };
  /** Rows that the account history is to hold, by run. */
  const historyRows = new Map<number, number>();

  function checkEntry(
    entry: VerifiedEntry,
    postings: Postings,
    leaf: Buffer | undefined,
    computed: Buffer,
  ): void {
    const byCurrency = new Map<string, bigint>();
    let placed = postings.length >= 2;
    for (const { accountId, amountMinor } of postings) {
      const account = accounts.get(accountId);
      if (account?.currency == null || !account.postable || amountMinor === 0n) placed = false;
      const currency = account?.currency ?? '';
      byCurrency.set(currency, (byCurrency.get(currency) ?? 0n) + amountMinor);
    }
    const zero = [...byCurrency.values()].every((sum) => sum === 0n);
    balanced.expect(placed && zero, () => `entry ${entry.number} does not balance`);
    leaves.expect(
      leaf?.equals(computed) === true,
      () => `entry ${entry.number} has another content than its leaf`,
    );
  }

  /** The record from which the entry's postings count; null where they do not, or not yet. */
  function countsFrom(entry: VerifiedEntry, known: bigint | null): bigint | null {
    if (entry.pending === 0n) return known;
    return entry.outcome === 'posted' ? entry.resolved : null;
  }

  function count(entry: VerifiedEntry, postings: Postings, known: bigint | null): void {
    if (known === null) return;
    const waits = entry.pending === 1n && entry.outcome === null;
    if (waits) totals.pending += 1;
    if (entry.pending === 1n && (entry.open === 1n) !== waits)
      staged.fail(`entry ${entry.number} is not listed as pending`);
    const from = countsFrom(entry, known);
    if (!waits && from === null) return;
    for (const { accountId, amountMinor } of postings) {
      let sum = sums.get(accountId);
      if (sum === undefined) {
        sum = { debitMinor: 0n, creditMinor: 0n, pendingDebitMinor: 0n, pendingCreditMinor: 0n };
        sums.set(accountId, sum);
      }
      addPosting(sum, amountMinor, waits);
    }
    if (from === null) return;
    const day = Number(entry.effective_day);
    movements.add(from, day, postings);
    const late = closed.find((period) => Number(period.through_day) >= day && period.record < from);
    periods.expect(
      late === undefined,
      () => `entry ${entry.number} became known after its period was closed`,
    );
  }

  function checkHistory(first: number, last: number, expected: readonly VerifiedHistory[]): void {
    const rows = store.history(first, last);
    for (let i = 0; i < Math.max(rows.length, expected.length); i += 1) {
      const row = rows[i];
      const want = expected[i];
      const same =
        row !== undefined &&
        want !== undefined &&
        row.place === want.place &&
        row.account_id === want.account_id &&
        row.effective_day === want.effective_day &&
        row.amount_minor === want.amount_minor;
      history.expect(same, () => `the account history differs at entry ${(want ?? row)!.place / PLACES}`);
      if (!same) break;
    }
    const run = runOf(first);
    historyRows.set(run, (historyRows.get(run) ?? 0) + expected.length);
  }

  /** Entries of one batch within one run. */
  function checkStep(
    batch: VerifiedBatch,
    stored: Buffer,
    computed: Buffer,
    first: number,
    last: number,
  ): void {
    const start = Number(batch.first_number);
    const known = batch.record ?? batch.published;
    const entries = store.entries(first, last);
    if (entries.length !== last - first + 1)
      roots.fail(`entries are missing in the batch from entry ${start} on`);
    const expected: VerifiedHistory[] = [];
    for (const entry of entries) {
      const postings = postingsOfRow(entry);
      const index = Number(entry.number) - start;
      writeLeaf(computed, index, canonicalEntry(canonicalRow(entry, postings)));
      checkEntry(entry, postings, leafAt(stored, index), leafAt(computed, index));
      count(entry, postings, known);
      totals.entries += 1;
      if (entry.reverses !== null) totals.reversals += 1;
      if (entry.pending === 1n && entry.outcome !== 'posted') continue;
      for (const [line, { accountId, amountMinor }] of postings.entries()) {
        expected.push({
          account_id: accountId,
          effective_day: entry.effective_day,
          place: entry.number * PLACES + BigInt(line),
          amount_minor: amountMinor,
        });
      }
    }
    const found = store.keys(first, last);
    keys.examined += entries.length;
    if (found !== entries.length)
      keys.fail(`${entries.length - found} of entries ${first} to ${last} have no key`);
    checkHistory(first, last, expected);
  }

  /** What an import's batch adds to balances is what its entries say. */
  function checkDeltas(batch: VerifiedBatch): void {
    const start = Number(batch.first_number);
    const last = start + Number(batch.entry_count) - 1;
    const expected = new Map<string, bigint>();
    const add = (key: string, amount: bigint) => expected.set(key, (expected.get(key) ?? 0n) + amount);
    for (const entry of store.entries(start, last)) {
      for (const { accountId, amountMinor } of postingsOfRow(entry)) {
        const side = amountMinor > 0n ? 'debit' : 'credit';
        add(`${accountId} ${entry.effective_day} ${side}`, amountMinor > 0n ? amountMinor : -amountMinor);
      }
    }
    for (const delta of store.deltas(batch.import_id!, batch.first_number)) {
      add(`${delta.account_id} ${delta.effective_day} debit`, -delta.debit_minor);
      add(`${delta.account_id} ${delta.effective_day} credit`, -delta.credit_minor);
    }
    const same = [...expected.values()].every((difference) => difference === 0n);
    staged.expect(
      same,
      () => `the sums of the import's batch from entry ${start} on are not those of its entries`,
    );
  }

  async function checkBatch(batch: VerifiedBatch, breathe: Breathe): Promise<number> {
    const start = Number(batch.first_number);
    const end = start + Number(batch.entry_count) - 1;
    const stored = store.leaves(batch.first_number) ?? Buffer.alloc(0);
    const computed = Buffer.alloc(Number(batch.entry_count) * SHA256_BYTES);
    for (let first = start; first <= end; ) {
      const stepEnd = (Math.floor(first / ENTRIES_PER_STEP) + 1) * ENTRIES_PER_STEP - 1;
      const last = Math.min(end, stepEnd);
      checkStep(batch, stored, computed, first, last);
      first = last + 1;
      await breathe();
    }
    const same = packedRoot(computed).equals(batch.root) && stored.byteLength === computed.byteLength;
    roots.expect(same, () => `the batch from entry ${start} on has another root than its entries`);
    if (batch.import_id !== null) checkDeltas(batch);
    return end;
  }

  return {
    movements,
    sums,
    totals,

    async run(breathe: Breathe, onProgress?: (share: number) => void): Promise<void> {
      const lastRun = store.lastRun();
      let after = 0;
      let end = 0;
      for (;;) {
        const batches = store.batchesAfter(after, BATCHES_PER_STEP);
        for (const batch of batches) {
          after = Number(batch.first_number);
          const stray = store.stray(end, after);
          if (stray !== undefined) roots.fail(`entry ${stray} belongs to no batch`);
          if (after <= end) roots.fail(`the batch from entry ${after} on overlaps the one before it`);
          end = await checkBatch(batch, breathe);
          onProgress?.(runOf(end) / (lastRun + 1));
        }
        if (batches.length < BATCHES_PER_STEP) break;
      }
      const stray = store.stray(end, Number.MAX_SAFE_INTEGER);
      if (stray !== undefined) roots.fail(`entry ${stray} belongs to no batch`);
      for (const importId of store.wronglyListed()) {
        staged.fail(`import ${importId} is staged and not listed, or listed and published`);
      }
      for (let run = 0; run <= lastRun; run += 1) {
        const rows = store.historyCount(run);
        if (rows !== (historyRows.get(run) ?? 0))
          history.fail(`run ${run} of the account history has rows of no entry`);
        await breathe();
      }
      onProgress?.(1);
    },

    results: (): LedgerCheck[] =>
      [balanced, leaves, roots, keys, history, staged, periods].map((log) => log.result()),
  };
}

/** A row as its input was hashed. */
function canonicalRow(entry: VerifiedEntry, postings: Postings) {
  return {
    id: entry.id,
    day: Number(entry.effective_day),
    reason: entry.reason,
    memo: entry.memo,
    source: entry.source_kind === null ? null : { kind: entry.source_kind, id: entry.source_id! },
    reverses: entry.reverses,
    pending: entry.pending === 1n,
    expiresAtMs: entry.expires_at_ms === null ? null : Number(entry.expires_at_ms),
    debitAccount: entry.debit_account ?? 0n,
    creditAccount: entry.credit_account ?? 0n,
    amountMinor: entry.amount_minor ?? 0n,
    lines: entry.postings === null ? null : postings,
  };
}
