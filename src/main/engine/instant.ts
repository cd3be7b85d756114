import { createWriteOffReader } from '../breaks/index.ts';
import { createInstant, type Instant, type InstantOptions } from '../instant/index.ts';
import type { CalendarTask, Feed } from '../jobs/index.ts';
import type { Console, ConsoleOptions } from './console.ts';

/** The desk of instant payments, with its check among the laws of the books. */
export function wireInstant(
  { vault, runtime, log }: ConsoleOptions,
  rooms: Pick<InstantOptions, 'sealing' | 'ledger' | 'statements' | 'reconciliation' | 'book'> &
    Pick<Console, 'incidents'>,
): Instant {
  const { incidents, ...desks } = rooms;
  const instant = createInstant({
    ...{ ...desks, vault, runtime, log, raise: incidents.raise },
    isWrittenOff: createWriteOffReader(vault.db),
  });
  desks.ledger.addCheck(async () => ({
    name: 'money in transit equals open pre-postings',
    ...instant.verifyTransit(),
  }));
  return instant;
}

/** Every hour it is looked at what no statement has confirmed in time. */
export const overdueTask = (instant: Instant, feed: Feed): CalendarTask => ({
  name: 'instant.overdue',
  everyMs: 3_600_000,
  run() {
    if (instant.tellOverdue() > 0) feed.changed('instant', 'audit');
  },
});
