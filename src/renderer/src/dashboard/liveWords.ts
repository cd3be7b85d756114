/** Words that the parts of the Live Feed share. */
import { t } from './messages.ts';

/** `3.4 ms`, `120 ms`; a dash where nothing was measured. */
export function writeMs(ms: number | null): string {
  if (ms === null) return '–';
  return t('live.ms', { ms: (ms >= 10 ? Math.round(ms) : Math.round(ms * 10) / 10).toLocaleString() });
}
