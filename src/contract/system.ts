import { z } from 'zod';
import { command, query } from './common.ts';

export const healthAnswer = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), message: z.string() })),
  version: z.string(),
  uptimeMs: z.number(),
});

export const system = {
  /** What is wrong, if anything is. Answers without a vault too. */
  health: query('open').output(healthAnswer),
  /** The Prometheus text form of every series. */
  metrics: query('read').output(z.string()),
  /** Books and log in one: `ledger.verify` and `audit.verify`. */
  verify: query('verify').output(
    z.object({
      verified: z.boolean(),
      checks: z.array(
        z.object({
          name: z.string(),
          ok: z.boolean(),
          examined: z.number().int(),
          findings: z.array(z.string()),
        }),
      ),
      durationMs: z.number(),
    }),
  ),
  /** Takes in the sample data and runs the main job on it; a vault that holds it already is left as it is. */
  demo: command('demo').output(
    z.object({
      imported: z.number().int(),
      matched: z.number().int(),
      suggested: z.number().int(),
      unmatched: z.number().int(),
      posted: z.number().int(),
      verified: z.boolean(),
    }),
  ),
};
