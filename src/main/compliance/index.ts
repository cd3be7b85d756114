/** What must be kept for years, and files sealed for the way. */
export type { ComplianceOptions } from './context.ts';
export { complianceProcedures } from './procedures.ts';
export { type Compliance, createCompliance } from './service.ts';
export { complianceSealedColumns } from './store.ts';
