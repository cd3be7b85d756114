import type { SealedColumn } from '../sealing/index.ts';

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const breaksSealedColumns: readonly SealedColumn[] = [
  {
    purpose: 'compliance_vault',
    table: 'break_event',
    column: 'note',
    sealedId: 'note_sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
];
