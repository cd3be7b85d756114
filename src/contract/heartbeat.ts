import { z } from 'zod';
import { pageInput, pageOf, query } from './common.ts';

export const heartbeatErrors = {
  HEARTBEAT_EVENT_INVALID: 'An event of the heartbeat does not have the form it must have.',
} as const;

/** `late`: a source has not reported within the time it stated. `failed`: its last event says so. */
export const heartbeatState = z.enum(['green', 'late', 'failed']);
export type HeartbeatState = z.infer<typeof heartbeatState>;

const factValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const heartbeatEvent = z.object({
  seq: z.number().int(),
  atMs: z.number(),
  source: z.string(),
  ok: z.boolean(),
  message: z.string(),
  facts: z.record(z.string(), factValue),
  /** The source said it would report again within this time. */
  nextWithinMs: z.number().nullable(),
  /** Hex of the hash over this row and the hash before it. */
  hash: z.string(),
});
export type HeartbeatRow = z.infer<typeof heartbeatEvent>;

export const heartbeatSource = z.object({
  source: z.string(),
  state: heartbeatState,
  /** Its last event. */
  last: heartbeatEvent,
  /** When it counts as late; null for sources that report when there is something to report. */
  dueAtMs: z.number().nullable(),
});
export type HeartbeatSource = z.infer<typeof heartbeatSource>;

export const heartbeatVerification = z.object({
  verified: z.boolean(),
  events: z.number().int(),
  /** Where the chain breaks: one line for each finding, the first first. */
  findings: z.array(z.object({ seq: z.number().int().nullable(), code: z.string(), message: z.string() })),
  durationMs: z.number(),
});
export type HeartbeatVerification = z.infer<typeof heartbeatVerification>;

export const heartbeatStatus = z.object({
  state: heartbeatState,
  /** The engine's clock at the time of the answer. */
  nowMs: z.number(),
  events: z.number().int(),
  last: heartbeatEvent.nullable(),
  /** The worst first, then by name. */
  sources: z.array(heartbeatSource),
  /** The last walk along the chain; null where there was none since the vault was opened. */
  chain: z.object({ atMs: z.number(), verified: z.boolean(), events: z.number().int() }).nullable(),
});
export type HeartbeatStatus = z.infer<typeof heartbeatStatus>;

export const heartbeat = {
  /** What can be read at a glance: green, late or failed, and why. */
  status: query('read').output(heartbeatStatus),
  /** The chained log, newest first. */
  list: query('read')
    .input(pageInput.extend({ source: z.string().max(60).optional() }))
    .output(pageOf(heartbeatEvent)),
  /** Walks along the whole chain. */
  verify: query('verify').output(heartbeatVerification),
};
