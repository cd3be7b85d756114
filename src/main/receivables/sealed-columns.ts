import type { SealedColumn } from '../sealing/index.ts';

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const receivablesSealedColumns: readonly SealedColumn[] = [
  {
    purpose: 'customer_pii',
    table: 'customer_version',
    column: 'content',
    sealedId: 'sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  {
    purpose: 'customer_pii',
    table: 'customer_iban',
    column: 'iban',
    sealedId: 'sealed_id',
    key: ['sealed_id'],
    applicationId: 'version_id',
  },
  {
    purpose: 'invoice',
    table: 'open_item',
    column: 'structured_reference',
    sealedId: 'sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
];
