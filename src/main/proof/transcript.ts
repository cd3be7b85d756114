import { concat, fromBase64, toHex, utf8 } from './bytes.ts';
import {
  type CeremonyKind,
  type CeremonyRole,
  ceremonyKinds,
  ceremonyRoles,
  type ExceptionClass,
  exceptionClasses,
  type ScriptParticipant,
  type ScriptStep,
  scriptOf,
} from './ceremony-script.ts';
import type { Sha256 } from './primitives.ts';

/**
 * The transcript of a key ceremony: one file that a stranger verifies offline. Each step is hashed
 * over the one before it and signed by those whom the script names, so that no byte can be changed,
 * no step left out and none moved without a signature that does not fit.
 */
export const TRANSCRIPT_FORM = 'countersign ceremony transcript v1';

/** The purpose under which steps are signed. */
export const STEP_PURPOSE = 'ceremony-step';

export const transcriptSuites = ['Ed25519+ML-DSA-65', 'Ed25519+ML-DSA-87'] as const;
export type TranscriptSuite = (typeof transcriptSuites)[number];

export interface TranscriptParticipant extends ScriptParticipant {
  readonly name: string;
  readonly suite: TranscriptSuite;
  /** Base 64, as all bytes here. */
  readonly publicKey: string;
}

export interface TranscriptHeader {
  readonly form: typeof TRANSCRIPT_FORM;
  readonly vaultId: string;
  readonly ceremonyId: string;
  /** 32 bytes that no other ceremony has. */
  readonly nonce: string;
  readonly kind: CeremonyKind;
  /** A rehearsal's key can never become a real one. */
  readonly rehearsal: boolean;
  readonly keyLabel: string;
  /** Shares that are needed, and shares that there are. */
  readonly threshold: number;
  readonly shares: number;
  readonly startedAtMs: number;
  readonly participants: readonly TranscriptParticipant[];
}

export interface TranscriptStep {
  readonly id: string;
  readonly startedAtMs: number;
  readonly doneAtMs: number;
  /** What was done, in texts: fingerprints, commitments, numbers. */
  readonly facts: readonly (readonly [name: string, text: string])[];
  readonly exceptions: readonly { readonly class: ExceptionClass; readonly reason: string }[];
  readonly signatures: readonly { readonly operatorId: string; readonly signature: string }[];
}

export interface Transcript extends TranscriptHeader {
  readonly steps: readonly TranscriptStep[];
}

export type UnsignedStep = Omit<TranscriptStep, 'signatures'>;

/** What verification needs, handed in; none throws for input that is merely wrong. */
export interface TranscriptPrimitives {
  readonly sha256: Sha256;
  /** A hybrid signature over `message` for `purpose`: both halves must fit. */
  verifyHybrid(signed: {
    readonly suite: TranscriptSuite;
    readonly publicKey: Uint8Array;
    readonly purpose: string;
    readonly message: Uint8Array;
    readonly signature: Uint8Array;
  }): boolean;
}

/** Hash of the header: what the first step goes on from. */
export function headerHash(header: TranscriptHeader, sha256: Sha256): Uint8Array {
  const { vaultId, ceremonyId, nonce, kind, rehearsal, keyLabel, threshold, shares, startedAtMs } = header;
  const people = header.participants.map((one) => [
    ...[one.operatorId, one.name, one.role, one.receives, one.brings, one.suite, one.publicKey],
  ]);
  const fields = [vaultId, ceremonyId, nonce, kind, rehearsal, keyLabel, threshold, shares, startedAtMs];
  return sha256(utf8(`${TRANSCRIPT_FORM}\n${JSON.stringify([...fields, people])}`));
}

/** What the signers of a step sign: its hash over that of the step before it. */
export function stepHash(previous: Uint8Array, step: UnsignedStep, sha256: Sha256): Uint8Array {
  const { id, startedAtMs, doneAtMs, facts, exceptions } = step;
  const text = JSON.stringify([
    ...[id, startedAtMs, doneAtMs, facts],
    exceptions.map((one) => [one.class, one.reason]),
  ]);
  return sha256(concat(utf8('countersign ceremony step v1\n'), previous, utf8(text)));
}

/** The one form in which a transcript is written. */
export const transcriptText = (transcript: Transcript): string =>
  `${JSON.stringify(ordered(transcript), null, 1)}\n`;

export interface TranscriptAnswer {
  readonly verified: boolean;
  /** One sentence for people; names the step where one is wrong. */
  readonly reason: string;
  /** The step at fault; null where none is, or where the file cannot be read. */
  readonly step: string | null;
  /** Null where it could not be read. */
  readonly transcript: Transcript | null;
  /** Hex of the last step's hash: what somebody can note on paper. Null where it does not verify. */
  readonly seal: string | null;
}

class Refused extends Error {
  readonly step: string | null;
  constructor(step: string | null, message: string) {
    super(message);
    this.step = step;
  }
}

/** Longest transcript that is read, in characters. */
const MOST_CHARS = 4 * 1024 * 1024;

/**
 * Checks a transcript with nothing but what stands in it. That its signers are who they say is for the
 * reader to know: the answer shows their key fingerprints. Pure; never throws.
 */
export function verifyTranscript(file: string, primitives: TranscriptPrimitives): TranscriptAnswer {
  let transcript: Transcript | null = null;
  try {
    transcript = parseTranscript(file);
    const seal = checkSteps(transcript, primitives);
    const kind = transcript.rehearsal ? 'rehearsal' : 'ceremony';
    const isAbandoned = wasAbandoned(transcript);
    const reason = isAbandoned
      ? `The ${kind} was abandoned; what was done until then is signed by those who did it.`
      : `Every step of the ${kind} was done in order and is signed by those whom the script names.`;
    return { verified: true, reason, step: null, transcript, seal };
  } catch (error) {
    const step = error instanceof Refused ? error.step : null;
    const reason =
      error instanceof Refused
        ? error.message
        : `This is no transcript as Countersign writes them${error instanceof TypeError ? `: ${error.message}` : ''}.`;
    return { verified: false, reason, step, transcript, seal: null };
  }
}

/** Whether a transcript ends before the last step of its script, with an exception that says so. */
export function wasAbandoned({ steps }: Transcript): boolean {
  return steps.at(-1)?.id === 'abandon';
}

function checkSteps(transcript: Transcript, { sha256, verifyHybrid }: TranscriptPrimitives): string {
  checkHeader(transcript);
  const script = scriptOf(transcript.kind, transcript.participants);
  const keys = new Map(transcript.participants.map((one) => [one.operatorId, one]));
  let previous = headerHash(transcript, sha256);
  let lastMs = transcript.startedAtMs;
  for (const [at, step] of transcript.steps.entries()) {
    const expected = expectedStep(transcript, script, at);
    if (step.id !== expected.id) {
      throw new Refused(step.id, `Step ${at + 1} is "${step.id}" where the script has "${expected.id}".`);
    }
    if (step.startedAtMs < lastMs || step.doneAtMs < step.startedAtMs) {
      throw new Refused(step.id, `Step "${step.id}" ends before it begins, or before the one before it.`);
    }
    lastMs = step.doneAtMs;
    previous = stepHash(previous, step, sha256);
    checkSigners(step, expected, leftOpen(transcript, at));
    for (const { operatorId, signature } of step.signatures) {
      const { suite, publicKey, name } = keys.get(operatorId)!;
      const signed = { suite, purpose: STEP_PURPOSE, message: previous };
      const parts = { publicKey: bytes(publicKey), signature: bytes(signature) };
      if (!verifyHybrid({ ...signed, ...parts })) {
        throw new Refused(step.id, `The signature of ${name} under step "${step.id}" does not fit.`);
      }
    }
  }
  if (transcript.steps.length !== script.length && !wasAbandoned(transcript)) {
    const missing = script[transcript.steps.length];
    throw new Refused(missing?.id ?? null, `The transcript ends before step "${missing?.id ?? 'close'}".`);
  }
  checkFacts(transcript);
  return toHex(previous);
}

/** The step of the script that stands at a place; a ceremony may be abandoned at any. */
function expectedStep(transcript: Transcript, script: readonly ScriptStep[], at: number): ScriptStep {
  const isLast = at === transcript.steps.length - 1;
  if (isLast && transcript.steps[at]!.id === 'abandon') {
    const signers = transcript.participants
      .filter(({ role }) => role !== 'custodian')
      .map(({ operatorId }) => operatorId);
    return { id: 'abandon', act: 'close', share: null, signers };
  }
  const expected = script[at];
  if (expected === undefined) throw new Refused(transcript.steps[at]!.id, 'There is a step after the last.');
  return expected;
}

/** Under this name the step `abandon` says who had signed the step before it, where not everybody had. */
export const LEFT_OPEN = 'left open with signatures of';

/** Who signed a step that an abandoned ceremony left open; undefined for every other step. */
function leftOpen({ steps }: Transcript, at: number): readonly string[] | undefined {
  const next = steps[at + 1];
  if (next?.id !== 'abandon' || at !== steps.length - 2) return undefined;
  return next.facts.find(([name]) => name === LEFT_OPEN)?.[1].split(', ');
}

function checkSigners(
  { id, signatures }: TranscriptStep,
  { signers }: ScriptStep,
  only: readonly string[] | undefined,
): void {
  const given = signatures.map(({ operatorId }) => operatorId);
  const meant = only === undefined ? signers : signers.filter((one) => only.includes(one));
  const isExact = given.length === meant.length && meant.every((one, at) => given[at] === one);
  if (!isExact) throw new Refused(id, `Step "${id}" is not signed by exactly those whom the script names.`);
}

/** Rules over who takes part, which hold before any step. */
function checkHeader({ participants, threshold, shares, nonce, kind }: Transcript): void {
  const refuse = (message: string): never => {
    throw new Refused(null, message);
  };
  if (fromBase64(nonce)?.length !== 32) refuse('The nonce of the ceremony is not 32 bytes.');
  if (new Set(participants.map(({ operatorId }) => operatorId)).size !== participants.length) {
    refuse('Somebody takes part twice, as a custodian who is also the witness.');
  }
  if (new Set(participants.map(({ publicKey }) => publicKey)).size !== participants.length) {
    refuse('Two participants sign with one key.');
  }
  const count = (role: CeremonyRole) => participants.filter((one) => one.role === role).length;
  if (count('administrator') !== 1 || count('witness') < 1) {
    refuse('A ceremony has one administrator and a witness at least.');
  }
  const numbers = (which: 'receives' | 'brings') =>
    participants.flatMap((one) => (one[which] === null ? [] : [one[which]]));
  const isSound = (list: readonly number[]) =>
    new Set(list).size === list.length && list.every((x) => x >= 1 && x <= 255);
  if (threshold < 2 || threshold > shares || !isSound(numbers('receives')) || !isSound(numbers('brings'))) {
    refuse('The numbers of shares do not fit together.');
  }
  const receives = kind === 'generate' || kind === 'rotate' || kind === 'replace-custodian';
  const brings = kind === 'recover' || kind === 'destroy' || kind === 'replace-custodian';
  if (receives && numbers('receives').length !== shares) refuse('Not every share has its custodian.');
  if (brings && numbers('brings').length < threshold)
    refuse('Fewer custodians than the quorum brought a share.');
}

/** What the facts of different steps must agree on. */
function checkFacts({ steps }: Transcript): void {
  const factOf = (step: TranscriptStep | undefined, name: string) =>
    step?.facts.find(([key]) => key === name)?.[1];
  const stepOf = (id: string) => steps.find((step) => step.id === id);
  for (const step of steps) {
    const share = /^read-back-(\d+)$/.exec(step.id)?.[1];
    const handed = share === undefined ? undefined : factOf(stepOf(`hand-out-${share}`), 'commitment');
    if (share !== undefined && (handed === undefined || factOf(step, 'commitment') !== handed)) {
      throw new Refused(step.id, `Step "${step.id}" read another share than was handed out.`);
    }
  }
  const made = factOf(stepOf('generate') ?? stepOf('join'), 'fingerprint');
  for (const id of ['prove', 'install', 'verify']) {
    const shown = factOf(stepOf(id), 'fingerprint');
    if (shown !== undefined && made !== undefined && shown !== made) {
      throw new Refused(id, `Step "${id}" is about another key than the one of the ceremony.`);
    }
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function part(value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw new TypeError('an object expected');
  return value;
}
function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new TypeError('a list expected');
  return value;
}
function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('a text expected');
  return value;
}
function whole(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new TypeError('a whole number expected');
  return value as number;
}
function among<const T extends string>(value: unknown, all: readonly T[]): T {
  if (!all.includes(value as T)) throw new TypeError(`one of ${all.join(', ')} expected`);
  return value as T;
}
function bytes(value: string): Uint8Array {
  const read = fromBase64(value);
  if (read === undefined) throw new TypeError('Base 64 expected');
  return read;
}
const orNull = (value: unknown): number | null => (value === null ? null : whole(value));

/** The members in their order, whatever else the object holds. */
function ordered(value: unknown): Transcript {
  const file = part(value);
  return {
    form: among(file.form, [TRANSCRIPT_FORM]),
    vaultId: text(file.vaultId),
    ceremonyId: text(file.ceremonyId),
    nonce: text(file.nonce),
    kind: among(file.kind, ceremonyKinds),
    rehearsal: file.rehearsal === true,
    keyLabel: text(file.keyLabel),
    threshold: whole(file.threshold),
    shares: whole(file.shares),
    startedAtMs: whole(file.startedAtMs),
    participants: list(file.participants).map((each) => {
      const one = part(each);
      return {
        operatorId: text(one.operatorId),
        name: text(one.name),
        role: among(one.role, ceremonyRoles),
        receives: orNull(one.receives),
        brings: orNull(one.brings),
        suite: among(one.suite, transcriptSuites),
        publicKey: text(one.publicKey),
      };
    }),
    steps: list(file.steps).map((each) => {
      const one = part(each);
      return {
        id: text(one.id),
        startedAtMs: whole(one.startedAtMs),
        doneAtMs: whole(one.doneAtMs),
        facts: list(one.facts).map((fact) => {
          const [name, said, ...more] = list(fact);
          if (more.length > 0) throw new TypeError('a fact is a name and a text');
          return [text(name), text(said)] as const;
        }),
        exceptions: list(one.exceptions).map((entry) => {
          const exception = part(entry);
          return { class: among(exception.class, exceptionClasses), reason: text(exception.reason) };
        }),
        signatures: list(one.signatures).map((entry) => {
          const signed = part(entry);
          return { operatorId: text(signed.operatorId), signature: text(signed.signature) };
        }),
      };
    }),
  };
}

/** Reads a transcript. Throws `TypeError` or `SyntaxError` where it is none, or is not written in our one way. */
export function parseTranscript(file: string): Transcript {
  if (file.length > MOST_CHARS) throw new TypeError('a transcript of at most 4 MB expected');
  const transcript = ordered(JSON.parse(file));
  if (transcriptText(transcript) !== file) throw new TypeError('the file is not written as a transcript is');
  return transcript;
}

/** Fingerprint of a participant's public key, as the app shows it: hex SHA-256. */
export const keyFingerprint = (publicKey: string, sha256: Sha256): string => toHex(sha256(bytes(publicKey)));
