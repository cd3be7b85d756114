/** What a message says of an earlier payment: its status, its return, its recall. */
import { CountersignError } from '../base/index.ts';
import type { InstantRecall, InstantReturn, InstantStatus, PaymentKeys } from '../messages/index.ts';
import { applyRejection, type Changing, happened } from './joining.ts';
import { spokenOf, tagsOf } from './known.ts';
import { insertNotice, type Said } from './noting.ts';
import { refuseOfReturn, returnMoney, toldBefore, toldReturnAgain } from './returning.ts';
import type { PaymentRow } from './store.ts';
import type { Tally } from './taking.ts';

/** A status takes a payment back or is noted. */
export function takeStatus(changing: Changing, item: InstantStatus, tally: Tally): void {
  const said = {
    kind: 'status',
    status: item.status,
    reason: item.reason,
    amount: item.originalAmount,
  } as const;
  each(changing, item.original, said, (payment, keep) => {
    const noticeId = keep();
    if (item.status !== 'RJCT') happened(changing, payment.id, 'status', { noticeId });
    else if (applyRejection(changing, payment, noticeId)) tally.reopened += 1;
  });
}

/** Money that goes back. Errors: INSTANT_RETURN_EXCEEDS, INSTANT_RETURN_OF_RETURN, INSTANT_SEVERAL_PAYMENTS. */
export function takeReturn(changing: Changing, item: InstantReturn, tally: Tally): void {
  const { context } = changing;
  const { returned, position } = item;
  const said = {
    kind: 'return',
    reason: item.reason,
    amount: returned,
    date: item.settlementDate,
    own: item.keys,
  } as const;
  const isKnown = each(changing, item.original, said, (payment, keep) => {
    const own = tagsOf(context, item.keys);
    const before = toldBefore(changing, payment, { ...returned, own, kind: 'pacs.004' });
    if (before !== undefined) toldReturnAgain(changing, payment, before, own);
    else returnMoney(changing, payment, { ...returned, position, keep }, tally);
  });
  if (!isKnown) refuseOfReturn(context, tagsOf(context, item.original), position);
}

/** A request to send money back: it moves nothing and opens a task. */
export function takeRecall(changing: Changing, item: InstantRecall, tally: Tally): void {
  const { context } = changing;
  tally.held += 1;
  const said = { kind: 'recall', reason: item.reason, amount: item.originalAmount } as const;
  const known = each(changing, item.original, said, (payment, keep) => {
    context.store.setRecalled(payment.id, true);
    happened(changing, payment.id, 'recalled', { noticeId: keep() });
    raiseRecall(changing, payment.id);
  });
  if (!known) raiseRecall(changing, null);
}

function raiseRecall({ context, messageId }: Changing, paymentId: bigint | null): void {
  context.raise?.({
    kind: 'instant.recall',
    dedupeKey: `instant.recall ${paymentId ?? `message ${messageId}`}`,
    severity: 'high',
    title: 'A bank asks for the money of an instant payment back.',
    detail: {
      payment: paymentId?.toString() ?? null,
      message: messageId?.toString() ?? null,
      known: paymentId !== null,
    },
  });
}

/**
 * Deals with each payment that is spoken of, which keeps a notice of it where it says something new; where
 * none is known yet the notice waits for it. Answers whether there was one. Errors: INSTANT_SEVERAL_PAYMENTS.
 */
function each(
  changing: Changing,
  keys: PaymentKeys,
  said: Said,
  deal: (payment: PaymentRow, keep: () => bigint) => void,
): boolean {
  const { context } = changing;
  const { store } = context;
  const tags = tagsOf(context, keys);
  const payments = spokenOf(context, tags, keys, said.amount);
  requireOneEach(payments);
  for (const payment of payments) {
    changing.touched?.add(payment.id);
    // A reference that the notice gives for the first time leads to its payment too.
    for (const tag of tags) if (store.subjectsOf(tag).length === 0) store.insertKey(tag, payment.id);
    deal(payment, () => insertNotice(changing, payment, tags, said));
  }
  if (payments.length === 0) insertNotice(changing, null, tags, said);
  return payments.length > 0;
}

/** Of one account and direction a message may speak of one payment only. Errors: INSTANT_SEVERAL_PAYMENTS. */
function requireOneEach(payments: readonly PaymentRow[]): void {
  const sides = new Set(
    payments.map(({ bankAccountId, moneyMinor }) => `${bankAccountId} ${moneyMinor < 0n}`),
  );
  if (sides.size === payments.length) return;
  throw new CountersignError(
    'INSTANT_SEVERAL_PAYMENTS',
    'The references are those of several payments, so that nobody can say which one is meant.',
    { expected: 'a UETR, or the reference of one payment' },
  );
}
