import type { Recorder } from '../audit/index.ts';
import type { Runtime } from '../base/index.ts';
import { addDays, CountersignError, dateOfMs, type IsoDate, idToText } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import type { Vault } from '../vault/index.ts';
import { dateOfDay, dayOf } from './days.ts';
import type { AppendResult, Journal } from './journal.ts';
import type { Memory } from './memory.ts';
import type { Queries } from './queries.ts';
import { postingsOfRow } from './store-read.ts';
import type { StateStore } from './store-state.ts';
import type { BatchProof, EntryResult, NewEntry } from './types.ts';

export interface ServiceParts {
  readonly vault: Vault;
  readonly audit: Recorder;
  readonly runtime: Runtime;
  readonly memory: Memory;
  readonly state: StateStore;
  readonly journal: Journal;
  readonly queries: Queries;
  readonly newId: () => Buffer;
}

export interface Reversal {
  readonly entryId: Buffer;
  /** Why, in words; kept as the memo of the reversal. */
  readonly reason: string;
  readonly effectiveDate?: IsoDate | undefined;
}

/** What the record over entries says: the root that covers them, and which they are where they are few. */
const NAMED_ENTRIES = 20;

/** The commands of the ledger that people and desks call by themselves: each one transaction and one record. */
export function createService(parts: ServiceParts) {
  const { vault, audit, runtime, memory, state, journal, queries, newId } = parts;

  /** The record over a batch of a caller's own. `journal` names what `ledger.verify` compares. */
  const recordBatch = (kind: string, caller: Caller, ids: readonly Buffer[]) => (proof: BatchProof) =>
    audit.record({
      kind,
      actor: caller.actor,
      ...(caller.traceId === '' ? {} : { traceId: caller.traceId }),
      subjects: ids.slice(0, NAMED_ENTRIES).map((id) => ({ kind: 'entry', id: idToText(id) })),
      detail: { journal: { root: proof.root, count: proof.count } },
    });

  function post(entries: readonly NewEntry[], caller: Caller, kind = 'ledger.post'): AppendResult {
    const ids = entries.map((entry) => entry.id);
    return journal.append(entries, recordBatch(kind, caller, ids));
  }

  function reverse({ entryId, reason, effectiveDate }: Reversal, caller: Caller): EntryResult {
    return vault.transaction(() => {
      const row = queries.known(entryId);
      const entry: NewEntry = {
        id: newId(),
        effectiveDate: effectiveDate ?? openDate(Number(row.effective_day)),
        reason: 'reversal',
        memo: reason,
        source: { kind: 'entry', id: idToText(entryId) },
        reverses: entryId,
        postings: postingsOfRow(row).map(({ accountId, amountMinor }) => ({
          accountId,
          amountMinor: -amountMinor,
        })),
      };
      return post([entry], caller, 'ledger.reverse').results[0]!;
    });
  }

  /** The entry's own date while it is open, else today's, and never one in a closed period. */
  function openDate(day: number): IsoDate {
    const closedThrough = memory.current().closedThroughDay;
    if (closedThrough === null || day > closedThrough) return dateOfDay(day);
    const today = dateOfMs(runtime.nowMs());
    const firstOpen = addDays(dateOfDay(closedThrough), 1);
    if (today < firstOpen) return firstOpen;
    return today;
  }

  function closePeriod(through: IsoDate, caller: Caller): IsoDate {
    return vault.transaction(() => {
      const day = dayOf(through);
      if (day === undefined) {
        throw new CountersignError('LEDGER_DATE_INVALID', 'The date does not exist.', {
          path: 'through',
          expected: 'YYYY-MM-DD',
        });
      }
      const current = memory.changing();
      const inOrder = current.closedThroughDay === null || day > current.closedThroughDay;
      if (!inOrder || through >= dateOfMs(runtime.nowMs())) {
        throw new CountersignError(
          'LEDGER_PERIOD_ORDER',
          'Periods close in order and only up to a date in the past.',
          {
            path: 'through',
            expected: 'a date before today and after the last closed one',
          },
        );
      }
      const record = audit.record({
        kind: 'ledger.close-period',
        actor: caller.actor,
        ...(caller.traceId === '' ? {} : { traceId: caller.traceId }),
        subjects: [{ kind: 'period', id: through }],
        detail: { through },
      });
      state.closePeriod(day, record, runtime.nowMs());
      current.closedThroughDay = day;
      return through;
    });
  }

  return { post, reverse, closePeriod, recordBatch };
}

export type Service = ReturnType<typeof createService>;
