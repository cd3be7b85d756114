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

/** What one message or line says of a payment. */
export interface PaymentSaid {
  readonly keys: PaymentKeys;
  /** Signed. */
  readonly moneyMinor: bigint;
  readonly currency: string;
  readonly date: IsoDate;
}

/** The strongest reference that both carry; undefined where there is none. */
type Verdict = 'same' | 'other' | undefined;

/** The references that name one payment by themselves: where both carry one, it decides alone. */
function byName(left: PaymentKeys, right: PaymentKeys): Verdict {
  if (left.uetr !== undefined && right.uetr !== undefined)
    return left.uetr.toLowerCase() === right.uetr.toLowerCase() ? 'same' : 'other';
  const [own, other] = [left.accountServicerReference, right.accountServicerReference];
  if (own !== undefined && other !== undefined) return own === other ? 'same' : 'other';
  return undefined;
}

const equal = (left: string | undefined, right: string | undefined) => left !== undefined && left === right;
const differ = (left: string | undefined, right: string | undefined) =>
  left !== undefined && right !== undefined && left !== right;

/**
 * Whether two messages tell of one payment of an account and direction: by UETR, else by the bank's
 * reference, else by the end-to-end id with currency, amount and date, which payers use again.
 */
export function isSamePayment(left: PaymentSaid, right: PaymentSaid): boolean {
  const named = byName(left.keys, right.keys);
  if (named !== undefined) return named === 'same';
  if (left.currency !== right.currency || left.moneyMinor !== right.moneyMinor) return false;
  if (Math.abs(daysBetween(left.date, right.date)) > MESSAGE_DAYS) return false;
  return sharesReference(left.keys, right.keys);
}

function sharesReference(left: PaymentKeys, right: PaymentKeys): boolean {
  if (differ(left.endToEndId, right.endToEndId)) return false;
  return equal(left.endToEndId, right.endToEndId) || equal(left.transactionId, right.transactionId);
}

/** How a line stands to a payment of the same amount: it names it, it names another, or it says nothing. */
export function lineNames(payment: PaymentSaid, line: PaymentSaid): 'names' | 'contradicts' | 'silent' {
  const named = byName(payment.keys, line.keys);
  if (named !== undefined) return named === 'same' ? 'names' : 'contradicts';
  if (differ(payment.keys.endToEndId, line.keys.endToEndId)) return 'contradicts';
  if (!isNear(payment.date, line.date)) return 'contradicts';
  return sharesReference(payment.keys, line.keys) ? 'names' : 'silent';
}

/** Whether a line may be that of a payment by its date: banks book on the day, or after a weekend. */
export function isNear(paidOn: IsoDate, bookedOn: IsoDate): boolean {
  const days = daysBetween(paidOn, bookedOn);
  return days >= -LINE_DAYS_BEFORE && days <= LINE_DAYS_AFTER;
}
