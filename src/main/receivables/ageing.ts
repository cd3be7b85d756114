/** How old a debt is and where it stands. Pure rules over dates and amounts. */
import { daysBetween, type IsoDate } from '../base/index.ts';

export type AgeBucket = 'not-due' | '1-30' | '31-60' | '61-90' | 'over-90';
export type ItemState = 'open' | 'part-paid' | 'paid';

export const ageBuckets: readonly AgeBucket[] = ['not-due', '1-30', '31-60', '61-90', 'over-90'];

/** The bucket of an item due on `dueOn`, seen on `today`. An item is overdue from the day after its due date. */
export function ageBucket(dueOn: IsoDate, today: IsoDate): AgeBucket {
  const overdueDays = daysBetween(dueOn, today);
  if (overdueDays <= 0) return 'not-due';
  if (overdueDays <= 30) return '1-30';
  if (overdueDays <= 60) return '31-60';
  return overdueDays <= 90 ? '61-90' : 'over-90';
}

/** Least and greatest overdue days of a bucket; null where it is open to that side. */
export const bucketDays: Readonly<
  Record<AgeBucket, { readonly from: number | null; readonly to: number | null }>
> = {
  'not-due': { from: null, to: 0 },
  '1-30': { from: 1, to: 30 },
  '31-60': { from: 31, to: 60 },
  '61-90': { from: 61, to: 90 },
  'over-90': { from: 91, to: null },
};

export function itemState(amountMinor: bigint, openMinor: bigint): ItemState {
  if (openMinor === 0n) return 'paid';
  return openMinor === amountMinor ? 'open' : 'part-paid';
}

/** A rate in parts per million as the decimal percentage it came from: 25,000 is `2.5`. */
export function percentText(ppm: bigint): string {
  const digits = ppm.toString().padStart(5, '0');
  const fraction = digits.slice(-4).replace(/0+$/, '');
  return fraction === '' ? digits.slice(0, -4) : `${digits.slice(0, -4)}.${fraction}`;
}
