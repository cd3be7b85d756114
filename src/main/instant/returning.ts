/** Money of a payment that goes back: told by a return, by the bank's own notification, or by a statement's line. */
import { addDays, CountersignError } from '../base/index.ts';
import type { BankTransaction, InstantPayment, MoneyAmount, PaymentKeys } from '../messages/index.ts';
import { isReturn } from '../reconciliation/index.ts';
import type { TransactionForMatching } from '../statements/index.ts';
import type { InstantContext } from './context.ts';
import { applyReturn, type Changing, happened, joinReturnLine } from './joining.ts';
import { keyTexts, LINE_DAYS_AFTER } from './keys.ts';
import { MOST_LOOKED_AT, magnitude, returnLineFor, signedMinor, spokenOf, tagsOf } from './known.ts';
import { insertNotice, type Said } from './noting.ts';
import { keysOf } from './payment-book.ts';
import type { NoticeRow, PaymentRow } from './store.ts';
import type { Tally } from './taking.ts';

/** Who tells of a return: each may tell of the same once. */
type Teller = 'pacs.004' | 'camt.054' | 'line';

interface Told extends MoneyAmount {
  readonly own: readonly Buffer[];
  readonly kind: Teller;
}

/**
 * The return of which another kind of message, or the statement, has told already: by a reference of its own,
 * else by its amount where that teller is one and has not told of it yet.
 */
export function toldBefore(
  { context: { store }, messageId }: Changing,
  payment: PaymentRow,
  { amountMinor, own, kind }: Told,
): NoticeRow | undefined {
  const named = new Set(own.flatMap((tag) => store.subjectsOf(tag)));
  const alike = store
    .noticesOf(payment.id)
    .filter(
      (notice) =>
        notice.kind === 'return' && notice.amountMinor === amountMinor && notice.messageId !== messageId,
    );
  return (
    alike.find(({ id }) => named.has(-id)) ??
    alike.find(
      (notice) =>
        tellerOf(store.message(notice.messageId)?.kind) !== kind && !store.toldAgain(payment.id, notice.id),
    )
  );
}

export const tellerOf = (kind: string | undefined): Teller =>
  kind === 'camt.054' || kind === 'pacs.004' ? kind : 'line';

/** A return that is known is told once more: by its further references its line is found. */
export function toldReturnAgain(
  changing: Changing,
  payment: PaymentRow,
  { id }: NoticeRow,
  own: readonly Buffer[],
): void {
  for (const tag of own) changing.context.store.insertKey(tag, -id);
  happened(changing, payment.id, 'return-told-again', { noticeId: id });
}

/** Takes money off a payment and its match, and looks for the line by which it went. Errors: INSTANT_RETURN_EXCEEDS. */
export function returnMoney(
  changing: Changing,
  payment: PaymentRow,
  {
    amountMinor,
    position,
    keep,
  }: {
    readonly amountMinor: bigint;
    readonly position: { readonly line: number; readonly path: string };
    keep(): bigint;
  },
  tally: Tally,
): void {
  const { context } = changing;
  const { store } = context;
  if (payment.returnedMinor + amountMinor > magnitude(payment.moneyMinor)) {
    throw new CountersignError('INSTANT_RETURN_EXCEEDS', 'More would go back than the payment has brought.', {
      line: position.line,
      path: position.path,
    });
  }
  const noticeId = keep();
  const { legMinor, reopened } = applyReturn(changing, payment, noticeId, amountMinor);
  if (reopened) tally.reopened += 1;
  store.setNoticeTransit(noticeId, -legMinor);
  const notice = store.notice(noticeId)!;
  const line = returnLineFor(context, notice, payment);
  if (line !== undefined) joinReturnLine(changing, notice, payment, line);
}

/** What a return sent back came back once more: that is new money, which a person explains. */
export function refuseOfReturn(
  { store }: InstantContext,
  tags: readonly Buffer[],
  { line, path }: { readonly line: number; readonly path: string },
): void {
  const spoken = tags
    .flatMap((tag) => store.subjectsOf(tag))
    .flatMap((subject) => store.notice(-subject) ?? []);
  if (!spoken.some(({ kind, paymentId }) => kind === 'return' && paymentId !== null)) return;
  throw new CountersignError(
    'INSTANT_RETURN_OF_RETURN',
    'The message takes back a return; what came in again stands on the statement, for people to explain.',
    { line, path, expected: 'the return of a payment' },
  );
}

/** By what an entry names the payment whose money it takes back. */
function originalOf({ uetr, endToEndId, transactionId }: PaymentKeys): PaymentKeys {
  return {
    ...(uetr === undefined ? {} : { uetr }),
    ...(endToEndId === undefined ? {} : { endToEndId }),
    ...(transactionId === undefined ? {} : { transactionId }),
  };
}

/** By what the movement that takes it back is called itself. */
function ownOf({ accountServicerReference, clearingSystemReference }: PaymentKeys): PaymentKeys {
  return {
    ...(accountServicerReference === undefined ? {} : { accountServicerReference }),
    ...(clearingSystemReference === undefined ? {} : { clearingSystemReference }),
  };
}

/** Payments of an account that went the other way and have so much left. */
function takenFrom(
  context: InstantContext,
  keys: PaymentKeys,
  bankAccountId: bigint,
  moved: { readonly moneyMinor: bigint; readonly currency: string },
): PaymentRow[] {
  const amountMinor = magnitude(moved.moneyMinor);
  const amount = { amountMinor, currency: moved.currency };
  return spokenOf(context, tagsOf(context, keys), keys, amount).filter(
    (row) => row.bankAccountId === bankAccountId && row.moneyMinor < 0n !== moved.moneyMinor < 0n,
  );
}

/**
 * An entry of a notification that says it takes an earlier payment back is that payment's return, and one that
 * takes money off the account waits for it where it has not come. False where it names none, or several: then
 * it is a payment of its own.
 */
export function takeReturnEntry(
  changing: Changing,
  {
    account,
    transaction,
  }: { readonly account: { readonly id: bigint }; readonly transaction: BankTransaction },
  { keys }: InstantPayment,
  tally: Tally,
): boolean {
  const { context } = changing;
  const original = originalOf(keys);
  if (!isReturn(transaction) || keyTexts(original).length === 0) return false;
  const { amountMinor, currency, direction, position } = transaction;
  const moneyMinor = signedMinor({ direction, amountMinor });
  const found = takenFrom(context, original, account.id, { moneyMinor, currency });
  if (found.length > 1) return false;
  const own = ownOf(keys);
  const said: Said = {
    ...{ kind: 'return', reason: transaction.returnReason, own },
    ...{ amount: { amountMinor, currency }, date: transaction.bookingDate },
  };
  const [payment] = found;
  if (payment === undefined) {
    // What we sent is mostly told by statements alone: money of ours that comes back is then seen as what it is.
    if (direction === 'credit') return false;
    insertNotice(changing, null, tagsOf(context, original), said);
    return true;
  }
  changing.touched?.add(payment.id);
  const tags = tagsOf(context, own);
  const before = toldBefore(changing, payment, { amountMinor, currency, own: tags, kind: 'camt.054' });
  if (before !== undefined) toldReturnAgain(changing, payment, before, tags);
  else {
    const keep = () => insertNotice(changing, payment, [], said);
    returnMoney(changing, payment, { amountMinor, position, keep }, tally);
  }
  return true;
}

/** The payment that a statement's line says it takes back; undefined where there is none, or several. */
export function returnedBy(context: InstantContext, line: TransactionForMatching): PaymentRow | undefined {
  if (!isReturn({ ...line.content, reversal: line.reversal }) || context.isWrittenOff?.(line.id))
    return undefined;
  const moved = { moneyMinor: signedMinor(line), currency: line.currency };
  const found = takenFrom(context, originalOf(keysOf(line.content)), line.bankAccountId, moved);
  const [payment] = found;
  if (payment === undefined || found.length > 1) return undefined;
  const { returnedMinor, moneyMinor, rejected } = payment;
  return rejected === 0n && returnedMinor + line.amountMinor <= magnitude(moneyMinor) ? payment : undefined;
}

/** The line by which all of a payment went back before any message told of it; a part is found only in its turn. */
export function returnedLine(
  context: InstantContext,
  payment: PaymentRow,
  line: TransactionForMatching,
): TransactionForMatching | undefined {
  const { statements, store } = context;
  const until = addDays(line.bookingDate, LINE_DAYS_AFTER);
  const found = statements
    .bookedOfAmount(payment.bankAccountId, -payment.moneyMinor, line.bookingDate, until, MOST_LOOKED_AT)
    .filter(
      (other) =>
        other.id <= context.book.confirmedThrough() &&
        store.paymentOfLine(other.id) === undefined &&
        store.noticeOfLine(other.id) === undefined &&
        returnedBy(context, other)?.id === payment.id,
    );
  return found.length === 1 ? found[0] : undefined;
}

/** The line is the return itself: no message has told of it. */
export function takeReturnLine(changing: Changing, payment: PaymentRow, line: TransactionForMatching): void {
  const { context } = changing;
  const { amountMinor, currency, bookingDate, content } = line;
  const noticeId = insertNotice(changing, payment, [], {
    ...{ kind: 'return', reason: content.returnReason, own: ownOf(keysOf(content)) },
    ...{ amount: { amountMinor, currency }, date: bookingDate },
  });
  const { legMinor } = applyReturn(changing, payment, noticeId, amountMinor);
  context.store.setNoticeTransit(noticeId, -legMinor);
  joinReturnLine(changing, context.store.notice(noticeId)!, context.store.payment(payment.id)!, line);
}
