/** When a statement should have confirmed what a message told. Pure. */
import type { IsoDate } from '../base/index.ts';
import { type RailId, railById } from '../messages/index.ts';

/** Calendar days that a bank has to book a payment, a weekend beside it, where no rail is known. */
const USUAL_DAYS = 4;
const DAY_MS = 86_400_000;

/** The end (UTC) of the last day on which the payment may still be missing on a statement. */
export function dueAtMs(paidOn: IsoDate, rail: string | null | undefined): number {
  const days = rail == null ? USUAL_DAYS : railById(rail as RailId).confirmedWithinDays;
  return Date.parse(`${paidOn}T00:00:00Z`) + (days + 1) * DAY_MS;
}
