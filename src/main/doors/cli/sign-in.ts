import type { Client } from '../shared/client.ts';
import { UsageError } from './exit-codes.ts';
import { askPassphrase, type PassphraseSource } from './passphrase.ts';

/** Who signs in, and whether with the card in this workstation's reader instead of a code. */
export interface SignInAs {
  readonly name: string;
  readonly card: boolean;
}

/**
 * Signs an operator in on this connection, in this process or over the socket of the app that holds
 * the vault; the session ends with the connection. The secrets come from the environment, so that they
 * stand in no list of processes; a person at a terminal is asked.
 */
export async function signInAs(
  client: Client,
  { name, card }: SignInAs,
  source: PassphraseSource,
): Promise<void> {
  const { COUNTERSIGN_OPERATOR_PASSPHRASE: given, COUNTERSIGN_TOTP: code } = process.env;
  if (!given && source.terminal === null) {
    throw new UsageError('--operator needs COUNTERSIGN_OPERATOR_PASSPHRASE, or a terminal to ask at.');
  }
  const passphrase = given || (await askPassphrase(source, `Passphrase of ${name}`));
  if (card) {
    const pin = await pinOf(client, name, source);
    await client.session.signIn({ name, passphrase, card: { pin } });
    return;
  }
  const typed = code || (given ? '' : await askPassphrase(source, 'Code (empty for a service account)'));
  await client.session.signIn({ name, passphrase, ...(typed === '' ? {} : { code: typed }) });
}

/** The PIN of an operator's card; those of the demo's people are printed, and their cards made when asked for. */
async function pinOf(client: Client, name: string, source: PassphraseSource): Promise<string> {
  const { people } = await client.session.peopleOfDemo();
  const isOfDemo = people.some((one) => one.name === name && one.cardPin !== null);
  const inDemo = isOfDemo ? (await client.session.cardOfDemo({ name })).pin : undefined;
  const { COUNTERSIGN_CARD_PIN: given } = process.env;
  if (given || inDemo !== undefined) return given || inDemo!;
  if (source.terminal === null)
    throw new UsageError('--card needs COUNTERSIGN_CARD_PIN, or a terminal to ask at.');
  return askPassphrase(source, `PIN of the card of ${name}`);
}
