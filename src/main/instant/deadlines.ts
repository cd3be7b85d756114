/** When a statement should have confirmed what a message told. Pure. */
import { addBusinessDays, calendarOf, type IsoDate } from '../base/index.ts';
import { type RailId, railById } from '../messages/index.ts';

/** Business days that a bank has to book a payment where no rail is known. */
const USUAL_DAYS = 2;
const DAY_MS = 86_400_000;

/** The end (UTC) of the last day on which the payment may still be missing on a statement. */
export function dueAtMs(
  paidOn: IsoDate,
  { rail, currency }: { readonly rail: string | null; readonly currency: string },
): number {
  const days = rail === null ? USUAL_DAYS : railById(rail as RailId).confirmedWithinBusinessDays;
  const last = addBusinessDays(paidOn, days, calendarOf(currency));
  return Date.parse(`${last}T00:00:00Z`) + DAY_MS;
}
