import { z } from 'zod';
import { auditDetail, id, look, pageInput, pageOf, query, recordNumber } from './common.ts';

export const auditErrors = {
  AUDIT_RECORD_MISSING: 'There is no audit record of that number.',
  AUDIT_DETAIL_ERASED: 'The detail of the record was erased; its commitment still stands.',
  AUDIT_CHAIN_BROKEN: 'The log does not verify.',
  AUDIT_LOG_EMPTY: 'Nothing was recorded yet, so there is no head to sign.',
  AUDIT_RECEIPT_TOO_LARGE: 'The detail of the record is too long for a receipt of 32 KB.',
  AUDIT_CHECKPOINT_INVALID:
    'What was shown is no checkpoint, or both signatures of its log do not stand under it.',
  AUDIT_SIGNER_UNKNOWN: 'The checkpoint is of another log, and no trust file of that log was given.',
  AUDIT_PROOF_NEEDED: 'Another head of that log was seen before; a proof must lead from one to the other.',
} as const;

export const auditRecord = z.object({
  seq: recordNumber,
  recordedAtMs: z.number(),
  kind: z.string(),
  actor: z.string(),
  traceId: z.string().nullable(),
  subjects: z.array(z.object({ kind: z.string(), id: z.string() })),
  /** Hex of the leaf hash, which is also the link of the chain. */
  leaf: z.string(),
});
export type AuditRecord = z.infer<typeof auditRecord>;

export const auditVerification = z.object({
  verified: z.boolean(),
  records: z.number().int(),
  head: z.object({ seq: recordNumber, leaf: z.string(), root: z.string() }).nullable(),
  /** Where the log breaks: one line for each finding, the first first. */
  findings: z.array(z.object({ seq: recordNumber.nullable(), code: z.string(), message: z.string() })),
  durationMs: z.number(),
});
export type AuditVerification = z.infer<typeof auditVerification>;

/** A signed head of the log. */
export const auditCheckpoint = z.object({
  /** Number of records it is over. */
  size: recordNumber,
  root: z.string(),
  /** Names vault and epoch. */
  origin: z.string(),
  /** The C2SP signed note: what leaves the machine. */
  note: z.string(),
  /** The log key that signed; null where it is none of this vault's. */
  keyId: z.string().nullable(),
});
export type AuditCheckpoint = z.infer<typeof auditCheckpoint>;

const madeFile = z.object({ name: z.string(), text: z.string() });
/** Longest checkpoint or trust file that is taken in, in characters. */
const MOST_NOTE = 65_536;

export const audit = {
  records: query('read')
    .input(
      pageInput.extend({
        kind: z.string().max(60).optional(),
        actor: z.string().max(60).optional(),
        subject: z.object({ kind: z.string(), id: z.string() }).optional(),
        fromMs: z.number().optional(),
        toMs: z.number().optional(),
      }),
    )
    .output(pageOf(auditRecord)),
  /** One record with its opened detail and its inclusion proof under the present root. */
  record: query('read')
    .input(z.object({ seq: recordNumber }))
    .output(
      z.object({
        record: auditRecord,
        /** Canonical JSON of the detail; null where it was erased. */
        detail: auditDetail().nullable(),
        commitment: z.string(),
        previousLeaf: z.string(),
        proof: z.object({ treeSize: recordNumber, root: z.string(), path: z.array(z.string()) }),
      }),
    ),
  /** Kinds that occur, for the filter. */
  kinds: query('read').output(z.array(z.string())),
  head: query('read').output(z.object({ seq: recordNumber, root: z.string(), leaf: z.string() }).nullable()),
  verify: query('verify').output(auditVerification),
  /** Signed heads, newest first. */
  checkpoints: query('read').input(pageInput).output(pageOf(auditCheckpoint)),
  /** Signs the head now; answers the newest checkpoint where nothing was written since. */
  checkpoint: look('verify').output(auditCheckpoint),
  /** One file that proves a record to a stranger. It shows the detail, which is recorded. */
  receipt: look('read')
    .input(
      z.union([
        z.object({ seq: recordNumber, keep: z.boolean().optional() }),
        z.object({ bankTransactionId: id, keep: z.boolean().optional() }),
      ]),
    )
    /** `path` is where it was written; null unless it was to be kept. */
    .output(madeFile.extend({ path: z.string().nullable() }))
    .meta({ showsClear: true }),
  /** What leads from one head of the log to a later one (RFC 9162); sizes are numbers of records. */
  consistency: query('read')
    .input(z.object({ from: recordNumber, to: recordNumber }))
    .output(
      z.object({
        from: recordNumber,
        fromRoot: z.string(),
        to: recordNumber,
        toRoot: z.string(),
        /** Base 64 of 32 bytes each, as `witness` takes them. */
        path: z.array(z.string()),
      }),
    ),
  /** The keys that sign this log, for whoever checks receipts; to be handed over on a way of its own. */
  trust: query('read').output(
    madeFile.extend({ fingerprints: z.array(z.object({ keyId: z.string(), fingerprint: z.string() })) }),
  ),
  /** Takes a checkpoint that somebody shows; one that does not fit what was seen before is an incident. */
  witness: look('verify')
    .input(
      z.object({
        note: z.string().max(MOST_NOTE),
        trust: z.string().max(MOST_NOTE).optional(),
        proof: z.array(z.string().max(64)).max(128).optional(),
      }),
    )
    .output(
      z.object({
        outcome: z.enum(['consistent', 'inconsistent']),
        origin: z.string(),
        size: recordNumber,
        comparedWith: recordNumber.nullable(),
        reason: z.string(),
      }),
    ),
  /** Writes checkpoint, tiles and entries below a folder, as C2SP lays them. */
  exportTiles: look('verify')
    .input(z.object({ folder: z.string().min(1).max(4096) }))
    .output(z.object({ size: recordNumber, files: z.number().int() })),
};
