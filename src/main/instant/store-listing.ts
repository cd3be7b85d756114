/** The tables of the room as the list of payments pages through them. */
import type { InstantState } from '../../contract/instant.ts';
import type { Connection } from '../vault/index.ts';
import { PAYMENT_COLUMNS } from './store.ts';
import type { PaymentWithState } from './store-reading.ts';

/** A place in the list: the newest payments come first. */
export interface ListPlace {
  readonly receivedAtMs: bigint;
  readonly id: bigint;
}

/** What of the list is walked: by an index, so that a step looks at these payments and no others. */
export interface ListWalk {
  readonly state: InstantState | null;
  readonly fromMs: bigint;
  readonly beforeMs: bigint;
}

/** What each payment that is looked at must be; null asks for nothing. */
export interface ListTest extends ListWalk {
  readonly account: bigint | null;
  readonly rail: string | null;
  readonly currency: string | null;
  readonly direction: 'credit' | 'debit' | null;
  readonly matchedAtOnce: bigint | null;
  readonly inTransit: bigint | null;
  readonly due: bigint | null;
}

const WALK = (where: string) => `SELECT received_at_ms AS receivedAtMs, id FROM instant_payment
  WHERE ${where} received_at_ms >= :fromMs AND received_at_ms < :beforeMs AND received_at_ms <= :atMs
    AND (received_at_ms < :atMs OR id < :id)
  ORDER BY received_at_ms DESC, id DESC LIMIT :limit`;

const TRANSIT_OF_RETURN = (and: string) => `EXISTS (SELECT 1 FROM instant_notice n
  WHERE n.payment_id = p.id AND n.transit_minor <> 0${and})`;

export function createListingStore(db: Connection) {
  const walkAll = db.prepare<unknown[], ListPlace>(WALK(''));
  const walkState = db.prepare<unknown[], ListPlace>(WALK('state = :state AND'));
  const fitting = db
    .prepare<unknown[], bigint>(
      `SELECT p.id FROM instant_payment p WHERE p.id IN (SELECT value FROM json_each(:ids)) AND p.joined_to IS NULL
         AND (:state IS NULL OR p.state = :state)
         AND p.received_at_ms >= :fromMs AND p.received_at_ms < :beforeMs
         AND (:account IS NULL OR p.bank_account_id = :account)
         AND (:rail IS NULL OR coalesce(p.rail, 'other') = :rail)
         AND (:currency IS NULL OR p.currency = :currency)
         AND (:direction IS NULL OR (p.money_minor < 0) = (:direction = 'debit'))
         AND (:matchedAtOnce IS NULL OR EXISTS
           (SELECT 1 FROM match m WHERE m.bank_transaction_id = p.id AND m.pre_posted = 1))
         AND (:inTransit IS NULL OR p.transit_minor <> 0 OR ${TRANSIT_OF_RETURN('')})
         AND (:due IS NULL OR p.transit_minor <> 0 AND p.due_at_ms = :due
           OR ${TRANSIT_OF_RETURN(' AND n.due_at_ms = :due')})`,
    )
    .pluck();
  const byIds = db.prepare<[string], PaymentWithState>(
    `SELECT ${PAYMENT_COLUMNS}, p.state FROM instant_payment p WHERE p.id IN (SELECT value FROM json_each(?))`,
  );
  const ofMessage = db
    .prepare<{ message: bigint }, bigint>(
      `SELECT DISTINCT coalesce(joined_to, id) FROM instant_payment WHERE id IN (
         SELECT id FROM instant_payment WHERE message_id = :message
         UNION SELECT payment_id FROM instant_part WHERE message_id = :message
         UNION SELECT payment_id FROM instant_notice WHERE message_id = :message AND payment_id IS NOT NULL)`,
    )
    .pluck();
  const standIns = db.prepare<[string], { joinedTo: bigint | null; lineId: bigint | null }>(
    `SELECT p.joined_to AS joinedTo, k.line_id AS lineId
     FROM instant_payment p JOIN instant_payment k ON k.id = coalesce(p.joined_to, p.id)
     WHERE p.id IN (SELECT value FROM json_each(?)) AND (p.joined_to IS NOT NULL OR k.line_id IS NOT NULL)`,
  );
  const count = db
    .prepare<[string, bigint], bigint>(
      'SELECT count(*) FROM (SELECT 1 FROM instant_payment WHERE state = ? AND joined_to IS NULL LIMIT ?)',
    )
    .pluck();
  const json = (ids: readonly bigint[]) => `[${ids.join(',')}]`;
  return {
    /** The next places of the list after one, as far as a step goes. */
    walk: (walk: ListWalk, after: ListPlace, limit: number) =>
      (walk.state === null ? walkAll : walkState).all({
        ...walk,
        atMs: after.receivedAtMs,
        id: after.id,
        limit: BigInt(limit),
      }),
    /** Which of these payments pass the test. */
    fitting: (ids: readonly bigint[], test: ListTest) => new Set(fitting.all({ ...test, ids: json(ids) })),
    payments: (ids: readonly bigint[]) => {
      const rows = new Map(byIds.all(json(ids)).map((row) => [row.id, row]));
      return ids.flatMap((id) => rows.get(id) ?? []);
    },
    /** Payments that a message told of: it brought them, or said more of them. */
    paymentsOfMessage: (message: bigint) => ofMessage.all({ message }),
    /** What stands in the place of payments: the one that a payment turned out to be, and its line. */
    standIns: (ids: readonly bigint[]) =>
      standIns.all(json(ids)).flatMap(({ joinedTo, lineId }) => [joinedTo ?? [], lineId ?? []].flat()),
    countInState: (state: InstantState, most: number) => Number(count.get(state, BigInt(most))!),
  };
}
