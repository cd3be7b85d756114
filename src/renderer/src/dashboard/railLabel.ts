import { t } from './messages.ts';

/** What a rail is called; a rail this screen does not know is called as the engine does. */
export function railLabel(rail: string): string {
  const key = `rail.${rail}`;
  return t.has(key) ? t(key) : rail;
}
