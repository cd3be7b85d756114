import type { Memory, NumberRange } from './memory.ts';
import { RUN_ENTRIES, runOf } from './store.ts';
import type { ReadStore } from './store-read.ts';

export interface EntryFilter {
  readonly accountId?: bigint | undefined;
  readonly reason?: string | undefined;
  readonly source?: { readonly kind: string; readonly id: string } | undefined;
}

interface Parts {
  readonly memory: Memory;
  readonly reads: ReadStore;
}

/** Parts of `[first, last]` that do not lie in hidden ranges, the greatest first. `hidden` ascends. */
export function* visibleRanges(
  hidden: readonly NumberRange[],
  first: number,
  last: number,
): Generator<NumberRange> {
  let to = last;
  for (let i = hidden.length - 1; i >= 0 && to >= first; i -= 1) {
    const range = hidden[i]!;
    if (range.first > to) continue;
    if (range.last < first) break;
    if (range.last < to) yield { first: range.last + 1, last: to };
    to = Math.min(to, range.first - 1);
  }
  if (to >= first) yield { first, last: to };
}

/** Up to `limit` numbers below `below` that a filter lets through, the greatest first. */
export function entryNumbers(
  { memory, reads }: Parts,
  filter: EntryFilter,
  below: number,
  limit: number,
): number[] {
  const top = Math.min(below, memory.current().nextNumber) - 1;
  const found: number[] = [];
  for (const number of candidates({ memory, reads }, filter, top, limit)) {
    found.push(number);
    if (found.length === limit) break;
  }
  return found;
}

/** Numbers by the narrowest index there is for the filter: source, then account, then reason. */
function* candidates(
  { memory, reads }: Parts,
  filter: EntryFilter,
  top: number,
  limit: number,
): Generator<number> {
  const hidden = memory.hidden();
  const { accountId, reason, source } = filter;
  if (source !== undefined) {
    const isHidden = (number: number) =>
      hidden.some((range) => range.first <= number && number <= range.last);
    for (const number of reads.numbersBySource(source, top + 1)) {
      if (!isHidden(number) && reads.matches(number, accountId, reason)) yield number;
    }
  } else if (accountId !== undefined) {
    const posted = postedOn(reads, hidden, accountId, top);
    for (const number of merged(posted, reads.pendingOn(accountId, top))) {
      if (reason === undefined || reads.matches(number, undefined, reason)) yield number;
    }
  } else if (reason !== undefined) {
    for (const batch of reads.batchesOfReason(reason, top)) {
      for (const range of visibleRanges(hidden, batch.first, Math.min(batch.last, top))) {
        yield* reads.numbersByReason(reason, range, limit);
      }
    }
  } else {
    for (const range of visibleRanges(hidden, 1, top)) yield* reads.numbersIn(range, limit);
  }
}

/** Numbers of posted entries that touch an account, the greatest first, run by run. */
function* postedOn(
  reads: ReadStore,
  hidden: readonly NumberRange[],
  accountId: bigint,
  top: number,
): Generator<number> {
  for (let run = runOf(Math.max(top, 0)); run >= 0; run -= 1) {
    const last = Math.min(top, (run + 1) * RUN_ENTRIES - 1);
    for (const range of visibleRanges(hidden, run * RUN_ENTRIES, last)) {
      yield* reads.numbersInRun(run, accountId, range);
    }
  }
}

/** Two descending lists as one. */
export function* merged(long: Iterable<number>, short: readonly number[]): Generator<number> {
  let next = 0;
  for (const number of long) {
    while (next < short.length && short[next]! > number) {
      yield short[next]!;
      next += 1;
    }
    yield number;
  }
  yield* short.slice(next);
}
