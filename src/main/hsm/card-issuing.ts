/** A card of software, for people who are invented: a token of SoftHSM with one signing key on it. */
import { startHsmClient } from './client.ts';
import { libraryOf, type SessionOptions, type TokenAtHand, withSession } from './session.ts';
import { newPin } from './softhsm.ts';

const KEY_ID_BYTES = 16;

/** Makes the card and puts a key on it, as an issuer does; answers its serial number. */
export async function issueSoftwareCard(
  surroundings: SessionOptions,
  reader: Omit<TokenAtHand, 'pin'>,
  { operatorId, pin }: { readonly operatorId: string; readonly pin: string },
): Promise<string> {
  const { runtime } = surroundings;
  const label = `card ${operatorId} ${runtime.randomBytes(4).toString('hex')}`;
  const client = startHsmClient(surroundings);
  let serial: string;
  try {
    const wanted = { ...libraryOf(reader), label, pin, soPin: newPin(runtime) };
    serial = (await client.call('initialise', wanted)).token.serial;
  } finally {
    client.kill();
  }
  const keyId = runtime.randomBytes(KEY_ID_BYTES).toString('hex');
  const wanted = { keyId, algorithm: 'P-256', label: 'Sign-in', mayMigrate: false } as const;
  await withSession(surroundings, { ...reader, serial, pin }, (opened) => opened.call('generate', wanted));
  return serial;
}
