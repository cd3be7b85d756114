import type { SealedColumn } from '../sealing/index.ts';

/** Transcripts are kept as long as operators are, since they name them. */
export const CEREMONIES_CLASS = 'operators';

export const HEADER_PLACE = { table: 'ceremony', column: 'header' } as const;
export const SECRET_PLACE = { table: 'ceremony', column: 'secret' } as const;
export const SHARE_PLACE = { table: 'ceremony_share', column: 'share' } as const;

const common = { purpose: 'compliance_vault', key: ['id'], applicationId: 'id' } as const;

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const ceremoniesSealedColumns: readonly SealedColumn[] = [
  { ...HEADER_PLACE, ...common, sealedId: 'header_sealed_id' },
  { ...SECRET_PLACE, ...common, sealedId: 'secret_sealed_id' },
  { ...SHARE_PLACE, ...common, sealedId: 'sealed_id' },
];
