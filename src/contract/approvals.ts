import { z } from 'zod';
import { command, id, money, pageInput, pageOf, query, quotingText, recordNumber } from './common.ts';

export const approvalsErrors = {
  APPROVAL_UNKNOWN: 'There is no request under that id.',
  APPROVAL_ASKER_REFUSED: 'The policy does not let this caller ask for the command.',
  APPROVAL_LIMIT_REACHED: 'The policy’s limit on number or value is used up.',
  APPROVAL_SESSION_OLD: 'The policy asks for a younger session; sign in again.',
  APPROVAL_FACTOR_WEAK: 'The policy asks for a hardware token.',
  APPROVAL_SIGNATURE_WEAK: 'The policy asks for a stronger signing key.',
  APPROVAL_SEALING_WEAK: 'The policy asks for a stronger key encapsulation.',
  APPROVAL_SELF: 'Who asked for a command does not agree to it.',
  APPROVAL_NOT_CHECKER: 'You hold no role that may answer this request.',
  APPROVAL_VOTED: 'This person, or whose right they use, has answered already.',
  APPROVAL_CLOSED: 'The request is decided.',
  APPROVAL_EXPIRED: 'The time to answer is over.',
  APPROVAL_ALTERED: 'What is stored is not what was asked for.',
  APPROVAL_SIGNATURE_INVALID: 'The signature does not belong to this request and this person.',
  APPROVAL_ROLE_REMOVED: 'Who agreed may not agree any more, so the quorum does not stand.',
  APPROVAL_MAKER_GONE: 'Who asked may not do this any more.',
  APPROVAL_POLICY_CHANGED: 'The policy was changed since the request; ask again.',
  APPROVAL_RUN_ALREADY: 'The command was run; it runs once.',
  APPROVAL_VETOED: 'The request was refused by a checker.',
  APPROVAL_KINDS_DIFFER: 'Only requests of one kind can be answered together.',
  APPROVAL_DELEGATION_INVALID: 'This right cannot be lent like that.',
  APPROVAL_WITHDRAWN: 'The maker has withdrawn the request.',
  PACKET_INVALID: 'This is no approval packet, or it was changed.',
  PACKET_FOREIGN: 'The packet belongs to another vault.',
  PACKET_REPLAYED: 'The answer of this packet was taken in already.',
  PACKET_OUT_OF_ORDER: 'The packet answers a request as it is not, or not any more.',
  PACKET_SIGNER_UNKNOWN: 'The packet is signed with a key that is enrolled for nobody.',
  CARD_INVALID: 'This is no card of an operator’s key, or it was changed.',
  PACKET_NOT_SAVED: 'The file could not be written into that folder.',
  CARD_KEY_TAKEN: 'The key of the card is another person’s already, or one of this vault.',
} as const;

/** How a request stands. `approved` waits for its maker to bring what no request may hold. */
export const approvalStates = [
  'pending',
  'approved',
  'executed',
  'failed',
  'vetoed',
  'expired',
  'withdrawn',
  'void',
] as const;
export type ApprovalState = (typeof approvalStates)[number];

/** One line of a rendered command: what stands where, and what it would be. */
export const renderedLine = z.object({
  label: z.string(),
  /** Null where there is no before. */
  before: quotingText().nullable(),
  after: quotingText().nullable(),
});
export type RenderedLine = z.infer<typeof renderedLine>;

/** What a command would do, for people; made anew from the vault each time it is shown. */
export const renderedCommand = z.object({
  title: z.string(),
  lines: z.array(renderedLine),
  /** Where the numbers come from: a path of the app. */
  sources: z.array(z.object({ label: z.string(), to: z.string() })),
  /** Why it would be refused at this moment; null where nothing stands in the way. */
  obstacle: z.string().nullable(),
});
export type RenderedCommand = z.infer<typeof renderedCommand>;

export const approvalVote = z.object({
  operatorId: id,
  operatorName: z.string(),
  /** Whose right was used, where it was lent. */
  onBehalfOf: id.nullable(),
  decision: z.enum(['approve', 'veto']),
  reason: z.string().nullable(),
  votedAtMs: z.number(),
  /** `console`, or `packet` where it was signed on another machine. */
  way: z.enum(['console', 'packet']),
  /** Whether it counts at this moment: signature, role and standing. */
  counts: z.boolean(),
});

export const approvalLine = z.object({
  id,
  state: z.enum(approvalStates),
  procedure: z.string(),
  title: z.string(),
  policyId: id,
  policyVersion: z.number().int(),
  policyTitle: z.string(),
  makerId: z.string(),
  makerName: z.string(),
  askedAtMs: z.number(),
  expiresAtMs: z.number(),
  decidedAtMs: z.number().nullable(),
  amounts: z.array(money),
  count: z.number().int(),
  /** How many agree, and how many must. */
  agreed: z.number().int(),
  quorum: z.number().int(),
  /** Whether whoever asks may answer it now. */
  mine: z.enum(['answer', 'made', 'answered', 'look']),
});
export type ApprovalLine = z.infer<typeof approvalLine>;

export const approvalDetail = approvalLine.extend({
  rendered: renderedCommand,
  /** RFC 8785 text of the command, byte for byte what is hashed and signed, unless the policy masks accounts. */
  raw: z.string(),
  /** Hex SHA-256 of the text as it is stored. */
  commandHash: z.string(),
  reason: z.string().nullable(),
  votes: z.array(approvalVote),
  /** Whether the maker has to bring a secret or a file anew once it is approved. */
  bringsAnew: z.boolean(),
  /** The refusal of the run, where it failed or was void. */
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** Audit records: of the request, and of the execution. */
  askedRecord: recordNumber,
  executedRecord: recordNumber.nullable(),
});
export type ApprovalDetail = z.infer<typeof approvalDetail>;

export const delegation = z.object({
  id,
  fromId: id,
  fromName: z.string(),
  toId: id,
  toName: z.string(),
  policyIds: z.array(id),
  fromMs: z.number(),
  untilMs: z.number(),
  reason: z.string(),
  state: z.enum(['coming', 'running', 'over', 'ended']),
});
export type Delegation = z.infer<typeof delegation>;

const decision = z.enum(['approve', 'veto']);
const reason = z.string().trim().min(3).max(400);

/** The data of `APPROVAL_REQUIRED`: where the command waits. */
export const approvalRequired = z.object({
  requestId: id,
  state: z.enum(approvalStates),
  policyId: id,
  policyTitle: z.string(),
  quorum: z.number().int(),
  expiresAtMs: z.number(),
});
export type ApprovalRequired = z.infer<typeof approvalRequired>;

export const approvals = {
  list: query('read')
    .input(
      pageInput.extend({
        box: z.enum(['to-answer', 'mine', 'open', 'all']).default('to-answer'),
        state: z.enum(approvalStates).optional(),
        policyId: id.optional(),
        procedure: z.string().max(80).optional(),
        makerId: id.optional(),
      }),
    )
    .output(pageOf(approvalLine)),
  /** How many wait for whoever asks. */
  waiting: query('read').output(z.object({ toAnswer: z.number().int(), mine: z.number().int() })),
  get: query('read')
    .input(z.object({ requestId: id }))
    .output(approvalDetail),
  /**
   * Agrees or refuses, signed with the caller's key over vault, request, command hash, policy and
   * version, decision, checker and expiry. The last one needed runs the command. `commandHash` is
   * that of what the caller was shown.
   */
  vote: command('answer')
    .input(
      z.object({
        requestId: id,
        commandHash: z.string().regex(/^[0-9a-f]{64}$/),
        decision,
        reason: reason.optional(),
        /** Whose lent right is used; where it is left out the caller's own, else the first lent to them. */
        onBehalfOf: id.optional(),
      }),
    )
    .output(approvalDetail),
  /** The same answer to several requests of one procedure and one policy; each stands for itself. */
  voteMany: command('answer')
    .input(
      z.object({
        requests: z
          .array(z.object({ requestId: id, commandHash: z.string().regex(/^[0-9a-f]{64}$/) }))
          .min(1)
          .max(200),
        decision,
        reason: reason.optional(),
      }),
    )
    .output(
      z.object({
        answers: z.array(
          z.object({ requestId: id, state: z.enum(approvalStates).nullable(), code: z.string().nullable() }),
        ),
        /** Of the requests that were answered. */
        totals: z.array(money),
      }),
    ),
  /** The maker takes a request back before it has run. */
  withdraw: command('read')
    .input(z.object({ requestId: id }))
    .output(approvalDetail),
  delegations: query('read').output(z.array(delegation)),
  /** Lends the caller's right to agree, for a time. */
  delegate: command('answer')
    .input(
      z.object({
        toId: id,
        policyIds: z.array(id).min(1).max(40),
        fromMs: z.number().int(),
        untilMs: z.number().int(),
        reason,
      }),
    )
    .output(delegation),
  endDelegation: command('answer')
    .input(z.object({ delegationId: id }))
    .output(delegation),

  /**
   * The file that carries a request to another workstation, signed by the caller, who answers for its
   * words; it holds the maker's own signature too. It leaves the vault, so it leaves a record.
   */
  exportPacket: command('read')
    .input(z.object({ requestId: id }))
    .output(z.object({ name: z.string(), text: z.string() })),
  /** What a packet from another workstation asks for, its signature checked; nothing is written. */
  readPacket: query('read')
    .input(z.object({ text: z.string().max(262_144) }))
    .output(
      z.object({
        vaultId: z.string(),
        /** Whether it is of the vault that is open here. */
        isOwn: z.boolean(),
        requestId: id,
        procedure: z.string(),
        title: z.string(),
        lines: z.array(renderedLine),
        raw: z.string(),
        commandHash: z.string(),
        policyId: id,
        policyVersion: z.number().int(),
        policyTitle: z.string(),
        quorum: z.number().int(),
        reason: z.string().nullable(),
        makerName: z.string(),
        makerFingerprint: z.string(),
        /** Who made the packet and signed its words. */
        signerName: z.string(),
        signerFingerprint: z.string(),
        /** For whom the signer's key is enrolled here; null where for nobody: then it has to be compared by hand. */
        signerKnownAs: z.string().nullable(),
        /** Whether the caller's own key asked, who therefore may not answer. */
        isMine: z.boolean(),
        askedAtMs: z.number(),
        expiresAtMs: z.number(),
      }),
    ),
  /** Signs the answer to a packet with the key of whoever is signed in here; to be carried back. */
  answerPacket: command('answer')
    .input(
      z.object({
        text: z.string().max(262_144),
        commandHash: z.string().regex(/^[0-9a-f]{64}$/),
        decision,
        reason: reason.optional(),
        /**
         * The fingerprint of the packet's signer, compared with them on a way of its own. Needed where
         * the key is enrolled for nobody here. Errors: `PACKET_SIGNER_UNKNOWN`.
         */
        trust: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .optional(),
      }),
    )
    .output(z.object({ name: z.string(), text: z.string() })),
  /** Takes a carried answer in; it counts as a vote of whoever the key is enrolled for. */
  takeAnswer: command('read')
    .input(z.object({ text: z.string().max(262_144) }))
    .output(approvalDetail),
  /** Writes a packet, an answer or a card into a folder of this machine: a page may save no file by itself. */
  saveFile: command('read')
    .input(z.object({ text: z.string().max(262_144), folder: z.string().trim().min(1).max(1_000) }))
    .output(z.object({ path: z.string() })),
  /** The public key by which answers signed on this console are known, to be enrolled elsewhere. */
  card: query('read').output(z.object({ name: z.string(), text: z.string() })),
  /** Enrols the card of an operator's key on another console. Stands under the policy `people`. */
  enrolCard: command('people')
    .input(z.object({ operatorId: id, text: z.string().max(65_536) }))
    .output(z.object({ operatorId: id, fingerprint: z.string() })),
};
