import type { SealedColumn } from '../sealing/index.ts';

/** The PINs of a software token. */
export const PINS_PLACE = { table: 'hsm_token', column: 'pins' } as const;
/** A file of an embedded token. */
export const TOKEN_FILE_PLACE = { table: 'hsm_token_file', column: 'content' } as const;
/** What a waiting request is to sign. */
export const MESSAGE_PLACE = { table: 'hsm_request', column: 'message' } as const;

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const hsmSealedColumns: readonly SealedColumn[] = [
  {
    ...PINS_PLACE,
    purpose: 'compliance_vault',
    sealedId: 'pins_sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  {
    ...TOKEN_FILE_PLACE,
    purpose: 'compliance_vault',
    sealedId: 'content_sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  {
    ...MESSAGE_PLACE,
    purpose: 'compliance_vault',
    sealedId: 'message_sealed_id',
    key: ['number'],
    applicationId: 'number',
  },
];
