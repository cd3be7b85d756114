/** What a message says of an earlier payment: its status, its return, its recall. */
import { CountersignError, dateOfMs } from '../base/index.ts';
import type {
  InstantRecall,
  InstantReturn,
  InstantStatus,
  MoneyAmount,
  PaymentKeys,
} from '../messages/index.ts';
import { dueAtMs } from './deadlines.ts';
import { applyRejection, applyReturn, type Changing, happened, joinReturnLine } from './joining.ts';
import { magnitude, returnLineFor, spokenOf, tagsOf } from './known.ts';
import type { NoticeRow, PaymentRow } from './store.ts';
import type { Tally } from './taking.ts';

/** A status takes a payment back or is noted. */
export function takeStatus(changing: Changing, item: InstantStatus, tally: Tally): void {
  const said = {
    kind: 'status',
    status: item.status,
    reason: item.reason,
    amount: item.originalAmount,
  } as const;
  each(changing, item.original, said, (payment, noticeId) => {
    if (item.status !== 'RJCT') happened(changing, payment.id, 'status', { noticeId });
    else if (applyRejection(changing, payment, noticeId)) tally.reopened += 1;
  });
}

/** Money that goes back. Errors: INSTANT_RETURN_EXCEEDS, INSTANT_SEVERAL_PAYMENTS. */
export function takeReturn(changing: Changing, item: InstantReturn, tally: Tally): void {
  const { context } = changing;
  const { store } = context;
  const said = {
    kind: 'return',
    reason: item.reason,
    amount: item.returned,
    date: item.settlementDate,
    own: item.keys,
  } as const;
  each(changing, item.original, said, (payment, noticeId) => {
    const { amountMinor } = item.returned;
    if (payment.returnedMinor + amountMinor > magnitude(payment.moneyMinor)) {
      throw new CountersignError(
        'INSTANT_RETURN_EXCEEDS',
        'More would go back than the payment has brought.',
        { line: item.position.line, path: item.position.path },
      );
    }
    const { legMinor, reopened } = applyReturn(changing, payment, noticeId, amountMinor);
    if (reopened) tally.reopened += 1;
    store.setNoticeTransit(noticeId, -legMinor);
    const notice = store.notice(noticeId)!;
    const line = returnLineFor(context, notice, payment);
    if (line !== undefined) joinReturnLine(changing, notice, payment, line);
  });
}

/** A request to send money back: it moves nothing and opens a task. */
export function takeRecall(changing: Changing, item: InstantRecall, tally: Tally): void {
  const { context } = changing;
  tally.held += 1;
  const said = { kind: 'recall', reason: item.reason, amount: item.originalAmount } as const;
  const known = each(changing, item.original, said, (payment, noticeId) => {
    context.store.setRecalled(payment.id, true);
    happened(changing, payment.id, 'recalled', { noticeId });
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

interface Said {
  readonly kind: NoticeRow['kind'];
  readonly status?: string;
  readonly reason?: string | undefined;
  readonly amount?: MoneyAmount | undefined;
  readonly date?: string | undefined;
  /** Own references of a return. */
  readonly own?: PaymentKeys;
}

/**
 * Deals with each payment that is spoken of, and keeps a notice each; where none is known yet the notice
 * waits for it. Answers whether there was one. Errors: INSTANT_SEVERAL_PAYMENTS.
 */
function each(
  changing: Changing,
  keys: PaymentKeys,
  said: Said,
  deal: (payment: PaymentRow, noticeId: bigint) => void,
): boolean {
  const { context, atMs, messageId } = changing;
  const { store } = context;
  const tags = tagsOf(context, keys);
  const own = said.own === undefined ? [] : tagsOf(context, said.own);
  const payments = spokenOf(context, tags, keys, said.amount);
  requireOneEach(payments);
  const datedOn = said.date ?? dateOfMs(atMs);
  const insert = (payment: PaymentRow | null): bigint => {
    const paymentId = payment?.id ?? null;
    const id = store.lastNoticeId() + 1n;
    store.insertNotice({
      id,
      messageId: messageId!,
      kind: said.kind,
      status: said.status ?? null,
      reason: codeOf(said.reason),
      currency: said.amount?.currency ?? null,
      amountMinor: said.amount?.amountMinor ?? null,
      datedOn,
      paymentId,
      dueAtMs: paymentId === null ? null : BigInt(dueAtMs(datedOn, payment?.rail)),
    });
    for (const tag of paymentId === null ? [...tags, ...own] : own) store.insertKey(tag, -id);
    return id;
  };
  for (const payment of payments) deal(payment, insert(payment));
  if (payments.length === 0) insert(null);
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

/** A code of ISO 20022; what a bank wrote freely stays in the sealed message. */
const codeOf = (reason: string | undefined): string | null =>
  reason !== undefined && /^[A-Z0-9]{2,8}$/.test(reason) ? reason : null;
