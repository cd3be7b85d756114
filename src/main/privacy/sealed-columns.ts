import type { SealedColumn } from '../sealing/index.ts';

const column = (table: string, name: string, sealedId: string): SealedColumn => ({
  purpose: 'compliance_vault',
  table,
  column: name,
  sealedId,
  key: ['id'],
  applicationId: 'id',
});

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const privacySealedColumns: readonly SealedColumn[] = [
  column('privacy_hold', 'party', 'party_sealed_id'),
  column('privacy_hold', 'reason', 'reason_sealed_id'),
  column('privacy_hold', 'release_reason', 'release_sealed_id'),
  column('privacy_search', 'party', 'party_sealed_id'),
  column('privacy_look', 'reason', 'reason_sealed_id'),
];
