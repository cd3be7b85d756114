/** What codes of the contract are called, and where a break comes from. */
import type { BreakRow } from '../../../contract/breaks.ts';
import { placeOf, places } from '../app/places.ts';
import { t } from './messages.ts';

type Key = Parameters<typeof t>[0];

const wordOf =
  (group: string) =>
  (code: string): string =>
    t.has(`${group}.${code}`) ? t(`${group}.${code}` as Key) : code;

export const kindWord = wordOf('kind');
export const statusWord = wordOf('status');
export const reasonWord = wordOf('reason');
export const roleWord = wordOf('role');
export const ageWord = wordOf('age');

/** A pre-posting lies on the desk of the instant payments; what else there is has a screen of its own. */
export const sourceOf = ({ kind, source }: Pick<BreakRow, 'kind' | 'source'>): string | null =>
  kind === 'pre-post' ? places.instant({ item: source.id }) : placeOf(source);
