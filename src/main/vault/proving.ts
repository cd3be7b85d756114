import { forgetAttempts, withBackOff } from './attempts.ts';
import type { VaultHeader } from './header.ts';
import type { VaultSettings } from './settings.ts';
import { type OpenedSlot, openSlots, type SlotSecret } from './slots.ts';

/** Opens a slot of a header. Passphrases pass the brake; every other secret cannot be guessed. */
export async function proveSlot(
  directory: string,
  header: Pick<VaultHeader, 'vaultId' | 'slots'>,
  secret: SlotSecret,
  settings: VaultSettings,
): Promise<OpenedSlot> {
  const { runtime, slotOpener: opener, publicPassphrase } = settings;
  const place = { vaultId: header.vaultId, slots: header.slots, opener };
  // A passphrase that is printed in the manual is nobody's guess.
  if ('passphrase' in secret && secret.passphrase !== publicPassphrase) {
    return withBackOff(directory, runtime, () => openSlots(place, secret));
  }
  const opened = await openSlots(place, secret);
  forgetAttempts(directory);
  return opened;
}
