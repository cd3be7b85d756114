/** How old a break is, in business days of its currency's banks, and the buckets that people sort by. Pure. */
import { type BreakBucket, breakBuckets } from '../../contract/breaks.ts';
import { addDays, businessDaysBetween, type CalendarId, type IsoDate } from '../base/index.ts';

/** The latest day that is at least so many business days before `today`. */
export function latestOfAge(today: IsoDate, businessDays: number, calendar: CalendarId): IsoDate {
  let date = today;
  while (businessDaysBetween(date, today, calendar) < businessDays) date = addDays(date, -1);
  return date;
}

/** Least and greatest age of a bucket; null where it is open. */
export function boundsOf(bucket: BreakBucket): { readonly least: number; readonly most: number | null } {
  const [least = 0, most] = bucket.replace('+', '').split('-').map(Number);
  return { least, most: most ?? null };
}

export function bucketOf(ageDays: number): BreakBucket {
  return breakBuckets.findLast((bucket) => ageDays >= boundsOf(bucket).least)!;
}

/** The days from which breaks of a bucket stand; null where that side is open. */
export function daysOfBucket(
  bucket: BreakBucket,
  today: IsoDate,
  calendar: CalendarId,
): { readonly from: IsoDate | null; readonly to: IsoDate | null } {
  const { least, most } = boundsOf(bucket);
  return {
    from: most === null ? null : addDays(latestOfAge(today, most + 1, calendar), 1),
    to: least === 0 ? null : latestOfAge(today, least, calendar),
  };
}
