/** Pre-postings that no statement has confirmed in time: each is told of once. */
import type { InstantContext } from './context.ts';
import { SYSTEM } from './context.ts';
import { happened } from './joining.ts';
import type { ReadingStore } from './store-reading.ts';

/** Payments that one transaction tells of. */
const BATCH = 100;

/** Tells of all that became overdue; answers how many. Each batch is one transaction and one record. */
export function tellOverdue(context: InstantContext, reads: ReadingStore): number {
  const { reconciliation, runtime } = context;
  let told = 0;
  for (;;) {
    const nowMs = runtime.nowMs();
    const legs = reads.newlyOverdue(nowMs, BATCH);
    if (legs.length === 0) return told;
    reconciliation.instant.change(SYSTEM, 'instant.overdue', (changes) => {
      for (const leg of legs) {
        reads.setOverdue(leg.paymentId, nowMs);
        happened({ context, changes, atMs: nowMs }, leg.paymentId, 'overdue');
        changes.say({ action: 'overdue', transaction: leg.paymentId, transitMinor: leg.transitMinor });
      }
    });
    told += legs.length;
    if (legs.length < BATCH) return told;
  }
}
