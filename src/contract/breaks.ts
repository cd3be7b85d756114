import { z } from 'zod';
import {
  accountNumber,
  amountMinor,
  command,
  currency,
  filteredPageOf,
  freeText,
  id,
  isoDate,
  look,
  pageInput,
  partyName,
  query,
  quotingText,
  recordNumber,
} from './common.ts';
import { MOST_CHUNK_BYTES } from './compliance.ts';

export const breaksErrors = {
  BREAK_UNKNOWN: 'There is no such break.',
  BREAK_OVER: 'The break is closed or written off; nothing more is done to it.',
  BREAK_GONE: 'The cause of the break has vanished, so there is nothing to write off.',
  BREAK_CHANGED: 'The break is another than the one that was asked about: amount or account differ.',
  BREAK_NO_WRITE_OFF: 'A break of this kind is not written off; its cause must be dealt with.',
  BREAK_REASON_MISSING: 'A reason code is needed for this, and one that allows it.',
  BREAK_OWNER_UNKNOWN: 'A break is given to a person who is named and works on matches.',
  BREAK_NOT_EXPLAINED: 'Only a break that is explained can be taken up again.',
  BREAK_NOT_WRITTEN_OFF: 'The break is not written off.',
  BREAK_ATTACHMENT_TYPE: 'A file of this type is not attached, or its bytes are of another type.',
  BREAK_ATTACHMENT_SIZE: 'The file is empty or too large to be attached.',
  BREAK_ATTACHMENT_MANY: 'The break has as many attachments as one may have.',
  BREAK_ATTACHMENT_UNKNOWN: 'There is no such attachment on this break.',
  PROOF_ACCOUNT_UNKNOWN: 'There is no such bank account.',
  PROOF_DATE_INVALID: 'The day of a proof is one that exists and is not in the future.',
} as const;

/**
 * `opening`, `gap`, `difference`: money that statements leave unexplained; `unmatched`: a line of a statement
 * that nothing explains for too long; `pre-post`: a pre-posting that no statement has confirmed in time;
 * `books`: the ledger and the bank differ where they must not.
 */
export const breakKinds = ['opening', 'gap', 'difference', 'unmatched', 'pre-post', 'books'] as const;
export type BreakKind = (typeof breakKinds)[number];

/** `closed`: its cause has vanished. */
export const breakStatuses = ['open', 'in-work', 'explained', 'written-off', 'closed'] as const;
export type BreakStatus = (typeof breakStatuses)[number];

/** Business days of the currency's banks since the day it stands from. */
export const breakBuckets = ['0-1', '2-5', '6-10', '11-30', '31+'] as const;
export type BreakBucket = (typeof breakBuckets)[number];

export const breakReasons = [
  'timing',
  'opening-balance',
  'bank-error',
  'missing-remittance',
  'duplicate',
  'fee',
  'fx',
  'fraud-suspected',
  'unknown',
] as const;
export type BreakReason = (typeof breakReasons)[number];
export const breakReason = z.enum(breakReasons);

export const breakActions = [
  'opened',
  'assigned',
  'released',
  'reason',
  'noted',
  'attached',
  'explained',
  'reopened',
  'written-off',
  'write-off-undone',
  'cause-gone',
  'cause-back',
  'closed',
] as const;
export type BreakAction = (typeof breakActions)[number];

/** Types of files that are attached, by what their bytes must be. */
export const attachmentTypes = [
  'application/pdf',
  'image/png',
  'image/jpeg',
  'text/plain',
  'text/csv',
  'application/xml',
] as const;
export type AttachmentType = (typeof attachmentTypes)[number];
/** Largest file that is attached, and how many a break may have. */
export const MOST_ATTACHMENT_BYTES = 10 * 1_048_576;
export const MOST_ATTACHMENTS = 20;

/** Where something lies: what a record, a line or a break leads to. */
const source = z.object({ kind: z.string(), id: z.string() });

export const breakRow = z.object({
  id,
  kind: z.enum(breakKinds),
  status: z.enum(breakStatuses),
  bankAccountId: id.nullable(),
  accountNumber: accountNumber().nullable(),
  /** Who is on the other side, where it is a payment. */
  counterparty: partyName().nullable(),
  /** Signed as the own account sees it: money in is positive. */
  amountMinor,
  currency,
  sinceDate: isoDate,
  /** Business days from that day to today. */
  ageDays: z.number().int(),
  bucket: z.enum(breakBuckets),
  /** The actor who has it in hand, and their name. */
  owner: z.string().nullable(),
  ownerName: z.string().nullable(),
  reason: breakReason.nullable(),
  /** A write-off stands although its cause has vanished: it is to be taken back. */
  causeGone: z.boolean(),
  source,
  notes: z.number().int(),
  attachments: z.number().int(),
});
export type BreakRow = z.infer<typeof breakRow>;

export const breakEvent = z.object({
  atMs: z.number(),
  action: z.enum(breakActions),
  /** `system` where the console did it. */
  actor: z.string(),
  actorName: z.string().nullable(),
  /** The new owner's name, or the reason code. */
  value: z.string().nullable(),
  note: freeText().nullable(),
  entryId: id.nullable(),
  record: recordNumber,
});
export type BreakEvent = z.infer<typeof breakEvent>;

export const breakAttachment = z.object({
  id,
  fileName: quotingText(),
  sizeBytes: z.number().int(),
  contentHash: z.string(),
  addedAtMs: z.number(),
  /** Its content was erased when its time had come. */
  removed: z.boolean(),
});
export type BreakAttachment = z.infer<typeof breakAttachment>;

/** An account by what it is for; without an id where nothing was posted on it yet. */
const roleAccount = z.object({ role: z.string(), accountId: id.nullable() });

export const breakDetail = breakRow.extend({
  openedAtMs: z.number(),
  record: recordNumber,
  /** The account that holds the money until the break is settled; null where none does. */
  holding: roleAccount.nullable(),
  /** The write-off that stands. */
  writeOff: z
    .object({ entryId: id, actorName: z.string().nullable(), atMs: z.number(), record: recordNumber })
    .nullable(),
  events: z.array(breakEvent),
  attachmentList: z.array(breakAttachment),
});
export type BreakDetail = z.infer<typeof breakDetail>;

export const breakSummary = z.object({
  counts: z.record(z.enum(breakStatuses), z.number().int()),
  /** What stands: open, in work or explained. */
  standing: z.array(
    z.object({
      kind: z.enum(breakKinds),
      bucket: z.enum(breakBuckets),
      currency,
      count: z.number().int(),
      /** Sizes summed, whatever their side. */
      amountMinor,
    }),
  ),
  mine: z.number().int(),
  unassigned: z.number().int(),
  /** Write-offs whose cause has vanished. */
  toTakeBack: z.number().int(),
  currencies: z.array(currency),
});
export type BreakSummary = z.infer<typeof breakSummary>;

export const breakSettings = z.object({
  /** Business days after which a line that nothing explains becomes a break. */
  unmatchedAfterDays: z.number().int(),
  reasons: z.array(
    z.object({
      code: breakReason,
      /** What the account is for that a write-off for this reason goes to; null where none is made. */
      writesOffTo: z.string().nullable(),
    }),
  ),
  people: z.array(z.object({ actor: z.string(), name: z.string() })),
  /** The actor who asks. */
  me: z.string(),
});
export type BreakSettings = z.infer<typeof breakSettings>;

export const proofLineKinds = [
  'in-transit',
  'opening',
  'gap',
  'difference',
  'later-statement',
  'booked-ahead',
  'by-hand',
] as const;
export type ProofLineKind = (typeof proofLineKinds)[number];

export const proofLine = z.object({
  kind: z.enum(proofLineKinds),
  date: isoDate,
  /** Signed: what it adds to the gap. */
  amountMinor,
  /** How many postings it stands for. */
  count: z.number().int(),
  source,
  /** The break in the queue, where there is one. */
  breakId: id.nullable(),
});
export type ProofLine = z.infer<typeof proofLine>;

/** One account on one day. `books` less `bank` is the gap; the lines and what is left over add up to it. */
export const proofFigures = z.object({
  bankAccountId: id,
  ledgerAccountId: id,
  accountNumber: accountNumber(),
  currency,
  date: isoDate,
  /** The ledger's balance of the account at the end of the day. */
  ledgerMinor: amountMinor,
  /** Of that, what stands for breaks and for no line; the opening balance of an account is none of it. */
  breaksMinor: amountMinor,
  /** Pre-posted and not confirmed by a statement. */
  inTransitMinor: amountMinor,
  /** Ledger less breaks plus in transit. */
  booksMinor: amountMinor,
  /** The newest closing balance up to the day; null where there is none. */
  bankMinor: amountMinor.nullable(),
  bankDate: isoDate.nullable(),
  bankStatementId: id.nullable(),
  /** Ledger less bank. */
  differenceMinor: amountMinor.nullable(),
  /** Books less bank. */
  gapMinor: amountMinor.nullable(),
  explainedMinor: amountMinor,
  /** Gap less what the lines explain; zero where the books are right. */
  unexplainedMinor: amountMinor.nullable(),
  lineCount: z.number().int(),
});
export type ProofFigures = z.infer<typeof proofFigures>;

export const proof = proofFigures.extend({
  /** What it is known by. */
  knownAt: recordNumber,
  lines: z.array(proofLine),
});
export type Proof = z.infer<typeof proof>;

const note = z.string().trim().min(3).max(2_000);
const byId = z.object({ id });
/** Breaks that are changed at once, each with what it becomes. */
const each = <Part extends z.ZodRawShape>(part: Part) => z.array(byId.extend(part)).min(1).max(500);
const changed = z.object({ changed: z.number().int() });
const chunk = z
  .instanceof(Blob)
  .refine((blob) => blob.size <= MOST_CHUNK_BYTES, `at most ${MOST_CHUNK_BYTES} bytes`);

export const breaks = {
  /** The oldest first. `standing` is open, in work and explained together. */
  list: query('read')
    .input(
      pageInput.extend({
        status: z.union([z.enum(breakStatuses), z.enum(['standing', 'to-do'])]).optional(),
        kind: z.enum(breakKinds).optional(),
        bucket: z.enum(breakBuckets).optional(),
        currency: currency.optional(),
        bankAccountId: id.optional(),
        /** What it comes from: of one payment, one statement. */
        sourceId: id.optional(),
        /** An actor, `me`, or `nobody`. */
        owner: z.string().max(60).optional(),
        text: z.string().max(100).optional(),
      }),
    )
    .output(filteredPageOf(breakRow)),
  /** Looks at once for what has changed; the console does so by itself soon after. */
  sweep: command('match').output(
    z.object({ opened: z.number().int(), closed: z.number().int(), turned: z.number().int() }),
  ),
  summary: query('read').output(breakSummary),
  settings: query('read').output(breakSettings),
  get: query('read').input(byId).output(breakDetail),
  /** Gives breaks into a hand, or out of it (null). All or none. */
  assign: command('match')
    .input(z.object({ items: each({ owner: z.string().min(1).max(60).nullable() }) }))
    .output(changed),
  /** Says why, by a code. All or none. */
  setReason: command('match')
    .input(z.object({ items: each({ reason: breakReason.nullable() }) }))
    .output(changed),
  note: command('match').input(byId.extend({ note })).output(changed),
  /** The cause is known and will pass by itself; needs a reason code. */
  explain: command('match').input(byId.extend({ note })).output(changed),
  /** An explanation does not hold. */
  reopen: command('match').input(byId.extend({ note })).output(changed),
  /** Begins an attachment; its bytes follow by `attachBytes`, and it counts from `attachEnd` on. */
  attachBegin: command('match')
    .input(
      byId.extend({
        fileName: z.string().trim().min(1).max(200),
        type: z.enum(attachmentTypes),
        sizeBytes: z.number().int().nonnegative(),
      }),
    )
    .output(z.object({ transferId: z.string() })),
  attachBytes: command('match')
    .input(z.object({ transferId: z.string(), offset: z.number().int().nonnegative(), bytes: chunk }))
    .output(z.object({ receivedBytes: z.number().int() })),
  attachEnd: command('match')
    .input(z.object({ transferId: z.string() }))
    .output(z.object({ attachmentId: id })),
  /** A stretch of an attachment, as it was given; leaves a record. */
  attachment: look('read')
    .input(
      byId.extend({
        attachmentId: id,
        offset: z.number().int().nonnegative(),
        length: z.number().int().min(1).max(MOST_CHUNK_BYTES),
      }),
    )
    .output(z.object({ bytes: z.instanceof(Blob), sizeBytes: z.number().int() }))
    .meta({ showsClear: true }),
  /**
   * Takes the money off the account that holds it, to the account of the reason. The amount is that of the
   * break, typed: another one is refused, and so is a break whose cause has vanished meanwhile.
   */
  writeOff: command('post')
    .input(byId.extend({ amountMinor, currency, reason: breakReason, note }))
    .output(z.object({ entryId: id, record: recordNumber })),
  /** Reverses a write-off; the break stands again, or closes where its cause has vanished. */
  undoWriteOff: command('post')
    .input(byId.extend({ note }))
    .output(z.object({ entryId: id, record: recordNumber })),
  /** Business days after which an unexplained line becomes a break. */
  setThreshold: command('close-period')
    .input(z.object({ unmatchedAfterDays: z.number().int().min(0).max(90), note }))
    .output(breakSettings),
  /** Every account on one day. */
  proofs: query('read')
    .input(z.object({ date: isoDate }))
    .output(z.array(proofFigures)),
  proof: query('read')
    .input(z.object({ bankAccountId: id, date: isoDate }))
    .output(proof),
  /** The proof as a CSV whose account numbers are sealed for this vault; leaves a record. */
  exportProof: look('read')
    .input(z.object({ bankAccountId: id, date: isoDate }))
    .output(z.object({ fileName: z.string(), csv: z.string() })),
};
