/**
 * How values are written on screen. Pure functions: the components around them only place
 * what these return.
 */
import { currencyScale, formatAmount } from '../../../contract/money.ts';
import { currentLanguage } from './catalogue.ts';

const numberFormats = new Map<string, Intl.NumberFormat>();

function numberFormat(scale: number, locale: string | undefined): Intl.NumberFormat {
  const key = `${locale ?? ''}/${scale}`;
  let made = numberFormats.get(key);
  if (!made) {
    made = new Intl.NumberFormat(locale, { minimumFractionDigits: scale, maximumFractionDigits: scale });
    numberFormats.set(key, made);
  }
  return made;
}

/**
 * An amount grouped for the locale, to the last digit: `-1,234,567.89`. The decimal text goes
 * to `Intl` as text, so that no float ever holds it.
 */
export function writeAmount(amountMinor: bigint, currency: string, locale?: string): string {
  const text = formatAmount(amountMinor, currency) as `${number}`;
  return numberFormat(currencyScale(currency) ?? 2, locale).format(text);
}

/** An amount with its code, for sentences, titles and charts. */
export function writeMoney(amountMinor: bigint, currency: string, locale?: string): string {
  return `${writeAmount(amountMinor, currency, locale)} ${currency}`;
}

/** A short form for the axis of a chart only (`1.2M`); never where money is read. */
export function writeAxisAmount(amountMajor: number, locale?: string): string {
  return new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(amountMajor);
}

/** Major units as a float: only for the height of a bar in a chart. */
export function chartHeight(amountMinor: bigint, currency: string): number {
  return Number(formatAmount(amountMinor, currency));
}

/** `DE89 3704 0044 0532 0130 00`; other account numbers stay as the bank writes them. */
export function writeIban(account: string): string {
  const compact = account.replace(/\s+/g, '');
  return /^[A-Z]{2}\d{2}[A-Z0-9]{8,}$/i.test(compact)
    ? compact.toUpperCase().replace(/(.{4})(?=.)/g, '$1 ')
    : account;
}

/** Country, check digits and the last four; the rest as dots. */
export function maskIban(account: string): string {
  const compact = account.replace(/\s+/g, '');
  if (compact.length <= 8) return `•••• ${compact.slice(-4)}`;
  return `${compact.slice(0, 4)} •••• ${compact.slice(-4)}`;
}

const RELATIVE_STEPS: readonly [limitS: number, perUnitS: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 1, 'second'],
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [86_400 * 30, 86_400, 'day'],
  [86_400 * 365, 86_400 * 30, 'month'],
  [Number.POSITIVE_INFINITY, 86_400 * 365, 'year'],
];

/**
 * The locale of what is written in words (`2 hr. ago`, `Friday`): the workstation's own where it speaks the
 * language of the sentences, else that language. Amounts and counts stay in the workstation's form.
 */
export function wordsLocale(): string {
  const language = currentLanguage();
  const own = globalThis.navigator?.language ?? '';
  return own === language || own.startsWith(`${language}-`) ? own : language;
}

/** `2 hr. ago`, `in 3 days`. */
export function writeRelative(atMs: number, nowMs: number, locale = wordsLocale()): string {
  const deltaS = Math.round((atMs - nowMs) / 1000);
  const step = RELATIVE_STEPS.find(([limitS]) => Math.abs(deltaS) < limitS) ?? RELATIVE_STEPS[5]!;
  const formatter = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  return formatter.format(Math.round(deltaS / step[1]), step[2]);
}

/** The exact time with its zone, for a tooltip. */
export function writeExactTime(atMs: number, locale = wordsLocale()): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' }).format(atMs);
}

/** `2026-11-20 14:02`, in the workstation's zone: the form of dates in tables. */
export function writeTimestamp(atMs: number): string {
  const d = new Date(atMs);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}`;
}

/** `2026-11-20 14:02` in UTC, for the days and hours of the instant rails. */
export const writeUtc = (atMs: number): string => new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');

/** `14:02`. */
export function writeClock(atMs: number): string {
  return writeTimestamp(atMs).slice(11);
}

/** Whole days from today to an ISO date; negative once it has passed. */
export function daysUntil(isoDate: string, nowMs: number): number {
  const now = new Date(nowMs);
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  return Math.round((Date.parse(`${isoDate}T00:00:00Z`) - today) / 86_400_000);
}

/** `1.4 MB`. */
export function writeBytes(bytes: number, locale?: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  let value = bytes;
  let index = 0;
  while (value >= 1000 && index < units.length - 1) {
    value /= 1000;
    index += 1;
  }
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[index]!,
    unitDisplay: 'short',
    maximumFractionDigits: index === 0 ? 0 : 1,
  }).format(value);
}

/** `340 ms`, `2.1 s`. */
export function writeDuration(ms: number, locale = wordsLocale()): string {
  const [value, unit, digits] =
    ms < 1000 ? ([ms, 'millisecond', 0] as const) : ([ms / 1000, 'second', 1] as const);
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(value);
}

/** `63 %`, rounded down so that 100 % is only said of everything. */
export function writePercent(part: number, locale?: string): string {
  const floored = Math.floor(part * 1000) / 1000;
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(floored);
}

/** A probability with three digits, rounded down so that `1.000` is only said of certainty. */
export function writeProbability(probability: number): string {
  return (Math.floor(probability * 1000) / 1000).toFixed(3);
}
