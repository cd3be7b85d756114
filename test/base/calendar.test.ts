import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { easterOf } from '../../src/main/base/calendar.ts';
import {
  addBusinessDays,
  addDays,
  businessDaysBetween,
  type CalendarId,
  calendarOf,
  calendars,
  isBusinessDay,
} from '../../src/main/base/index.ts';

/** The days from Monday to Friday of a year on which banks are closed. */
function closed(year: number, calendar: CalendarId): string[] {
  const found: string[] = [];
  for (let date = `${year}-01-01`; date.startsWith(`${year}`); date = addDays(date, 1)) {
    const weekday = new Date(date).getUTCDay();
    if (weekday !== 0 && weekday !== 6 && !isBusinessDay(date, calendar)) found.push(date.slice(5));
  }
  return found;
}

describe('the calendar of banks', () => {
  it.each([
    [1961, '04-02'],
    [2000, '04-23'],
    [2008, '03-23'],
    [2019, '04-21'],
    [2024, '03-31'],
    [2025, '04-20'],
    [2026, '04-05'],
    [2027, '03-28'],
    [2038, '04-25'],
    [2285, '03-22'],
  ])('has Easter of %i on %s', (year, date) => {
    expect(easterOf(year)).toBe(`${year}-${date}`);
  });

  it.each<[CalendarId, number, string[]]>([
    ['target', 2024, ['01-01', '03-29', '04-01', '05-01', '12-25', '12-26']],
    ['target', 2025, ['01-01', '04-18', '04-21', '05-01', '12-25', '12-26']],
    ['target', 2026, ['01-01', '04-03', '04-06', '05-01', '12-25']],
    [
      ...(['federal-reserve', 2023] as const),
      ['01-02', '01-16', '02-20', '05-29', '06-19', '07-04', '09-04', '10-09', '11-23', '12-25'],
    ],
    [
      ...(['federal-reserve', 2026] as const),
      ['01-01', '01-19', '02-16', '05-25', '06-19', '09-07', '10-12', '11-11', '11-26', '12-25'],
    ],
    // Juneteenth was no holiday of the Reserve Banks yet, and 4 July was a Sunday.
    [
      ...(['federal-reserve', 2021] as const),
      ['01-01', '01-18', '02-15', '05-31', '07-05', '09-06', '10-11', '11-11', '11-25'],
    ],
    ['england', 2020, ['01-01', '04-10', '04-13', '05-08', '05-25', '08-31', '12-25', '12-28']],
    [
      ...(['england', 2022] as const),
      ['01-03', '04-15', '04-18', '05-02', '06-02', '06-03', '08-29', '09-19', '12-26', '12-27'],
    ],
    ['england', 2023, ['01-02', '04-07', '04-10', '05-01', '05-08', '05-29', '08-28', '12-25', '12-26']],
    ['england', 2026, ['01-01', '04-03', '04-06', '05-04', '05-25', '08-31', '12-25', '12-28']],
    ['england', 2027, ['01-01', '03-26', '03-29', '05-03', '05-31', '08-30', '12-27', '12-28']],
    [
      ...(['brazil', 2026] as const),
      [
        '01-01',
        '02-16',
        '02-17',
        '04-03',
        '04-21',
        '05-01',
        '06-04',
        '09-07',
        '10-12',
        '11-02',
        '11-20',
        '12-25',
      ],
    ],
    ['weekdays', 2026, []],
  ])('%s has the closed days of %i', (calendar, year, days) => {
    expect(closed(year, calendar)).toEqual(days);
  });

  it.each([
    ['EUR', 'target'],
    ['USD', 'federal-reserve'],
    ['GBP', 'england'],
    ['BRL', 'brazil'],
    ['JPY', 'weekdays'],
  ])('that %s goes by is %s', (currency, calendar) => {
    expect(calendarOf(currency)).toBe(calendar);
  });

  // 2024-02-02 is a Friday; 2026-04-03 is Good Friday.
  it.each<[string, string, CalendarId, number]>([
    ['2024-02-02', '2024-02-02', 'target', 0],
    ['2024-02-02', '2024-02-04', 'target', 0],
    ['2024-02-02', '2024-02-05', 'target', 1],
    ['2024-02-03', '2024-02-05', 'target', 1],
    ['2024-02-05', '2024-02-02', 'target', 0],
    ['2024-01-01', '2024-12-31', 'weekdays', 261],
    ['2024-01-01', '2024-12-31', 'target', 256],
    ['2026-04-02', '2026-04-07', 'target', 1],
    ['2026-04-02', '2026-04-07', 'federal-reserve', 3],
    ['2025-12-24', '2026-01-02', 'england', 4],
  ])('from %s to %s, by %s, are %i business days', (from, to, calendar, days) => {
    expect(businessDaysBetween(from, to, calendar)).toBe(days);
  });

  const day = fc.integer({ min: 0, max: 4_000 }).map((days) => addDays('2020-01-01', days));
  const calendar = fc.constantFrom(...calendars);
  it('counts what counting one day after the other gives, and goes as far again', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 60 }), calendar, (from, span, banks) => {
        const to = addDays(from, span);
        const days = Array.from({ length: span }, (_, n) => addDays(from, n + 1));
        const count = days.filter((date) => isBusinessDay(date, banks)).length;
        expect(businessDaysBetween(from, to, banks)).toBe(count);
        const last = addBusinessDays(from, count, banks);
        expect(businessDaysBetween(from, last, banks)).toBe(count);
        expect(last <= to).toBe(true);
      }),
    );
  });
});
