/** Where a break stands, and what may be done to it: events in, standing out. Pure. */
import type { BreakAction, BreakReason, BreakStatus } from '../../contract/breaks.ts';
import { CountersignError } from '../base/index.ts';

export interface Standing {
  readonly status: BreakStatus;
  /** The actor who has it in hand. */
  readonly owner: string | null;
  readonly reason: BreakReason | null;
  /** The entry of the write-off that stands. */
  readonly entryId: Buffer | null;
  /** The write-off stands although its cause has vanished. */
  readonly causeGone: boolean;
}

/** The part of an event that moves a break. */
export interface Step {
  readonly action: BreakAction;
  readonly value: string | null;
  readonly entryId: Buffer | null;
}

export const OPENED: Standing = {
  status: 'open',
  owner: null,
  reason: null,
  entryId: null,
  causeGone: false,
};

/** Where a break that is not over stands by its owner alone. */
const byOwner = (owner: string | null): BreakStatus => (owner === null ? 'open' : 'in-work');

/** The standing after an event. */
export function after(standing: Standing, { action, value, entryId }: Step): Standing {
  switch (action) {
    case 'assigned':
    case 'released': {
      const owner = action === 'assigned' ? value : null;
      const status = standing.status === 'explained' ? standing.status : byOwner(owner);
      return { ...standing, owner, status };
    }
    case 'reason':
      return { ...standing, reason: value as BreakReason | null };
    case 'explained':
      return { ...standing, status: 'explained' };
    case 'reopened':
      return { ...standing, status: byOwner(standing.owner) };
    case 'written-off':
      return { ...standing, status: 'written-off', reason: value as BreakReason, entryId, causeGone: false };
    case 'write-off-undone':
      return { ...standing, status: byOwner(standing.owner), entryId: null, causeGone: false };
    case 'cause-gone':
      return { ...standing, causeGone: true };
    case 'cause-back':
      return { ...standing, causeGone: false };
    case 'closed':
      return { ...standing, status: 'closed', entryId: null, causeGone: false };
    default:
      return standing;
  }
}

/** The standing that a history leads to. */
export const standingOf = (history: readonly Step[]): Standing => history.reduce(after, OPENED);

export const isOver = ({ status }: Pick<Standing, 'status'>): boolean =>
  status === 'closed' || status === 'written-off';

/** Throws `BREAK_OVER` where nothing more is done to the break. */
export function requireStanding(standing: Standing, breakId: bigint): void {
  if (!isOver(standing)) return;
  throw new CountersignError(
    'BREAK_OVER',
    'The break is closed or written off; nothing more is done to it.',
    {
      path: `break ${breakId}`,
      expected: 'a break that is open, in work or explained',
      actual: standing.status,
    },
  );
}

/** Throws `BREAK_REASON_MISSING` where nobody has said why. */
export function requireReason(standing: Standing, breakId: bigint): void {
  if (standing.reason !== null && standing.reason !== 'unknown') return;
  throw new CountersignError(
    'BREAK_REASON_MISSING',
    'An explanation needs a reason code that says something.',
    {
      path: `break ${breakId}`,
      expected: 'a reason code other than unknown',
    },
  );
}
