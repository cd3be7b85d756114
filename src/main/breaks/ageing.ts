/** How old a break is, in business days, and the buckets that people sort by. Pure. */
import { type BreakBucket, breakBuckets } from '../../contract/breaks.ts';
import { addDays, type IsoDate } from '../base/index.ts';

/** The console keeps no calendar of bank holidays: every day from Monday to Friday is a business day. */
export function isBusinessDay(date: IsoDate): boolean {
  const day = new Date(`${date}T00:00:00Z`).getUTCDay();
  return day !== 0 && day !== 6;
}

const WEEK_DAYS = 7;
const BUSINESS_DAYS_A_WEEK = 5;

/** Business days after `from`, up to and with `to`; 0 where `to` is not later. */
export function businessDaysBetween(from: IsoDate, to: IsoDate): number {
  if (to <= from) return 0;
  const days = Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
  const weeks = Math.floor(days / WEEK_DAYS);
  let count = weeks * BUSINESS_DAYS_A_WEEK;
  for (let date = addDays(from, weeks * WEEK_DAYS); date < to; ) {
    date = addDays(date, 1);
    if (isBusinessDay(date)) count += 1;
  }
  return count;
}

/** The latest day that is at least so many business days before `today`. */
export function latestOfAge(today: IsoDate, businessDays: number): IsoDate {
  let date = today;
  while (businessDaysBetween(date, today) < businessDays) date = addDays(date, -1);
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
): { readonly from: IsoDate | null; readonly to: IsoDate | null } {
  const { least, most } = boundsOf(bucket);
  return {
    from: most === null ? null : addDays(latestOfAge(today, most + 1), 1),
    to: least === 0 ? null : latestOfAge(today, least),
  };
}
