/** What people type, brought into the form that the contract reads. Pure. */

/** An amount without what only helps the eye: `1 234,567.00` and `1'234.00` lose their grouping. */
export function plainAmount(text: string): string {
  return text.trim().replace(/[\s,'’](?=\d{3}(\D|$))/g, '');
}

/** Whether the text is a day of the calendar, written YYYY-MM-DD. */
export function isCalendarDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
}
