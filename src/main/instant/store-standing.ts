/** How the payments that were posted before their statement stand, counted in the tables. */
import type { Connection } from '../vault/index.ts';

export interface Standing {
  /** Payments that were ever posted before a statement confirmed them. */
  readonly prePosted: number;
  /** Of those: whose line of a statement has come, and whose has not. */
  readonly cleared: number;
  readonly open: number;
}

/** Counts them; for demonstrations and measurements, which look at a whole vault. */
export function readStanding(db: Connection): Standing {
  const row = db
    .prepare<[], { prePosted: number; cleared: number }>(
      `SELECT count(*) AS prePosted, count(p.line_id) AS cleared FROM instant_payment p
       WHERE p.joined_to IS NULL AND EXISTS (SELECT 1 FROM match m WHERE m.bank_transaction_id = p.id AND m.pre_posted = 1)`,
    )
    .safeIntegers(false)
    .get()!;
  return { ...row, open: row.prePosted - row.cleared };
}
