import { fromBase64, toHex } from './bytes.ts';
import { ABANDON, endStep, endsAt, LEFT_OPEN, type StandIn, standInsOf } from './ceremony-end.ts';
import { type CeremonyRole, type ScriptStep, scriptOf } from './ceremony-script.ts';
import {
  bytes,
  headerHash,
  parseTranscript,
  STEP_PURPOSE,
  stepHash,
  type Transcript,
  type TranscriptPrimitives,
  type TranscriptStep,
} from './transcript.ts';

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

/**
 * Checks a transcript with nothing but what stands in it. That its signers are who they say is for the
 * reader to know: the answer shows their key fingerprints. Pure; never throws.
 */
export function verifyTranscript(file: string, primitives: TranscriptPrimitives): TranscriptAnswer {
  let transcript: Transcript | null = null;
  try {
    transcript = parseTranscript(file);
    const seal = checkSteps(transcript, primitives);
    return { verified: true, reason: verdictOf(transcript), step: null, transcript, seal };
  } catch (error) {
    const step = error instanceof Refused ? error.step : null;
    const reason =
      error instanceof Refused
        ? error.message
        : `This is no transcript as Countersign writes them${error instanceof TypeError ? `: ${error.message}` : ''}.`;
    return { verified: false, reason, step, transcript, seal: null };
  }
}

/** What a transcript that verifies comes to. */
function verdictOf(transcript: Transcript): string {
  const kind = transcript.rehearsal ? 'rehearsal' : 'ceremony';
  if (!wasAbandoned(transcript))
    return `Every step of the ${kind} was done in order and is signed by those whom the script names.`;
  if (transcriptStandIns(transcript).length === 0)
    return `The ${kind} was abandoned; what was done until then is signed by those who did it.`;
  return `The ${kind} was abandoned, and its end is signed in the place of somebody who could not any more.`;
}

/** Whether a transcript ends before the last step of its script, with an exception that says so. */
const wasAbandoned = ({ steps }: Transcript): boolean => steps.at(-1)?.id === ABANDON;

/** Who signed the end of an abandoned ceremony in whose place, as a transcript says it. */
export const transcriptStandIns = ({ steps }: Transcript): StandIn[] =>
  steps.slice(endsAt(steps)).flatMap(standInsOf);

function checkSteps(transcript: Transcript, { sha256, verifyHybrid }: TranscriptPrimitives): string {
  checkHeader(transcript);
  const script = scriptOf(transcript.kind, transcript.participants);
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
    const keys = keysOf(transcript, step);
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
  const { steps, participants } = transcript;
  const step = steps[at]!;
  // Once everything is done and signed there is nothing left to abandon.
  const isOver = at >= script.length && leftOpen(transcript, script.length - 1) === undefined;
  if (at < endsAt(steps) || isOver) {
    const expected = script[at];
    if (expected === undefined) throw new Refused(step.id, 'There is a step after the last.');
    return expected;
  }
  checkStandIns(transcript, step);
  return endStep(participants, step);
}

/** Who signs in the place of others: another person, with another key, and entered as an exception. */
function checkStandIns({ participants }: Transcript, step: TranscriptStep): void {
  const standIns = standInsOf(step);
  if (standIns.length === 0) return;
  const leaders = participants.filter(({ role }) => role !== 'custodian');
  const present = leaders.filter((one) => standIns.every(({ inPlaceOf }) => inPlaceOf !== one.operatorId));
  const signers = [...present, ...standIns];
  const isDistinct =
    signers.length === leaders.length &&
    new Set(signers.map(({ operatorId }) => operatorId)).size === signers.length &&
    new Set(signers.map(({ publicKey }) => publicKey)).size === signers.length;
  if (!isDistinct) throw new Refused(step.id, `Step "${step.id}" does not say who signs in whose place.`);
  if (!step.exceptions.some((one) => one.class === 'leader-left'))
    throw new Refused(step.id, `Step "${step.id}" is signed by others, and no exception says so.`);
}

/** The keys that a step is signed with. */
function keysOf({ participants }: Transcript, step: TranscriptStep) {
  const standIns = step.id === ABANDON ? standInsOf(step) : [];
  return new Map([...participants, ...standIns].map((one) => [one.operatorId, one]));
}

/** Who signed a step that an abandoned ceremony left open; undefined for every other step. */
function leftOpen({ steps }: Transcript, at: number): readonly string[] | undefined {
  if (at + 1 < endsAt(steps)) return undefined;
  return steps[at + 1]?.facts.find(([name]) => name === LEFT_OPEN)?.[1].split(', ');
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
