import type { SealedColumn } from '../sealing/index.ts';

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const statementsSealedColumns: readonly SealedColumn[] = [
  {
    purpose: 'customer_pii',
    table: 'bank_account',
    column: 'content',
    sealedId: 'sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  {
    purpose: 'bank_message',
    table: 'statement',
    column: 'header',
    sealedId: 'sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  {
    purpose: 'customer_pii',
    table: 'bank_transaction',
    column: 'content',
    sealedId: 'sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
];
