/** What codes of the contract are called. */
import { type InstantState, railNames } from '../../../contract/instant.ts';
import { t } from './messages.ts';

type Key = Parameters<typeof t>[0];

const wordOf =
  (group: string) =>
  (code: string): string =>
    t.has(`${group}.${code}`) ? t(`${group}.${code}` as Key) : code;

export const stateWord = wordOf('state');
export const actionWord = wordOf('action');
export const noteWord = wordOf('note');
export const noticeWord = wordOf('notice');
export const kindWord = wordOf('kind');

/** A rail by its own name; one that this screen does not know is called as the engine does. */
export const railWord = (rail: string | null): string =>
  rail === null || rail === 'other' ? t('rail.other') : (railNames[rail] ?? rail);

/** Shape and colour of a state, from the kit's. */
export const shapeOf: Readonly<Record<InstantState, string>> = {
  waiting: 'unmatched',
  'pre-posted': 'suggested',
  cleared: 'auto',
  returned: 'voided',
  rejected: 'cancelled',
  recalled: 'medium',
  overdue: 'critical',
};
