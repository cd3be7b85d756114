import { z } from 'zod';
import { command, freeText, id, pageInput, pageOf, query, recordNumber } from './common.ts';

export const incidentsErrors = {
  INCIDENT_UNKNOWN: 'There is no incident under that id.',
  INCIDENT_RESOLVED: 'The incident is resolved; what recurs is raised as a new one.',
  INCIDENT_ACKNOWLEDGED: 'Somebody has acknowledged the incident already.',
  INCIDENT_AT_TOP: 'The incident stands at the highest level; there is nobody above to escalate it to.',
  INCIDENT_REASON_MISSING: 'Escalating needs a stated reason.',
  INCIDENT_NEEDS_SECOND: 'You have said that it is over; a second person must say so too.',
  INCIDENT_NEEDS_PEOPLE: 'Two different people end this incident; name them and sign in first.',
  INCIDENT_CAUSE_MISSING: 'Resolving needs a stated cause.',
  INCIDENT_OWNER_MISSING: 'An incident is assigned to somebody who is named.',
} as const;

/** From bad to worst. */
export const incidentSeverity = z.enum(['low', 'medium', 'high', 'critical']);
/** `open`: nobody has acknowledged it, its clock runs. */
export const incidentState = z.enum(['open', 'acknowledged', 'resolved']);
export type IncidentState = z.infer<typeof incidentState>;

export const incidentLine = z.object({
  id,
  kind: z.string(),
  severity: incidentSeverity,
  state: incidentState,
  title: z.string(),
  /** Who has it in hand; null while nobody does. */
  owner: z.string().nullable(),
  /** 0 is the desk; each escalation goes one level up. */
  level: z.number().int(),
  /** How often it was reported. */
  count: z.number().int(),
  raisedAtMs: z.number(),
  lastSeenAtMs: z.number(),
  /** Until when it must be acknowledged; null once the clock has been stopped. */
  acknowledgeByMs: z.number().nullable(),
  resolvedAtMs: z.number().nullable(),
  /** Whether two different people must say that it is over. */
  needsTwo: z.boolean(),
  /** Who has said so, where a second one must; null otherwise. */
  agreedBy: z.string().nullable(),
});
export type IncidentLine = z.infer<typeof incidentLine>;

/** Causes that the program itself writes: what an incident was about has been decided elsewhere. */
export const settledCauses = [
  'The request was agreed to, and the command has run.',
  'The request was agreed to, and the command refused itself when it ran.',
  'The request was refused by a checker.',
  'Who asked has withdrawn the request.',
  'The request can never run any more.',
] as const;
export type SettledCause = (typeof settledCauses)[number];

const incidentAction = z.enum([
  'raised',
  'recurred',
  'worsened',
  'acknowledged',
  'assigned',
  'escalated',
  'overdue',
  'resolved',
  'agreed',
]);
export type IncidentAction = z.infer<typeof incidentAction>;

const event = z.object({
  atMs: z.number(),
  action: incidentAction,
  /** `system` where the clock did it. */
  actor: z.string(),
  /** A reason, a cause, the one it was assigned to. */
  note: z.string().nullable(),
  record: recordNumber,
});
export type IncidentEvent = z.infer<typeof event>;

/** What the program wrote, and to whom an incident was given, everybody reads; what people wrote may name a customer. */
export const incidentEvent = z.union([
  event.extend({ actor: z.literal('system') }),
  event.extend({ action: z.literal('assigned') }),
  event.extend({ note: z.enum(settledCauses) }),
  event.extend({ note: freeText().nullable() }),
]);

const factValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const incident = incidentLine.extend({
  detail: z.record(z.string(), factValue),
  timeline: z.array(incidentEvent),
  /** The resolved incident that this one is a recurrence of, and the one that came after this. */
  previousId: id.nullable(),
  nextId: id.nullable(),
  policy: z.object({ kind: z.string(), acknowledgeWithinMs: z.number() }),
});
export type Incident = z.infer<typeof incident>;

export const incidentCounts = z.object({
  open: z.number().int(),
  acknowledged: z.number().int(),
  resolved: z.number().int(),
  /** Critical ones that are not resolved. */
  critical: z.number().int(),
  /** Whose clock has run out. */
  overdue: z.number().int(),
});
export type IncidentCounts = z.infer<typeof incidentCounts>;

export const incidentPolicies = z.object({
  byKind: z.array(z.object({ kind: z.string(), acknowledgeWithinMs: z.number() })),
  bySeverity: z.array(z.object({ severity: incidentSeverity, acknowledgeWithinMs: z.number() })),
  topLevel: z.number().int(),
});
export type IncidentPolicies = z.infer<typeof incidentPolicies>;

const text = z.string().max(2_000);
const byId = z.object({ id });

export const incidents = {
  /**
   * The worst first, and of those the one whose clock runs out first; then what is in hand, and what
   * is resolved last, newest first. `unresolved` is open and acknowledged together.
   */
  list: query('read')
    .input(
      pageInput.extend({
        state: z.union([incidentState, z.literal('unresolved')]).optional(),
        severity: incidentSeverity.optional(),
        kind: z.string().max(60).optional(),
      }),
    )
    .output(pageOf(incidentLine)),
  counts: query('read').output(incidentCounts),
  /** One incident with its facts and its timeline, oldest first. */
  get: query('read').input(byId).output(incident),
  /** Stops the clock; whoever acknowledges it has it in hand, unless it is assigned. */
  acknowledge: command('incidents').input(byId).output(incidentLine),
  assign: command('incidents')
    .input(byId.extend({ owner: z.string().max(60) }))
    .output(incidentLine),
  /** One level up, for a stated reason. The clock starts again. */
  escalate: command('incidents')
    .input(byId.extend({ reason: text }))
    .output(incidentLine),
  /** Ends it, with its cause; where two must, the first of them says so and the second ends it. */
  resolve: command('incidents')
    .input(byId.extend({ cause: text }))
    .output(incidentLine),
  /** The clocks, by kind and, for kinds without one of their own, by severity. */
  policies: query('read').output(incidentPolicies),
};
