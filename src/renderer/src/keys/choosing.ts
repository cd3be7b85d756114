/** Which keys are shown, and what of them counts as due. Pure. */
import type { Key, KeyFinding, KeyPolicy, KeyState } from '../../../contract/keys.ts';

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

const LIVE: readonly KeyState[] = ['active', 'expiring', 'rotating'];

/** How many keys of the inventory each tab shows, by what the engine counts. */
export function countShows(whole: {
  readonly states: readonly { readonly state: KeyState; readonly count: number }[];
  readonly due: number;
  readonly findings: number;
}): Readonly<Record<Show, number>> {
  const sum = (states: typeof whole.states) => states.reduce((all, { count }) => all + count, 0);
  const { states, due, findings } = whole;
  return { all: sum(states), active: sum(states.filter(({ state }) => LIVE.includes(state))), due, findings };
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
