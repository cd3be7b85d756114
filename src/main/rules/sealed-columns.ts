import type { SealedColumn } from '../sealing/index.ts';

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const rulesSealedColumns: readonly SealedColumn[] = [
  {
    purpose: 'customer_pii',
    table: 'desk_rule_version',
    column: 'definition',
    sealedId: 'sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
];
