/** Which keys are shown, and what of them counts as due. Pure. */
import type { Key, KeyFinding, KeyPolicy } from '../../../contract/keys.ts';

export const SHOWS = ['all', 'active', 'due', 'findings'] as const;
export type Show = (typeof SHOWS)[number];

const DAY_MS = 86_400_000;

/** Findings that somebody or the next check must act upon, the most pressing first. */
const PRESSING: readonly KeyFinding['code'][] = ['REPLACEMENT_URGENT', 'DUAL_CONTROL_DUE', 'ROTATION_DUE'];
const ORDER: readonly KeyFinding['code'][] = [...PRESSING, 'STILL_PROTECTS', 'HSM_REQUIRED'];

/** Whether a key must be replaced now, by people or by the next check. */
export const isDue = (key: Pick<Key, 'findings'>): boolean =>
  key.findings.some(({ code }) => PRESSING.includes(code));

export const isInUse = ({ state }: Pick<Key, 'state'>): boolean => state === 'active' || state === 'expiring';

const shows: Readonly<Record<Show, (key: Key) => boolean>> = {
  all: () => true,
  active: (key) => isInUse(key) || key.state === 'rotating',
  due: isDue,
  findings: (key) => key.findings.length > 0,
};

export interface Choice {
  readonly show: Show;
  readonly type: string | undefined;
  readonly state: string | undefined;
  readonly purpose: string | undefined;
  readonly text: string;
}

/** The keys of a choice, in the order they came in. Every word of the text must be found in a key. */
export function choose(keys: readonly Key[], choice: Choice): readonly Key[] {
  const words = choice.text.toLowerCase().split(/\s+/).filter(Boolean);
  return keys.filter(
    (key) =>
      shows[choice.show](key) &&
      (choice.type === undefined || key.type === choice.type) &&
      (choice.state === undefined || key.state === choice.state) &&
      (choice.purpose === undefined || key.purpose === choice.purpose) &&
      words.every((word) => haystack(key).includes(word)),
  );
}

function haystack({ id, type, purpose, retentionClass, quarter, algorithm, state, custody }: Key): string {
  return [id, type, purpose, retentionClass, quarter, algorithm, state, custody].join(' ').toLowerCase();
}

/** How many keys of the inventory each tab shows. */
export function countShows(keys: readonly Key[]): Readonly<Record<Show, number>> {
  const count = (show: Show) => keys.reduce((sum, key) => sum + (shows[show](key) ? 1 : 0), 0);
  return { all: keys.length, active: count('active'), due: count('due'), findings: count('findings') };
}

/** The findings of a key, the most pressing first. */
export function byWeight(findings: readonly KeyFinding[]): readonly KeyFinding[] {
  return [...findings].sort((a, b) => ORDER.indexOf(a.code) - ORDER.indexOf(b.code));
}

/** Days of this workstation's calendar from one instant to another; negative where it has passed. */
export function daysBetween(fromMs: number, toMs: number): number {
  const dayOf = (atMs: number) => {
    const at = new Date(atMs);
    return Date.UTC(at.getFullYear(), at.getMonth(), at.getDate());
  };
  return Math.round((dayOf(toMs) - dayOf(fromMs)) / DAY_MS);
}

/** How long a key is or was in use; null where it never was. */
export function ageMs(key: Pick<Key, 'activatedAtMs' | 'endedAtMs'>, nowMs: number): number | null {
  return key.activatedAtMs === null ? null : Math.max(0, (key.endedAtMs ?? nowMs) - key.activatedAtMs);
}

/** What the life cycle allows from the state a key is in; the engine has the last word. */
export function stepsOf(key: Key): {
  readonly rotate: boolean;
  readonly compromise: boolean;
  readonly retire: boolean;
  readonly destroy: boolean;
} {
  const { state, type } = key;
  const isOut = state === 'retired' || state === 'compromised';
  const isMissed = key.findings.some(({ code }) => code === 'REPLACEMENT_URGENT');
  const holds = (type === 'DEK' || type === 'KEK') && key.protects > 0;
  return {
    rotate: isInUse(key) || (isOut && (isMissed || holds)),
    compromise: state !== 'compromised' && state !== 'destroyed',
    retire: (isInUse(key) || state === 'rotating') && type !== 'KEK',
    destroy: state !== 'destroyed',
  };
}

export const policyOf = (key: Key, policies: readonly KeyPolicy[] | undefined): KeyPolicy | undefined =>
  policies?.find(({ name }) => name === key.policy);
