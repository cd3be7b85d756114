/** By what a payment is known again, across messages and statements. Pure. */
import { daysBetween, type IsoDate } from '../base/index.ts';
import type { PaymentKeys } from '../messages/index.ts';

/** The blind index that all references of payments share: who has the file learns only which are equal. */
export const KEY_INDEX = 'instant.reference';

/** Days that lie between what two messages, or a message and a line, say of one payment's date. */
const MESSAGE_DAYS = 1;
const LINE_DAYS_BEFORE = 1;
export const LINE_DAYS_AFTER = 7;

/** The texts under which a payment's references are tagged: the kind of reference, then the reference. */
export function keyTexts(keys: PaymentKeys): string[] {
  const { uetr, accountServicerReference, endToEndId, transactionId, clearingSystemReference } = keys;
  const texts: string[] = [];
  if (uetr !== undefined) texts.push(`u ${uetr.toLowerCase()}`);
  if (accountServicerReference !== undefined) texts.push(`a ${accountServicerReference}`);
  if (endToEndId !== undefined) texts.push(`e ${endToEndId}`);
  if (transactionId !== undefined) texts.push(`t ${transactionId}`);
  if (clearingSystemReference !== undefined) texts.push(`c ${clearingSystemReference}`);
  return texts;
}

/** What messages, or a line, say of a payment. */
export interface PaymentSaid {
  /** By what each of them calls it. */
  readonly names: readonly PaymentKeys[];
  /** Signed. */
  readonly moneyMinor: bigint;
  readonly currency: string;
  readonly date: IsoDate;
}

/** Whether two agree on a reference; undefined where one of them does not give it. */
type Verdict = 'same' | 'other' | undefined;

type Names = readonly PaymentKeys[];

function agree(left: Names, right: Names, key: keyof PaymentKeys): Verdict {
  const [own, other] = [valuesOf(left, key), valuesOf(right, key)];
  if (own.length === 0 || other.length === 0) return undefined;
  return own.some((value) => other.includes(value)) ? 'same' : 'other';
}

const valuesOf = (names: Names, key: keyof PaymentKeys): string[] =>
  names.flatMap(({ [key]: value }) =>
    value === undefined ? [] : [key === 'uetr' ? value.toLowerCase() : value],
  );

/**
 * The references that name one payment by themselves: where both carry one, it decides alone. Banks give a
 * batch of entries one reference of their own, which the payers' ids then tell apart.
 */
export function byName(left: Names, right: Names): Verdict {
  const named = agree(left, right, 'uetr') ?? agree(left, right, 'accountServicerReference');
  if (named !== 'same' || agree(left, right, 'uetr') === 'same') return named;
  return agree(left, right, 'endToEndId') === 'other' ? 'other' : 'same';
}

/**
 * Whether two that share a reference tell of one payment of an account and direction: by UETR, else by
 * the bank's reference, else by currency, amount and date, since payers use their ids again.
 */
export function isSamePayment(left: PaymentSaid, right: PaymentSaid): boolean {
  const named = byName(left.names, right.names);
  if (named !== undefined) return named === 'same';
  if (left.currency !== right.currency || left.moneyMinor !== right.moneyMinor) return false;
  if (Math.abs(daysBetween(left.date, right.date)) > MESSAGE_DAYS) return false;
  return agree(left.names, right.names, 'endToEndId') !== 'other';
}

/** Whether nothing speaks against two payments being one that a message calls by the names of both. */
export const mayBeOne = (left: PaymentSaid, right: PaymentSaid): boolean =>
  left.currency === right.currency && agree(left.names, right.names, 'uetr') !== 'other';

/** How a line stands to a payment: it names it, it names another, or it says nothing. */
export function lineNames(payment: PaymentSaid, line: PaymentSaid): 'names' | 'contradicts' | 'silent' {
  const named = byName(payment.names, line.names);
  if (named !== undefined) return named === 'same' ? 'names' : 'contradicts';
  const endToEnd = agree(payment.names, line.names, 'endToEndId');
  if (endToEnd === 'other' || !isNear(payment.date, line.date)) return 'contradicts';
  const shares = endToEnd === 'same' || agree(payment.names, line.names, 'transactionId') === 'same';
  return shares ? 'names' : 'silent';
}

/** Whether a line may be that of a payment by its date: banks book on the day, or after a weekend. */
export function isNear(paidOn: IsoDate, bookedOn: IsoDate): boolean {
  const days = daysBetween(paidOn, bookedOn);
  return days >= -LINE_DAYS_BEFORE && days <= LINE_DAYS_AFTER;
}
