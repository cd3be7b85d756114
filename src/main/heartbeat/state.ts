/** What can be read at a glance, from the last events and the time alone. */
import type { HeartbeatState } from '../../contract/heartbeat.ts';

/** The last event of a source. */
export interface SourceLast {
  readonly source: string;
  readonly atMs: number;
  readonly ok: boolean;
  readonly nextWithinMs: number | null;
}

/**
 * Whose time passed while the vault was closed could not report; it has this long after the
 * opening to catch up, before it counts as late.
 */
export const CATCH_UP_MS = 5 * 60_000;

/** When a source counts as late; null for one that has not said when it reports again. */
export function dueAtMs(last: SourceLast, openedAtMs: number): number | null {
  if (last.nextWithinMs === null) return null;
  return Math.max(last.atMs + last.nextWithinMs, openedAtMs + Math.min(last.nextWithinMs, CATCH_UP_MS));
}

/** How a source stands: what failed counts before what is late. */
export function sourceState(last: SourceLast, openedAtMs: number, nowMs: number): HeartbeatState {
  if (!last.ok) return 'failed';
  const due = dueAtMs(last, openedAtMs);
  return due !== null && nowMs > due ? 'late' : 'green';
}

/** Whether a source has gone silent, whatever its last word was: what the alert is raised by. */
export function isSilent(last: SourceLast, openedAtMs: number, nowMs: number): boolean {
  const due = dueAtMs(last, openedAtMs);
  return due !== null && nowMs > due;
}

const RANK: Readonly<Record<HeartbeatState, number>> = { failed: 0, late: 1, green: 2 };

/** The worst of the sources; green where there is none. */
export function overallState(states: readonly HeartbeatState[]): HeartbeatState {
  return states.reduce((worst, state) => (RANK[state] < RANK[worst] ? state : worst), 'green');
}

/** Orders sources: the worst first, then by name. */
export function worstFirst(
  a: { readonly state: HeartbeatState; readonly source: string },
  b: { readonly state: HeartbeatState; readonly source: string },
): number {
  return RANK[a.state] - RANK[b.state] || (a.source < b.source ? -1 : 1);
}
