/** What the room is given: reports, texts and cursors, and what of it is refused. */
import { CountersignError, type IncidentReport } from '../base/index.ts';
import type { QueuePlace } from './store.ts';

const KIND = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/;

/** The place that a cursor names. Throws `INPUT_INVALID` for one that was not given out. */
export function placeOf(cursor: string | undefined): QueuePlace | null {
  if (cursor === undefined) return null;
  const parts = /^([0-4])\.(\d{1,16})\.(\d{1,15})$/.exec(cursor);
  if (parts !== null) return { rank: Number(parts[1]), clock: Number(parts[2]), id: Number(parts[3]) };
  throw new CountersignError('INPUT_INVALID', 'The cursor is none that was given out.', { path: 'cursor' });
}

/** The text without the white space around it. Refuses what says nothing. */
export function stated(
  text: string,
  code: 'INCIDENT_OWNER_MISSING' | 'INCIDENT_REASON_MISSING' | 'INCIDENT_CAUSE_MISSING',
  path: string,
): string {
  const trimmed = text.trim();
  if (/[\p{L}\p{N}]/u.test(trimmed)) return trimmed;
  throw new CountersignError(code, `The ${path} is missing.`, {
    path,
    expected: 'a text with a letter or a digit',
    actual: trimmed === '' ? 'nothing' : 'signs only',
  });
}

/** Throws `TypeError` for a report without a kind, a key or a title. */
export function requireForm({ kind, dedupeKey, title }: IncidentReport): void {
  if (!KIND.test(kind)) throw new TypeError('incidents: a kind of the form room.what expected');
  if (dedupeKey === '') throw new TypeError('incidents: a key expected under which reports are one incident');
  if (title.trim() === '') throw new TypeError('incidents: a title expected');
}
