/** A payment that a message tells of: known already, confirmed already, or new and decided at once. */
import { CountersignError } from '../base/index.ts';
import { type InstantMessage, type InstantPayment, writeContent } from '../messages/index.ts';
import { mergeContents } from '../reconciliation/index.ts';
import type { FeedAccount, TransactionForMatching } from '../statements/index.ts';
import { dueAtMs } from './deadlines.ts';
import { type Changing, happened, joinLine, joinReturnLine, told } from './joining.ts';
import { lineFor, magnitude, returnLineFor, samePayment, tagsOf, waitingFor } from './known.ts';
import type { PaymentRow } from './store.ts';
import type { Tally } from './taking.ts';

const HOUR_MS = 3_600_000;

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
  const { transaction } = own;
  const moneyMinor = transaction.direction === 'credit' ? transaction.amountMinor : -transaction.amountMinor;
  const { currency, bookingDate: date } = transaction;
  const tags = tagsOf(context, payment.keys);
  const found = samePayment(context, tags, {
    keys: payment.keys,
    moneyMinor,
    currency,
    date,
    bankAccountId: own.account.id,
  });
  if (found.payment) {
    tellMore(changing, message, own, found.payment, tags);
    return;
  }
  const row = newRow(changing, message, own, moneyMinor, found.isReused);
  context.store.insertPayment(row);
  context.book.noteThrough();
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
  const matching = asTransaction(row.id, own);
  const waited = takeWaiting(changing, row, tags);
  if (confirmEarlier(changing, row, matching)) {
    tally.cleared += 1;
    return;
  }
  if (waited.rejected || waited.returnedMinor >= magnitude(moneyMinor)) return;
  const arrival = changing.changes.arrive(told(matching, waited.returnedMinor));
  if (arrival.status === 'quarantined') tally.held += 1;
  if (arrival.status !== 'auto') return;
  tally.prePosted += 1;
  value.matchedMinor += magnitude(arrival.matchedMinor);
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
    dueAtMs: BigInt(dueAtMs(transaction.bookingDate, message.rail)),
    notes: isReused ? '["end-to-end-id-reused"]' : '[]',
    returnedMinor: 0n,
    rejected: 0n,
    recalled: 0n,
    transitMinor: 0n,
    lineId: null,
    overdueAtMs: null,
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
  tags: readonly Buffer[],
): { returnedMinor: bigint; rejected: boolean } {
  const { context } = changing;
  const { store } = context;
  let returnedMinor = 0n;
  let rejected = false;
  for (const notice of waitingFor(context, tags)) {
    const amountMinor = notice.amountMinor ?? 0n;
    const fits = notice.currency === null || notice.currency === row.currency;
    if (!fits || returnedMinor + amountMinor > magnitude(row.moneyMinor)) continue;
    store.linkNotice(notice.id, row.id, BigInt(dueAtMs(notice.datedOn, row.rail)));
    if (notice.kind === 'return') {
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
  if (signed !== payment.moneyMinor) {
    const notes = JSON.parse(payment.notes) as string[];
    if (!notes.includes('amount-differs')) {
      store.setNotes(payment.id, JSON.stringify([...notes, 'amount-differs']));
    }
  }
}
