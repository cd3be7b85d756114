import type { Recorder } from '../audit/index.ts';
import { CountersignError, idToText, type Runtime } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import type { Vault } from '../vault/index.ts';
import { SYSTEM } from './accounts.ts';
import { type AccountState, addPosting, releasePending } from './balances.ts';
import type { Memory } from './memory.ts';
import type { Queries } from './queries.ts';
import type { JournalStore } from './store.ts';
import type { PendingOutcome, PendingStore } from './store-pending.ts';
import { type JournalRow, postingsOfRow, type ReadStore, stateOfRow } from './store-read.ts';
import type { EntryResult } from './types.ts';

/** Entries that one sweep lets expire; the next sweep takes the rest. */
const SWEEP_ENTRIES = 500;

/** What happens to pending entries: a person posts or voids them, or their time is over. */
export function createPending(parts: {
  vault: Vault;
  audit: Recorder;
  runtime: Runtime;
  memory: Memory;
  store: JournalStore;
  reads: ReadStore;
  pending: PendingStore;
  queries: Queries;
}) {
  const { vault, audit, runtime, memory, store, reads, pending, queries } = parts;

  /** Takes an entry out of the pending amounts and, where it is posted, into the posted ones. */
  function settle(row: JournalRow, outcome: PendingOutcome, record: bigint): void {
    const touched = new Set<AccountState>();
    for (const { accountId, amountMinor } of postingsOfRow(row)) {
      const account = memory.find(accountId)!;
      releasePending(account, amountMinor);
      if (outcome === 'posted') addPosting(account, amountMinor, false);
      touched.add(account);
    }
    const number = Number(row.number);
    pending.resolve(number, outcome, record, runtime.nowMs());
    if (outcome === 'posted') store.writeHistoryOf(number, Number(row.effective_day), postingsOfRow(row));
    store.writeBalances(touched);
  }

  function resolve(entryId: Buffer, action: 'post' | 'void', caller: Caller): EntryResult {
    return vault.transaction(() => {
      const row = queries.known(entryId);
      const expired = row.expires_at_ms !== null && Number(row.expires_at_ms) <= runtime.nowMs();
      if (stateOfRow(row) !== 'pending' || expired) {
        throw new CountersignError('LEDGER_NOT_PENDING', 'The entry is not pending any more.', {
          path: 'entryId',
        });
      }
      const closedThrough = memory.current().closedThroughDay;
      if (action === 'post') {
        if (closedThrough !== null && Number(row.effective_day) <= closedThrough) {
          throw new CountersignError(
            'LEDGER_PERIOD_CLOSED',
            'The effective date lies in a period closed since.',
            {
              path: 'entryId',
            },
          );
        }
      }
      memory.changing();
      const outcome = action === 'post' ? 'posted' : 'voided';
      const record = audit.record({
        kind: `ledger.pending-${action}`,
        actor: caller.actor,
        ...(caller.traceId === '' ? {} : { traceId: caller.traceId }),
        subjects: [{ kind: 'entry', id: idToText(entryId) }],
        detail: { entry: idToText(entryId), outcome },
      });
      settle(row, outcome, record);
      return { id: entryId, record, repeated: false };
    });
  }

  /** Lets entries expire whose time is over; answers how many. One record covers one sweep. */
  function expire(): number {
    const numbers = pending.expired(runtime.nowMs(), SWEEP_ENTRIES);
    if (numbers.length === 0) return 0;
    return vault.transaction(() => {
      memory.changing();
      const rows = numbers.map((number) => reads.byNumber(number)!);
      const ids = rows.map((row) => idToText(row.id));
      const record = audit.record({
        kind: 'ledger.pending-expire',
        actor: SYSTEM.actor,
        subjects: ids.map((id) => ({ kind: 'entry', id })),
        detail: { entries: ids, outcome: 'expired' },
      });
      for (const row of rows) settle(row, 'expired', record);
      return rows.length;
    });
  }

  return { resolve, expire };
}
