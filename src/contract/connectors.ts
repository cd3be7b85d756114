import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { command, currency, freeText, id, look, pageInput, pageOf, query, quotingText } from './common.ts';

export const connectorsErrors = {
  CONNECTOR_UNKNOWN: 'There is no connector under that id.',
  CONNECTOR_NAME_TAKEN: 'Another connector carries that name.',
  CONNECTOR_SETTINGS_INVALID: 'A setting of the connector cannot be used.',
  CONNECTOR_FOLDER_UNFIT: 'The folder cannot be watched: it is missing, no folder, or not to be written to.',
  CONNECTOR_UNREACHABLE: 'The server or the address that the connector needs does not answer.',
  CONNECTOR_KEY_UNKNOWN: 'There is no key of a caller under that id.',
  CONNECTOR_QUEUE_FULL: 'As many messages wait as the queue holds; nothing of this one was taken.',
  CONNECTOR_STOPPED: 'The intake of messages has stopped; nothing of this one was taken.',
  CONNECTOR_NOT_READY:
    'The matching of instant payments is not ready yet; nothing of this message was taken.',
  CONNECTOR_DELIVERY_REUSED: 'The delivery id was used before for a message with other content.',
  CONNECTOR_MESSAGE_TOO_LARGE: 'The message is larger than the queue takes.',
  CONNECTOR_REQUEST_INVALID: 'A header that the endpoint asks for is missing or malformed.',
  CONNECTOR_PLACE_UNKNOWN: 'The endpoint knows POST /messages and nothing else.',
  CONNECTOR_HOST_REFUSED: 'The request is addressed to another host, or comes from a web page.',
  CONNECTOR_SIGNATURE_WRONG: 'The key is unknown or revoked, or the signature is not that of the request.',
  CONNECTOR_CLOCK_APART: 'The timestamp of the request lies outside the window of five minutes.',
  CONNECTOR_REPLAYED: 'The nonce was used before; sign the request anew to ask again.',
  CONNECTOR_RATE_EXCEEDED: 'The caller sends more than its share.',
  CONNECTOR_FILE_REFUSED: 'What lies in the folder is no plain file that may be read.',
  DEAD_LETTER_UNKNOWN: 'There is no dead letter under that id.',
  DEAD_LETTER_SETTLED: 'The dead letter was taken in or dismissed already.',
  DEAD_LETTER_REASON_MISSING: 'Dismissing a message needs a stated reason.',
} as const;

/** Longest message that the queue takes: what the readers take, and no more. */
export const MOST_MESSAGE_BYTES = 1_048_576;

export const connectorKinds = ['folder', 'http', 'nats'] as const;
export type ConnectorKind = (typeof connectorKinds)[number];

/** A place in a file system. An account number in it is masked for whoever may not see parties. */
const place = quotingText;

/** What a watched folder needs to be told. */
export const folderSettings = z.object({
  kind: z.literal('folder'),
  /** Absolute path. Files are moved to `done` and `failed` inside it. */
  folder: place().min(1).max(1_000),
  /** How often it is looked through. */
  everyMs: z.number().int().min(100).max(60_000).default(500),
});

/** What a local endpoint needs to be told. It is bound to 127.0.0.1 and to nothing else. */
export const httpSettings = z.object({
  kind: z.literal('http'),
  /** 0 takes any free port. */
  port: z.number().int().min(0).max(65_535),
  /** Requests a second that each caller may send on average; twice as many at once. */
  ratePerSecond: z.number().int().min(1).max(100_000).default(1_000),
});

/** A name that NATS takes for streams and consumers. */
const natsName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected letters, digits, - and _');

/** What a consumer of NATS JetStream needs to be told. Nothing else is ever connected to. */
export const natsSettings = z.object({
  kind: z.literal('nats'),
  /** `nats://host:port` or `tls://host:port`; without credentials, which are fields of their own. */
  servers: z
    .array(z.string().regex(/^(nats|tls):\/\/[A-Za-z0-9.[\]:-]{1,200}$/, 'expected nats://host:port'))
    .min(1)
    .max(8),
  stream: natsName,
  durable: natsName,
  /** Only messages of this subject; every message of the stream where it is left out. */
  subject: z
    .string()
    .regex(/^[A-Za-z0-9_.*>-]{1,200}$/, 'expected a subject')
    .optional(),
  user: z.string().max(200).optional(),
  /** After this long without an answer the server delivers a message again. */
  ackWaitMs: z.number().int().min(1_000).max(600_000).default(30_000),
});

const settingsSchemas = [folderSettings, httpSettings, natsSettings] as const;
/** As they are shown: never a password. */
export const connectorSettings = z.discriminatedUnion('kind', settingsSchemas);
export type ConnectorSettings = z.infer<typeof connectorSettings>;

/** Sealed, and shown to nobody again. */
const connectorSecret = z.string().min(1).max(4_000);

const connectorName = z.string().min(1).max(60);

/** `waiting`: it runs, and what it needs does not answer at the moment. */
export const connectorStates = ['stopped', 'starting', 'running', 'waiting', 'failed'] as const;

export const connectorProblem = z.object({
  atMs: z.number(),
  code: z.string(),
  /** What it was about: a file's name, a sequence number. */
  what: quotingText(),
});

export const connectorLine = z.object({
  id,
  label: z.string(),
  settings: connectorSettings,
  /** Whether it starts with the vault. */
  enabled: z.boolean(),
  state: z.enum(connectorStates),
  /** Why it waits or failed; null otherwise. */
  code: z.string().nullable(),
  /** Where it listens or what it is connected to, once it runs; null otherwise. */
  address: quotingText().nullable(),
  /** Messages answered since it was started: taken or known, and put on the dead-letter list. */
  taken: z.number().int(),
  deadLettered: z.number().int(),
  /** Whole files handed to the ordinary import. */
  files: z.number().int(),
  /** Requests, files and deliveries that were turned away. */
  refused: z.number().int(),
  lastMessageAtMs: z.number().nullable(),
  /** What was turned away last, newest first. */
  problems: z.array(connectorProblem),
});
export type ConnectorLine = z.infer<typeof connectorLine>;

export const callerKey = z.object({
  keyId: z.string(),
  connectorId: id,
  /** Who sends with it: a program of the bank. */
  caller: z.string(),
  createdAtMs: z.number(),
  revokedAtMs: z.number().nullable(),
});
export type CallerKey = z.infer<typeof callerKey>;

/** What became of one message. */
export const messageAnswer = z.object({
  /** `duplicate`: the same message was taken before, and this is its first answer. */
  result: z.enum(['taken', 'duplicate', 'dead-lettered']),
  /** Number of the stored message; null where it lies on the dead-letter list. */
  messageNumber: z.string().nullable(),
  deadLetterId: z.string().nullable(),
  /** Payments newly known, posted before the statement confirms them, and confirmed already. */
  received: z.number().int(),
  prePosted: z.number().int(),
  cleared: z.number().int(),
  /** Taken back by a return or a rejection; held by a recall or for a person. */
  reopened: z.number().int(),
  held: z.number().int(),
  rail: z.string().nullable(),
  /** Why it lies on the dead-letter list, and where in the message. */
  code: z.string().nullable(),
  reason: z.string().nullable(),
  path: z.string().nullable(),
  line: z.number().int().nullable(),
});
export type MessageAnswer = z.infer<typeof messageAnswer>;

export const deadLetterStates = ['open', 'taken', 'dismissed'] as const;
export type DeadLetterState = (typeof deadLetterStates)[number];

export const deadLetterLine = z.object({
  id,
  state: z.enum(deadLetterStates),
  /** Which connector brought it: its label, `command line`, `window`. */
  source: z.string(),
  code: z.string(),
  path: z.string().nullable(),
  line: z.number().int().nullable(),
  sizeBytes: z.number().int(),
  /** How often it was tried. */
  attempts: z.number().int(),
  firstAtMs: z.number(),
  lastAtMs: z.number(),
});
export type DeadLetterLine = z.infer<typeof deadLetterLine>;

export const deadLetter = deadLetterLine.extend({
  /** Each try that failed, oldest first. */
  history: z.array(
    z.object({
      atMs: z.number(),
      how: z.enum(['arrived', 'delivered-again', 'retried']),
      actor: z.string(),
      code: z.string(),
      path: z.string().nullable(),
      line: z.number().int().nullable(),
    }),
  ),
  settledAtMs: z.number().nullable(),
  settledBy: z.string().nullable(),
  dismissal: freeText().nullable(),
  /** The stored message that it became. */
  messageNumber: z.string().nullable(),
});
export type DeadLetter = z.infer<typeof deadLetter>;

/** Why messages wait. `nothing`: none does. */
export const waitingReasons = [
  'nothing',
  'queue',
  'index-not-ready',
  'vault-busy',
  'epoch-unsigned',
  'stopped',
] as const;
export type WaitingReason = (typeof waitingReasons)[number];

export const liveValue = z.object({
  /** `other` where nothing told the rail. */
  rail: z.string(),
  currency,
  /** Payments that came in today (UTC), and what of it was matched at once; minor units. */
  amountMinor: z.bigint(),
  matchedMinor: z.bigint(),
});

/** One line of the ticker: no name, no account. */
export const liveEvent = z.object({
  /** Grows by one with every line since the vault was opened. */
  number: z.number().int(),
  atMs: z.number(),
  rail: z.string(),
  outcome: z.enum([
    'matched',
    'part-matched',
    'for-people',
    'duplicate',
    'returned',
    'noted',
    'dead-lettered',
  ]),
  amounts: z.array(z.object({ amountMinor: z.bigint(), currency })),
  /** Where it lies: the stored message, or the dead letter. */
  messageNumber: id.nullable(),
  deadLetterId: id.nullable(),
  latencyMs: z.number(),
});
export type LiveEvent = z.infer<typeof liveEvent>;

export const liveFigures = z.object({
  atMs: z.number(),
  /** When this counting began: the vault was opened. */
  sinceMs: z.number(),
  /** Messages answered a second, over the last five seconds. */
  ratePerSecond: z.number(),
  /** From received to committed, over the last minute; null while nothing was taken in it. */
  p50Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  waiting: z.object({ count: z.number().int(), bytes: z.number().int(), why: z.enum(waitingReasons) }),
  deadLettersOpen: z.number().int(),
  valueToday: z.array(liveValue),
  /** Since the vault was opened. */
  totals: z.object({
    messages: z.number().int(),
    taken: z.number().int(),
    duplicates: z.number().int(),
    deadLettered: z.number().int(),
    refused: z.number().int(),
    received: z.number().int(),
    prePosted: z.number().int(),
    cleared: z.number().int(),
    reopened: z.number().int(),
    held: z.number().int(),
  }),
  /** The newest lines of the ticker, newest first. */
  latest: z.array(liveEvent),
});
export type LiveFigures = z.infer<typeof liveFigures>;

const byId = z.object({ id });
const reason = z.string().max(400);

export const connectors = {
  list: query('read').output(z.array(connectorLine)),
  /** Adds a connector and starts it. Errors: `CONNECTOR_NAME_TAKEN`, `CONNECTOR_SETTINGS_INVALID`, `CONNECTOR_FOLDER_UNFIT`. */
  add: command('connectors')
    .input(
      z.object({ label: connectorName, settings: connectorSettings, secret: connectorSecret.optional() }),
    )
    .output(connectorLine),
  /** Other settings; the kind stays. A secret that is left out stays as it was; null takes it away. */
  change: command('connectors')
    .input(
      z.object({
        id,
        label: connectorName,
        settings: connectorSettings,
        secret: connectorSecret.nullable().optional(),
      }),
    )
    .output(connectorLine),
  start: command('connectors').input(byId).output(connectorLine),
  stop: command('connectors').input(byId).output(connectorLine),
  /** Stops it for good and revokes its callers' keys; what it brought stays. */
  remove: command('connectors')
    .input(byId.extend({ reason }))
    .output(z.object({ removed: z.boolean() })),
  keys: query('read').input(byId).output(z.array(callerKey)),
  /** A key for one caller of a local endpoint; its secret is shown this once. */
  createKey: command('connectors')
    .input(byId.extend({ caller: connectorName }))
    .output(callerKey.extend({ secret: z.string() })),
  revokeKey: command('connectors')
    .input(z.object({ keyId: z.string().max(64) }))
    .output(callerKey),
  /**
   * One message through the queue; settles once it lies in the vault. The same `deliveryId` with the same
   * bytes is answered as before. Errors: `CONNECTOR_QUEUE_FULL`, `CONNECTOR_STOPPED`,
   * `CONNECTOR_DELIVERY_REUSED`, `CONNECTOR_MESSAGE_TOO_LARGE`.
   */
  submit: command('import')
    .input(z.object({ message: z.instanceof(Blob), deliveryId: z.string().min(1).max(200).optional() }))
    .output(messageAnswer),
  deadLetters: query('read')
    .input(
      pageInput.extend({ state: z.enum(deadLetterStates).optional(), code: z.string().max(60).optional() }),
    )
    .output(pageOf(deadLetterLine)),
  /** How many are open, by reason. */
  deadLetterCounts: query('read').output(z.array(z.object({ code: z.string(), open: z.number().int() }))),
  deadLetter: query('read').input(byId).output(deadLetter),
  /** The bytes as they came. The look is recorded. */
  deadLetterRaw: look('read')
    .input(byId)
    .output(z.object({ bytes: z.instanceof(Blob), sizeBytes: z.number().int() }))
    .meta({ showsClear: true }),
  /** Down the road once more; what fails again stays, with its history. */
  retry: command('import').input(byId).output(messageAnswer),
  /** Every open one of a reason, oldest first. */
  retryAll: command('import')
    .input(z.object({ code: z.string().max(60) }))
    .output(z.object({ tried: z.number().int(), taken: z.number().int(), failed: z.number().int() })),
  dismiss: command('import').input(byId.extend({ reason })).output(deadLetter),
  live: query('read').output(liveFigures),
  /** The figures whenever they moved, ten times a second at most, until the caller stops listening. */
  watchLive: query('read').output(eventIterator(liveFigures)),
};
