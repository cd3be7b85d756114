import type { SealedColumn } from '../sealing/index.ts';

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const reconciliationSealedColumns: readonly SealedColumn[] = [
  {
    purpose: 'invoice',
    table: 'match',
    column: 'note',
    sealedId: 'note_sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  {
    purpose: 'invoice',
    table: 'match_end',
    column: 'note',
    sealedId: 'note_sealed_id',
    key: ['match_id'],
    applicationId: 'match_id',
  },
  {
    purpose: 'invoice',
    table: 'match_rejection',
    column: 'note',
    sealedId: 'note_sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  {
    purpose: 'invoice',
    table: 'match_rejection_end',
    column: 'note',
    sealedId: 'note_sealed_id',
    key: ['rejection_id'],
    applicationId: 'rejection_id',
  },
];
