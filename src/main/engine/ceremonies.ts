import { type Ceremonies, createCeremonies, type KeyHome } from '../ceremonies/index.ts';
import { hybridSignatures, sha256 } from '../crypto/index.ts';
import type { Hsm } from '../hsm/index.ts';
import { type TranscriptAnswer, type TranscriptPrimitives, verifyTranscript } from '../proof/index.ts';
import type { Console, ConsoleOptions } from './console.ts';

/** Verification of transcripts with the algorithms of the runtime. */
export const transcriptPrimitives: TranscriptPrimitives = {
  sha256,
  verifyHybrid({ suite, publicKey, purpose, message, signature }) {
    try {
      return hybridSignatures[suite].verifier(publicKey).verify({ purpose, message, signature });
    } catch {
      // A key or a signature of another length fits nothing.
      return false;
    }
  },
};

/** Checks a transcript without any vault. */
export const verifyTranscriptFile = (text: string): TranscriptAnswer =>
  verifyTranscript(text, transcriptPrimitives);

/** Tokens as a ceremony knows them; a rehearsal's key says of itself what it is. */
function keyHome({ placed }: Hsm): KeyHome {
  const nameOf = (keyId: number) => `ceremony-key-${keyId}`;
  return {
    describe: (reach) => placed.describe(reach),
    install: ({ keyId, label, rehearsal }, value, reach) =>
      placed.place(nameOf(keyId), `${rehearsal ? 'REHEARSAL ' : ''}${label}`, value, reach),
    checkValue: (keyId, reach) => placed.checkValue(nameOf(keyId), reach),
    remove: (keyId) => placed.remove(nameOf(keyId)),
    lyingUnder: (keyId) => placed.lyingUnder(nameOf(keyId)),
    bringUnder: (keyId, from, reach) =>
      placed.bringUnder(nameOf(keyId), from === null ? null : nameOf(from), reach),
  };
}

/** Wires the ceremonies: people are the operators, the key's home the tokens of the HSM room. */
export function wireCeremonies(
  { vault, runtime, feed }: ConsoleOptions,
  { sealing, audit, operators }: Pick<Console, 'sealing' | 'audit' | 'operators'>,
  hsm: Hsm,
): Ceremonies {
  const home = keyHome(hsm);
  return createCeremonies({
    ...{ vault, sealing, audit, runtime },
    home: () => (hsm.placed.possible ? home : undefined),
    people: {
      person(operatorId) {
        const person = operators.signingPerson(operatorId);
        return person && { operatorId, ...person };
      },
      mayLead: (operatorId) => operators.sessionAs(operatorId)?.permissions.has('keys') ?? false,
      sign: (...asked) => operators.signOnce(...asked),
    },
    onChanged: () => feed.changed('ceremonies', 'audit'),
  });
}
