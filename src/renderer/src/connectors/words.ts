import type { DeadLetterLine } from '../../../contract/connectors.ts';
import { whatHappened } from '../kit/index.ts';
import { t } from './messages.ts';

/** What a code means, in the language of the screen. */
export const meaningOf = (code: string): string => whatHappened({ code, message: '', details: {} });

/** Where in a message it went wrong. */
export function whereOf({ path, line }: Pick<DeadLetterLine, 'path' | 'line'>): string {
  const words = [path, line === null ? null : t('dead.line', { line })];
  return words.filter((word) => word !== null).join(' · ');
}
