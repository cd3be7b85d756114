/** The audit log: one record for every change, chained and under a Merkle tree. */

export { createEpoch, type Epoch, type EpochState, type SignAs } from './epoch.ts';
export type { AuditEntry, LogHead, Recorder } from './log.ts';
export { primitives } from './primitives.ts';
export { auditProcedures } from './procedures.ts';
export { readDetails, type ToldRecord } from './read-details.ts';
export type { Subject } from './record-form.ts';
export { auditSealedColumns } from './sealed-columns.ts';
export {
  type Audit,
  createAudit,
  type ListedRecord,
  type ListQuery,
  type OpenedRecord,
  type RecordPage,
  type TimedVerification,
} from './service.ts';
export type { LogSigner } from './signer.ts';
export { createTransparency, type Transparency } from './transparency.ts';
export type { AuditFinding, LogVerification } from './verify-chain.ts';
export { verifyLog } from './verify-workers.ts';
