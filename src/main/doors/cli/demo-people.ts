import type { DemoPerson } from '../../../contract/session.ts';
import type { Client } from '../shared/client.ts';
import { UsageError } from './exit-codes.ts';

/** A code counts for so long, and once; then there is another. */
const STEP_MS = 30_000;

/** One of the demo's people as they are at this moment, by a role of theirs. */
async function demoPerson(client: Client, role: DemoPerson['roles'][number]): Promise<DemoPerson> {
  const { people } = await client.session.peopleOfDemo();
  const person = people.find(({ roles }) => roles.includes(role));
  if (person === undefined) throw new UsageError('This is not the demo vault: its people are not here.');
  return person;
}

/** Signs somebody of the demo in; where every code of this moment was used, the next one is waited for. */
export async function signInDemo(
  client: Client,
  role: DemoPerson['roles'][number],
  signal: AbortSignal,
): Promise<DemoPerson> {
  for (;;) {
    const person = await demoPerson(client, role);
    const { name, passphrase, code } = person;
    if (code !== null) {
      await client.session.signIn({ name, passphrase, code });
      return person;
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS - (Date.now() % STEP_MS) + 250));
    signal.throwIfAborted();
  }
}
