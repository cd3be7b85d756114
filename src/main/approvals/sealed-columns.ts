import type { SealedColumn } from '../sealing/index.ts';

/** Retention class of what was asked for and why: the log names it, so it is kept as long. */
export const APPROVALS_CLASS = 'approvals';

export const COMMAND_PLACE = { table: 'approval_request', column: 'command' } as const;
export const VOTE_REASON_PLACE = { table: 'approval_vote', column: 'reason' } as const;
export const LENDING_REASON_PLACE = { table: 'approval_delegation', column: 'reason' } as const;

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const approvalsSealedColumns: readonly SealedColumn[] = [
  {
    ...COMMAND_PLACE,
    purpose: 'compliance_vault',
    sealedId: 'command_sealed_id',
    key: ['id'],
    applicationId: 'request_id',
  },
  {
    ...VOTE_REASON_PLACE,
    purpose: 'compliance_vault',
    sealedId: 'reason_sealed_id',
    key: ['id'],
    applicationId: `request_id || '/' || operator_id`,
  },
  {
    ...LENDING_REASON_PLACE,
    purpose: 'compliance_vault',
    sealedId: 'reason_sealed_id',
    key: ['id'],
    applicationId: 'delegation_id',
  },
];
