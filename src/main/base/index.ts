export { addDays, dateOfMs, daysBetween, type IsoDate, isIsoDate } from './dates.ts';
export { CountersignError, type ErrorDetails, isCountersignError } from './errors.ts';
export { createIdMaker, idFromText, idToText } from './ids.ts';
export { createLogger, type LogFields, type Logger, maskAccountNumbers, silentLogger } from './log.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export type { ApprovalGate, CallContext, Caller, GatedCommand, Session } from './procedures.ts';
export { type Runtime, systemRuntime } from './runtime.ts';
export { resourceUrl, workerUrl } from './workers.ts';
export { yieldToLoop } from './yield.ts';
