import type { SealedColumn } from '../sealing/index.ts';

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const incidentsSealedColumns: readonly SealedColumn[] = [
  {
    purpose: 'compliance_vault',
    table: 'incident',
    column: 'content',
    sealedId: 'sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  {
    purpose: 'compliance_vault',
    table: 'incident_event',
    column: 'note',
    sealedId: 'note_sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  {
    purpose: 'compliance_vault',
    table: 'incident_agreement',
    column: 'cause',
    sealedId: 'cause_sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
];
