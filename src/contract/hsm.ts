import { z } from 'zod';
import { command, id, pageInput, pageOf, query } from './common.ts';

const profileId = z.enum([
  'softhsm',
  'thales-luna',
  'aws-cloudhsm',
  'azure-managed-hsm',
  'google-cloud-kms',
  'yubihsm2',
  'utimaco',
  'entrust-nshield',
  'smart-card',
]);

export const hsmAlgorithm = z.enum([
  'P-256',
  'Ed25519',
  'RSA-2048',
  'RSA-3072',
  'AES-256',
  'ML-DSA-65',
  'ML-DSA-87',
  'ML-KEM-768',
  'ML-KEM-1024',
]);

/** `token`: by a mechanism of its own. `sealed`: a seed under an AES key of the token. */
const way = z.enum(['token', 'sealed', 'none']);
/** `open`: nothing is sent to it until the cool-down has passed. `stopped`: only a person starts it again. */
export const circuitState = z.enum(['healthy', 'recovering', 'failed-over', 'open', 'stopped']);

const tokenId = z.number().int().positive();
const name = z.string().trim().min(1).max(60);
const pin = z.string().min(1).max(255);
const path = z.string().min(1).max(500);
const keyId = z.string().regex(/^[0-9a-f]{32}$/, 'expected the hex id of a key');

export const hsmToken = z.object({
  id: tokenId,
  name: z.string(),
  profile: profileId,
  profileName: z.string(),
  quirks: z.array(z.string()),
  kind: z.enum(['software', 'hardware']),
  serial: z.string(),
  label: z.string(),
  manufacturer: z.string().nullable(),
  model: z.string().nullable(),
  firmware: z.string().nullable(),
  /** `lost`: it was open and is not; `closed`: its PIN must be typed. */
  session: z.enum(['open', 'lost', 'closed']),
  circuit: circuitState,
  /** In a row. */
  failures: z.number().int(),
  /** When the circuit is tried again. */
  retryAtMs: z.number().nullable(),
  lastError: z.string().nullable(),
  lastCheck: z.object({ atMs: z.number(), tookMs: z.number() }).nullable(),
  /** Requests that the process has not answered yet. */
  inFlight: z.number().int(),
  /** One more wrong PIN locks it. */
  pinAlmostLocked: z.boolean(),
  /** Active keys it holds. */
  keys: z.number().int(),
  /** What it says it can do; those of the standard by name, first. */
  mechanisms: z.array(z.object({ number: z.number().int(), name: z.string().nullable() })),
  /** How it carries each algorithm; null while it has not been asked. */
  algorithms: z.array(z.object({ algorithm: hsmAlgorithm, postQuantum: z.boolean(), way: way.nullable() })),
});
export type HsmToken = z.infer<typeof hsmToken>;

export const hsmPlan = z.object({
  component: z.enum(['hsm', 'database', 'endpoint', 'crypto-provider']),
  checkEveryMs: z.number().nullable(),
  failures: z.number().int(),
  steps: z.array(z.enum(['reconnect', 'rotate-credentials', 'fail-over', 'open-circuit', 'alert'])),
  attempts: z.number().int(),
  coolDownMs: z.number(),
});

export const hsmStatus = z.object({
  /** False where this door cannot start processes. */
  available: z.boolean(),
  /** The policy: no software token may hold a key. */
  hardwareOnly: z.boolean(),
  nowMs: z.number(),
  tokens: z.array(hsmToken),
  /** Signing requests in the vault that wait for a token. */
  queue: z.object({ waiting: z.number().int(), oldestAtMs: z.number().nullable() }),
  plans: z.array(hsmPlan),
});
export type HsmStatus = z.infer<typeof hsmStatus>;

export const hsmKey = z.object({
  keyId: z.string(),
  name: z.string(),
  algorithm: hsmAlgorithm,
  use: z.enum(['sign', 'encrypt', 'decapsulate']),
  /** Base64. */
  publicKey: z.string(),
  /** It may leave its token, under a trusted wrapping key only. */
  mayMigrate: z.boolean(),
  state: z.enum(['active', 'retired']),
  createdAtMs: z.number(),
  rotateByMs: z.number(),
  replacedBy: z.string().nullable(),
  copies: z.array(
    z.object({
      tokenId,
      way: z.enum(['token', 'sealed']),
      state: z.enum(['active', 'retired', 'destroyed']),
      madeAtMs: z.number(),
      /** Where it came from, and that it was wrapped post-quantum. */
      origin: z.object({ tokenId, run: z.string(), wrappedWith: z.string() }).nullable(),
    }),
  ),
});
export type HsmKey = z.infer<typeof hsmKey>;

export const hsmRequest = z.object({
  id: z.string(),
  keyId: z.string(),
  state: z.enum(['queued', 'answered', 'refused']),
  code: z.string().nullable(),
  askedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  /** Base64. */
  signature: z.string().nullable(),
});
export type HsmRequest = z.infer<typeof hsmRequest>;

const kem = z.enum(['ML-KEM-768', 'ML-KEM-1024']);

export const hsmRun = z.object({
  id: z.string(),
  purpose: z.enum(['migration', 'backup']),
  kem,
  sourceId: tokenId,
  targetId: tokenId,
  state: z.enum(['running', 'stopped', 'done']),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  /** The wrapping key was seen to be gone from the source. */
  wrappingKeyDeleted: z.boolean(),
  keys: z.array(
    z.object({
      ordinal: z.number().int(),
      keyId: z.string(),
      outcome: z.enum(['waiting', 'moved', 'replaced', 'stays', 'failed']),
      code: z.string().nullable(),
    }),
  ),
});
export type HsmRun = z.infer<typeof hsmRun>;

export const hsmProfile = z.object({
  id: profileId,
  name: z.string(),
  kind: z.enum(['software', 'hardware']),
  libraries: z.array(z.string()),
  variable: z.string().nullable(),
  pin: z.string(),
  quirks: z.array(z.string()),
});

const byToken = z.object({ tokenId });
const byKey = z.object({ keyId });

export const hsm = {
  /** Tokens, their health and circuits, the queue, the recovery plans. */
  status: query('read').output(hsmStatus),
  /** What is known of each maker's library. */
  profiles: query('read').output(z.array(hsmProfile)),
  keys: query('read').output(z.array(hsmKey)),
  /** Signing requests that had to wait or carry an id, newest first. */
  requests: query('read').input(pageInput).output(pageOf(hsmRequest)),
  /** Migrations and backups of keys, newest first. */
  migrations: query('read').output(z.array(hsmRun)),
  /** A token of the embedded SoftHSM; its PIN lies in the vault. */
  setUpSoftware: command('hsm').input(z.object({ name })).output(hsmToken),
  /** A token of hardware; its session must open first. */
  addToken: command('hsm')
    .input(
      z.object({
        name,
        profile: profileId,
        library: path.optional(),
        configuration: path.optional(),
        serial: z.string().max(32).optional(),
        label: z.string().max(32).optional(),
        pin,
      }),
    )
    .output(hsmToken),
  openSession: command('hsm')
    .input(byToken.extend({ pin: pin.optional() }))
    .output(hsmToken),
  closeSession: command('hsm').input(byToken).output(hsmToken),
  /** Lets a token try again that only a person may start. */
  resume: command('hsm')
    .input(byToken.extend({ pin: pin.optional() }))
    .output(hsmToken),
  removeToken: command('hsm').input(byToken).output(z.object({})),
  setPolicy: command('hsm')
    .input(z.object({ hardwareOnly: z.boolean() }))
    .output(hsmStatus),
  generateKey: command('hsm')
    .input(
      z.object({
        tokenId: tokenId.optional(),
        name,
        algorithm: hsmAlgorithm,
        mayMigrate: z.boolean().default(false),
      }),
    )
    .output(hsmKey),
  /** The key signs no more, on any token. */
  retireKey: command('hsm')
    .input(byKey.extend({ reason: z.string().trim().min(1).max(500) }))
    .output(hsmKey),
  /** The key is used no more on one token, once another holds it. */
  retireCopy: command('hsm').input(byKey.extend({ tokenId })).output(hsmKey),
  /** Takes retired copies off their tokens. */
  destroyKey: command('hsm').input(byKey).output(hsmKey),
  /** Takes every active key of a token to another. Answers when it is done or has stopped. */
  migrate: command('hsm')
    .input(
      z.object({
        sourceId: tokenId,
        targetId: tokenId,
        purpose: z.enum(['migration', 'backup']).default('migration'),
        kem: kem.default('ML-KEM-1024'),
        soPin: pin.optional(),
      }),
    )
    .output(hsmRun),
  resumeRun: command('hsm')
    .input(z.object({ id, soPin: pin.optional() }))
    .output(hsmRun),
  stopRun: command('hsm').input(z.object({ id })).output(hsmRun),
};
