import { type IsoDate, isIsoDate } from '../base/index.ts';

const DAY_MS = 86_400_000;

/** Dates repeat from entry to entry; parsing one costs as much as the rest of the entry's checks. */
const known = new Map<IsoDate, number>();
const KNOWN_LIMIT = 20_000;

/** Days since 1970-01-01 of a date; `undefined` where the date does not exist. */
export function dayOf(date: IsoDate): number | undefined {
  const cached = known.get(date);
  if (cached !== undefined) return cached;
  if (typeof date !== 'string' || !isIsoDate(date)) return undefined;
  const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS;
  if (known.size >= KNOWN_LIMIT) known.clear();
  known.set(date, day);
  return day;
}

/** The date of a day since 1970-01-01. */
export function dateOfDay(day: number): IsoDate {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
