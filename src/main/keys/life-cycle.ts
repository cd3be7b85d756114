import type { KeyState } from '../../contract/keys.ts';
import { CountersignError } from '../base/index.ts';

/**
 * The life of a key after NIST SP 800-57 part 1, section 7, with two states of the console's own:
 * `expiring` (active, and its time ends soon) and `rotating` (replaced, and what it protects is on
 * its way to its successor). No way leads from compromised or destroyed back into use.
 */
export type LifeStep =
  | 'activate'
  /** Its time ends soon. */
  | 'warn'
  /** A successor took its place. */
  | 'replace'
  /** All that it protected lies under its successor. */
  | 'finish'
  | 'retire'
  | 'compromise'
  | 'destroy';

export const lifeSteps: readonly LifeStep[] = [
  'activate',
  'warn',
  'replace',
  'finish',
  'retire',
  'compromise',
  'destroy',
];

const ways: Readonly<Record<KeyState, Partial<Record<LifeStep, KeyState>>>> = {
  'pre-active': { activate: 'active', compromise: 'compromised', destroy: 'destroyed' },
  active: { warn: 'expiring', replace: 'rotating', retire: 'retired', compromise: 'compromised' },
  expiring: { replace: 'rotating', retire: 'retired', compromise: 'compromised' },
  rotating: { finish: 'retired', retire: 'retired', compromise: 'compromised' },
  retired: { compromise: 'compromised', destroy: 'destroyed' },
  compromised: { destroy: 'destroyed' },
  destroyed: {},
};

/** The state after a step; `undefined` where no way leads there. */
export const after = (state: KeyState, step: LifeStep): KeyState | undefined => ways[state][step];

/** The state after a step. Throws `KEY_STATE_REFUSED`. */
export function step(keyId: string, state: KeyState, taken: LifeStep): KeyState {
  const next = after(state, taken);
  if (next !== undefined) return next;
  throw new CountersignError('KEY_STATE_REFUSED', `A key that is ${state} cannot ${taken}.`, {
    path: keyId,
    expected: statesBefore(taken).join(' or '),
    actual: state,
  });
}

function statesBefore(taken: LifeStep): string[] {
  return (Object.keys(ways) as KeyState[]).filter((state) => ways[state][taken] !== undefined);
}

/** Whether a key in that state may sign, seal or wrap. */
export const isInUse = (state: KeyState): boolean => state === 'active' || state === 'expiring';

/** Throws `KEY_NOT_USABLE` unless the key may sign, seal or wrap. */
export function requireUsable(keyId: string, state: KeyState): void {
  if (isInUse(state)) return;
  throw new CountersignError('KEY_NOT_USABLE', `The key is ${state}; it signs and seals nothing.`, {
    path: keyId,
    expected: 'active or expiring',
    actual: state,
  });
}

/** What the tables hold of a key's state, and what it is shown as. */
export interface StoredLife {
  readonly state: 'pre-active' | 'active' | 'retired' | 'compromised' | 'destroyed';
  readonly expiresAtMs: number | null;
  readonly warnFromMs: number | null;
  /** Whether a rotation still moves what lies under it. */
  readonly isLeft: boolean;
}

/** The state as of now: `expiring` and `rotating` follow from the clock and from rotations under way. */
export function stateAt({ state, warnFromMs, isLeft }: StoredLife, nowMs: number): KeyState {
  if (state === 'active' && warnFromMs !== null && nowMs >= warnFromMs) return 'expiring';
  if (state === 'retired' && isLeft) return 'rotating';
  return state;
}
