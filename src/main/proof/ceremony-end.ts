/**
 * The end of a ceremony before its last step: which step it left open, and who signs. Administrator and
 * witnesses do; where one of them can sign no more, the step itself says who signs in their place.
 */
import type { ScriptParticipant, ScriptStep } from './ceremony-script.ts';
import type { TranscriptParticipant, UnsignedStep } from './transcript.ts';

export const ABANDON = 'abandon';

/** Under this name the step `abandon` says who had signed the step before it, where not everybody had. */
export const LEFT_OPEN = 'left open with signatures of';

const IN_PLACE_OF = 'signs in the place of ';

/** Somebody who signs the end in the place of an administrator or witness who can sign no more. */
export type StandIn = Pick<TranscriptParticipant, 'operatorId' | 'name' | 'suite' | 'publicKey'> & {
  readonly inPlaceOf: string;
};

/** What the step `abandon` says of somebody who stands in: their key too, as no header has it. */
export const standInFact = (one: StandIn): readonly [name: string, text: string] => [
  `${IN_PLACE_OF}${one.inPlaceOf}`,
  [one.operatorId, one.suite, one.publicKey, one.name].join(' '),
];

/** Who signs a step in whose place. Throws `TypeError` where a fact does not say it whole. */
export const standInsOf = ({ facts }: Pick<UnsignedStep, 'facts'>): StandIn[] =>
  facts
    .filter(([name]) => name.startsWith(IN_PLACE_OF))
    .map(([name, text]) => {
      const [, operatorId, suite, publicKey, called] = /^(\S+) (\S+) (\S+) (.+)$/s.exec(text) ?? [];
      if (called === undefined || (suite !== 'Ed25519+ML-DSA-65' && suite !== 'Ed25519+ML-DSA-87'))
        throw new TypeError('who signs in whose place, with their key, expected');
      const inPlaceOf = name.slice(IN_PLACE_OF.length);
      return { inPlaceOf, operatorId: operatorId!, suite, publicKey: publicKey!, name: called };
    });

/** The step `abandon`, with those who sign it. */
export function endStep(
  participants: readonly ScriptParticipant[],
  step: Pick<UnsignedStep, 'facts'>,
): ScriptStep {
  const standIns = standInsOf(step);
  const signers = participants
    .filter(({ role }) => role !== 'custodian')
    .map(({ operatorId }) => standIns.find((one) => one.inPlaceOf === operatorId)?.operatorId ?? operatorId);
  return { id: ABANDON, act: 'close', share: null, signers };
}

/**
 * Place of the first step that says a ceremony was abandoned; as many as there are steps where none does.
 * It is said again where one of those who were to sign it left before they had.
 */
export function endsAt(steps: readonly { readonly id: string }[]): number {
  return steps.findLastIndex(({ id }) => id !== ABANDON) + 1;
}
