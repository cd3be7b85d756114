import { t } from './messages.ts';

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u;

/** What is wrong with the name of a new vault; null where nothing is, and while nothing was typed. */
export function nameProblemOf(name: string, taken: readonly string[]): string | null {
  const trimmed = name.trim();
  if (trimmed === '') return null;
  if (!NAME.test(trimmed) || trimmed.endsWith('.')) return t('create.nameBad');
  const isTaken = taken.some((one) => one.toLowerCase() === trimmed.toLowerCase());
  return isTaken ? t('create.nameTaken') : null;
}
