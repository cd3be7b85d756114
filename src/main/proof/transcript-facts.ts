import type { Sha256 } from './primitives.ts';
import { keyFingerprint, type Transcript } from './transcript.ts';
import { type TranscriptAnswer, transcriptStandIns } from './verify-transcript.ts';

/** What a transcript says that its reader holds against what they know. */
export function transcriptSays(transcript: Transcript, sha256: Sha256) {
  const { kind, keyLabel, threshold, shares, startedAtMs, vaultId, steps, participants } = transcript;
  const nameOf = (id: string) => participants.find(({ operatorId }) => operatorId === id)?.name ?? id;
  return {
    ...{ kind, keyLabel, threshold, shares, startedAtMs, vaultId },
    endedAtMs: steps.at(-1)?.doneAtMs ?? startedAtMs,
    participants: participants.map(({ name, role, publicKey }) => ({
      ...{ name, role, fingerprint: keyFingerprint(publicKey, sha256) },
    })),
    standIns: transcriptStandIns(transcript).map(({ name, publicKey, inPlaceOf }) => ({
      ...{ name, fingerprint: keyFingerprint(publicKey, sha256), inPlaceOf: nameOf(inPlaceOf) },
    })),
    exceptions: steps.flatMap(({ id, exceptions }) =>
      exceptions.map((one) => ({ step: id, class: one.class, reason: one.reason })),
    ),
  };
}

export type TranscriptFact = readonly [name: string, text: string];

/** The same in lines of text; of a transcript that does not verify, the step at fault alone. */
export function transcriptFacts(answer: TranscriptAnswer, sha256: Sha256): TranscriptFact[] {
  const { verified, step, transcript, seal } = answer;
  if (!verified || transcript === null) return step === null ? [] : [['Step at fault', step]];
  const says = transcriptSays(transcript, sha256);
  const time = (ms: number) => new Date(ms).toISOString();
  return [
    ['Ceremony', `${says.kind} of ${says.keyLabel}${transcript.rehearsal ? ', a rehearsal' : ''}`],
    ['Quorum', `${says.threshold} of ${says.shares}`],
    ['Steps', String(transcript.steps.length)],
    ['When', `${time(says.startedAtMs)} to ${time(says.endedAtMs)}`],
    ...says.participants.map(
      ({ role, name, fingerprint }): TranscriptFact => [`The ${role}`, `${name}, key ${fingerprint}`],
    ),
    ...says.standIns.map(
      ({ name, fingerprint, inPlaceOf }): TranscriptFact => [
        `Signed in the place of ${inPlaceOf}`,
        `${name}, key ${fingerprint}`,
      ],
    ),
    ...says.exceptions.map(
      (one): TranscriptFact => [`Exception in ${one.step}`, `${one.class}: ${one.reason}`],
    ),
    ['Vault', says.vaultId],
    ['Seal', seal ?? ''],
  ];
}
