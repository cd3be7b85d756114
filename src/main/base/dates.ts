/** A calendar date without a zone, `YYYY-MM-DD`. Sorts as text. */
export type IsoDate = string;

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;

/** True where `text` is a date that exists in the Gregorian calendar. */
export function isIsoDate(text: string): boolean {
  const parts = PATTERN.exec(text);
  if (!parts) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** The UTC date of an instant. */
export function dateOfMs(atMs: number): IsoDate {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** The date `days` after `date` (before it where negative). */
export function addDays(date: IsoDate, days: number): IsoDate {
  return dateOfMs(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000);
}

/** Whole days from `from` to `to`; negative where `to` is earlier. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
