/**
 * Business days of banks. Rails that pay at once pay every day; statements are drawn up on business days,
 * and a break grows older only while somebody could work on it. Pure.
 */
import { CALENDAR_DATA, CALENDAR_OF_CURRENCY, type CalendarId, type YearlyDay } from './calendar-data.ts';
import { addDays, daysBetween, type IsoDate } from './dates.ts';

/** The calendar by which statements of a currency come. */
export const calendarOf = (currency: string): CalendarId => CALENDAR_OF_CURRENCY[currency] ?? 'weekdays';

/** Every calendar that currencies have. */
export const calendars: readonly CalendarId[] = Object.keys(CALENDAR_DATA) as CalendarId[];

export function isBusinessDay(date: IsoDate, calendar: CalendarId): boolean {
  return !isWeekend(date) && !closedIn(Number(date.slice(0, 4)), calendar).has(date);
}

/** The business day so many after a date; a date on which banks are closed counts as its next business day's eve. */
export function addBusinessDays(date: IsoDate, count: number, calendar: CalendarId): IsoDate {
  let day = date;
  for (let left = count; left > 0; ) {
    day = addDays(day, 1);
    if (isBusinessDay(day, calendar)) left -= 1;
  }
  return day;
}

const WEEK_DAYS = 7;
const BUSINESS_DAYS_A_WEEK = 5;

/** Business days after `from`, up to and with `to`; 0 where `to` is not later. */
export function businessDaysBetween(from: IsoDate, to: IsoDate, calendar: CalendarId): number {
  if (to <= from) return 0;
  const weeks = Math.floor(daysBetween(from, to) / WEEK_DAYS);
  let count = weeks * BUSINESS_DAYS_A_WEEK;
  for (let date = addDays(from, weeks * WEEK_DAYS); date < to; ) {
    date = addDays(date, 1);
    if (!isWeekend(date)) count += 1;
  }
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year += 1) {
    for (const date of closedIn(year, calendar)) if (date > from && date <= to) count -= 1;
  }
  return count;
}

/** ISO weekday, 1 for Monday. */
function weekdayOf(date: IsoDate): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || WEEK_DAYS;
}

const isWeekend = (date: IsoDate): boolean => weekdayOf(date) > BUSINESS_DAYS_A_WEEK;

const known = new Map<string, ReadonlySet<IsoDate>>();

/** The days from Monday to Friday of a year on which banks are closed. */
function closedIn(year: number, calendar: CalendarId): ReadonlySet<IsoDate> {
  const key = `${calendar} ${year}`;
  let days = known.get(key);
  if (days === undefined) {
    days = new Set(closedDays(year, calendar));
    known.set(key, days);
  }
  return days;
}

function closedDays(year: number, calendar: CalendarId): IsoDate[] {
  const { days, onWeekend, besides, without } = CALENDAR_DATA[calendar];
  const kept: IsoDate[] = [];
  for (const day of days) {
    if (day.kind === 'fixed' && year < (day.since ?? 0)) continue;
    let date = dateIn(year, day);
    if (onWeekend === 'monday-after-sunday' && weekdayOf(date) === WEEK_DAYS) date = addDays(date, 1);
    while (onWeekend === 'next-free-day' && (isWeekend(date) || kept.includes(date))) date = addDays(date, 1);
    kept.push(date);
  }
  return [...kept.filter((date) => !without.includes(date)), ...besides].filter(
    (date) => date.startsWith(`${year}-`) && !isWeekend(date),
  );
}

const dateText = (year: number, month: number, day: number): IsoDate =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

function dateIn(year: number, day: YearlyDay): IsoDate {
  if (day.kind === 'fixed') return dateText(year, day.month, day.day);
  if (day.kind === 'easter') return addDays(easterOf(year), day.days);
  const { month, weekday, nth } = day;
  const first = dateText(year, month, 1);
  const firstSuch = addDays(first, (weekday - weekdayOf(first) + WEEK_DAYS) % WEEK_DAYS);
  if (nth > 0) return addDays(firstSuch, (nth - 1) * WEEK_DAYS);
  const inMonth = [0, 1, 2, 3, 4].map((week) => addDays(firstSuch, week * WEEK_DAYS));
  return inMonth.filter((date) => date.startsWith(first.slice(0, 7))).at(nth)!;
}

/** Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher). */
export function easterOf(year: number): IsoDate {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const ofCentury = year % 100;
  const sunCorrection = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - sunCorrection + 15) % 30;
  const toSunday =
    (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - epact - (ofCentury % 4)) % WEEK_DAYS;
  const late = Math.floor((golden + 11 * epact + 22 * toSunday) / 451);
  const days = epact + toSunday - 7 * late + 114;
  return dateText(year, Math.floor(days / 31), (days % 31) + 1);
}
