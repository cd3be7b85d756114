/**
 * The days on which banks are closed, as rules that hold for every year, and the days that single years
 * had besides. Sources, named as they are known; none was at hand when this was written:
 *
 * - `target`: T2 and TIPS statements follow the closing days of TARGET: 1 January, Good Friday, Easter Monday,
 *   1 May, 25 and 26 December (ECB press release of 14 December 2000, in force since 2002).
 * - `federal-reserve`: holidays of the Federal Reserve Banks (frbservices.org, "Holiday Schedules"). One that
 *   falls on a Sunday is kept on the Monday after it; of one on a Saturday the Friday before is a business day.
 *   Juneteenth since 2022.
 * - `england`: bank holidays of England and Wales (Banking and Financial Dealings Act 1971, schedule 1, and the
 *   royal proclamations; gov.uk/bank-holidays). One on a weekend is kept on the next day that is none.
 * - `brazil`: national holidays (Laws 662/1949, 6.802/1980, 10.607/2002 and, since 2024, 14.759/2023), and Carnival
 *   Monday and Tuesday, Good Friday and Corpus Christi, on which banks are closed (Febraban, "Feriados bancários").
 */

/** A day of each year; a weekday is 1 for Monday. */
export type YearlyDay =
  | { readonly kind: 'fixed'; readonly month: number; readonly day: number; readonly since?: number }
  | { readonly kind: 'easter'; readonly days: number }
  /** The `nth` such weekday of a month; less than zero counts from its end. */
  | { readonly kind: 'weekday'; readonly month: number; readonly weekday: number; readonly nth: number };

export interface CalendarData {
  readonly days: readonly YearlyDay[];
  /** What becomes of a fixed day on a weekend. */
  readonly onWeekend: 'lost' | 'monday-after-sunday' | 'next-free-day';
  /** Days that single years had besides. */
  readonly besides: readonly string[];
  /** Days of the rules that single years moved elsewhere. */
  readonly without: readonly string[];
}

const fixed = (month: number, day: number, since?: number): YearlyDay => ({
  ...{ kind: 'fixed', month, day },
  ...(since === undefined ? {} : { since }),
});
const easter = (days: number): YearlyDay => ({ kind: 'easter', days });
const weekday = (month: number, day: number, nth: number): YearlyDay => ({
  ...{ kind: 'weekday', month, weekday: day, nth },
});
const MONDAY = 1;
const THURSDAY = 4;
const GOOD_FRIDAY = easter(-2);
const EASTER_MONDAY = easter(1);

export type CalendarId = 'target' | 'federal-reserve' | 'england' | 'brazil' | 'weekdays';

export const CALENDAR_DATA: Readonly<Record<CalendarId, CalendarData>> = {
  target: {
    days: [fixed(1, 1), GOOD_FRIDAY, EASTER_MONDAY, fixed(5, 1), fixed(12, 25), fixed(12, 26)],
    ...{ onWeekend: 'lost', besides: [], without: [] },
  },
  'federal-reserve': {
    days: [
      fixed(1, 1),
      weekday(1, MONDAY, 3),
      weekday(2, MONDAY, 3),
      weekday(5, MONDAY, -1),
      fixed(6, 19, 2022),
      fixed(7, 4),
      weekday(9, MONDAY, 1),
      weekday(10, MONDAY, 2),
      fixed(11, 11),
      weekday(11, THURSDAY, 4),
      fixed(12, 25),
    ],
    ...{ onWeekend: 'monday-after-sunday', besides: [], without: [] },
  },
  england: {
    days: [
      fixed(1, 1),
      GOOD_FRIDAY,
      EASTER_MONDAY,
      weekday(5, MONDAY, 1),
      weekday(5, MONDAY, -1),
      weekday(8, MONDAY, -1),
      fixed(12, 25),
      fixed(12, 26),
    ],
    onWeekend: 'next-free-day',
    // 75 years after the war; the Platinum Jubilee, the funeral of Elizabeth II; the coronation of Charles III.
    besides: ['2020-05-08', '2022-06-02', '2022-06-03', '2022-09-19', '2023-05-08'],
    without: ['2020-05-04', '2022-05-30'],
  },
  brazil: {
    days: [
      fixed(1, 1),
      easter(-48),
      easter(-47),
      GOOD_FRIDAY,
      fixed(4, 21),
      fixed(5, 1),
      easter(60),
      fixed(9, 7),
      fixed(10, 12),
      fixed(11, 2),
      fixed(11, 15),
      fixed(11, 20, 2024),
      fixed(12, 25),
    ],
    ...{ onWeekend: 'lost', besides: [], without: [] },
  },
  weekdays: { days: [], onWeekend: 'lost', besides: [], without: [] },
};

/** Whose banks draw up the statements of accounts in a currency; Monday to Friday where nothing is known. */
export const CALENDAR_OF_CURRENCY: Readonly<Record<string, CalendarId>> = {
  EUR: 'target',
  USD: 'federal-reserve',
  GBP: 'england',
  BRL: 'brazil',
};
