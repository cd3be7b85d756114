import { CountersignError, type Runtime } from '../base/index.ts';
import type { Vault } from '../vault/index.ts';
import { addPosting, MAX_SUM_MINOR, Undo } from './balances.ts';
import type { Memory } from './memory.ts';
import { BatchPlan, checkBalance, type PlannedEntry, type PlanReader, type ReversalTarget } from './plan.ts';
import { packedRoot } from './proof.ts';
import { type Delta, type JournalStore, runOf } from './store.ts';
import type { ImportStore } from './store-imports.ts';
import { postingsOfRow, type ReadStore, stateOfRow } from './store-read.ts';
import { addRange, type ImportSum } from './store-state.ts';
import type { BatchProof, EntryResult, NewEntry } from './types.ts';

export interface JournalParts {
  readonly vault: Vault;
  readonly runtime: Runtime;
  readonly memory: Memory;
  readonly store: JournalStore;
  readonly reads: ReadStore;
  readonly imports: ImportStore;
  /** Hears of entries written and balances moved, after the fact. */
  readonly onWritten: (written: { entries: number; balances: number; staged: boolean }) => void;
}

/** Writes the audit record over a batch and answers its number. */
export type RecordBatch = (batch: BatchProof) => bigint;

/** Entries of an import that share a batch: what one slice of discarding deletes. */
const STAGED_BATCH_ENTRIES = 2_000;

/** The journal's writing side: batches, imports and their publication. */
export function createJournal(parts: JournalParts) {
  const { vault, runtime, memory, store, reads, imports } = parts;

  const reader: PlanReader = {
    findAll: (ids) => store.findAll(ids),
    reversible(id): ReversalTarget {
      const row = reads.byId(id);
      if (row === undefined || row.record === null) return { state: 'unknown', number: 0, postings: [] };
      const number = Number(row.number);
      const postings = postingsOfRow(row);
      if (stateOfRow(row) !== 'posted') return { state: 'not-posted', number, postings };
      return { state: reads.isReversed(number) ? 'reversed' : 'posted', number, postings };
    },
  };

  /** A new batch, in the transaction under way: what it moves in memory is forgotten where that rolls back. */
  function plan(importId: bigint | null = null): BatchPlan {
    memory.changing();
    return new BatchPlan(memory, reader, { nowMs: runtime.nowMs(), importId });
  }

  /** Writes what a plan holds. `record` is called once, over the batch's root, where it holds anything. */
  function write(batch: BatchPlan, importId: bigint | null, record: RecordBatch): bigint {
    const state = memory.changing();
    const leaves = batch.leaves();
    const root = packedRoot(leaves);
    const count = batch.entries.length;
    const seq = record({ root: root.toString('hex'), count });
    if (importId === null) {
      // What was known at a record is found by numbers, so the two must rise together.
      if (seq < state.lastRecord) throw new Error('append: the record is older than that of the last batch');
      state.lastRecord = seq;
    }
    const firstNumber = state.nextNumber;
    const recordedAtMs = runtime.nowMs();
    const { entries } = batch;
    store.writeBatch({
      firstNumber,
      entries,
      leaves,
      root,
      record: importId === null ? seq : null,
      importId,
      recordedAtMs,
    });
    for (const { reversedNumber, index } of batch.reversals) {
      store.writeReversal(reversedNumber, firstNumber + index);
    }
    if (importId === null) store.writeBalances(batch.touched);
    state.nextNumber += count;
    if (importId === null && state.entryCount !== undefined) state.entryCount += count;
    if (batch.greatestKey > state.greatestKey) state.greatestKey = batch.greatestKey;
    parts.onWritten({ entries: count, balances: batch.touched.size, staged: importId !== null });
    return seq;
  }

  /** Writes a plan in the transaction it was made in; answers the record, `undefined` where there was nothing new. */
  function writePlan(batch: BatchPlan, record: RecordBatch): bigint | undefined {
    return batch.entries.length === 0 ? undefined : write(batch, null, record);
  }

  const resultOf = (planned: PlannedEntry, record: bigint | undefined): EntryResult => ({
    id: planned.id,
    repeated: planned.repeated,
    record: 'record' in planned ? planned.record : record!,
  });

  function append(entries: readonly NewEntry[], record: RecordBatch): AppendResult {
    if (vault.scope() === 0) return vault.transaction(() => append(entries, record));
    const batch = plan();
    // What it refuses leaves no trace, so that a caller may go on; what fails as it is written takes the caller along.
    const planned = batch.add(entries);
    const seq = vault.joined(() => writePlan(batch, record));
    const results = planned.map((entry) => resultOf(entry, seq));
    return { record: seq ?? results[0]?.record ?? 0n, ids: results.map((result) => result.id), results };
  }

  function stageBatch(importId: bigint, entries: readonly NewEntry[]): void {
    const batch = plan(importId);
    batch.add(entries);
    const count = batch.entries.length;
    if (count === 0) return;
    const state = memory.changing();
    const first = state.nextNumber;
    write(batch, importId, () => 0n);
    const deltas = deltasOf(batch);
    store.writeDeltas(importId, first, deltas);
    let staged = state.imports.get(importId);
    if (staged === undefined) {
      imports.open(importId);
      staged = { importId, ranges: [], sums: new Map() };
      state.imports.set(importId, staged);
    }
    addRange(staged.ranges, first, first + count - 1);
    if (staged.sums !== undefined) for (const delta of deltas) addDelta(staged.sums, delta);
  }

  function stage(importId: bigint, entries: readonly NewEntry[]): void {
    vault.transaction(() => {
      refusePublished(importId);
      for (let at = 0; at < entries.length; at += STAGED_BATCH_ENTRIES) {
        stageBatch(importId, entries.slice(at, at + STAGED_BATCH_ENTRIES));
      }
    });
  }

  function refusePublished(importId: bigint): void {
    if (imports.publicationOf(importId) === undefined) return;
    throw new CountersignError('LEDGER_IMPORT_PUBLISHED', 'The import was published before.');
  }

  function publish(importId: bigint, record: bigint): void {
    vault.transaction(() => {
      refusePublished(importId);
      const state = memory.changing();
      const { roots, count } = imports.batches(importId);
      const undo = new Undo();
      try {
        applySums(importId, undo);
        imports.publish({ importId, record, count, root: packedRoot(roots), recordedAtMs: runtime.nowMs() });
        store.writeBalances(undo.touched);
        undo.keep();
      } catch (error) {
        undo.restore();
        throw error;
      }
      if (state.entryCount !== undefined) state.entryCount += count;
      state.imports.delete(importId);
      parts.onWritten({ entries: count, balances: undo.touched.length, staged: false });
    });
  }

  /** What publishing an import adds to each account. */
  function sumsOf(importId: bigint): Map<bigint, ImportSum> {
    const kept = memory.current().imports.get(importId)?.sums;
    if (kept !== undefined) return kept;
    const sums = new Map<bigint, ImportSum>();
    for (const delta of imports.deltas(importId)) addDelta(sums, delta);
    return sums;
  }

  /** Adds an import's sums to the balances in memory; throws where a rule forbids it. */
  function applySums(importId: bigint, undo: Undo): void {
    const closedThrough = memory.current().closedThroughDay ?? Number.NEGATIVE_INFINITY;
    const sums = sumsOf(importId);
    for (const { firstDay } of sums.values()) {
      if (firstDay > closedThrough) continue;
      throw new CountersignError(
        'LEDGER_PERIOD_CLOSED',
        'An effective date of the import lies in a period closed since.',
      );
    }
    for (const [accountId, { debitMinor, creditMinor }] of sums) {
      const account = memory.find(accountId)!;
      if (account.terms.closed) {
        throw new CountersignError('LEDGER_ACCOUNT_CLOSED', 'An account of the import was closed since.');
      }
      undo.touch(account);
      account.debitMinor += debitMinor;
      account.creditMinor += creditMinor;
      checkBalance(account, debitMinor - creditMinor);
    }
  }

  /** Deletes the newest batch of an unpublished import; false where there is none left. */
  function discardBatch(importId: bigint): boolean {
    return vault.transaction(() => {
      refusePublished(importId);
      const newest = imports.newestBatch(importId);
      if (newest === undefined) {
        imports.close(importId);
        return false;
      }
      imports.deleteBatch(importId, newest, [runOf(newest.first), runOf(newest.last)]);
      // The ranges in memory are read again at the next use; this is rare and the list is short.
      memory.changing();
      memory.forget();
      return true;
    });
  }

  return {
    plan,
    writePlan,
    resultOf,
    append,
    stage,
    publish,
    discardBatch,
    stagedRoot(importId: bigint): BatchProof {
      const { roots, count } = imports.batches(importId);
      return { root: packedRoot(roots).toString('hex'), count };
    },
    unpublished: (): bigint[] => [...memory.current().imports.keys()],
  };
}

export type Journal = ReturnType<typeof createJournal>;

export interface AppendResult {
  /** The record over what was written; of the first entry, where all were repeated. */
  readonly record: bigint;
  readonly ids: Buffer[];
  /** One result an entry, in the order of the call. */
  readonly results: readonly EntryResult[];
}

/** What a staged batch adds to each account on each date. */
function deltasOf(batch: BatchPlan): Delta[] {
  const sums = new Map<string, { accountId: bigint; day: number } & ReturnType<typeof zero>>();
  const add = (accountId: bigint, day: number, amountMinor: bigint) => {
    const key = `${accountId} ${day}`;
    let sum = sums.get(key);
    if (sum === undefined) {
      sum = { accountId, day, ...zero() };
      sums.set(key, sum);
    }
    addPosting(sum, amountMinor, false);
  };
  for (const entry of batch.entries) {
    if (entry.lines === null) {
      add(entry.debitAccount as bigint, entry.day, entry.amountMinor);
      add(entry.creditAccount as bigint, entry.day, -entry.amountMinor);
    } else for (const line of entry.lines) add(line.accountId, entry.day, line.amountMinor);
  }
  for (const sum of sums.values()) {
    if (sum.debitMinor > MAX_SUM_MINOR || sum.creditMinor > MAX_SUM_MINOR) {
      throw new CountersignError(
        'LEDGER_AMOUNT_TOO_LARGE',
        'The sums of the import would not fit the ledger.',
      );
    }
  }
  return [...sums.values()].sort((a, b) =>
    a.accountId === b.accountId ? a.day - b.day : a.accountId < b.accountId ? -1 : 1,
  );
}

function addDelta(sums: Map<bigint, ImportSum>, { accountId, day, debitMinor, creditMinor }: Delta): void {
  const sum = sums.get(accountId);
  if (sum === undefined) sums.set(accountId, { debitMinor, creditMinor, firstDay: day });
  else {
    sum.debitMinor += debitMinor;
    sum.creditMinor += creditMinor;
    sum.firstDay = Math.min(sum.firstDay, day);
  }
}

const zero = () => ({ debitMinor: 0n, creditMinor: 0n, pendingDebitMinor: 0n, pendingCreditMinor: 0n });
