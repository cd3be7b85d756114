import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { command, query } from './common.ts';
import { incidentSeverity } from './incidents.ts';

export const jobsErrors = {
  JOB_UNKNOWN: 'There is no job under that id.',
} as const;

export const job = z.object({
  id: z.string(),
  /** room.verb, as the audit log names it: `intake.import`, `reconciliation.run`, `ledger.verify`. */
  kind: z.string(),
  /** What is worked on, for people; never a name or an account number. */
  label: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  /** 0 to 1; null while the whole is not known. */
  progress: z.number().nullable(),
  /** What is being done right now: `parsing`, `posting`, `matching`. */
  stage: z.string().nullable(),
  doneCount: z.number().int().nullable(),
  totalCount: z.number().int().nullable(),
  cancellable: z.boolean(),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type Job = z.infer<typeof job>;

/** What the screen hears of: work that moves, and rooms whose data changed. */
export const feedEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job'), job }),
  z.object({ type: z.literal('changed'), rooms: z.array(z.string()) }),
  z.object({ type: z.literal('locked') }),
  /** Something that a person must look at. Whoever may read asks for its title. */
  z.object({
    type: z.literal('incident'),
    incident: z.object({
      id: z.string(),
      kind: z.string(),
      severity: incidentSeverity,
      action: z.enum(['raised', 'recurred', 'worsened', 'escalated', 'overdue']),
    }),
  }),
]);
export type FeedEvent = z.infer<typeof feedEvent>;

export const jobs = {
  list: query('read').output(z.array(job)),
  cancel: command('read')
    .input(z.object({ id: z.string() }))
    .output(job),
  /** Every change from now on, until the caller stops listening. */
  watch: query('open').output(eventIterator(feedEvent)),
};
