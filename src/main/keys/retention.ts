import type { KeyLoss } from '../../contract/keys.ts';
import { KEYS_CLASS } from './sealed-columns.ts';

/**
 * Years that a class is kept after its quarter. A class of the form `7y` says so itself. Values of a
 * customer relationship are kept for the longest time that a statute asks of a bank; before that a
 * person is erased one by one.
 */
const YEARS: Readonly<Record<string, number>> = { relationship: 10 };

/** First instant at which the keys of a class and quarter may be destroyed; null where that never comes. */
export function retentionEndMs(retentionClass: string, quarter: string): number | null {
  if (retentionClass === KEYS_CLASS) return null;
  const years = YEARS[retentionClass] ?? Number(/^(\d{1,3})y$/.exec(retentionClass)?.[1] ?? Number.NaN);
  if (Number.isNaN(years)) return null;
  const [year, index] = quarter.split('Q').map(Number);
  return Date.UTC(year! + years, index! * 3, 1);
}

/** Why a destruction is refused now; null where it is allowed. */
export function lossRefusal(
  retentionClass: string,
  quarter: string,
  nowMs: number,
  isHeld: boolean,
): KeyLoss['refusal'] {
  const endMs = retentionEndMs(retentionClass, quarter);
  if (endMs === null) {
    return { code: 'KEY_RETENTION_RUNS', message: 'The keys of this class end with no quarter.' };
  }
  if (nowMs < endMs) {
    const message = `The retention time runs until ${new Date(endMs).toISOString().slice(0, 10)}.`;
    return { code: 'KEY_RETENTION_RUNS', message };
  }
  if (isHeld) {
    return { code: 'KEY_UNDER_HOLD', message: 'Something under these keys is under a legal hold.' };
  }
  return null;
}
