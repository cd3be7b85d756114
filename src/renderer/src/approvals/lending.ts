/** What is typed to lend a right, as the contract takes it. */

import type { RoleId } from '../../../contract/operators.ts';
import type { Policy } from '../../../contract/policies.ts';

export interface LendDraft {
  readonly toId: string;
  readonly policyIds: readonly string[];
  readonly from: string;
  readonly until: string;
  readonly reason: string;
}

const SHAPE = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})$/;

/** `2026-11-21 17:40` by the clock of the workstation, as a moment; null where there is no such one. */
export function momentOf(text: string): number | null {
  const parts = SHAPE.exec(text.trim());
  if (!parts) return null;
  const [year, month, day, hour, minute] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const at = new Date(year, month - 1, day, hour, minute);
  const isReal =
    at.getMonth() === month - 1 &&
    at.getDate() === day &&
    at.getHours() === hour &&
    at.getMinutes() === minute;
  return isReal ? at.getTime() : null;
}

/** The policies of which somebody may lend the right to agree. */
export function lendable(policies: readonly Policy[], roles: readonly RoleId[]): Policy[] {
  return policies.filter(
    ({ clauses }) => clauses.delegation && clauses.checkers.some((role) => roles.includes(role)),
  );
}

/** The draft as the contract takes it; null while it is not complete. */
export function lendingOf({ toId, policyIds, from, until, reason }: LendDraft) {
  const [fromMs, untilMs] = [momentOf(from), momentOf(until)];
  if (toId === '' || policyIds.length === 0 || fromMs === null || untilMs === null) return null;
  if (untilMs <= fromMs || reason.trim().length < 3) return null;
  return { toId, policyIds: [...policyIds], fromMs, untilMs, reason: reason.trim() };
}
