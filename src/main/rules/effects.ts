/** What becomes of a line between two decisions of the machine. Pure. */
import type { TrialEffect } from '../../contract/rules.ts';
import type { Outcome } from '../reconciliation/index.ts';

/** What a decision settles or proposes first, as text. */
function aimOf({ explanations, booking }: Outcome): string {
  if (booking) return `account ${booking.accountId}`;
  return (explanations[0]?.allocations ?? [])
    .map(({ openItemId, allocatedMinor, discountMinor, chargesMinor }) =>
      [openItemId, allocatedMinor, discountMinor, chargesMinor].join(' '),
    )
    .sort()
    .join(', ');
}

/** The effect of going from one decision to the other; undefined where nothing changes but the reasons. */
export function effectOf(before: Outcome, after: Outcome): TrialEffect | undefined {
  const [was, is] = [before.status === 'auto', after.status === 'auto'];
  if (!was && is) return after.booking ? 'booked' : 'to-machine';
  if (was && !is) return before.booking ? 'unbooked' : 'to-person';
  if (aimOf(before) === aimOf(after)) return undefined;
  if (!was) return 'proposal';
  if (!before.booking !== !after.booking) return after.booking ? 'booked' : 'unbooked';
  return 'other-match';
}
