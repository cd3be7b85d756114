import { concat, fromBase64, toHex, utf8 } from './bytes.ts';
import {
  type CeremonyKind,
  ceremonyKinds,
  ceremonyRoles,
  type ExceptionClass,
  exceptionClasses,
  type ScriptParticipant,
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

/** Longest transcript that is read, in characters. */
const MOST_CHARS = 4 * 1024 * 1024;

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
/** Bytes of Base 64. Throws `TypeError`. */
export function bytes(value: string): Uint8Array {
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
