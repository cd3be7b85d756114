/** The tables of the room: every line of SQL it speaks. Rows come and go as plain values. */
import type { IsoDate } from '../base/index.ts';
import { FEED_FROM } from '../statements/index.ts';
import type { Connection } from '../vault/index.ts';
import { partingQueries } from './store-parting.ts';

export interface MessageRow {
  readonly id: bigint;
  readonly tag: Buffer;
  readonly contentHash: Buffer;
  readonly kind: string;
  readonly version: string | null;
  readonly form: 'json' | 'xml';
  readonly rail: string | null;
  readonly source: string;
  readonly receivedAtMs: bigint;
  readonly outcome: string;
  readonly rawSealedId: bigint;
  readonly record: bigint;
}

export interface PaymentRow {
  readonly id: bigint;
  readonly messageId: bigint;
  readonly bankAccountId: bigint;
  readonly currency: string;
  readonly rail: string | null;
  /** Signed: money in is positive. */
  readonly moneyMinor: bigint;
  readonly paidOn: IsoDate;
  readonly receivedAtMs: bigint;
  readonly dueAtMs: bigint;
  /** JSON of codes. */
  readonly notes: string;
  readonly returnedMinor: bigint;
  readonly rejected: bigint;
  readonly recalled: bigint;
  readonly transitMinor: bigint;
  readonly lineId: bigint | null;
  readonly overdueAtMs: bigint | null;
  /** The payment that this one turned out to be. */
  readonly joinedTo: bigint | null;
}

export interface NoticeRow {
  readonly id: bigint;
  readonly messageId: bigint;
  readonly kind: 'status' | 'return' | 'recall';
  readonly status: string | null;
  readonly reason: string | null;
  readonly currency: string | null;
  readonly amountMinor: bigint | null;
  readonly datedOn: IsoDate;
  readonly paymentId: bigint | null;
  readonly transitMinor: bigint;
  readonly lineId: bigint | null;
  readonly dueAtMs: bigint | null;
}

export interface PartRow {
  readonly id: bigint;
  readonly paymentId: bigint;
  readonly messageId: bigint;
  readonly kind: string;
  readonly sealedId: bigint;
  readonly record: bigint;
}

export interface EventRow {
  readonly paymentId: bigint;
  readonly atMs: bigint;
  readonly action: string;
  readonly messageId: bigint | null;
  readonly noticeId: bigint | null;
  readonly lineId: bigint | null;
  readonly entryId: Buffer | null;
  readonly record: bigint;
}

export const PAYMENT_COLUMNS = `p.id, p.message_id AS messageId, p.bank_account_id AS bankAccountId, p.currency, p.rail,
  p.money_minor AS moneyMinor, p.paid_on AS paidOn, p.received_at_ms AS receivedAtMs, p.due_at_ms AS dueAtMs,
  p.notes, p.returned_minor AS returnedMinor, p.rejected, p.recalled, p.transit_minor AS transitMinor,
  p.line_id AS lineId, p.overdue_at_ms AS overdueAtMs, p.joined_to AS joinedTo`;
export const NOTICE_COLUMNS = `n.id, n.message_id AS messageId, n.kind, n.status, n.reason, n.currency,
  n.amount_minor AS amountMinor, n.dated_on AS datedOn, n.payment_id AS paymentId,
  n.transit_minor AS transitMinor, n.line_id AS lineId, n.due_at_ms AS dueAtMs`;

export type InstantStore = ReturnType<typeof createInstantStore>;

/** Prepares the statements of the room on the engine's connection. */
export function createInstantStore(db: Connection) {
  return {
    ...messageQueries(db),
    ...paymentQueries(db),
    ...noticeQueries(db),
    ...keyQueries(db),
    ...partingQueries(db),
  };
}

function messageQueries(db: Connection) {
  const byTag = db.prepare<[Buffer], { id: bigint; contentHash: Buffer; outcome: string }>(
    'SELECT id, content_hash AS contentHash, outcome FROM instant_message WHERE tag = ?',
  );
  const lastId = db.prepare<[], bigint>('SELECT coalesce(max(id), 0) FROM instant_message').pluck();
  const insert = db.prepare(
    `INSERT INTO instant_message (id, tag, content_hash, kind, version, form, rail, source, received_at_ms,
       outcome, raw_sealed_id, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byId = db.prepare<[bigint], MessageRow>(
    `SELECT id, tag, content_hash AS contentHash, kind, version, form, rail, source,
       received_at_ms AS receivedAtMs, outcome, raw_sealed_id AS rawSealedId, record
     FROM instant_message WHERE id = ?`,
  );
  return {
    messageByTag: (tag: Buffer) => byTag.get(tag),
    lastMessageId: () => lastId.get()!,
    message: (id: bigint) => byId.get(id),
    insertMessage: (row: MessageRow) => {
      insert.run(
        row.id,
        row.tag,
        row.contentHash,
        row.kind,
        row.version,
        row.form,
        row.rail,
        row.source,
        row.receivedAtMs,
        row.outcome,
        row.rawSealedId,
        row.record,
      );
    },
  };
}

function paymentQueries(db: Connection) {
  const insert = db.prepare(
    `INSERT INTO instant_payment (id, message_id, bank_account_id, currency, rail, money_minor, paid_on,
       received_at_ms, due_at_ms, notes, returned_minor, rejected, recalled, transit_minor, line_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byId = db.prepare<[bigint], PaymentRow>(
    `SELECT ${PAYMENT_COLUMNS} FROM instant_payment p WHERE p.id = ?`,
  );
  const byLine = db.prepare<[bigint], bigint>('SELECT id FROM instant_payment WHERE line_id = ?').pluck();
  const any = db.prepare<[], bigint>('SELECT EXISTS (SELECT 1 FROM instant_payment)').pluck();
  const lastId = db
    .prepare<[], bigint>(`SELECT coalesce(max(id), ${FEED_FROM}) FROM instant_payment`)
    .pluck();
  const openCount = db.prepare<[], bigint>('SELECT coalesce(sum(open_count), 0) FROM instant_sum').pluck();
  const unconfirmed = db.prepare<[bigint, bigint, IsoDate, IsoDate, bigint], PaymentRow>(
    `SELECT ${PAYMENT_COLUMNS} FROM instant_payment p
     WHERE p.bank_account_id = ? AND p.money_minor = ? AND p.paid_on BETWEEN ? AND ? AND p.line_id IS NULL
       AND p.joined_to IS NULL ORDER BY p.id LIMIT +?`,
  );
  const unconfirmedAfter = db
    .prepare<[bigint, bigint], bigint>(
      `SELECT id FROM instant_payment INDEXED BY instant_payment_waiting
       WHERE line_id IS NULL AND rejected = 0 AND id > ? ORDER BY id LIMIT ?`,
    )
    .pluck();
  const addTransit = db.prepare('UPDATE instant_payment SET transit_minor = transit_minor + ? WHERE id = ?');
  const setLine = db.prepare(
    `UPDATE instant_payment SET line_id = ?, cleared_on = ?, cleared_minor = ?
     WHERE id = ? AND line_id IS NULL`,
  );
  const addReturned = db.prepare(
    'UPDATE instant_payment SET returned_minor = returned_minor + ? WHERE id = ?',
  );
  const setRejected = db.prepare('UPDATE instant_payment SET rejected = ? WHERE id = ?');
  const addHour = db.prepare(
    `INSERT INTO instant_hour VALUES (?, ?, ?, ?, 1)
     ON CONFLICT DO UPDATE SET in_minor = in_minor + excluded.in_minor,
       out_minor = out_minor + excluded.out_minor, payments = payments + 1`,
  );
  const setRecalled = db.prepare('UPDATE instant_payment SET recalled = ? WHERE id = ?');
  const joined = db.prepare<[bigint], bigint>('SELECT id FROM instant_payment WHERE joined_to = ?').pluck();
  const join = db.prepare(
    'UPDATE instant_payment SET joined_to = :to, rejected = 1 WHERE id = :from OR joined_to = :from',
  );
  const messages = db
    .prepare<{ id: bigint }, bigint>(
      `WITH one (id) AS (SELECT :id UNION ALL SELECT id FROM instant_payment WHERE joined_to = :id)
       SELECT message_id FROM instant_payment WHERE id IN one
       UNION SELECT message_id FROM instant_part WHERE payment_id IN one`,
    )
    .pluck();
  const takeFromHour = db.prepare(
    `UPDATE instant_hour SET in_minor = in_minor - ?, out_minor = out_minor - ?, payments = payments - 1
     WHERE bank_account_id = ? AND hour_ms = ?`,
  );
  const setNotes = db.prepare('UPDATE instant_payment SET notes = ? WHERE id = ?');
  const insertPart = db.prepare(
    'INSERT INTO instant_part (id, payment_id, message_id, kind, sealed_id, record) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const lastPart = db.prepare<[], bigint>('SELECT coalesce(max(id), 0) FROM instant_part').pluck();
  const parts = db.prepare<[bigint], PartRow>(
    `SELECT id, payment_id AS paymentId, message_id AS messageId, kind, sealed_id AS sealedId, record
     FROM instant_part WHERE payment_id = ? ORDER BY id`,
  );
  const insertEvent = db.prepare(
    `INSERT INTO instant_event (payment_id, at_ms, action, message_id, notice_id, line_id, entry_id, record)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    insertPayment: (row: Omit<PaymentRow, 'overdueAtMs' | 'joinedTo'>) => {
      insert.run(
        row.id,
        row.messageId,
        row.bankAccountId,
        row.currency,
        row.rail,
        row.moneyMinor,
        row.paidOn,
        row.receivedAtMs,
        row.dueAtMs,
        row.notes,
        row.returnedMinor,
        row.rejected,
        row.recalled,
        row.transitMinor,
        row.lineId,
      );
    },
    payment: (id: bigint) => byId.get(id),
    paymentOfLine: (lineId: bigint) => byLine.get(lineId),
    lastPaymentId: () => lastId.get()!,
    anyPayment: () => any.get() === 1n,
    /** Payments that stand in the queue by themselves. */
    openCount: () => Number(openCount.get()!),
    /** Ids of payments that no line has confirmed, after one. */
    unconfirmedAfter: (id: bigint, limit: number) => unconfirmedAfter.all(id, BigInt(limit)),
    /** Payments of an account and amount (signed) that no line has confirmed, by their date. */
    unconfirmed: (account: bigint, moneyMinor: bigint, from: IsoDate, to: IsoDate, limit: number) =>
      unconfirmed.all(account, moneyMinor, from, to, BigInt(limit)),
    addTransit: (id: bigint, deltaMinor: bigint) => {
      addTransit.run(deltaMinor, id);
    },
    addHour: (bankAccountId: bigint, hourMs: number, inMinor: bigint, outMinor: bigint) => {
      addHour.run(bankAccountId, BigInt(hourMs), inMinor, outMinor);
    },
    /** What an hour was said to have brought, and another message had told of already. */
    takeFromHour: (bankAccountId: bigint, hourMs: number, inMinor: bigint, outMinor: bigint) => {
      takeFromHour.run(inMinor, outMinor, bankAccountId, BigInt(hourMs));
    },
    /** The messages that told of a payment, and of what turned out to be it. */
    messagesOf: (id: bigint) => messages.all({ id }),
    /** Payments that turned out to be this one. */
    joinedTo: (id: bigint) => joined.all(id),
    join: (from: bigint, to: bigint) => {
      join.run({ from, to });
    },
    /** The line that confirms it, its date, and what it clears of In-transit. */
    setLine: (id: bigint, lineId: bigint, clearedOn: IsoDate, clearedMinor: bigint) => {
      setLine.run(lineId, clearedOn, clearedMinor, id);
    },
    addReturned: (id: bigint, minor: bigint) => {
      addReturned.run(minor, id);
    },
    setRejected: (id: bigint, rejected: boolean) => {
      setRejected.run(rejected ? 1n : 0n, id);
    },
    setRecalled: (id: bigint, recalled: boolean) => {
      setRecalled.run(recalled ? 1n : 0n, id);
    },
    setNotes: (id: bigint, notes: string) => {
      setNotes.run(notes, id);
    },
    lastPartId: () => lastPart.get()!,
    insertPart: (row: PartRow) => {
      insertPart.run(row.id, row.paymentId, row.messageId, row.kind, row.sealedId, row.record);
    },
    partsOf: (paymentId: bigint) => parts.all(paymentId),
    insertEvent: (row: EventRow) => {
      const { paymentId, atMs, action, messageId, noticeId, lineId, entryId, record } = row;
      insertEvent.run(paymentId, atMs, action, messageId, noticeId, lineId, entryId, record);
    },
  };
}

function noticeQueries(db: Connection) {
  const lastId = db.prepare<[], bigint>('SELECT coalesce(max(id), 0) FROM instant_notice').pluck();
  const insert = db.prepare(
    `INSERT INTO instant_notice (id, message_id, kind, status, reason, currency, amount_minor, dated_on,
       payment_id, due_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byId = db.prepare<[bigint], NoticeRow>(
    `SELECT ${NOTICE_COLUMNS} FROM instant_notice n WHERE n.id = ?`,
  );
  const ofPayment = db.prepare<[bigint], NoticeRow>(
    `SELECT ${NOTICE_COLUMNS} FROM instant_notice n WHERE n.payment_id = ? ORDER BY n.id`,
  );
  const link = db.prepare(
    'UPDATE instant_notice SET payment_id = ?, due_at_ms = ? WHERE id = ? AND payment_id IS NULL',
  );
  const move = db.prepare('UPDATE instant_notice SET payment_id = ? WHERE payment_id = ?');
  const setTransit = db.prepare('UPDATE instant_notice SET transit_minor = ? WHERE id = ?');
  const setLine = db.prepare('UPDATE instant_notice SET line_id = ? WHERE id = ? AND line_id IS NULL');
  const byLine = db.prepare<[bigint], bigint>('SELECT id FROM instant_notice WHERE line_id = ?').pluck();
  const unconfirmedReturns = db.prepare<[bigint, bigint], NoticeRow>(
    `SELECT ${NOTICE_COLUMNS} FROM instant_notice n JOIN instant_payment p ON p.id = n.payment_id
     WHERE n.line_id IS NULL AND n.kind = 'return' AND n.amount_minor = ? AND p.bank_account_id = ?
     ORDER BY n.id LIMIT 20`,
  );
  const waitingReturns = db.prepare<[bigint], NoticeRow>(
    `SELECT ${NOTICE_COLUMNS} FROM instant_notice n
     WHERE n.kind = 'return' AND n.line_id IS NULL AND n.payment_id IS NOT NULL ORDER BY n.id DESC LIMIT ?`,
  );
  const toldAgain = db
    .prepare<[bigint, bigint], bigint>(
      `SELECT EXISTS (SELECT 1 FROM instant_event
         WHERE payment_id = ? AND notice_id = ? AND action = 'return-told-again')`,
    )
    .pluck();
  return {
    /** Whether a second teller has told of a return. */
    toldAgain: (paymentId: bigint, id: bigint) => toldAgain.get(paymentId, id) === 1n,
    waitingReturns: (limit: number) => waitingReturns.all(BigInt(limit)),
    unconfirmedReturns: (account: bigint, amountMinor: bigint) =>
      unconfirmedReturns.all(amountMinor, account),
    lastNoticeId: () => lastId.get()!,
    insertNotice: (row: Omit<NoticeRow, 'lineId' | 'transitMinor'>) => {
      insert.run(
        row.id,
        row.messageId,
        row.kind,
        row.status,
        row.reason,
        row.currency,
        row.amountMinor,
        row.datedOn,
        row.paymentId,
        row.dueAtMs,
      );
    },
    notice: (id: bigint) => byId.get(id),
    noticesOf: (paymentId: bigint) => ofPayment.all(paymentId),
    /** The payment that a notice waited for has come. */
    linkNotice: (id: bigint, paymentId: bigint, dueAtMs: bigint) => {
      link.run(paymentId, dueAtMs, id);
    },
    /** What was said of one payment was said of the other. */
    moveNotices: (from: bigint, to: bigint) => {
      move.run(to, from);
    },
    setNoticeTransit: (id: bigint, minor: bigint) => {
      setTransit.run(minor, id);
    },
    setNoticeLine: (id: bigint, lineId: bigint) => setLine.run(lineId, id).changes === 1,
    noticeOfLine: (lineId: bigint) => byLine.get(lineId),
  };
}

function keyQueries(db: Connection) {
  const insert = db.prepare('INSERT OR IGNORE INTO instant_key (tag, subject) VALUES (?, ?)');
  const find = db
    .prepare<[Buffer], bigint>('SELECT subject FROM instant_key WHERE tag = ? LIMIT 200')
    .pluck();
  return {
    insertKey: (tag: Buffer, subject: bigint) => {
      insert.run(tag, subject);
    },
    /** Payments, and less than zero notices, under a tag. */
    subjectsOf: (tag: Buffer) => find.all(tag),
  };
}
