import type { CalendarTask, Jobs } from '../jobs/index.ts';
import { BOOKS_EVERY_MS, FILE_EVERY_MS, type Verifier } from './verifier.ts';

/** What was missed is caught up this long after the opening, when the desk has had its first answers. */
const CATCH_UP_AFTER_MS = 2 * 60_000;

/** Work that has the machine to itself: it is waited for, since a verification can wait and a desk cannot. */
const COMES_FIRST = /^(intake|reconciliation|backup|vault|system)\./;

/**
 * Verifies books and log every day, and the file every week, unasked. What is found goes to the
 * heartbeat and the incidents by itself, so a run that finds damage has run; only one that ends
 * without an answer has failed.
 */
export function scheduledVerification(
  verifier: Pick<Verifier, 'run' | 'runFile'>,
  jobs: Pick<Jobs, 'list'>,
): CalendarTask[] {
  const isHeldUp = () => jobs.list().some(({ state, kind }) => state === 'running' && COMES_FIRST.test(kind));
  const entry = (name: string, everyMs: number, work: () => Promise<unknown>): CalendarTask => ({
    name,
    everyMs,
    firstAfterMs: everyMs,
    catchUpAfterMs: CATCH_UP_AFTER_MS,
    isHeldUp,
    async run() {
      await work();
    },
  });
  return [
    entry('verify.books', BOOKS_EVERY_MS, verifier.run),
    entry('verify.file', FILE_EVERY_MS, verifier.runFile),
  ];
}
