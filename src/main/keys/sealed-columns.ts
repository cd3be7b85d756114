import type { SealedColumn } from '../sealing/index.ts';

/**
 * Retention class of private keys: they end by their own life cycle and with no quarter. Sealed like
 * any value, they follow each rotation and each rekey of the vault without a word about them.
 */
export const KEYS_CLASS = 'keys';

export const PRIVATE_KEY_PLACE = { table: 'key_pair', column: 'private_key' } as const;

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const keysSealedColumns: readonly SealedColumn[] = [
  {
    ...PRIVATE_KEY_PLACE,
    purpose: 'compliance_vault',
    sealedId: 'private_id',
    key: ['id'],
    applicationId: 'id',
  },
];
