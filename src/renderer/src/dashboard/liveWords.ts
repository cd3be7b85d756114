/** Words that the parts of the Live Feed share. */
import { t } from './messages.ts';

/** What a rail is called; a rail this screen does not know is called as the engine does. */
export function railLabel(rail: string): string {
  const key = `rail.${rail}`;
  return t.has(key) ? t(key) : rail;
}

/** `3.4 ms`, `120 ms`; a dash where nothing was measured. */
export function writeMs(ms: number | null): string {
  if (ms === null) return '–';
  return t('live.ms', { ms: (ms >= 10 ? Math.round(ms) : Math.round(ms * 10) / 10).toLocaleString() });
}
