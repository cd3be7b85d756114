import type { Sha256 } from './primitives.ts';
import { keyFingerprint } from './transcript.ts';
import { type TranscriptAnswer, transcriptStandIns } from './verify-transcript.ts';

export type TranscriptFact = readonly [name: string, text: string];

/** What a transcript that verifies says, for people; of one that does not, the step at fault alone. */
export function transcriptFacts(answer: TranscriptAnswer, sha256: Sha256): TranscriptFact[] {
  const { verified, step, transcript, seal } = answer;
  if (!verified || transcript === null) return step === null ? [] : [['Step at fault', step]];
  const { kind, keyLabel, rehearsal, threshold, shares, vaultId, steps, participants } = transcript;
  const atMs = steps.at(-1)?.doneAtMs ?? transcript.startedAtMs;
  const nameOf = (id: string) => participants.find(({ operatorId }) => operatorId === id)?.name ?? id;
  const withKey = (name: string, publicKey: string) => `${name}, key ${keyFingerprint(publicKey, sha256)}`;
  return [
    ['Ceremony', `${kind} of ${keyLabel}${rehearsal ? ', a rehearsal' : ''}`],
    ['Quorum', `${threshold} of ${shares}`],
    ['Steps', String(steps.length)],
    ['When', `${new Date(transcript.startedAtMs).toISOString()} to ${new Date(atMs).toISOString()}`],
    ...participants.map(
      ({ role, name, publicKey }): TranscriptFact => [`The ${role}`, withKey(name, publicKey)],
    ),
    ...transcriptStandIns(transcript).map(
      ({ name, publicKey, inPlaceOf }): TranscriptFact => [
        `Signed in the place of ${nameOf(inPlaceOf)}`,
        withKey(name, publicKey),
      ],
    ),
    ...steps.flatMap((one) =>
      one.exceptions.map(
        (entered): TranscriptFact => [`Exception in ${one.id}`, `${entered.class}: ${entered.reason}`],
      ),
    ),
    ['Vault', vaultId],
    ['Seal', seal ?? ''],
  ];
}
