import { CountersignError } from '../base/index.ts';
import { type KeySlot, MOST_SLOTS, type SlotKind } from './header.ts';
import { MOST_QUORUM_SHARES } from './shares.ts';
import type { NewSlot } from './slots.ts';

/** What may be done to a set of slots. Pure; each refusal says why. */

/** A change that gives the vault a new root key. */
export type RekeyChange =
  | { readonly revoke: string }
  | { readonly replace: string; readonly by: NewSlot; readonly label?: string };

/** Kinds that a person can open without a machine that may be lost or broken. */
const FOR_PEOPLE: ReadonlySet<SlotKind> = new Set(['passphrase', 'recovery-key', 'recovery-quorum']);

/** The slot of an id. Throws `VAULT_SLOT_UNKNOWN`. */
export function slotOf(slots: readonly KeySlot[], id: string): KeySlot {
  const slot = slots.find((candidate) => candidate.id === id);
  if (slot !== undefined) return slot;
  throw new CountersignError('VAULT_SLOT_UNKNOWN', 'The vault has no key slot of that id.');
}

/** Throws `VAULT_SLOTS_FULL` where the header holds no more. */
export function requireRoom(slots: readonly KeySlot[]): void {
  if (slots.length < MOST_SLOTS) return;
  throw new CountersignError('VAULT_SLOTS_FULL', 'The header holds no more key slots; revoke one first.', {
    expected: `fewer than ${MOST_SLOTS}`,
  });
}

/** Whether a slot may be revoked: another one that a person can open remains. */
export function isRevocable(slots: readonly KeySlot[], id: string): boolean {
  return slots.some((slot) => slot.id !== id && FOR_PEOPLE.has(slot.kind));
}

/**
 * Throws where a change must not be made: `VAULT_SLOT_UNKNOWN`, `VAULT_SLOT_LAST` where no slot
 * would remain that a person can open, `VAULT_SLOT_PROVES_ITSELF` where a slot is to be revoked on
 * the word of its own holder, after which nobody would have shown that the vault still opens.
 */
export function checkChange(slots: readonly KeySlot[], change: RekeyChange, provenBy: string | null): void {
  if ('replace' in change) {
    slotOf(slots, change.replace);
    if (change.by.kind !== 'token' || isRevocable(slots, change.replace)) return;
    throw last('A token cannot take the place of the last key slot that a person can open.');
  }
  slotOf(slots, change.revoke);
  if (slots.length === 1) throw last('The last key slot cannot be revoked.');
  if (!isRevocable(slots, change.revoke)) {
    throw last('The last key slot that a person can open cannot be revoked.');
  }
  if (provenBy === change.revoke) {
    const message =
      'Open another key slot to revoke this one, so that the vault is known to open without it.';
    throw new CountersignError('VAULT_SLOT_PROVES_ITSELF', message);
  }
}

const last = (message: string) => new CountersignError('VAULT_SLOT_LAST', message);

/** Throws `VAULT_QUORUM_IMPOSSIBLE` outside 2 ≤ threshold ≤ shares ≤ 16. */
export function checkQuorum(wanted: NewSlot): void {
  if (wanted.kind !== 'recovery-quorum') return;
  const { threshold, shares } = wanted;
  const whole = Number.isInteger(threshold) && Number.isInteger(shares);
  if (whole && threshold >= 2 && threshold <= shares && shares <= MOST_QUORUM_SHARES) return;
  throw new CountersignError('VAULT_QUORUM_IMPOSSIBLE', 'No quorum can be made of these numbers.', {
    expected: `from 2 of 2 to ${MOST_QUORUM_SHARES} of ${MOST_QUORUM_SHARES}, no more needed than there are`,
    actual: `${threshold} of ${shares}`,
  });
}
