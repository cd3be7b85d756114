import { z } from 'zod';
import { command, freeText, id, isoDate, pageInput, pageOf, query, recordNumber } from './common.ts';

export const complianceErrors = {
  COMPLIANCE_EVIDENCE_UNKNOWN: 'There is no evidence under that id.',
  COMPLIANCE_HOLD_UNKNOWN: 'There is no hold under that id on this evidence, or it was lifted before.',
  COMPLIANCE_RETENTION_RUNNING: 'The evidence must be kept until its retention ends.',
  COMPLIANCE_ON_HOLD: 'The evidence is under legal hold and must be kept until every hold is lifted.',
  COMPLIANCE_REMOVED: 'The evidence was removed after its retention; only its record is left.',
  COMPLIANCE_KNOWN: 'The same message is in the compliance vault already.',
  COMPLIANCE_FILE_CHANGED: 'The file changed while it was read; nothing was kept.',
  COMPLIANCE_UPLOAD_UNKNOWN: 'There is no transfer under that id: it ended, or never began.',
  COMPLIANCE_UPLOAD_OFFSET: 'The chunk does not continue where the last one ended.',
  COMPLIANCE_BUSY: 'Too many transfers are under way.',
  SEALED_FILE_INVALID: 'The file is none that this console sealed.',
  SEALED_FILE_FOREIGN: 'The file was sealed in another vault.',
  SEALED_FILE_DAMAGED:
    'The sealed file does not open: it was changed, cut short, or given another reference.',
  SEAL_COLUMN_UNKNOWN: 'The file has no such column.',
  SEAL_CELL_SEALED: 'A cell of the column is sealed already.',
  SEALED_CELL_DAMAGED:
    'The sealed cell does not open: it was edited, or moved to another row, column or file.',
  SEALED_CELL_FOREIGN: 'The cell was sealed in another vault.',
  SEALED_CELL_MISSING: 'A cell of a sealed column is not sealed.',
  SEALED_ROWS_MISSING: 'Rows at the end of the sealed file are missing, or were added to it.',
} as const;

export const evidenceKinds = ['bank-message', 'document', 'case-note', 'screening-result'] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** Years that evidence must be kept, as its class of keys names them. */
export const retentionClasses = ['7y', '10y'] as const;
export type RetentionClass = (typeof retentionClasses)[number];

/**
 * `kept`: its retention runs; `held`: a legal hold stands; `due`: retention is over and no hold
 * stands, so it may be removed; `removed`: only its record is left.
 */
export const evidenceStates = ['kept', 'held', 'due', 'removed'] as const;
export type EvidenceState = (typeof evidenceStates)[number];

export const evidence = z.object({
  id,
  kind: z.enum(evidenceKinds),
  state: z.enum(evidenceStates),
  /** Null where it was erased. */
  title: freeText().nullable(),
  retentionClass: z.enum(retentionClasses),
  /** The last day it must be kept, UTC. */
  retainUntil: isoDate,
  holds: z.number().int(),
  sizeBytes: z.number().int(),
  /** Hex SHA-256 of the content. */
  contentHash: z.string(),
  addedAtMs: z.number(),
  addedBy: z.string(),
});
export type Evidence = z.infer<typeof evidence>;

export const evidenceHold = z.object({
  id,
  reason: freeText().nullable(),
  placedAtMs: z.number(),
  placedBy: z.string(),
  placedRecord: recordNumber,
  lifted: z
    .object({ atMs: z.number(), by: z.string(), reason: freeText().nullable(), record: recordNumber })
    .nullable(),
});
export type EvidenceHold = z.infer<typeof evidenceHold>;

export const evidenceDetail = evidence.extend({
  note: freeText().nullable(),
  /** The message's own reference; null where it has none or was erased. */
  reference: freeText().nullable(),
  /** Whether a sealed copy of the file was made; it opens only while the evidence is kept. */
  hasSealedCopy: z.boolean(),
  record: recordNumber,
  holdList: z.array(evidenceHold),
  removed: z.object({ atMs: z.number(), by: z.string(), record: recordNumber }).nullable(),
});
export type EvidenceDetail = z.infer<typeof evidenceDetail>;

const reason = z.string().trim().min(3).max(400);
const fileName = z.string().min(1).max(255);
const columnName = z.string().trim().min(1).max(100);

/** What is to be done with the bytes that follow. */
export const transferWork = z.discriminatedUnion('kind', [
  /** Keep the bytes as evidence. */
  z.object({
    kind: z.literal('add'),
    evidenceKind: z.enum(evidenceKinds),
    title: z.string().trim().min(1).max(200),
    note: z.string().trim().max(4_000).optional(),
    retentionClass: z.enum(retentionClasses),
    holdReason: reason.optional(),
  }),
  /** Keep a bank message, and answer the bytes of a sealed copy of it. */
  z.object({
    kind: z.literal('archive'),
    fileName,
    /** Hex SHA-256 of the file, which is its reference where the message has none. */
    contentHash: z.string().regex(/^[0-9a-f]{64}$/, 'expected a hex SHA-256'),
    retentionClass: z.enum(retentionClasses),
    holdReason: reason.optional(),
  }),
  /** Open a sealed copy of a bank message. */
  z.object({ kind: z.literal('unarchive'), fileName }),
  /** Seal columns of a CSV. */
  z.object({ kind: z.literal('seal-columns'), fileName, columns: z.array(columnName).min(1).max(50) }),
  /** Open the sealed columns of a CSV. */
  z.object({ kind: z.literal('open-columns'), fileName }),
]);
export type TransferWork = z.infer<typeof transferWork>;

/** Largest chunk of a transfer, in bytes. */
export const MOST_CHUNK_BYTES = 1_048_576;
const chunk = z
  .instanceof(Blob)
  .refine((blob) => blob.size <= MOST_CHUNK_BYTES, `at most ${MOST_CHUNK_BYTES} bytes`);

export const transferResult = z.object({
  /** The evidence that was added or read. */
  evidenceId: z.string().nullable(),
  reference: z.string().nullable(),
  retainUntil: isoDate.nullable(),
  contentHash: z.string().nullable(),
  /** Rows and sealed cells of a CSV. */
  rows: z.number().int(),
  cells: z.number().int(),
});
export type TransferResult = z.infer<typeof transferResult>;

export const compliance = {
  list: query('read')
    .input(
      pageInput.extend({ kind: z.enum(evidenceKinds).optional(), state: z.enum(evidenceStates).optional() }),
    )
    .output(pageOf(evidence)),
  counts: query('read').output(z.record(z.enum(evidenceStates), z.number().int())),
  get: query('read').input(z.object({ id })).output(evidenceDetail),
  /**
   * A stretch of the content. One that does not go on where the last one ended leaves an audit record.
   */
  read: command('evidence')
    .input(
      z.object({
        id,
        offset: z.number().int().nonnegative(),
        length: z.number().int().min(1).max(MOST_CHUNK_BYTES),
      }),
    )
    .output(z.object({ bytes: z.instanceof(Blob), sizeBytes: z.number().int() }))
    .meta({ showsClear: true }),
  /** Begins a transfer: bytes in, and for sealed files bytes out. */
  begin: command('evidence')
    .input(transferWork)
    .output(z.object({ transferId: z.string() })),
  /** The next bytes; answers what they became, which may be nothing yet. */
  write: command('evidence')
    .input(z.object({ transferId: z.string(), offset: z.number().int().nonnegative(), bytes: chunk }))
    .output(z.object({ bytes: z.instanceof(Blob), receivedBytes: z.number().int() })),
  /** Ends a transfer: the last bytes and what became of it. Until then nothing counts. */
  finish: command('evidence')
    .input(z.object({ transferId: z.string() }))
    .output(z.object({ bytes: z.instanceof(Blob), result: transferResult })),
  cancel: command('evidence')
    .input(z.object({ transferId: z.string() }))
    .output(z.object({ cancelled: z.boolean() })),
  /** Puts a legal hold on evidence. Several may stand at once. */
  hold: command('evidence').input(z.object({ id, reason })).output(evidenceDetail),
  /** Lifts one hold. */
  release: command('evidence')
    .input(z.object({ id, holdId: id, reason }))
    .output(evidenceDetail),
  /** Erases the content; refused before its time and under hold. */
  remove: command('evidence').input(z.object({ id, reason })).output(evidenceDetail),
};
