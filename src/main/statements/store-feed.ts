/** The feeds of single messages in the tables of statements; see `feed.ts`. */
import type { IsoDate } from '../base/index.ts';
import type { Connection } from '../vault/index.ts';
import { FEED_FROM, FEED_TYPE } from './feed-ids.ts';
import type { TransactionWithStatement } from './rows.ts';
import { TRANSACTION_COLUMNS, TRANSACTION_SOURCE } from './store-columns.ts';

/** Feeds of single messages, whose ids lie above those of files. */
export function feedQueries(db: Connection) {
  const byIdentity = db.prepare<[Buffer], bigint>('SELECT id FROM statement WHERE identity = ?').pluck();
  const lastFeed = db
    .prepare<[], bigint>(`SELECT coalesce(max(id), ${FEED_FROM}) FROM statement WHERE id > ${FEED_FROM}`)
    .pluck();
  const lastTransaction = db
    .prepare<[], bigint>(
      `SELECT coalesce(max(id), ${FEED_FROM}) FROM bank_transaction WHERE id > ${FEED_FROM}`,
    )
    .pluck();
  const insert = db.prepare(
    `INSERT INTO statement (id, import_id, ledger_unit, bank_account_id, place, type, informs, sealed_id,
       first_date, last_date, first_transaction_id, last_transaction_id, identity, record)
     VALUES (?, 0, 0, ?, 0, ?, 1, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const grow = db.prepare(
    `UPDATE statement SET transaction_count = transaction_count + 1, last_transaction_id = ?,
       first_date = min(first_date, ?), last_date = max(last_date, ?) WHERE id = ?`,
  );
  // Mostly there is none, and then nothing is joined; the planner would rather walk the days. It plans anew
  // whenever a bare `LIMIT ?` is bound, which takes longer than the look-up.
  const idsOfAmount = db
    .prepare<[bigint, string, string, bigint], bigint>(
      `SELECT id FROM bank_transaction INDEXED BY bank_transaction_by_amount
       WHERE entry_id IS NOT NULL AND amount_minor = ? AND booking_date BETWEEN ? AND ? LIMIT +?`,
    )
    .pluck();
  const linesOf = db.prepare<[string, bigint], TransactionWithStatement>(
    `SELECT ${TRANSACTION_COLUMNS} FROM ${TRANSACTION_SOURCE}
     WHERE t.id IN (SELECT value FROM json_each(?)) AND s.bank_account_id = ? ORDER BY t.id`,
  );
  const paymentsAfter = db.prepare<[bigint, bigint], TransactionWithStatement>(
    `SELECT ${TRANSACTION_COLUMNS} FROM ${TRANSACTION_SOURCE}
     WHERE t.id > ? AND s.type = '${FEED_TYPE}' ORDER BY t.id LIMIT +?`,
  );
  const lastPublished = db
    .prepare<[], bigint>(
      `SELECT coalesce(max(last_transaction_id), 0) FROM statement WHERE record IS NOT NULL AND id < ${FEED_FROM}`,
    )
    .pluck();
  return {
    lastPublishedLine: () => lastPublished.get()!,
    feedByIdentity: (identity: Buffer) => byIdentity.get(identity),
    nextFeedId: () => lastFeed.get()! + 1n,
    lastFeedTransactionId: () => lastTransaction.get()!,
    insertFeed: (row: {
      readonly id: bigint;
      readonly bankAccountId: bigint;
      readonly type: string;
      readonly sealedId: bigint;
      readonly identity: Buffer;
      readonly day: IsoDate;
      readonly firstId: bigint;
      readonly record: bigint;
    }) => {
      const { id, bankAccountId, type, sealedId, identity, day, firstId, record } = row;
      insert.run(id, bankAccountId, type, sealedId, day, day, firstId, firstId, identity, record);
    },
    growFeed: (id: bigint, lastTransactionId: bigint, bookingDate: IsoDate) => {
      grow.run(lastTransactionId, bookingDate, bookingDate, id);
    },
    /** Booked lines of an account that moved this much between two dates. */
    bookedOfAmount: (account: bigint, signedMinor: bigint, from: IsoDate, to: IsoDate, limit: number) => {
      const ids = idsOfAmount.all(signedMinor, from, to, BigInt(limit));
      return ids.length === 0 ? [] : linesOf.all(`[${ids.join(',')}]`, account);
    },
    feedPaymentsAfter: (id: bigint, limit: number) =>
      paymentsAfter.all(id > FEED_FROM ? id : FEED_FROM, BigInt(limit)),
  };
}
