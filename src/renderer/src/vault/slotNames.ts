import type { VaultSlot } from '../../../contract/vault.ts';
import { t } from './slotMessages.ts';

/** The kind of a slot in words, a quorum with its numbers. */
export function kindWords({ kind, quorum }: VaultSlot): string {
  if (quorum === null) return t(`kind.${kind}`);
  return t('kind.quorum', { threshold: quorum.threshold, shares: quorum.shares });
}

/** What people call a slot: its label, else its kind. */
export const nameOfSlot = (slot: VaultSlot): string => slot.label || kindWords(slot);
