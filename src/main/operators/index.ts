/** People, roles, sign-in and sessions: who may do what, and with which key they sign. */

export type { SmartCards } from './context.ts';
export type { DemoPerson } from './people.ts';
export { operatorsProcedures } from './procedures.ts';
export { brokenDuty, CLI_PERMISSIONS, UNNAMED_PERMISSIONS } from './roles.ts';
export { operatorsSealedColumns } from './sealed-columns.ts';
export { createOperators, type OperatorKey, type Operators } from './service.ts';
export { createSessions, type Factor, type Sessions } from './sessions.ts';
export type { SigningSuite, Stretch } from './slot.ts';
