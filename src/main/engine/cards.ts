import { CountersignError } from '../base/index.ts';
import { type CardReader, type CardReading, hasSoftHsm, prepareSoftHsm } from '../hsm/index.ts';
import type { Vault } from '../vault/index.ts';
import type { Console } from './console.ts';
import { DEMO_PEOPLE } from './demo-people.ts';

/** How this workstation reads cards, as its settings say. */
export type CardSettings = CardReader;

/** The folder beside the demo vault's file in which its cards of software lie. */
const DEMO_CARDS = 'demo-cards';

/**
 * The reader of this workstation; in the demo vault, where none is set, one of software with its
 * people's cards. Without SoftHSM on the machine these have none, and sign in with codes.
 */
export function cardReading(vault: Vault, settings: CardSettings | undefined): CardReading {
  if (settings !== undefined) return { reads: true, reader: () => settings };
  const inDemo = () => vault.meta('demo') === 'true' && hasSoftHsm();
  return {
    get reads() {
      return inDemo();
    },
    reader() {
      if (!inDemo()) return undefined;
      const { path, environment } = prepareSoftHsm(vault.directory, DEMO_CARDS);
      return { profile: 'softhsm', library: path, configuration: environment.SOFTHSM2_CONF };
    },
  };
}

/** Makes the card of one of the demo's people where they have none yet; answers its PIN, which is printed. */
export async function cardOfDemo(
  { vault, operators, hsm }: Console,
  name: string,
  traceId: string,
): Promise<{ readonly pin: string }> {
  const person = DEMO_PEOPLE.find((one) => one.name === name);
  const line = operators.list().find((one) => one.name === name);
  if (vault.meta('demo') !== 'true' || person?.cardPin === undefined || line === undefined) {
    throw new CountersignError('NOT_PERMITTED', 'Only people of the demo have cards of software.');
  }
  const { cardPin: pin } = person;
  await hsm.cards.issueInDemo({ operatorId: line.id, pin }, { actor: 'system', traceId });
  return { pin };
}
