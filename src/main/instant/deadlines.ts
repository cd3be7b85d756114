/** When a statement should have confirmed what a message told. Pure. */
import { addDays, type IsoDate } from '../base/index.ts';

/** Calendar days that a bank has to book a payment, where the rail says nothing else. */
const USUAL_DAYS = 1;
const DAY_MS = 86_400_000;

/** The end (UTC) of the last day on which the payment may still be missing; never a weekend's. */
export function dueAtMs(paidOn: IsoDate, withinDays = USUAL_DAYS): number {
  let day = addDays(paidOn, withinDays);
  for (let weekday = weekdayOf(day); weekday === 0 || weekday === 6; weekday = weekdayOf(day)) {
    day = addDays(day, 1);
  }
  return Date.parse(`${day}T00:00:00Z`) + DAY_MS;
}

/** 0 is Sunday. */
const weekdayOf = (day: IsoDate): number => new Date(`${day}T00:00:00Z`).getUTCDay();
