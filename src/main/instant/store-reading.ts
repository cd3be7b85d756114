/** The tables of the room as screens read them. */
import type { InstantState } from '../../contract/instant.ts';
import type { Connection } from '../vault/index.ts';
import { type EventRow, PAYMENT_COLUMNS, type PaymentRow } from './store.ts';

export type PaymentWithState = PaymentRow & { readonly state: InstantState };

/** Money that stands in In-transit: of a payment, or of its return. */
export interface OpenLeg {
  readonly paymentId: bigint;
  readonly leg: 'payment' | 'return';
  /** The payment, or the notice of its return. */
  readonly legId: bigint;
  readonly bankAccountId: bigint;
  readonly currency: string;
  readonly rail: string | null;
  readonly transitMinor: bigint;
  readonly receivedAtMs: bigint;
  readonly dueAtMs: bigint;
  readonly overdueAtMs: bigint | null;
}

/** What waits for a statement of an own account until one deadline, signed. */
export interface WaitingSum {
  readonly bankAccountId: bigint;
  readonly dueAtMs: bigint;
  /** Stands in In-transit. */
  readonly transitMinor: bigint;
  /** Stands nowhere yet. */
  readonly waitingMinor: bigint;
}

/** Legs; `due` narrows the deadline, of a payment by the index that begins with its account. */
const legsOf = (due = '') => `SELECT p.id AS paymentId, 'payment' AS leg, p.id AS legId,
    p.bank_account_id AS bankAccountId, p.currency, p.rail, p.transit_minor AS transitMinor,
    p.received_at_ms AS receivedAtMs, p.due_at_ms AS dueAtMs, p.overdue_at_ms AS overdueAtMs
  FROM instant_payment p WHERE p.transit_minor <> 0
    ${due && `AND p.bank_account_id IN (SELECT id FROM bank_account) AND p.due_at_ms ${due}`}
  UNION ALL
  SELECT p.id, 'return', n.id, p.bank_account_id, p.currency, p.rail, n.transit_minor, p.received_at_ms,
    n.due_at_ms, p.overdue_at_ms
  FROM instant_notice n JOIN instant_payment p ON p.id = n.payment_id WHERE n.transit_minor <> 0
    ${due && `AND n.due_at_ms ${due}`}`;

const LEGS = legsOf();
const LEGS_OVERDUE = legsOf('< :now');

export function createReadingStore(db: Connection) {
  const byId = db.prepare<[bigint], PaymentWithState>(
    `SELECT ${PAYMENT_COLUMNS}, p.state FROM instant_payment p
     WHERE p.id = (SELECT coalesce(joined_to, id) FROM instant_payment WHERE id = ?)`,
  );
  const legsFrom = (source: string) =>
    db.prepare<{ now: bigint; dueAfter: bigint; idAfter: bigint; limit: bigint }, OpenLeg>(
      `SELECT * FROM (${source}) WHERE (dueAtMs, paymentId) > (:dueAfter, :idAfter)
       ORDER BY dueAtMs, paymentId, leg LIMIT :limit`,
    );
  const legs = legsFrom(LEGS);
  const legsOverdue = legsFrom(LEGS_OVERDUE);
  const newlyOverdue = db.prepare<{ now: bigint; limit: bigint }, OpenLeg>(
    `SELECT * FROM (${LEGS_OVERDUE}) WHERE overdueAtMs IS NULL ORDER BY dueAtMs, paymentId LIMIT :limit`,
  );
  const setOverdue = db.prepare('UPDATE instant_payment SET overdue_at_ms = ? WHERE id = ?');
  const sums = db.prepare<[], WaitingSum>(
    `SELECT bank_account_id AS bankAccountId, due_at_ms AS dueAtMs, transit_minor AS transitMinor,
       waiting_minor AS waitingMinor
     FROM instant_sum WHERE transit_minor <> 0 OR waiting_minor <> 0 ORDER BY bank_account_id, due_at_ms`,
  );
  const wrongSums = db
    .prepare<[], bigint>(
      `SELECT count(*) FROM instant_sum k FULL JOIN instant_sum_read r USING (bank_account_id, due_at_ms)
       WHERE ifnull(k.transit_minor, 0) <> ifnull(r.transit_minor, 0)
         OR ifnull(k.waiting_minor, 0) <> ifnull(r.waiting_minor, 0)
         OR ifnull(k.open_count, 0) <> ifnull(r.open_count, 0)`,
    )
    .pluck();
  const transitByCurrency = db.prepare<[], { currency: string; transitMinor: bigint }>(
    `SELECT a.currency, sum(s.transit_minor) AS transitMinor FROM instant_sum s
     JOIN bank_account a ON a.id = s.bank_account_id GROUP BY a.currency`,
  );
  const hours = db.prepare<
    [bigint, bigint],
    { bankAccountId: bigint; hourMs: bigint; inMinor: bigint; outMinor: bigint; payments: bigint }
  >(
    `SELECT bank_account_id AS bankAccountId, hour_ms AS hourMs, in_minor AS inMinor, out_minor AS outMinor, payments
     FROM instant_hour WHERE hour_ms >= ? AND hour_ms < ? ORDER BY bank_account_id, hour_ms`,
  );
  const events = db.prepare<{ id: bigint }, EventRow>(
    `SELECT payment_id AS paymentId, at_ms AS atMs, action, message_id AS messageId, notice_id AS noticeId,
       line_id AS lineId, entry_id AS entryId, record FROM instant_event
     WHERE payment_id IN (SELECT :id UNION ALL SELECT id FROM instant_payment WHERE joined_to = :id) ORDER BY id`,
  );
  const openAt = db.prepare<{ account: bigint; date: string }, OpenLeg & { readonly paidOn: string }>(
    `SELECT p.id AS paymentId, 'payment' AS leg, p.id AS legId, p.bank_account_id AS bankAccountId, p.currency, p.rail,
       iif(p.transit_minor <> 0, p.transit_minor, p.cleared_minor) AS transitMinor,
       p.received_at_ms AS receivedAtMs, p.due_at_ms AS dueAtMs, p.overdue_at_ms AS overdueAtMs, p.paid_on AS paidOn
     FROM instant_payment p WHERE p.bank_account_id = :account AND p.paid_on <= :date AND p.transit_minor <> 0
     UNION ALL
     SELECT p.id, 'payment', p.id, p.bank_account_id, p.currency, p.rail, p.cleared_minor, p.received_at_ms, p.due_at_ms,
       p.overdue_at_ms, p.paid_on
     FROM instant_payment p WHERE p.bank_account_id = :account AND p.paid_on <= :date
       AND p.cleared_minor <> 0 AND p.cleared_on > :date AND p.transit_minor = 0
     UNION ALL
     SELECT p.id, 'return', n.id, p.bank_account_id, p.currency, p.rail, n.transit_minor, p.received_at_ms, n.due_at_ms,
       p.overdue_at_ms, n.dated_on
     FROM instant_notice n JOIN instant_payment p ON p.id = n.payment_id
     WHERE n.transit_minor <> 0 AND p.bank_account_id = :account AND n.dated_on <= :date`,
  );
  const oneLeg = db.prepare<[string, bigint], OpenLeg>(`SELECT * FROM (${LEGS}) WHERE leg = ? AND legId = ?`);
  const badRows = db
    .prepare<[], bigint>(
      `SELECT count(*) FROM instant_payment p
       WHERE (p.line_id IS NOT NULL OR p.joined_to IS NOT NULL) AND p.transit_minor <> 0
         OR p.joined_to IS NOT NULL AND p.line_id IS NOT NULL OR p.returned_minor > abs(p.money_minor)`,
    )
    .pluck();
  const total = db.prepare<[], bigint>('SELECT count(*) FROM instant_payment').pluck();
  return {
    paymentWithState: (id: bigint) => byId.get(id),
    openLegs: (nowMs: number, overdueOnly: boolean, after: { due: bigint; id: bigint }, limit: number) =>
      (overdueOnly ? legsOverdue : legs).all({
        now: BigInt(Math.trunc(nowMs)),
        dueAfter: after.due,
        idAfter: after.id,
        limit: BigInt(limit),
      }),
    /** Legs whose deadline has passed and of which nobody was told yet. */
    newlyOverdue: (nowMs: number, limit: number) =>
      newlyOverdue.all({ now: BigInt(Math.trunc(nowMs)), limit: BigInt(limit) }),
    setOverdue: (id: bigint, atMs: number) => {
      setOverdue.run(BigInt(Math.trunc(atMs)), id);
    },
    /** What waits for a statement, by own account and deadline: sums that are kept, no scan. */
    sums: () => sums.all(),
    /** How many of the kept sums are not those of the payments. Reads all payments. */
    wrongSums: () => wrongSums.get()!,
    transitByCurrency: () => transitByCurrency.all(),
    hours: (fromMs: number, untilMs: number) => hours.all(BigInt(fromMs), BigInt(untilMs)),
    eventsOf: (paymentId: bigint) => events.all({ id: paymentId }),
    /** What stood in In-transit of an account at the end of a day. */
    openAt: (account: bigint, date: string) => openAt.all({ account, date }),
    openLeg: (leg: OpenLeg['leg'], id: bigint) => oneLeg.get(leg, id),
    /** Payments of which the sums cannot be right. */
    wrongPayments: () => badRows.get()!,
    paymentCount: () => total.get()!,
  };
}

export type ReadingStore = ReturnType<typeof createReadingStore>;
