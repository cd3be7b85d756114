import { z } from 'zod';
import { auditDetail, command, id, look, pageInput, pageOf, query, recordNumber } from './common.ts';

export const auditErrors = {
  AUDIT_RECORD_MISSING: 'There is no audit record of that number.',
  AUDIT_DETAIL_ERASED: 'The detail of the record was erased; its commitment still stands.',
  AUDIT_CHAIN_BROKEN: 'The log does not verify.',
  AUDIT_LOG_EMPTY: 'Nothing was recorded yet, so there is no head to sign.',
  AUDIT_RECEIPT_TOO_LARGE: 'The detail of the record is too long for a receipt of 32 KB.',
  AUDIT_CHECKPOINT_INVALID:
    'What was shown is no checkpoint, or both signatures of its log do not stand under it.',
  AUDIT_SIGNER_UNKNOWN: 'The checkpoint is of another log, and no trust file of that log was given.',
  AUDIT_WITNESS_UNKNOWN: 'No witness that is enrolled countersigned this checkpoint.',
  AUDIT_WITNESS_SELF: 'A log is no witness of itself; bring the trust file of another console.',
  AUDIT_EPOCH_UNSIGNED:
    'This vault was restored; two different people must sign the new epoch of its log before anything else is done.',
  AUDIT_EPOCH_SIGNED: 'The epoch needs no signature of this person.',
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
  cosigned: z.array(z.object({ witness: z.string(), atMs: z.number() })),
  /** The log key that signed; null where it is none of this vault's. */
  keyId: z.string().nullable(),
});
export type AuditCheckpoint = z.infer<typeof auditCheckpoint>;

const comparison = z.object({
  checked: z.number().int(),
  differing: z.number().int(),
  /** The first hundred. */
  differences: z.array(z.object({ place: z.string(), expected: z.string(), found: z.string() })),
});

/** The state at a record, rebuilt from the journal and from what the log tells of decisions. */
export const auditReplay = z.object({
  at: recordNumber,
  head: recordNumber,
  recordedAtMs: z.number().nullable(),
  /** The trial balance: every account that had moved by then. */
  accounts: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      currency: z.string().nullable(),
      debitMinor: z.bigint(),
      creditMinor: z.bigint(),
      pendingDebitMinor: z.bigint(),
      pendingCreditMinor: z.bigint(),
    }),
  ),
  matches: z.object({
    standing: z.number().int(),
    byMachine: z.number().int(),
    byPerson: z.number().int(),
    holds: z.number().int(),
    ended: z.number().int(),
  }),
  queue: z.array(z.object({ status: z.string(), count: z.number().int() })),
  incidents: z.array(z.object({ state: z.string(), count: z.number().int() })),
  /** Records whose details could not be read, so that what they decided is missing here. */
  unread: z.array(z.object({ seq: recordNumber, why: z.enum(['erased', 'unreadable', 'changed']) })),
  /** What the live tables say otherwise; null where the record is not the newest. */
  compared: z
    .object({
      balances: comparison,
      matches: comparison,
      openItems: comparison,
      queue: comparison,
      incidents: comparison,
    })
    .nullable(),
  agrees: z.boolean().nullable(),
  durationMs: z.number(),
});
export type AuditReplay = z.infer<typeof auditReplay>;

const enrolledWitness = z.object({
  /** Id of its vault. */
  vaultId: z.string(),
  fingerprints: z.array(z.string()),
  /** The largest head of this log that it countersigned; null where there is none yet. */
  newest: z.object({ size: recordNumber, atMs: z.number() }).nullable(),
});
export type EnrolledWitness = z.infer<typeof enrolledWitness>;

export const auditEpoch = z.object({
  /** How often the vault was restored. */
  epoch: z.number().int(),
  /** Whether commands may run. */
  signed: z.boolean(),
  needed: z.number().int(),
  /** What is signed, canonical JSON; null where there was no restore. */
  statement: z.string().nullable(),
  signatures: z.array(z.object({ operatorId: z.string(), record: recordNumber })),
});
export type AuditEpoch = z.infer<typeof auditEpoch>;

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
  /** How many records of each kind fell into equal parts of a time; of the whole log where none is named. */
  timeline: query('read')
    .input(z.object({ fromMs: z.number().optional(), toMs: z.number().optional() }))
    .output(
      z.object({
        fromMs: z.number(),
        partMs: z.number(),
        parts: z.array(z.array(z.object({ kind: z.string(), count: z.number().int() }))),
      }),
    ),
  /** Kinds that occur, for the filter. */
  kinds: query('read').output(z.array(z.string())),
  head: query('read').output(z.object({ seq: recordNumber, root: z.string(), leaf: z.string() }).nullable()),
  verify: query('verify').output(auditVerification),
  /** Rebuilds the state at a record, as a job; at the newest one it is compared with the live tables. */
  replay: query('verify')
    .input(z.object({ at: recordNumber.optional() }))
    .output(auditReplay),
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
        /** The checkpoint with this console's countersignature, to be handed back; null where it gave none. */
        cosigned: z.string().nullable(),
      }),
    ),
  /** The newest head as a witness takes it, with the proof that leads there from what it saw last. */
  showTo: query('read')
    .input(z.object({ witness: z.string().max(64).optional(), size: recordNumber.optional() }))
    .output(madeFile),
  /** Consoles whose countersignatures are taken in. */
  witnesses: query('read').output(z.array(enrolledWitness)),
  /** Takes another console's trust file: from now on its countersignatures count. */
  enrolWitness: command('keys')
    .input(z.object({ trust: z.string().max(MOST_NOTE) }))
    .output(enrolledWitness),
  /** Takes a head of this log back from its witnesses. */
  takeCosigned: look('verify')
    .input(z.object({ note: z.string().max(MOST_NOTE) }))
    .output(z.array(z.object({ size: recordNumber, witness: z.string(), atMs: z.number() }))),
  /** Where the epoch of the log stands. */
  epoch: query('read').output(auditEpoch),
  /** Signs the epoch that a restore began, as whoever is signed in. */
  signEpoch: command('backup').output(auditEpoch),
  /** Writes checkpoint, tiles and entries below a folder, as C2SP lays them. */
  exportTiles: look('verify')
    .input(z.object({ folder: z.string().min(1).max(4096) }))
    .output(z.object({ size: recordNumber, files: z.number().int() })),
};
