import { z } from 'zod';
import { pageInput, pageOf, query, recordNumber } from './common.ts';

export const auditErrors = {
  AUDIT_RECORD_MISSING: 'There is no audit record of that number.',
  AUDIT_DETAIL_ERASED: 'The detail of the record was erased; its commitment still stands.',
  AUDIT_CHAIN_BROKEN: 'The log does not verify.',
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
        detail: z.string().nullable(),
        commitment: z.string(),
        previousLeaf: z.string(),
        proof: z.object({ treeSize: recordNumber, root: z.string(), path: z.array(z.string()) }),
      }),
    ),
  /** Kinds that occur, for the filter. */
  kinds: query('read').output(z.array(z.string())),
  head: query('read').output(z.object({ seq: recordNumber, root: z.string(), leaf: z.string() }).nullable()),
  verify: query('verify').output(auditVerification),
};
