/** What codes of the contract are called. */
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
