import { z } from 'zod';
import { command, id, pageInput, pageOf, query, recordNumber } from './common.ts';

export const keysErrors = {
  KEY_UNKNOWN: 'There is no key under that id, or none of that purpose.',
  KEY_STATE_REFUSED: 'The life cycle of a key does not allow this step from the state it is in.',
  KEY_NOT_USABLE:
    'The key is retired, compromised or destroyed, or not active yet; it neither signs nor seals.',
  KEY_STILL_NEEDED: 'The key protects something that has not moved to another key yet.',
  KEY_CONFIRMATION_WRONG: 'The words that confirm a destruction were not typed as they were asked for.',
  KEY_RETENTION_RUNS: 'The retention time of that class and quarter has not ended; its keys stay.',
  KEY_UNDER_HOLD: 'Something that these keys protect is under a legal hold; the keys stay.',
  KEY_WEBHOOK_REFUSED: 'Notices are posted to this machine alone: 127.0.0.1 or ::1.',
  NOTICE_INVALID: 'The notice was changed, or was not signed by the key it names.',
  ROTATION_UNKNOWN: 'There is no rotation under that number.',
  ROTATION_STATE_REFUSED: 'The rotation has ended, or is in that state already.',
  CLOCK_SET_BACK: 'The clock shows a time before the last run of a calendar entry; nothing runs twice.',
} as const;

export const keyTypes = ['KEK', 'DEK', 'signing', 'transport', 'log'] as const;
export type KeyType = (typeof keyTypes)[number];

export const keyStates = [
  'pre-active',
  'active',
  'expiring',
  'rotating',
  'retired',
  'compromised',
  'destroyed',
] as const;
export type KeyState = (typeof keyStates)[number];

/** What is wrong or due: with a key, or with the calendar that keeps it. */
export const keyFinding = z.object({
  code: z.enum([
    'HSM_REQUIRED', // the policy asks for a token and the vault has none
    'ROTATION_DUE', // due; the next check replaces it unattended
    'DUAL_CONTROL_DUE', // due; two people must agree before it is replaced
    'REPLACEMENT_URGENT', // compromised and not replaced yet: two people must agree
    'STILL_PROTECTS', // retired, compromised or destroyed while values still lie under it
    'CLOCK_SET_BACK', // the clock shows a time before the last run
    'RUN_FAILED', // the last run of the calendar entry failed
  ]),
  message: z.string(),
});
export type KeyFinding = z.infer<typeof keyFinding>;

export const key = z.object({
  /** `dek-12`, `kek-1`, `signing-1`, `transport-3`, `log-4`. */
  id: z.string(),
  type: z.enum(keyTypes),
  /** `AES-256-GCM`, `X25519+ML-KEM-1024`, `Ed25519+ML-DSA-65`, `X-Wing (X25519+ML-KEM-768)`. */
  algorithm: z.string(),
  /** What a DEK seals; null for other types. */
  purpose: z.string().nullable(),
  retentionClass: z.string().nullable(),
  /** `YYYYQn`, the quarter in which the values under a DEK were created. */
  quarter: z.string().nullable(),
  version: z.number().int(),
  state: z.enum(keyStates),
  /** The role that answers for the key. */
  owner: z.string(),
  /** Name of its policy, see `keys.policies`. */
  policy: z.string(),
  custody: z.enum(['vault', 'hsm']),
  createdAtMs: z.number(),
  activatedAtMs: z.number().nullable(),
  /** End of the policy's time, counted from activation; null while it was never active. */
  expiresAtMs: z.number().nullable(),
  /** When it is replaced next; null where it is not in use any more. */
  nextRotationAtMs: z.number().nullable(),
  /** When it left use; null while it is in use. */
  endedAtMs: z.number().nullable(),
  /** How much lies under it now: values under a DEK, DEKs under a KEK, notices signed by a signing key. */
  protects: z.number().int(),
  protectsWhat: z.enum(['values', 'keys', 'notices', 'transfers', 'checkpoints']),
  findings: z.array(keyFinding),
});
export type Key = z.infer<typeof key>;

export const keyEvent = z.object({
  seq: z.number().int(),
  keyId: z.string(),
  atMs: z.number(),
  event: z.enum(['created', 'activated', 'rotated', 'retired', 'compromised', 'destroyed']),
  fromState: z.enum(keyStates).nullable(),
  toState: z.enum(keyStates),
  /** Who did it; `system` where nobody did. */
  actor: z.string(),
  /** The audit record that tells of it; null where a key was made in passing, by the first value it sealed. */
  record: recordNumber.nullable(),
  /** Why a key was replaced: by order, because its time was over, or because it was compromised. */
  reason: z.enum(['command', 'due', 'compromised']).nullable(),
});
export type KeyEvent = z.infer<typeof keyEvent>;

export const keyRotation = z.object({
  id: z.number().int(),
  /** Values sealed anew under new DEKs, or DEKs wrapped anew under a new KEK. */
  kind: z.enum(['re-seal', 're-wrap']),
  /** The purpose whose values move; null where DEKs move. */
  purpose: z.string().nullable(),
  reason: z.enum(['command', 'due', 'compromised']),
  /** `incomplete`: it went through, and some things did not open and stay where they are. */
  state: z.enum(['running', 'paused', 'done', 'incomplete']),
  /** How much there was to move when it started. */
  total: z.number().int(),
  done: z.number().int(),
  /** What did not open, and was left as it is. */
  failed: z.number().int(),
  /** Moved in the last seconds; 0 while it does not run. */
  ratePerSecond: z.number(),
  /** At that rate; null while it does not run. */
  remainingMs: z.number().nullable(),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  actor: z.string(),
  pausable: z.boolean(),
  /** Ids of the keys that are left. */
  fromKeys: z.array(z.string()),
  toKeys: z.array(z.string()),
});
export type KeyRotation = z.infer<typeof keyRotation>;

export const keyPolicy = z.object({
  name: z.string(),
  type: z.enum(keyTypes),
  /** The NIST algorithm that the policy asks for, and the hybrid it stands in. */
  algorithm: z.string(),
  rotateEveryDays: z.number().int(),
  /** Days before its end in which a key counts as expiring. */
  warnDays: z.number().int(),
  hsmRequired: z.boolean(),
  /** Replaced by the calendar alone; else two people must agree. */
  unattended: z.boolean(),
  owner: z.string(),
});
export type KeyPolicy = z.infer<typeof keyPolicy>;

/** What goes where the keys of a class and quarter, or one key, are destroyed. */
export const keyLoss = z.object({
  keyIds: z.array(z.string()),
  /** Values that nobody will ever open again, by purpose. */
  values: z.array(z.object({ purpose: z.string(), count: z.number().int() })),
  /** From when on it is allowed; null where it is allowed now or never, as `refusal` says. */
  allowedFromMs: z.number().nullable(),
  /** Code and sentence of why it is refused now; null where it is allowed. */
  refusal: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** The words to be typed. */
  confirmation: z.string(),
});
export type KeyLoss = z.infer<typeof keyLoss>;

export const calendarEntry = z.object({
  name: z.string(),
  everyMs: z.number(),
  lastRunAtMs: z.number().nullable(),
  lastOutcome: z.enum(['done', 'failed']).nullable(),
  nextRunAtMs: z.number(),
  findings: z.array(keyFinding),
});

const retentionClass = z.string().regex(/^[A-Za-z0-9_.:-]{1,80}$/, 'expected a plain name such as 7y');
const quarter = z.string().regex(/^\d{4}Q[1-4]$/, 'expected YYYYQn');
/** What is destroyed: the DEKs of a retention class and quarter, or one key that is out of use. */
const destruction = { line: { retentionClass, quarter }, one: { keyId: id } };
const purpose = z.string().min(1).max(80);

export const keys = {
  /** The inventory. Newest first within a type: KEK, signing, transport, DEK. */
  list: query('read')
    .input(
      pageInput.extend({
        type: z.enum(keyTypes).optional(),
        purpose: purpose.optional(),
        state: z.enum(keyStates).optional(),
        /** Only those in use or still being left: active, expiring, rotating. */
        live: z.boolean().optional(),
        /** Only those that must be replaced now, by people or by the next check. */
        due: z.boolean().optional(),
        /** Only those with a finding. */
        findings: z.boolean().optional(),
        /** Words that must all be found in a key: its id, purpose, class, quarter, algorithm, state. */
        text: z.string().max(200).optional(),
      }),
    )
    .output(
      pageOf(key).extend({
        /** Keys that must be replaced now, whatever is filtered. */
        due: z.number().int(),
        /** Over the whole inventory, whatever is filtered. */
        states: z.array(z.object({ state: z.enum(keyStates), count: z.number().int() })),
        purposes: z.array(z.string()),
        /** Keys with a finding, whatever is filtered. */
        findings: z.number().int(),
      }),
    ),
  get: query('read')
    .input(z.object({ keyId: id }))
    .output(z.object({ key, history: z.array(keyEvent), rotations: z.array(keyRotation) })),
  /** What happened to all keys, newest first: the timeline. */
  events: query('read').input(pageInput).output(pageOf(keyEvent)),
  policies: query('read').output(z.array(keyPolicy)),
  /** Running and paused ones first, then the newest of those that ended. */
  rotations: query('read').output(z.array(keyRotation)),
  /** What runs by itself and when. */
  calendar: query('read').output(z.array(calendarEntry)),
  /**
   * The next version for all lines of a purpose, or for one key. Values are sealed anew in the
   * background; `keys.rotations` shows how far it is.
   */
  rotate: command('keys')
    .input(z.union([z.strictObject({ purpose }), z.strictObject({ keyId: id })]))
    .output(
      z.object({
        replaced: z.array(z.object({ from: z.string(), to: z.string() })),
        rotations: z.array(keyRotation),
      }),
    ),
  pauseRotation: command('keys')
    .input(z.object({ rotationId: z.number().int() }))
    .output(keyRotation),
  resumeRotation: command('keys')
    .input(z.object({ rotationId: z.number().int() }))
    .output(keyRotation),
  /** Stops use at once and opens an incident. The reason stands sealed in the audit record. */
  markCompromised: command('keys')
    .input(z.object({ keyId: id, reason: z.string().trim().min(1).max(1_000) }))
    .output(z.object({ key, replacedBy: z.string().nullable(), rotations: z.array(keyRotation) })),
  /** Out of use without a successor; what it protects stays readable. */
  retire: command('keys')
    .input(z.object({ keyId: id }))
    .output(key),
  /** What a destruction would lose, and the words that confirm it. */
  loss: query('read')
    .input(z.union([z.strictObject(destruction.line), z.strictObject(destruction.one)]))
    .output(keyLoss),
  /** For good. `confirm` are the words that `keys.loss` names. */
  destroy: command('keys')
    .input(
      z.union([
        z.strictObject({ ...destruction.line, confirm: z.string().max(200) }),
        z.strictObject({ ...destruction.one, confirm: z.string().max(200) }),
      ]),
    )
    .output(keyLoss.pick({ keyIds: true, values: true })),
  /** The hourly check, now. */
  runDue: command('keys').output(
    z.object({
      ranAtMs: z.number(),
      /** Replaced unattended. */
      replaced: z.array(z.object({ from: z.string(), to: z.string() })),
      /** Due under dual control: shown, not replaced. */
      waiting: z.array(z.string()),
      rotations: z.array(keyRotation),
    }),
  ),
};
