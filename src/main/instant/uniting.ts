/** Two payments that turn out to be one: a message carries the references of both, and the money came once. */
import { CountersignError, dateOfMs } from '../base/index.ts';
import type { InstantItem, InstantPayment } from '../messages/index.ts';
import { mergeContents, type PaymentContent } from '../reconciliation/index.ts';
import type { InstantContext } from './context.ts';
import { type Changing, happened, told } from './joining.ts';
import { byName, isSamePayment, mayBeOne, type PaymentSaid } from './keys.ts';
import { magnitude, sharingWithNotices, spokenOf, tagsOf } from './known.ts';
import type { PaymentRow } from './store.ts';
import type { Tally } from './taking.ts';

/** What a message says of an earlier payment. */
type InstantNotice = Exclude<InstantItem, InstantPayment>;

/** The curve of the day counts by the hour. */
export const HOUR_MS = 3_600_000;

/**
 * The payments that another message told of before: more than one where it calls them all one, and then
 * the one that stays is the first. `isReused`: another payment has one of the references. Errors:
 * INSTANT_SEVERAL_PAYMENTS.
 */
export function samePayments(
  context: InstantContext,
  subjects: readonly bigint[],
  said: PaymentSaid & { readonly bankAccountId: bigint },
  messageId: bigint,
): { readonly payments: readonly PaymentRow[]; readonly isReused: boolean } {
  const alike = sharingWithNotices(context, subjects).filter(
    (row) => row.bankAccountId === said.bankAccountId && row.moneyMinor < 0n === said.moneyMinor < 0n,
  );
  // What one message lists apart is not one payment.
  const others = alike.filter((row) => row.messageId !== messageId);
  if (others.length < alike.length) refuseTwice(context, alike, said, messageId);
  const same = others.filter((row) => isSamePayment(context.book.saidOf(row), said));
  return { payments: oneOf(context, same), isReused: same.length === 0 && others.length > 0 };
}

/** A UETR names one payment, so that a message cannot list two under it. Errors: INSTANT_SEVERAL_PAYMENTS. */
function refuseTwice(
  { book }: InstantContext,
  alike: readonly PaymentRow[],
  { names }: PaymentSaid,
  messageId: bigint,
): void {
  const uetrs = names.flatMap(({ uetr }) => (uetr === undefined ? [] : [{ uetr }]));
  const isTwice = alike.some(
    (row) =>
      row.messageId === messageId && uetrs.length > 0 && byName(book.saidOf(row).names, uetrs) === 'same',
  );
  if (!isTwice) return;
  throw new CountersignError(
    'INSTANT_SEVERAL_PAYMENTS',
    'The message lists two payments under one UETR, so that nobody can say which one is meant.',
    { path: 'UETR', expected: 'a UETR of its own for each payment' },
  );
}

/** Those of the payments that are one with the first, the one that stays first. */
function oneOf(context: InstantContext, same: readonly PaymentRow[]): PaymentRow[] {
  const one: PaymentRow[] = [];
  for (const row of same) if (one.every((each) => mayJoin(context, each, row))) one.push(row);
  return one.sort(
    (left, right) => Number(isFixed(right)) - Number(isFixed(left)) || Number(left.id - right.id),
  );
}

/** Of a payment that a line has confirmed, or of which money went back, another is told to be a part; never both. */
const isFixed = ({ lineId, returnedMinor }: PaymentRow): boolean => lineId !== null || returnedMinor > 0n;

function mayJoin(context: InstantContext, left: PaymentRow, right: PaymentRow): boolean {
  if (isFixed(left) && isFixed(right)) return false;
  const ofLeft = new Set(context.store.messagesOf(left.id));
  if (context.store.messagesOf(right.id).some((id) => ofLeft.has(id))) return false;
  return mayBeOne(context.book.saidOf(left), context.book.saidOf(right));
}

/**
 * Payments of one account and direction that a status, a return or a recall calls by one payment's names: it
 * names one of them by itself, and nothing speaks against the others. The one that stays first.
 */
export function calledOne(context: InstantContext, item: InstantNotice): PaymentRow[][] {
  const { original } = item;
  const amount = item.kind === 'return' ? item.returned : item.originalAmount;
  const tags = tagsOf(context, original);
  // Where there is one reference, whatever shares it was one already, or is not.
  if (tags.length < 2) return [];
  const sides = new Map<string, PaymentRow[]>();
  for (const row of spokenOf(context, tags, original, amount)) {
    const side = `${row.bankAccountId} ${row.moneyMinor < 0n}`;
    sides.set(side, [...(sides.get(side) ?? []), row]);
  }
  return [...sides.values()].flatMap((rows) => {
    const saidOf = rows.map((row) => context.book.saidOf(row));
    const named =
      rows.length < 2 ? undefined : saidOf.find(({ names }) => byName(names, [original]) === 'same');
    if (named === undefined || !saidOf.every((said) => isSamePayment(said, { ...named, names: [original] })))
      return [];
    const one = oneOf(context, rows);
    return one.length === rows.length ? [one] : [];
  });
}

/**
 * The later payments are the first from here on: one match stands, what the others had in In-transit is
 * reversed, and all that was said of any was said of it. `more`: what the message at hand says of it.
 */
export function unite(
  changing: Changing,
  [keep, ...others]: readonly PaymentRow[],
  more: readonly PaymentContent[],
  tally: Tally,
): PaymentRow {
  for (const gone of others) uniteTwo(changing, keep!, gone, more, tally);
  return changing.context.store.payment(keep!.id)!;
}

function uniteTwo(
  changing: Changing,
  { id }: PaymentRow,
  gone: PaymentRow,
  more: readonly PaymentContent[],
  tally: Tally,
): void {
  const { context, changes } = changing;
  const { store, book } = context;
  const keep = store.payment(id)!;
  const line = keep.lineId === null ? undefined : book.rowOf(keep.lineId);
  const stays = line ?? book.rowOf(keep.id);
  const said = [keep, gone].flatMap((row) => book.contentsOf(row.id));
  const content = mergeContents([...(line === undefined ? [] : [line.content]), ...more, ...said]);
  const [theirs, ours] = [
    told(book.rowOf(gone.id), gone.returnedMinor),
    told({ ...stays, content }, keep.returnedMinor),
  ];
  const matchedOf = (subject: bigint) => context.reconciliation.instant.standing(subject).matchedMinor;
  const beforeMinor = matchedOf(gone.id) + matchedOf(stays.id);
  let afterMinor = 0n;
  if (line === undefined && (keep.rejected === 1n || gone.rejected === 1n)) {
    // What a bank said of either of them it said of the money.
    if (gone.rejected === 0n) changes.takeBack({ before: theirs, after: theirs, kind: 'rejection' });
    if (keep.rejected === 0n) changes.takeBack({ before: ours, after: ours, kind: 'rejection' });
    store.setRejected(keep.id, true);
  } else afterMinor = changes.join(theirs, ours).matchedMinor;
  store.join(gone.id, keep.id);
  store.moveNotices(gone.id, keep.id);
  store.carryParted(gone.id, keep.id);
  if (gone.recalled === 1n) store.setRecalled(keep.id, true);
  happened(changing, keep.id, 'joined');
  happened(changing, gone.id, 'joined');
  if (beforeMinor > afterMinor) tally.reopened += 1;
  countOnce(changing, gone, beforeMinor - afterMinor, tally);
}

/** The hour and the day have counted money twice that came once. */
function countOnce({ context, atMs }: Changing, gone: PaymentRow, matchedMinor: bigint, tally: Tally): void {
  const receivedAtMs = Number(gone.receivedAtMs);
  const amountMinor = magnitude(gone.moneyMinor);
  context.store.takeFromHour(
    gone.bankAccountId,
    receivedAtMs - (receivedAtMs % HOUR_MS),
    gone.moneyMinor > 0n ? amountMinor : 0n,
    gone.moneyMinor < 0n ? amountMinor : 0n,
  );
  // The sums of another day are told, and stay.
  if (dateOfMs(receivedAtMs) !== dateOfMs(atMs)) return;
  const { currency, rail } = gone;
  tally.retracted.push({ currency, rail, amountMinor: -amountMinor, matchedMinor: -matchedMinor });
}
