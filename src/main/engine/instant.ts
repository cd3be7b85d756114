import { createWriteOffReader, createWrittenOffPrePosts } from '../breaks/index.ts';
import { createInstant, type Instant, type InstantOptions } from '../instant/index.ts';
import type { CalendarTask, Feed } from '../jobs/index.ts';
import { FEED_FROM } from '../statements/index.ts';
import type { Vault } from '../vault/index.ts';
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
    writtenOff: createWrittenOffPrePosts(vault.db),
    isWrittenOff: createWriteOffReader(vault.db),
  });
  desks.ledger.addCheck(async () => ({
    name: 'money in transit equals open pre-postings',
    ...instant.verifyTransit(),
  }));
  return instant;
}

/** What was written off pays nothing until that is taken back: of a line, or of a payment in transit. */
export function writeOffs(vault: Vault): (transactionId: bigint) => boolean {
  const ofLine = createWriteOffReader(vault.db);
  const ofPayment = createWrittenOffPrePosts(vault.db);
  return (id) => (id > FEED_FROM ? ofPayment.has(`payment-${id}`) : ofLine(id));
}

/** Every hour it is looked at what no statement has confirmed in time. */
export const overdueTask = (instant: Instant, feed: Feed): CalendarTask => ({
  name: 'instant.overdue',
  everyMs: 3_600_000,
  run() {
    if (instant.tellOverdue() > 0) feed.changed('instant', 'audit');
  },
});
