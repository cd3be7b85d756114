/** People, roles, sign-in and sessions: who may do what, and with which key they sign. */
export { operatorsProcedures } from './procedures.ts';
export { brokenDuty } from './roles.ts';
export { operatorsSealedColumns } from './sealed-columns.ts';
export { createOperators, type Operators } from './service.ts';
export { createSessions, type Sessions } from './sessions.ts';
export { fromBase32, hotp, STEP_SECONDS, stepAt } from './totp.ts';
