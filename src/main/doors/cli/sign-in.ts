import type { Client } from '../shared/client.ts';
import { UsageError } from './exit-codes.ts';
import { askPassphrase, type PassphraseSource } from './passphrase.ts';

/**
 * Signs an operator in on this connection, in this process or over the socket of the app that holds
 * the vault; the session ends with the connection. The secrets come from the environment, so that they
 * stand in no list of processes; a person at a terminal is asked.
 */
export async function signInAs(client: Client, name: string, source: PassphraseSource): Promise<void> {
  const { COUNTERSIGN_OPERATOR_PASSPHRASE: given, COUNTERSIGN_TOTP: code } = process.env;
  const canAsk = source.terminal !== null;
  if (!given && !canAsk) {
    throw new UsageError('--operator needs COUNTERSIGN_OPERATOR_PASSPHRASE, or a terminal to ask at.');
  }
  const passphrase = given || (await askPassphrase(source, `Passphrase of ${name}`));
  const typed = code || (given ? '' : await askPassphrase(source, 'Code (empty for a service account)'));
  await client.session.signIn({ name, passphrase, ...(typed === '' ? {} : { code: typed }) });
}
