/** A payment that a message tells of: known already, confirmed already, or new and decided at once. */
import { CountersignError } from '../base/index.ts';
import { type InstantMessage, type InstantPayment, writeContent } from '../messages/index.ts';
import { type Arrival, mergeContents, type PaymentContent } from '../reconciliation/index.ts';
import type { FeedAccount, TransactionForMatching } from '../statements/index.ts';
import type { InstantContext } from './context.ts';
import { dueAtMs } from './deadlines.ts';
import { type Changing, happened, joinLine, joinReturnLine, noteOn, told } from './joining.ts';
import { lineFor, magnitude, mayHaveLine, returnLineFor, subjectsOf, tagsOf, waitingFor } from './known.ts';
import { returnedLine, takeReturnEntry, takeReturnLine, tellerOf } from './returning.ts';
import type { NoticeRow, PaymentRow } from './store.ts';
import type { Tally } from './taking.ts';
import { HOUR_MS, samePayments, unite } from './uniting.ts';

/** The own account that a payment is on, as it sees the payment. */
interface OwnSide {
  readonly account: FeedAccount;
  readonly transaction: InstantPayment['transaction'];
}

/** Takes a payment in. Errors: INSTANT_ACCOUNT_UNKNOWN. */
export function arrivePayment(
  changing: Changing,
  message: InstantMessage,
  payment: InstantPayment,
  tally: Tally,
): void {
  const { context } = changing;
  const own = ownSide(changing, payment);
  if (takeReturnEntry(changing, own, payment, tally)) return;
  const { transaction } = own;
  const moneyMinor = transaction.direction === 'credit' ? transaction.amountMinor : -transaction.amountMinor;
  const { currency, bookingDate: date } = transaction;
  const tags = tagsOf(context, payment.keys);
  const said = { names: [payment.keys], moneyMinor, currency, date, bankAccountId: own.account.id };
  const subjects = subjectsOf(context, tags);
  const found = samePayments(context, subjects, said, changing.messageId!);
  if (found.payments.length > 0) {
    const content = asTransaction(0n, own).content;
    const isSeveral = found.payments.length > 1;
    for (const { id } of found.payments) changing.touched?.add(id);
    const same = isSeveral ? unite(changing, found.payments, [content], tally) : found.payments[0]!;
    tellMore(changing, message, own, same, tags);
    if (!isSeveral) decideAgain(changing, same, content, tally);
    return;
  }
  const row = newRow(changing, message, own, moneyMinor, found.isReused);
  changing.touched?.add(row.id);
  for (const tag of tags) context.store.insertKey(tag, row.id);
  tally.received += 1;
  context.store.addHour(
    row.bankAccountId,
    changing.atMs - (changing.atMs % HOUR_MS),
    moneyMinor > 0n ? moneyMinor : 0n,
    moneyMinor < 0n ? -moneyMinor : 0n,
  );
  const value = tally.value.get(currency) ?? { amountMinor: 0n, matchedMinor: 0n };
  tally.value.set(currency, value);
  value.amountMinor += magnitude(moneyMinor);
  changing.changes.write((record) =>
    context.statements.feed.insert([{ id: row.id, ...own }], changing.atMs, record),
  );
  happened(changing, row.id, 'received');
  const arrival = takePlace(changing, row, asTransaction(row.id, own), waitingFor(context, subjects));
  context.book.noteThrough();
  if (arrival === 'confirmed') tally.cleared += 1;
  if (typeof arrival === 'string') return;
  if (arrival.status === 'quarantined') tally.held += 1;
  if (arrival.status !== 'auto') return;
  tally.prePosted += 1;
  value.matchedMinor += magnitude(arrival.matchedMinor);
}

/** The payment's row is written and the payment decided, unless what came before it has decided that. */
function takePlace(
  changing: Changing,
  row: PaymentRow,
  matching: TransactionForMatching,
  waiting: readonly NoticeRow[],
): Arrival | 'confirmed' | 'gone' {
  const { context, changes } = changing;
  if (waiting.length === 0 && !mayHaveLine(context, row)) {
    // As it mostly is. Nothing looks for the row while it is decided, so that it is written once.
    const { result, transitMinor } = context.book.beforeRow(row.id, () => changes.arrive(told(matching, 0n)));
    context.store.insertPayment({ ...row, transitMinor });
    return result;
  }
  context.store.insertPayment(row);
  const waited = takeWaiting(changing, row, waiting);
  if (confirmEarlier(changing, row, matching)) return 'confirmed';
  if (waited.rejected || waited.returnedMinor >= magnitude(row.moneyMinor)) return 'gone';
  return changes.arrive(told(matching, waited.returnedMinor));
}

function ownSide({ context }: Changing, { accounts, transaction }: InstantPayment): OwnSide {
  for (const { account, direction } of accounts) {
    const own = context.statements.feed.account(account, transaction.currency);
    if (own) return { account: own, transaction: { ...transaction, direction } };
  }
  throw new CountersignError(
    'INSTANT_ACCOUNT_UNKNOWN',
    'The payment is on no account of ours: no statement has named one of that number and currency.',
    {
      line: transaction.position.line,
      path: transaction.position.path,
      expected: `an own account in ${transaction.currency}`,
    },
  );
}

function newRow(
  { context, atMs, messageId }: Changing,
  message: InstantMessage,
  { account, transaction }: OwnSide,
  moneyMinor: bigint,
  isReused: boolean,
): PaymentRow {
  return {
    id: context.book.nextId(),
    messageId: messageId!,
    bankAccountId: account.id,
    currency: account.currency,
    rail: message.rail ?? null,
    moneyMinor,
    paidOn: transaction.bookingDate,
    receivedAtMs: BigInt(Math.trunc(atMs)),
    dueAtMs: BigInt(
      dueAtMs(transaction.bookingDate, { rail: message.rail ?? null, currency: account.currency }),
    ),
    notes: isReused ? '["end-to-end-id-reused"]' : '[]',
    returnedMinor: 0n,
    rejected: 0n,
    recalled: 0n,
    transitMinor: 0n,
    lineId: null,
    overdueAtMs: null,
    joinedTo: null,
  };
}

/** The payment as matching reads it, before its row is written. */
function asTransaction(id: bigint, { account, transaction }: OwnSide): TransactionForMatching {
  const { amountMinor, currency, direction, reversal, bookingDate, valueDate } = transaction;
  const { status: _status, position: _position, ...content } = transaction;
  return {
    id,
    isPayment: true,
    statementId: 0n,
    bankAccountId: account.id,
    ledgerAccountId: account.ledgerAccountId,
    currency,
    direction,
    amountMinor,
    bookingDate,
    valueDate: valueDate ?? null,
    reversal,
    entryId: null,
    content,
  };
}

/** What was said of the payment before it came. */
function takeWaiting(
  changing: Changing,
  row: PaymentRow,
  waiting: readonly NoticeRow[],
): { returnedMinor: bigint; rejected: boolean } {
  const { context } = changing;
  const { store } = context;
  let returnedMinor = 0n;
  let rejected = false;
  const returns: NoticeRow[] = [];
  for (const notice of waiting) {
    const amountMinor = notice.amountMinor ?? 0n;
    const fits = notice.currency === null || notice.currency === row.currency;
    const again = notice.kind === 'return' ? sameReturn(context, returns, notice) : -1;
    if (again >= 0) {
      happened(changing, row.id, 'return-told-again', { noticeId: returns.splice(again, 1)[0]!.id });
      continue;
    }
    if (!fits || returnedMinor + amountMinor > magnitude(row.moneyMinor)) continue;
    store.linkNotice(notice.id, row.id, BigInt(dueAtMs(notice.datedOn, row)));
    if (notice.kind === 'return') {
      returns.push(notice);
      returnedMinor += amountMinor;
      store.addReturned(row.id, amountMinor);
      happened(changing, row.id, 'returned', { noticeId: notice.id });
    } else if (notice.kind === 'recall') {
      store.setRecalled(row.id, true);
      happened(changing, row.id, 'recalled', { noticeId: notice.id });
    } else if (notice.status === 'RJCT') {
      rejected = true;
      store.setRejected(row.id, true);
      happened(changing, row.id, 'rejected', { noticeId: notice.id });
    } else happened(changing, row.id, 'status', { noticeId: notice.id });
  }
  return { returnedMinor, rejected };
}

/** Where among those another kind of message told of the same return; less than zero where nowhere. */
function sameReturn({ store }: InstantContext, returns: readonly NoticeRow[], notice: NoticeRow): number {
  const teller = ({ messageId }: NoticeRow) => tellerOf(store.message(messageId)?.kind);
  return returns.findIndex(
    (other) => other.amountMinor === notice.amountMinor && teller(other) !== teller(notice),
  );
}

/** A statement had the payment before its message: nothing is posted twice. */
function confirmEarlier(changing: Changing, row: PaymentRow, matching: TransactionForMatching): boolean {
  const { context, changes } = changing;
  const { store } = context;
  context.book.hold(row.id, matching);
  try {
    const line = lineFor(context, row);
    const now = store.payment(row.id)!;
    if (line !== undefined && !joinLine(changing, now, line)) return false;
    for (const notice of store.noticesOf(row.id)) {
      if (notice.kind !== 'return' || notice.lineId !== null) continue;
      const second = returnLineFor(context, notice, now);
      if (second !== undefined) joinReturnLine(changing, notice, now, second);
    }
    if (line === undefined) return false;
    const back = returnedLine(context, now, line);
    if (back !== undefined) {
      takeReturnLine(changing, store.payment(row.id)!, back);
      return true;
    }
    if (!context.reconciliation.instant.standing(line.id).isDecided) {
      const content = mergeContents([line.content, matching.content]);
      const { returnedMinor, moneyMinor } = now;
      if (returnedMinor < magnitude(moneyMinor)) changes.arrive(told({ ...line, content }, returnedMinor));
      else changes.wentBack(told(line, line.amountMinor));
    }
    return true;
  } finally {
    context.book.hold(row.id, undefined);
  }
}

/** A further message about a payment that is known: what it says is kept, and its references lead to it too. */
function tellMore(
  changing: Changing,
  message: InstantMessage,
  { transaction }: OwnSide,
  payment: PaymentRow,
  tags: readonly Buffer[],
): void {
  const { context, changes, messageId } = changing;
  const { store, sealing } = context;
  for (const tag of tags) store.insertKey(tag, payment.id);
  happened(changing, payment.id, 'told-again');
  changes.write((record) => {
    const id = store.lastPartId() + 1n;
    const sealedId = sealing.seal({
      purpose: 'customer_pii',
      table: 'instant_part',
      column: 'content',
      applicationId: id.toString(),
      plaintext: writeContent(transaction),
    });
    store.insertPart({
      id,
      paymentId: payment.id,
      messageId: messageId!,
      kind: message.kind,
      sealedId,
      record,
    });
  });
  const signed = transaction.direction === 'credit' ? transaction.amountMinor : -transaction.amountMinor;
  if (signed !== payment.moneyMinor) noteOn(context, payment, 'amount-differs');
}

/** What nobody has decided may be clear by what a further message says of it. */
function decideAgain(
  { context, changes }: Changing,
  payment: PaymentRow,
  content: PaymentContent,
  tally: Tally,
): void {
  const { book, reconciliation } = context;
  if (!book.isOpen(payment.id) || reconciliation.instant.standing(payment.id).isDecided) return;
  const row = book.rowOf(payment.id);
  const all = mergeContents([...book.contentsOf(payment.id), content]);
  const arrival = changes.arrive(told({ ...row, content: all }, payment.returnedMinor));
  if (arrival.status === 'quarantined') tally.held += 1;
  if (arrival.status !== 'auto') return;
  tally.prePosted += 1;
  const value = tally.value.get(payment.currency) ?? { amountMinor: 0n, matchedMinor: 0n };
  tally.value.set(payment.currency, value);
  value.matchedMinor += magnitude(arrival.matchedMinor);
}
