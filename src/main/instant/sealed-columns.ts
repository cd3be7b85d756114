import type { SealedColumn } from '../sealing/index.ts';

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const instantSealedColumns: readonly SealedColumn[] = [
  {
    purpose: 'bank_message',
    table: 'instant_message',
    column: 'raw',
    sealedId: 'raw_sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  {
    purpose: 'customer_pii',
    table: 'instant_part',
    column: 'content',
    sealedId: 'sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
];
