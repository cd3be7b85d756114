import type { Client } from '../shared/client.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { printable } from './output.ts';
import { askPassphrase, type PassphraseSource } from './passphrase.ts';

const done = (json: unknown, text: string): Answer => ({ json, text, exitCode: EXIT.done });

/** `operators card …`: the reader of this workstation, and whose card is which. */
export async function cardCommand(
  client: Client,
  [act, id, serial, ...rest]: readonly string[],
  source: PassphraseSource,
): Promise<Answer> {
  if (act === 'show' && id === undefined) {
    const { cards } = await client.session.cardInReader();
    const lines = cards.map(
      ({ serial: one, label, operatorName }) =>
        `${printable(one)}  ${printable(label)}  ${operatorName === null ? 'nobody’s' : printable(operatorName)}`,
    );
    return done({ cards }, lines.join('\n') || 'No card is in the reader.');
  }
  if (act === 'enrol' && id !== undefined && serial !== undefined && rest.length === 0) {
    const { COUNTERSIGN_NEW_CARD_PIN: given } = process.env;
    if (!given && source.terminal === null)
      throw new UsageError('operators card enrol needs COUNTERSIGN_NEW_CARD_PIN, or a terminal to ask at.');
    const pin = given || (await askPassphrase(source, 'PIN of the card'));
    const operator = await client.operators.enrolSmartCard({ id, serial, pin });
    return done({ operator }, `${printable(operator.name)} signs in with the card ${printable(serial)}.`);
  }
  if (act === 'remove' && id !== undefined && serial === undefined) {
    const operator = await client.operators.removeSmartCard({ id });
    return done({ operator }, `${printable(operator.name)} signs in with no card any more.`);
  }
  throw new UsageError(
    'Say: operators card show, operators card enrol ID SERIAL, or operators card remove ID',
  );
}
