export { type InputSchema, withBigints } from './bigints.ts';
export {
  addBusinessDays,
  businessDaysBetween,
  calendarOf,
  calendars,
  isBusinessDay,
} from './calendar.ts';
export type { CalendarId } from './calendar-data.ts';
export { addDays, dateOfMs, daysBetween, type IsoDate, isIsoDate } from './dates.ts';
export { CountersignError, type ErrorDetails, isCountersignError } from './errors.ts';
export { type FindText, type FoundText, findFor } from './find-text.ts';
export { createIdMaker, idFromText, idToText } from './ids.ts';
export { createLogger, type LogFields, type Logger, maskAccountNumbers, silentLogger } from './log.ts';
export { MASKS } from './masks.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export type {
  ApprovalGate,
  CallContext,
  Caller,
  GatedCommand,
  GatePass,
  Seat,
  Session,
} from './procedures.ts';
export type {
  Beat,
  HeartbeatEvent,
  IncidentReport,
  IncidentSeverity,
  RaiseIncident,
  SettleIncident,
} from './reports.ts';
export { type Runtime, systemRuntime } from './runtime.ts';
export { type HostedProcess, hostChannel, type ProcessChannel, type SpawnHost } from './spawn-host.ts';
export { resourceUrl, workerUrl } from './workers.ts';
export { yieldToLoop } from './yield.ts';
