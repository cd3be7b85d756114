import type { SealedColumn } from '../sealing/index.ts';

/** Retention class of what is known of operators: their acts stay in the log, and so must their names. */
export const OPERATORS_CLASS = 'operators';

export const NAME_PLACE = { table: 'operator', column: 'name' } as const;
export const TOTP_PLACE = { table: 'operator', column: 'totp_secret' } as const;

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const operatorsSealedColumns: readonly SealedColumn[] = [
  {
    ...NAME_PLACE,
    purpose: 'compliance_vault',
    sealedId: 'name_sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  {
    ...TOTP_PLACE,
    purpose: 'compliance_vault',
    sealedId: 'totp_sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
];
