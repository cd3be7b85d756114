/** How long evidence is kept, and what may become of it today. Pure rules over dates. */
import type { EvidenceState, RetentionClass } from '../../contract/compliance.ts';
import { addDays, dateOfMs, type IsoDate, isIsoDate } from '../base/index.ts';

const YEARS: Readonly<Record<RetentionClass, number>> = { '7y': 7, '10y': 10 };

/**
 * The last day that evidence added on `addedOn` must be kept. Where the year has no such day (29
 * February), it is the day after, so that nothing is kept too short.
 */
export function retainUntil(addedOn: IsoDate, retentionClass: RetentionClass): IsoDate {
  const year = String(Number(addedOn.slice(0, 4)) + YEARS[retentionClass]).padStart(4, '0');
  const sameDay = `${year}${addedOn.slice(4)}`;
  return isIsoDate(sameDay) ? sameDay : addDays(`${year}-02-28`, 1);
}

export interface Keeping {
  readonly retainUntil: IsoDate;
  readonly standingHolds: number;
  readonly isRemoved: boolean;
}

/** What may be done with evidence at an instant, read as its UTC day. */
export function stateAt(
  { retainUntil: until, standingHolds, isRemoved }: Keeping,
  nowMs: number,
): EvidenceState {
  if (isRemoved) return 'removed';
  if (standingHolds > 0) return 'held';
  return dateOfMs(nowMs) <= until ? 'kept' : 'due';
}

/** The UTC quarter of an instant, as keys are named by it: `2026Q4`. */
export function quarterNameOf(atMs: number): string {
  const date = new Date(atMs);
  return `${date.getUTCFullYear()}Q${Math.floor(date.getUTCMonth() / 3) + 1}`;
}
