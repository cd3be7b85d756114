/** Finding what a message or a line speaks of among what is known. */

import { addDays } from '../base/index.ts';
import type { PaymentKeys } from '../messages/index.ts';
import type { TransactionForMatching } from '../statements/index.ts';
import type { InstantContext } from './context.ts';
import { byName, isNear, KEY_INDEX, keyTexts, LINE_DAYS_AFTER, lineNames, type PaymentSaid } from './keys.ts';
import { commonEvidence } from './line-evidence.ts';
import { keysOf } from './payment-book.ts';
import type { NoticeRow, PaymentRow } from './store.ts';

/** Payments or lines of one amount and account that are looked at; more than that are told apart by nobody. */
export const MOST_LOOKED_AT = 40;

/** The tags under which references are kept. In a vault transaction where the index is new. */
export function tagsOf({ sealing }: Pick<InstantContext, 'sealing'>, keys: PaymentKeys): Buffer[] {
  return keyTexts(keys).map((text) => sealing.blindTag(KEY_INDEX, text));
}

/** Payments, and less than zero notices, that carry a reference; the strongest reference's first. */
export const subjectsOf = ({ store }: InstantContext, tags: readonly Buffer[]): bigint[] => [
  ...new Set(tags.flatMap((tag) => store.subjectsOf(tag))),
];

/** Payments that share a reference, by what they are; the strongest reference's first. */
export function sharing(context: InstantContext, tags: readonly Buffer[]): PaymentRow[] {
  return paymentsOf(
    context,
    subjectsOf(context, tags).filter((subject) => subject > 0n),
  );
}

/** Payments among the subjects, and those to which what is said of a payment leads: it may give a reference more. */
export function sharingWithNotices(context: InstantContext, subjects: readonly bigint[]): PaymentRow[] {
  const ids = subjects.map((subject) =>
    subject > 0n ? subject : (context.store.notice(-subject)?.paymentId ?? undefined),
  );
  return paymentsOf(
    context,
    ids.filter((id) => id !== undefined),
  );
}

/** Each payment once; one that turned out to be another is that one. */
function paymentsOf({ store }: InstantContext, ids: readonly bigint[]): PaymentRow[] {
  const rows = new Map<bigint, PaymentRow>();
  for (const id of ids) {
    const own = store.payment(id);
    const row = own?.joinedTo == null ? own : store.payment(own.joinedTo);
    if (row !== undefined) rows.set(row.id, row);
  }
  return [...rows.values()];
}

/** The payments that a status, a return or a recall may speak of; one of each side where both are ours. */
export function spokenOf(
  context: InstantContext,
  tags: readonly Buffer[],
  keys: PaymentKeys,
  amount: { readonly amountMinor: bigint; readonly currency: string } | undefined,
): PaymentRow[] {
  const wanted = keys.uetr;
  const names = (row: PaymentRow) => byName(context.book.saidOf(row).names, [{ uetr: wanted! }]);
  const named = sharing(context, tags).filter((row) => wanted === undefined || names(row) !== 'other');
  if (amount === undefined) return named;
  const fitting = named.filter(
    ({ moneyMinor, currency }) => currency === amount.currency && magnitude(moneyMinor) >= amount.amountMinor,
  );
  const exact = fitting.filter(({ moneyMinor }) => magnitude(moneyMinor) === amount.amountMinor);
  if (exact.length > 0) return exact;
  // A UETR names its payment whatever is said of the amount.
  return fitting.length > 0 || wanted === undefined ? fitting : named.filter((row) => names(row) === 'same');
}

/** Notices among the subjects that wait for their payment. */
export function waitingFor({ store }: InstantContext, subjects: readonly bigint[]): NoticeRow[] {
  return subjects
    .flatMap((id) => (id < 0n ? (store.notice(-id) ?? []) : []))
    .filter(({ paymentId }) => paymentId === null)
    .sort((left, right) => (left.id < right.id ? -1 : 1));
}

export const signedMinor = ({
  direction,
  amountMinor,
}: Pick<TransactionForMatching, 'direction' | 'amountMinor'>) =>
  direction === 'credit' ? amountMinor : -amountMinor;

export const magnitude = (minor: bigint): bigint => (minor < 0n ? -minor : minor);

const saidByLine = (line: TransactionForMatching): PaymentSaid => ({
  names: [keysOf(line.content)],
  moneyMinor: signedMinor(line),
  currency: line.currency,
  date: line.bookingDate,
});

/** The payment that a line confirms; undefined where there is none, or none that is the only one. */
export function paymentFor(context: InstantContext, line: TransactionForMatching): PaymentRow | undefined {
  const said = saidByLine(line);
  const open = sharing(context, tagsOf(context, keysOf(line.content))).filter(
    (row) =>
      row.lineId === null &&
      row.bankAccountId === line.bankAccountId &&
      row.moneyMinor < 0n === said.moneyMinor < 0n &&
      !context.store.isParted(row.id, line.id) &&
      lineNames(context.book.saidOf(row), said) === 'names',
  );
  const named = open.filter(({ moneyMinor }) => moneyMinor === said.moneyMinor);
  if (named.length === 1) return named[0];
  const charged = named.length === 0 ? chargedBy(context, open, said) : undefined;
  if (charged !== undefined) return charged;
  const among = named.length > 1 ? named : near(context, line).filter((row) => isSilent(context, row, said));
  const [only, ...others] = among.filter((row) => evidenceOf(context, row, line) > 0);
  if (only === undefined || others.length > 0) return undefined;
  return named.length > 1 || isOnlyLine(context, only, line) ? only : undefined;
}

/**
 * The payment of which a line took charges: less came in, or more went out, and the line names it by what names
 * one payment alone.
 */
function chargedBy({ book }: InstantContext, rows: readonly PaymentRow[], said: PaymentSaid) {
  const named = rows.filter(
    (row) => said.moneyMinor < row.moneyMinor && byName(book.saidOf(row).names, said.names) === 'same',
  );
  return named.length === 1 ? named[0] : undefined;
}

const isSilent = (context: InstantContext, row: PaymentRow, said: PaymentSaid) =>
  lineNames(context.book.saidOf(row), said) === 'silent';

function near(context: InstantContext, line: TransactionForMatching): PaymentRow[] {
  const rows = context.store.unconfirmed(
    line.bankAccountId,
    signedMinor(line),
    addDays(line.bookingDate, -LINE_DAYS_AFTER),
    addDays(line.bookingDate, 1),
    MOST_LOOKED_AT + 1,
  );
  if (rows.length > MOST_LOOKED_AT) return [];
  return rows.filter(({ id }) => !context.store.isParted(id, line.id));
}

function evidenceOf({ book }: InstantContext, row: PaymentRow, line: TransactionForMatching): number {
  return Math.max(
    ...book.contentsOf(row.id).map((said) => commonEvidence(said, line.content, line.direction)),
  );
}

/** Lines of a payment's account and amount around its day that stand for no payment yet. */
function freeLines({ store, statements }: InstantContext, row: PaymentRow): TransactionForMatching[] {
  const { bankAccountId, moneyMinor, paidOn } = row;
  const [from, to] = [addDays(paidOn, -1), addDays(paidOn, LINE_DAYS_AFTER)];
  const lines = statements.bookedOfAmount(bankAccountId, moneyMinor, from, to, MOST_LOOKED_AT + 1);
  if (lines.length > MOST_LOOKED_AT) return [];
  return lines.filter(({ id }) => store.paymentOfLine(id) === undefined);
}

/** Whether there are lines that a payment just told of may be: its amount, around its day, and nobody else's. */
export const mayHaveLine = (context: InstantContext, row: PaymentRow): boolean =>
  freeLines(context, row).length > 0;

/** Those of them of which nobody said that they are not the payment: the machine looks at no other. */
const linesLeft = (context: InstantContext, row: PaymentRow): TransactionForMatching[] =>
  freeLines(context, row).filter(({ id }) => !context.store.isParted(row.id, id));

function isOnlyLine(context: InstantContext, row: PaymentRow, line: TransactionForMatching): boolean {
  const said = context.book.saidOf(row);
  return linesLeft(context, row).every(
    (other) =>
      other.id === line.id ||
      lineNames(said, saidByLine(other)) === 'contradicts' ||
      evidenceOf(context, row, other) === 0,
  );
}

/** The line of a statement that came before the payment's message; as `paymentFor`, seen from the other side. */
export function lineFor(context: InstantContext, row: PaymentRow): TransactionForMatching | undefined {
  const through = context.book.confirmedThrough();
  const free = linesLeft(context, row).filter(({ id }) => id <= through);
  if (free.length === 0) return undefined;
  const said = context.book.saidOf(row);
  const named = free.filter((line) => lineNames(said, saidByLine(line)) === 'names');
  if (named.length === 1) return named[0];
  const among =
    named.length > 1 ? named : free.filter((line) => lineNames(said, saidByLine(line)) === 'silent');
  const [only, ...others] = among.filter((line) => evidenceOf(context, row, line) > 0);
  if (only === undefined || others.length > 0) return undefined;
  return paymentFor(context, only)?.id === row.id ? only : undefined;
}

/** The lines that a person may choose among for a payment: its amount, around its day, and nobody else's. */
export function candidateLines(context: InstantContext, row: PaymentRow): TransactionForMatching[] {
  const said = context.book.saidOf(row);
  return freeLines(context, row).filter((line) => lineNames(said, saidByLine(line)) !== 'contradicts');
}

/** The return whose own line this is: money of a payment that went the other way again. */
export function returnFor(
  context: InstantContext,
  line: TransactionForMatching,
): { readonly notice: NoticeRow; readonly payment: PaymentRow } | undefined {
  const { store } = context;
  const moved = signedMinor(line);
  const tags = tagsOf(context, keysOf(line.content));
  const own = tags.flatMap((tag) => store.subjectsOf(tag)).filter((subject) => subject < 0n);
  const notices = [
    ...own.flatMap((id) => store.notice(-id) ?? []),
    ...sharing(context, tags).flatMap(({ id }) => store.noticesOf(id)),
    ...store.unconfirmedReturns(line.bankAccountId, magnitude(moved)),
  ];
  const found = new Map<bigint, { notice: NoticeRow; payment: PaymentRow }>();
  for (const notice of notices) {
    const payment = notice.paymentId === null ? undefined : store.payment(notice.paymentId);
    if (payment && isReturnLine(context, notice, payment, line)) found.set(notice.id, { notice, payment });
  }
  // Two returns of as much of one payment are as good as each other.
  const payments = new Set([...found.values()].map(({ payment }) => payment.id));
  return payments.size === 1 ? [...found.values()][0] : undefined;
}

function isReturnLine(
  context: InstantContext,
  notice: NoticeRow,
  payment: PaymentRow,
  line: TransactionForMatching,
): boolean {
  const moved = signedMinor(line);
  if (context.isWrittenOff?.(line.id)) return false;
  if (notice.kind !== 'return' || notice.lineId !== null || notice.amountMinor !== magnitude(moved))
    return false;
  if (payment.bankAccountId !== line.bankAccountId || payment.moneyMinor < 0n === moved < 0n) return false;
  if (!isNear(notice.datedOn, line.bookingDate)) return false;
  const said = { ...saidByLine(line), moneyMinor: payment.moneyMinor, date: payment.paidOn };
  const names = lineNames(context.book.saidOf(payment), said);
  if (names === 'names') return true;
  const [ours, theirs] = [context.book.contentsOf(payment.id), line.content];
  // Money that goes back goes to the one it came from: the parties stand the other way round.
  return ours.some(
    (content) => commonEvidence(content, turned(theirs), payment.moneyMinor < 0n ? 'debit' : 'credit') > 0,
  );
}

function turned(content: TransactionForMatching['content']): TransactionForMatching['content'] {
  const { debtor, creditor, ...rest } = content;
  return { ...rest, ...(creditor ? { debtor: creditor } : {}), ...(debtor ? { creditor: debtor } : {}) };
}

/** The line of a return that came before its message. */
export function returnLineFor(
  context: InstantContext,
  notice: NoticeRow,
  payment: PaymentRow,
): TransactionForMatching | undefined {
  const moved = payment.moneyMinor < 0n ? notice.amountMinor! : -notice.amountMinor!;
  const lines = context.statements
    .bookedOfAmount(
      payment.bankAccountId,
      moved,
      addDays(notice.datedOn, -1),
      addDays(notice.datedOn, LINE_DAYS_AFTER),
      MOST_LOOKED_AT,
    )
    .filter(
      (line) =>
        line.id <= context.book.confirmedThrough() &&
        context.store.noticeOfLine(line.id) === undefined &&
        context.store.paymentOfLine(line.id) === undefined &&
        isReturnLine(context, notice, payment, line),
    );
  return lines.length === 1 ? lines[0] : undefined;
}
