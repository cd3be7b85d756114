/** What may happen to an incident, as values in and values out. */
import type { IncidentState } from '../../contract/incidents.ts';
import { CountersignError, type IncidentSeverity } from '../base/index.ts';
import { type IncidentPolicy, policyFor, TOP_LEVEL } from './policies.ts';

/** The part of an incident that changes. */
export interface Standing {
  readonly severity: IncidentSeverity;
  readonly state: IncidentState;
  readonly owner: string | null;
  readonly level: number;
  readonly count: number;
  readonly lastSeenAtMs: number;
  /** Until when it must be acknowledged; set while it is open and at no other time. */
  readonly acknowledgeByMs: number | null;
  /** Whether it was said that the clock ran out at the highest level. */
  readonly overdueNoted: boolean;
  readonly resolvedAtMs: number | null;
  /** How long its report allows before somebody has acknowledged it; null where the policies say. */
  readonly clockMs: number | null;
}

const SEVERITIES: readonly IncidentSeverity[] = ['low', 'medium', 'high', 'critical'];

const worseOf = (a: IncidentSeverity, b: IncidentSeverity) =>
  SEVERITIES.indexOf(b) > SEVERITIES.indexOf(a) ? b : a;

/** How long an incident may stand: what its own clock or the policies allow, whichever is shorter. */
const withinMs = (kind: string, severity: IncidentSeverity, clockMs: number | null): number =>
  Math.min(policyFor(kind, severity).acknowledgeWithinMs, clockMs ?? Number.POSITIVE_INFINITY);

/** The clock that an incident runs by. */
export const clockOf = (one: Standing & { readonly kind: string }): IncidentPolicy => ({
  ...policyFor(one.kind, one.severity),
  acknowledgeWithinMs: withinMs(one.kind, one.severity, one.clockMs),
});

/** A new incident, its clock running. */
export function raised(
  kind: string,
  severity: IncidentSeverity,
  nowMs: number,
  clockMs: number | null = null,
): Standing {
  return {
    severity,
    state: 'open',
    owner: null,
    level: 0,
    count: 1,
    lastSeenAtMs: nowMs,
    acknowledgeByMs: nowMs + withinMs(kind, severity, clockMs),
    overdueNoted: false,
    resolvedAtMs: null,
    clockMs,
  };
}

/**
 * The same thing reported again. What has become worse since somebody acknowledged it must be
 * looked at anew, so its clock starts again; one that still runs is never put back.
 */
export function countedUp(
  standing: Standing,
  kind: string,
  severity: IncidentSeverity,
  nowMs: number,
): { readonly next: Standing; readonly worsened: boolean } {
  const worse = worseOf(standing.severity, severity);
  const worsened = worse !== standing.severity;
  const seen = { ...standing, severity: worse, count: standing.count + 1, lastSeenAtMs: nowMs };
  if (!worsened) return { next: seen, worsened };
  const anewMs = nowMs + withinMs(kind, worse, standing.clockMs);
  return {
    next: {
      ...seen,
      state: 'open',
      acknowledgeByMs: Math.min(anewMs, standing.acknowledgeByMs ?? anewMs),
    },
    worsened,
  };
}

/** Stops the clock. Whoever acknowledges has it in hand, unless it was given to somebody. */
export function acknowledged(standing: Standing, actor: string): Standing {
  requireUnresolved(standing);
  if (standing.state === 'acknowledged') {
    throw new CountersignError('INCIDENT_ACKNOWLEDGED', 'Somebody has acknowledged the incident already.', {
      expected: 'an incident that is open',
      actual: `acknowledged, in the hand of ${standing.owner}`,
    });
  }
  return {
    ...standing,
    state: 'acknowledged',
    owner: standing.owner ?? actor,
    acknowledgeByMs: null,
    overdueNoted: false,
  };
}

export function assigned(standing: Standing, owner: string): Standing {
  requireUnresolved(standing);
  return { ...standing, owner };
}

/** One level up: the one who had it has it no more, and the next must acknowledge it in time. */
export function escalated(standing: Standing, kind: string, nowMs: number): Standing {
  requireUnresolved(standing);
  if (standing.level >= TOP_LEVEL) {
    throw new CountersignError('INCIDENT_AT_TOP', 'There is nobody above to escalate the incident to.', {
      expected: `a level below ${TOP_LEVEL}`,
      actual: `level ${standing.level}`,
    });
  }
  return {
    ...standing,
    state: 'open',
    owner: null,
    level: standing.level + 1,
    acknowledgeByMs: nowMs + withinMs(kind, standing.severity, standing.clockMs),
    overdueNoted: false,
  };
}

/** What the clock does to an incident: nothing, one level up, or a last word at the top. */
export function overdue(
  standing: Standing,
  kind: string,
  nowMs: number,
): { readonly next: Standing; readonly action: 'escalated' | 'overdue' } | undefined {
  if (standing.acknowledgeByMs === null || nowMs < standing.acknowledgeByMs) return undefined;
  if (standing.level < TOP_LEVEL) return { next: escalated(standing, kind, nowMs), action: 'escalated' };
  if (standing.overdueNoted) return undefined;
  return { next: { ...standing, overdueNoted: true }, action: 'overdue' };
}

export function resolved(standing: Standing, nowMs: number): Standing {
  requireUnresolved(standing);
  return { ...standing, state: 'resolved', acknowledgeByMs: null, overdueNoted: false, resolvedAtMs: nowMs };
}

function requireUnresolved(standing: Standing): void {
  if (standing.state !== 'resolved') return;
  throw new CountersignError('INCIDENT_RESOLVED', 'The incident is resolved.', {
    expected: 'an incident that is open or acknowledged',
    actual: 'resolved',
  });
}
