/** A payment and the statement's line that confirms it become one, whichever came first. */
import { type InstantChanges, mergeContents } from '../reconciliation/index.ts';
import type { TransactionForMatching } from '../statements/index.ts';
import type { InstantContext } from './context.ts';
import type { EventRow, NoticeRow, PaymentRow } from './store.ts';

/** One change under way: what it is told by, and when. */
export interface Changing {
  readonly context: InstantContext;
  readonly changes: InstantChanges;
  readonly atMs: number;
  /** The message that brings it; none where a statement does. */
  readonly messageId?: bigint;
  /** Payments of earlier messages that this change has spoken of: a second word about one is a change of its own. */
  readonly touched?: Set<bigint>;
}

/** Notes what happens to a payment; it gets the record of the change. */
export function happened(
  { context, changes, atMs, messageId }: Changing,
  paymentId: bigint,
  action: string,
  more: Partial<Pick<EventRow, 'noticeId' | 'lineId' | 'entryId'>> = {},
): void {
  changes.subject('bank-transaction', paymentId);
  changes.write((record) =>
    context.store.insertEvent({
      paymentId,
      atMs: BigInt(Math.trunc(atMs)),
      action,
      messageId: messageId ?? null,
      noticeId: more.noticeId ?? null,
      lineId: more.lineId ?? null,
      entryId: more.entryId ?? null,
      record,
    }),
  );
}

/** A transaction with what returns took off it. */
export function told(row: TransactionForMatching, returnedMinor: bigint) {
  const leftMinor = row.amountMinor - returnedMinor;
  return { ...row, returnedMinor, amountMinor: leftMinor > 0n ? leftMinor : 0n };
}

/** The line confirms the payment. False where people decided both apart. */
export function joinLine(changing: Changing, payment: PaymentRow, line: TransactionForMatching): boolean {
  const { context, changes } = changing;
  const { store, book } = context;
  if (context.isWrittenOff?.(line.id)) return false;
  const row = book.rowOf(payment.id);
  const isOther = row.amountMinor !== line.amountMinor;
  // What the line moved is decided with all that is known of it.
  const content = isOther ? mergeContents([line.content, ...book.contentsOf(payment.id)]) : line.content;
  const handed = changes.confirm(
    told(row, payment.returnedMinor),
    told({ ...line, content }, payment.returnedMinor),
  );
  if (handed === undefined) return false;
  store.setLine(payment.id, line.id, line.bookingDate, handed.clearedMinor);
  if (isOther) noteOn(context, payment, 'amount-differs');
  if (payment.rejected === 1n) {
    // The account has the money, whatever was said of it before.
    store.setRejected(payment.id, false);
    happened(changing, payment.id, 'booked-after-rejection', { lineId: line.id });
  }
  happened(changing, payment.id, 'confirmed', { lineId: line.id });
  return true;
}

/** Keeps a code of what is unusual about a payment. */
export function noteOn({ store }: InstantContext, { id, notes }: PaymentRow, code: string): void {
  const known = JSON.parse(notes) as string[];
  if (!known.includes(code)) store.setNotes(id, JSON.stringify([...known, code]));
}

/** The second line of a return clears what the return has put into In-transit. */
export function joinReturnLine(
  changing: Changing,
  notice: NoticeRow,
  payment: PaymentRow,
  line: TransactionForMatching,
): void {
  const { context, changes } = changing;
  const { store } = context;
  const { transitMinor } = store.notice(notice.id) ?? notice;
  changes.wentBack(told(line, line.amountMinor));
  if (transitMinor !== 0n) changes.clear(payment.id, line, transitMinor);
  store.setNoticeTransit(notice.id, 0n);
  store.setNoticeLine(notice.id, line.id);
  happened(changing, payment.id, 'return-confirmed', { noticeId: notice.id, lineId: line.id });
}

/** What a return takes off a payment that is known: of its match, of its books, of its place in the queue. */
export function applyReturn(
  changing: Changing,
  payment: PaymentRow,
  noticeId: bigint,
  amountMinor: bigint,
): {
  readonly legMinor: bigint;
  readonly reopened: boolean;
} {
  const { context, changes } = changing;
  const { store, reconciliation } = context;
  const subjectId = payment.lineId ?? payment.id;
  const row = context.book.rowOf(subjectId);
  const contents = row.isPayment ? [] : [row.content];
  const content = mergeContents([...contents, ...context.book.contentsOf(payment.id)]);
  const before = told({ ...row, content }, payment.returnedMinor);
  const after = told({ ...row, content }, payment.returnedMinor + amountMinor);
  const reopened = reconciliation.instant.standing(subjectId).isMatched;
  store.addReturned(payment.id, amountMinor);
  const legMinor = payment.rejected === 1n ? 0n : changes.takeBack({ before, after, kind: 'return' });
  happened(changing, payment.id, 'returned', { noticeId });
  return { legMinor, reopened };
}

/** A payment that will not come after all. */
export function applyRejection(changing: Changing, payment: PaymentRow, noticeId: bigint): boolean {
  const { context, changes } = changing;
  const { store, reconciliation } = context;
  if (payment.lineId !== null || payment.rejected === 1n) {
    happened(changing, payment.id, payment.lineId === null ? 'rejected-again' : 'rejected-though-booked', {
      noticeId,
    });
    return false;
  }
  const row = context.book.rowOf(payment.id);
  const content = mergeContents(context.book.contentsOf(payment.id));
  const before = told({ ...row, content }, payment.returnedMinor);
  const reopened = reconciliation.instant.standing(payment.id).isMatched;
  changes.takeBack({ before, after: before, kind: 'rejection' });
  store.setRejected(payment.id, true);
  happened(changing, payment.id, 'rejected', { noticeId });
  return reopened;
}
