/** What was said of a payment is kept, or waits for it. */
import { dateOfMs } from '../base/index.ts';
import type { MoneyAmount, PaymentKeys } from '../messages/index.ts';
import { dueAtMs } from './deadlines.ts';
import type { Changing } from './joining.ts';
import { tagsOf } from './known.ts';
import type { NoticeRow, PaymentRow } from './store.ts';

/** What a notice says. */
export interface Said {
  readonly kind: NoticeRow['kind'];
  readonly status?: string;
  readonly reason?: string | undefined;
  readonly amount?: MoneyAmount | undefined;
  readonly date?: string | undefined;
  /** Own references of a return. */
  readonly own?: PaymentKeys;
}

/** Keeps what is said of a payment, or waits for it under the tags of its references. Answers the notice's id. */
export function insertNotice(
  { context, atMs, messageId }: Changing,
  payment: PaymentRow | null,
  tags: readonly Buffer[],
  said: Said,
): bigint {
  const { store } = context;
  const own = said.own === undefined ? [] : tagsOf(context, said.own);
  const datedOn = said.date ?? dateOfMs(atMs);
  const id = store.lastNoticeId() + 1n;
  store.insertNotice({
    id,
    // That of a statement's line was told by no message.
    messageId: messageId ?? 0n,
    kind: said.kind,
    status: said.status ?? null,
    reason: codeOf(said.reason),
    currency: said.amount?.currency ?? null,
    amountMinor: said.amount?.amountMinor ?? null,
    datedOn,
    paymentId: payment?.id ?? null,
    dueAtMs: payment === null ? null : BigInt(dueAtMs(datedOn, payment)),
  });
  for (const tag of payment === null ? [...tags, ...own] : own) store.insertKey(tag, -id);
  return id;
}

/** A code of ISO 20022; what a bank wrote freely stays in the sealed message. */
const codeOf = (reason: string | undefined): string | null =>
  reason !== undefined && /^[A-Z0-9]{2,8}$/.test(reason) ? reason : null;
