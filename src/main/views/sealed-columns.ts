import type { SealedColumn } from '../sealing/index.ts';

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const viewsSealedColumns: readonly SealedColumn[] = [
  {
    purpose: 'customer_pii',
    table: 'saved_view',
    column: 'content',
    sealedId: 'sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
];
