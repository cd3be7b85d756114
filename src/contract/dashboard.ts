import { z } from 'zod';
import { amountMinor, currency, isoDate, query } from './common.ts';

const amounts = z.array(z.object({ currency, amountMinor }));

export const dashboardFigures = z.object({
  cashNow: amounts,
  /** Value matched (automatically and by people), of all credits taken in. */
  reconciledValue: amounts,
  matchRate: z.object({ matched: z.number().int(), transactions: z.number().int() }),
  openItems: z.object({ count: z.number().int(), value: amounts }),
  unappliedCash: amounts,
  held: amounts,
  ageing: z.array(
    z.object({
      bucket: z.enum(['not-due', '1-30', '31-60', '61-90', 'over-90']),
      count: z.number().int(),
      value: amounts,
    }),
  ),
  cashByDay: z.array(
    z.object({
      date: isoDate,
      currency,
      balanceMinor: amountMinor,
      inMinor: amountMinor,
      outMinor: amountMinor,
    }),
  ),
  matchRateByDay: z.array(
    z.object({ date: isoDate, transactions: z.number().int(), matched: z.number().int() }),
  ),
  /** What waits for a person; each leads to its queue. */
  needsYou: z.array(
    z.object({
      kind: z.enum([
        'incidents', // open ones: nobody has acknowledged them
        'suggested',
        'unmatched',
        'statement-difference',
        'statement-gap',
        'quarantined',
        'keys', // to be replaced now
      ]),
      count: z.number().int(),
      /** Empty where it is not about money. */
      value: amounts,
    }),
  ),
  lastVerified: z.object({ atMs: z.number(), verified: z.boolean() }).nullable(),
  empty: z.boolean(),
});
export type DashboardFigures = z.infer<typeof dashboardFigures>;

export const dashboard = {
  figures: query('read').output(dashboardFigures),
};
