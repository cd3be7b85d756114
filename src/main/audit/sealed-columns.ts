import type { SealedColumn } from '../sealing/index.ts';

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const auditSealedColumns: readonly SealedColumn[] = [
  {
    purpose: 'audit_detail',
    table: 'audit_record',
    column: 'detail',
    sealedId: 'detail_id',
    key: ['seq'],
    applicationId: 'seq',
  },
  {
    purpose: 'audit_detail',
    table: 'audit_bundle',
    column: 'details',
    sealedId: 'sealed_id',
    key: ['first_seq'],
    applicationId: 'first_seq',
  },
];
