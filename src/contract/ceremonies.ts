import { z } from 'zod';
import { command, id, query } from './common.ts';

export const ceremoniesErrors = {
  CEREMONY_UNKNOWN: 'There is no ceremony under that id.',
  CEREMONY_KEY_UNKNOWN: 'There is no ceremony key under that id.',
  CEREMONY_RUNNING: 'Another ceremony of this key is under way; a key has one at a time.',
  CEREMONY_ENDED: 'The ceremony has ended.',
  CEREMONY_ROLES_CONFLICT: 'One person has one part in a ceremony: a custodian is not the witness too.',
  CEREMONY_PARTICIPANTS: 'The ceremony lacks somebody, or names somebody who cannot take part.',
  CEREMONY_THRESHOLD: 'The quorum and the number of shares do not fit together.',
  CEREMONY_REHEARSAL: 'A rehearsal’s key and a real one never mix.',
  CEREMONY_KEY_STATE: 'The key is not in a state in which this ceremony can be held.',
  CEREMONY_STEP: 'It is another step’s turn.',
  CEREMONY_STEP_UNSIGNED: 'The step was done and waits for its signatures.',
  CEREMONY_STEP_NOT_DONE: 'The step is to be done before it is signed.',
  CEREMONY_SIGNER: 'This person does not sign this step, or has signed it already.',
  CEREMONY_SHARE_MISTYPED: 'The share has a word that none has, or its check does not fit.',
  CEREMONY_SHARE_FOREIGN: 'The share belongs to another ceremony, or to a set that was replaced.',
  CEREMONY_SHARE_DUPLICATE: 'This share was brought already.',
  CEREMONY_SHARE_OTHER: 'This is another custodian’s share.',
  CEREMONY_SHARE_DAMAGED: 'The share reads well and is not the one that was handed out.',
  CEREMONY_QUORUM_SHORT: 'Fewer shares were brought than the quorum needs.',
  CEREMONY_QUORUM_WRONG: 'The shares together do not give the key of this ceremony.',
  CEREMONY_NOT_VERIFIED: 'What lies in the token is not the key of this ceremony.',
  CEREMONY_KEY_IN_USE: 'Other keys lie under this one and would go with it.',
  CEREMONY_STEP_BEGUN: 'The work with the tokens has begun; this step is done to its end.',
  CEREMONY_NO_TOKEN: 'No token is there to hold the key.',
} as const;

export const ceremonyKinds = ['generate', 'rotate', 'recover', 'replace-custodian', 'destroy'] as const;
export const ceremonyRoles = ['administrator', 'custodian', 'witness'] as const;
export const exceptionClasses = [
  'interrupted',
  'sheet-spoiled',
  'share-mistyped',
  'share-refused',
  'participant-late',
  'environment',
  'leader-left',
  'abandoned',
] as const;

const kind = z.enum(ceremonyKinds);
const share = z.number().int().min(1).max(16);

const participant = z.object({
  operatorId: id,
  name: z.string(),
  role: z.enum(ceremonyRoles),
  /** Number of the share that is handed to them, or that they bring; null for none. */
  receives: share.nullable(),
  brings: share.nullable(),
});

export const ceremonyStep = z.object({
  id: z.string(),
  act: z.string(),
  share: share.nullable(),
  /** `now` is its turn; `signing` it was done and lacks signatures. */
  state: z.enum(['done', 'signing', 'now', 'later']),
  /** `maySign` is false for who was disabled or has another key since: the ceremony can be abandoned. */
  signers: z.array(z.object({ operatorId: id, signed: z.boolean(), maySign: z.boolean() })),
  facts: z.array(z.tuple([z.string(), z.string()])),
  exceptions: z.array(z.object({ class: z.enum(exceptionClasses), reason: z.string() })),
  doneAtMs: z.number().nullable(),
});
export type CeremonyStep = z.infer<typeof ceremonyStep>;

const ceremonyLine = z.object({
  id,
  kind,
  rehearsal: z.boolean(),
  keyId: id,
  keyLabel: z.string(),
  state: z.enum(['running', 'done', 'abandoned']),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  stepsDone: z.number().int(),
  steps: z.number().int(),
});
export type CeremonyLine = z.infer<typeof ceremonyLine>;

export const ceremonyDetail = ceremonyLine.extend({
  threshold: z.number().int(),
  shares: z.number().int(),
  participants: z.array(participant),
  /** Who signs the end of an abandoned ceremony in the place of who could not any more. */
  standIns: z.array(z.object({ operatorId: id, name: z.string(), inPlaceOf: id })),
  /** Administrator and witnesses who can sign no more: somebody stands in for each when it is abandoned. */
  leftLeaders: z.array(id),
  script: z.array(ceremonyStep),
});
export type CeremonyDetail = z.infer<typeof ceremonyDetail>;

export const ceremonyKey = z.object({
  id,
  label: z.string(),
  rehearsal: z.boolean(),
  state: z.enum(['making', 'active', 'retired', 'destroyed', 'abandoned']),
  /** First 16 bytes of a hash of the key, as hex; null before it is made. */
  fingerprint: z.string().nullable(),
  threshold: z.number().int(),
  holders: z.array(z.object({ share, operatorId: id, name: z.string() })),
});
export type CeremonyKey = z.infer<typeof ceremonyKey>;

/** A share as it leaves the console, once. */
export const shareSheet = z.object({
  share,
  words: z.array(z.string()),
  /** What the QR code holds. */
  code: z.string(),
  pdf: z.instanceof(Blob),
});

/** A transcript of whatever vault, in what a reader holds against what they know. */
const transcriptSays = z.object({
  kind,
  keyLabel: z.string(),
  threshold: z.number().int(),
  shares: z.number().int(),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  vaultId: z.string(),
  participants: z.array(
    z.object({
      name: z.string(),
      role: z.enum(ceremonyRoles),
      /** Hex SHA-256 of their public key. */
      fingerprint: z.string(),
    }),
  ),
  /** Who signed its end in whose place. */
  standIns: z.array(z.object({ name: z.string(), fingerprint: z.string(), inPlaceOf: z.string() })),
  exceptions: z.array(z.object({ step: z.string(), class: z.enum(exceptionClasses), reason: z.string() })),
});

const passphrase = z.string().min(1).max(1024);
const step = { ceremonyId: id, stepId: z.string().max(40) };

export const ceremonies = {
  list: query('read').output(z.array(ceremonyLine)),
  keys: query('read').output(z.array(ceremonyKey)),
  get: query('read')
    .input(z.object({ ceremonyId: id }))
    .output(ceremonyDetail),
  /** Begins a ceremony. Whoever calls is its administrator. */
  begin: command('keys')
    .input(
      z.object({
        kind,
        rehearsal: z.boolean(),
        /** What a new key is called; left out where the ceremony is about one that exists. */
        label: z.string().trim().min(3).max(40).optional(),
        keyId: id.optional(),
        /** Of new shares. */
        threshold: z.number().int().min(2).max(16).optional(),
        /** Who receives the new shares, in their order. */
        custodians: z.array(id).max(16).default([]),
        /** Whose shares of the present set are brought. */
        bringing: z.array(id).max(16).default([]),
        witnesses: z.array(id).min(1).max(4),
      }),
    )
    .output(ceremonyDetail),
  /** Does what the step is about. A share that is read back or brought comes as it was typed or scanned. */
  act: command('keys')
    .input(z.object({ ...step, share: z.string().max(2_000).optional() }))
    .output(z.object({ ceremony: ceremonyDetail, sheet: shareSheet.nullable() })),
  /** One signature under a step that was done. The first step asks for the second factor too. */
  sign: command('keys')
    .input(z.object({ ...step, operatorId: id, passphrase, code: z.string().max(12).optional() }))
    .output(ceremonyDetail),
  /** Enters an exception; it stands in the step that comes next. */
  except: command('keys')
    .input(
      z.object({
        ceremonyId: id,
        class: z.enum(exceptionClasses).exclude(['abandoned', 'leader-left']),
        reason: z.string().trim().min(3).max(400),
      }),
    )
    .output(ceremonyDetail),
  /**
   * Ends a ceremony before its last step; administrator and witnesses sign the step `abandon`. For each
   * of them who can sign no more, in their order, somebody else signs who may lead ceremonies.
   */
  abandon: command('keys')
    .input(
      z.object({
        ceremonyId: id,
        reason: z.string().trim().min(3).max(400),
        standIns: z.array(id).max(5).default([]),
      }),
    )
    .output(ceremonyDetail),
  /** The one file that a stranger verifies. */
  transcript: query('read')
    .input(z.object({ ceremonyId: id }))
    .output(z.object({ name: z.string(), text: z.string() })),
  /** Checks a transcript, of whatever vault. */
  verify: query('read')
    .input(z.object({ text: z.string().max(4_194_304) }))
    .output(
      z.object({
        verified: z.boolean(),
        reason: z.string(),
        step: z.string().nullable(),
        rehearsal: z.boolean().nullable(),
        seal: z.string().nullable(),
        /** What it says where it verifies; null where it does not. */
        says: transcriptSays.nullable(),
      }),
    ),
};
