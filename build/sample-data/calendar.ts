/** Days on which a bank of the euro area books, and the wall-clock offset of Central Europe. */

const DAY_MS = 86_400_000;

export function dateMs(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

export function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

export function plusDays(date: string, days: number): string {
  return dateOf(dateMs(date) + days * DAY_MS);
}

export function daysFrom(from: string, to: string): number {
  return Math.round((dateMs(to) - dateMs(from)) / DAY_MS);
}

/** Easter Sunday by the anonymous Gregorian rule (Meeus, Jones and Butcher). */
function easterSunday(year: number): string {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7;
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
  return `${year}-${String(Math.floor(f / 31)).padStart(2, '0')}-${String((f % 31) + 1).padStart(2, '0')}`;
}

/** True on the days on which TARGET settles: no weekend and none of its six holidays. */
export function isBusinessDay(date: string): boolean {
  const weekday = new Date(dateMs(date)).getUTCDay();
  if (weekday === 0 || weekday === 6) return false;
  if (['01-01', '05-01', '12-25', '12-26'].includes(date.slice(5))) return false;
  const easter = easterSunday(Number(date.slice(0, 4)));
  return date !== plusDays(easter, -2) && date !== plusDays(easter, 1);
}

/** `date` itself where banks book on it, else the next day on which they do. */
export function businessDayFrom(date: string): string {
  let day = date;
  while (!isBusinessDay(day)) day = plusDays(day, 1);
  return day;
}

/** The business days from `from` to `to`, both included. */
export function businessDays(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = plusDays(day, 1)) if (isBusinessDay(day)) days.push(day);
  return days;
}

/** Number of the business day within its year, from 1: what banks number statements by. */
export function statementNumber(date: string): number {
  return businessDays(`${date.slice(0, 4)}-01-01`, date).length;
}

function lastSunday(year: string, month: string): string {
  let day = `${year}-${month}-31`;
  while (new Date(dateMs(day)).getUTCDay() !== 0) day = plusDays(day, -1);
  return day;
}

/** The offset of Central European time on a date: summer time from the last Sunday of March to that of October. */
export function offsetOn(date: string): string {
  const year = date.slice(0, 4);
  return date >= lastSunday(year, '03') && date < lastSunday(year, '10') ? '+02:00' : '+01:00';
}
