/** The tables of the room as far as people took back which line a payment is. */
import type { Connection } from '../vault/index.ts';

export function partingQueries(db: Connection) {
  const unsetLine = db.prepare(
    'UPDATE instant_payment SET line_id = NULL, cleared_on = NULL, cleared_minor = 0 WHERE id = ?',
  );
  const insert = db.prepare(
    'INSERT OR IGNORE INTO instant_parted (payment_id, line_id, record) VALUES (?, ?, ?)',
  );
  const find = db
    .prepare<[bigint, bigint], bigint>(
      'SELECT EXISTS (SELECT 1 FROM instant_parted WHERE payment_id = ? AND line_id = ?)',
    )
    .pluck();
  const carry = db.prepare(
    'INSERT OR IGNORE INTO instant_parted SELECT ?, line_id, record FROM instant_parted WHERE payment_id = ?',
  );
  const wasRejected = db
    .prepare<[bigint, bigint], bigint>(
      `SELECT EXISTS (SELECT 1 FROM instant_event
         WHERE payment_id = ? AND line_id = ? AND action = 'booked-after-rejection')`,
    )
    .pluck();
  return {
    unsetLine: (id: bigint) => {
      unsetLine.run(id);
    },
    /** A person said that the line is not the payment. */
    insertParted: (paymentId: bigint, lineId: bigint, record: bigint) => {
      insert.run(paymentId, lineId, record);
    },
    /** Of a payment that turned out to be another one the same was said. */
    carryParted: (from: bigint, to: bigint) => {
      carry.run(to, from);
    },
    isParted: (paymentId: bigint, lineId: bigint) => find.get(paymentId, lineId) === 1n,
    /** Whether the payment had been rejected before the line seemed to bring it. */
    wasRejectedBefore: (paymentId: bigint, lineId: bigint) => wasRejected.get(paymentId, lineId) === 1n,
  };
}
