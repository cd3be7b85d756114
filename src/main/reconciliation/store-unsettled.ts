/** Lines that no match settles, for whoever asks how long they have stood. */
import type { IsoDate } from '../base/index.ts';
import type { Connection } from '../vault/index.ts';

/** A considered line that is unmatched, or has nothing but suggestions. */
export interface UnsettledRow {
  readonly transactionId: bigint;
  readonly bookingDate: IsoDate;
  readonly currency: string;
  /** Signed: credit is positive. */
  readonly amountMinor: bigint;
}

const ROWS_A_READ = 500;
const COLUMNS = `bank_transaction_id AS transactionId, booking_date AS bookingDate, currency,
  money_minor AS amountMinor`;
const UNSETTLED = "status IN ('unmatched', 'suggested') AND money_minor <> 0";

export interface UnsettledReader {
  /** Booked up to a day, in ascending ids, a few hundred at a time. */
  unsettledUpTo(date: IsoDate): Generator<readonly UnsettledRow[], void, void>;
  unsettled(transactionId: bigint): UnsettledRow | undefined;
}

export function createUnsettledReader(db: Connection): UnsettledReader {
  const after = db.prepare<[string, bigint, bigint], UnsettledRow>(
    `SELECT ${COLUMNS} FROM match_state WHERE ${UNSETTLED} AND booking_date <= ? AND bank_transaction_id > ?
     ORDER BY bank_transaction_id LIMIT ?`,
  );
  const byId = db.prepare<[bigint], UnsettledRow>(
    `SELECT ${COLUMNS} FROM match_state WHERE bank_transaction_id = ? AND ${UNSETTLED}`,
  );
  return {
    *unsettledUpTo(date) {
      let last = 0n;
      for (;;) {
        const rows = after.all(date, last, BigInt(ROWS_A_READ));
        if (rows.length === 0) return;
        yield rows;
        last = rows.at(-1)!.transactionId;
      }
    },
    unsettled: (transactionId) => byId.get(transactionId),
  };
}
