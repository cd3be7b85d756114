/** The security heartbeat: a chained log of checks, rotations and failures, and what it says at a glance. */
export { heartbeatProcedures } from './procedures.ts';
export {
  createHeartbeat,
  ENGINE_EVERY_MS,
  ENGINE_SOURCE,
  type Heartbeat,
  type HeartbeatOptions,
  type HeartbeatQuery,
} from './service.ts';
