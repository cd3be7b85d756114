import type { SealedColumn } from '../sealing/index.ts';

/** Where this room keeps sealed values: re-sealing finds them by it. */
export const intakeSealedColumns: readonly SealedColumn[] = [
  {
    purpose: 'bank_message',
    table: 'import',
    column: 'file_name',
    sealedId: 'name_sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  {
    purpose: 'bank_message',
    table: 'import',
    column: 'result',
    sealedId: 'result_sealed_id',
    key: ['id'],
    applicationId: 'id',
  },
  {
    purpose: 'bank_message',
    table: 'import_chunk',
    column: 'bytes',
    sealedId: 'sealed_id',
    key: ['import_id', 'byte_start'],
    applicationId: "import_id || '/' || byte_start",
  },
];
