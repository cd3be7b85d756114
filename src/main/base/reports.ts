import type { SettledCause } from '../../contract/incidents.ts';
import type { Caller } from './procedures.ts';

/**
 * What a room reports upwards. The rooms that receive it stand on higher floors or beside, so the
 * engine hands their receivers in; a room that was given none reports to nobody.
 */

/** How bad an incident is. */
export type IncidentSeverity = 'low' | 'medium' | 'high' | 'critical';

/** Something that a person must look at. */
export interface IncidentReport {
  /** `room.what`, such as `keys.compromised`; the incident policies are keyed by it. */
  readonly kind: string;
  /** Reports with one key, while their incident is not resolved, are one incident that is counted up. */
  readonly dedupeKey: string;
  readonly severity: IncidentSeverity;
  /** One sentence for people; never a name, an account number or a secret. */
  readonly title: string;
  /** How long it may stand before somebody has acknowledged it, where that is shorter than the policies say. */
  readonly acknowledgeWithinMs?: number;
  /** Facts for people, sealed where they are kept. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Raises an incident or counts one up that is open. Runs in the caller's transaction, where there is one. */
export type RaiseIncident = (report: IncidentReport) => void;

/**
 * Ends the incident of a key, where one is not resolved, by who decided what it was about. Runs in the
 * caller's transaction, where there is one.
 */
export type SettleIncident = (dedupeKey: string, cause: SettledCause, caller: Caller) => void;

/** One event of the security heartbeat: a check that ran, a rotation, a failure. */
export interface HeartbeatEvent {
  /** Who reports, such as `keys.rotation-check` or `backup.ship`. */
  readonly source: string;
  /** False where what was to be done or checked failed. */
  readonly ok: boolean;
  /** One sentence for people; never a name, an account number or a secret. */
  readonly message: string;
  /** Whole numbers and ids that belong to the event. */
  readonly facts?: Readonly<Record<string, string | number | boolean | null>>;
  /** The source will report again within this time, or it counts as late. */
  readonly nextWithinMs?: number;
}

/** Appends an event to the heartbeat. Runs in the caller's transaction, where there is one. */
export type Beat = (event: HeartbeatEvent) => void;
