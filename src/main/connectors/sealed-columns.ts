import type { SealedColumn } from '../sealing/index.ts';

/** Settings and secrets are kept as long as the vault stands, as operators are. */
export const SETTINGS_CLASS = 'operators';

export const SETTINGS_PLACE = { table: 'connector', column: 'settings' } as const;
export const SECRET_PLACE = { table: 'connector', column: 'secret' } as const;
export const KEY_PLACE = { table: 'connector_key', column: 'secret' } as const;
export const RAW_PLACE = { table: 'dead_letter', column: 'raw' } as const;
export const NOTE_PLACE = { table: 'dead_letter', column: 'note' } as const;

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const connectorsSealedColumns: readonly SealedColumn[] = [
  {
    ...SETTINGS_PLACE,
    purpose: 'compliance_vault',
    sealedId: 'settings_sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  {
    ...SECRET_PLACE,
    purpose: 'compliance_vault',
    sealedId: 'secret_sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  {
    ...KEY_PLACE,
    purpose: 'compliance_vault',
    sealedId: 'secret_sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  { ...RAW_PLACE, purpose: 'bank_message', sealedId: 'raw_sealed_id', key: ['id'], applicationId: 'id' },
  { ...NOTE_PLACE, purpose: 'bank_message', sealedId: 'note_sealed_id', key: ['id'], applicationId: 'id' },
];
