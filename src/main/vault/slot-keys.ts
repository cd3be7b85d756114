import { CountersignError } from '../base/index.ts';
import { argon2CostProblem, argon2id, hkdfSha256, zeroise } from '../crypto/index.ts';
import type { KeySlot } from './header.ts';

/** From what a holder brings to the 32-byte key that opens a slot's private half, a way for each kind. */

/**
 * What a token does for its slots: it seals a random key when the slot is made and gives it back
 * when the slot is opened. The engine hands one in; the vault knows nothing of tokens.
 */
export interface SlotOpener {
  /** Seals the 32-byte key of a new slot. `reference` lets the token find its own key again and is public. */
  seal(request: {
    readonly vaultId: string;
    readonly slotId: string;
    readonly slotKey: Uint8Array;
    /** As it was typed; the settings of the workstation may bring it instead. */
    readonly pin?: string | undefined;
  }): Promise<{ readonly reference: string; readonly sealedKey: Uint8Array }>;
  /** The key that was sealed; `undefined` where this token is not there or is not the one. */
  open(request: {
    readonly vaultId: string;
    readonly slotId: string;
    readonly reference: string;
    readonly sealedKey: Uint8Array;
    readonly pin?: string | undefined;
  }): Promise<Uint8Array | undefined>;
}

type Opening<K extends KeySlot['opening']['kdf']> = Extract<KeySlot['opening'], { kdf: K }>;

/** The opening of a slot as the kind asks for it. The header's schema alone does not tie the two. */
export function openingOf<K extends KeySlot['opening']['kdf']>(
  slot: Pick<KeySlot, 'kind' | 'opening'>,
  kdf: K,
): Opening<K> {
  if (slot.opening.kdf === kdf) return slot.opening as Opening<K>;
  throw new CountersignError('VAULT_HEADER_INVALID', 'A key slot does not open the way of its kind.', {
    file: 'slots.json',
    path: 'slots.opening.kdf',
    expected: kdf,
  });
}

/** Composed and decomposed forms of one passphrase are one passphrase. */
const passphraseBytes = (passphrase: string): Buffer => Buffer.from(passphrase.normalize('NFKC'), 'utf8');

/** Throws `VAULT_HEADER_INVALID` where the stored cost lies outside its bounds, before any of it is spent. */
export async function passphraseKey(passphrase: string, opening: Opening<'argon2id'>): Promise<Buffer> {
  const salt = Buffer.from(opening.salt, 'base64');
  const cost = { memoryKiB: opening.memoryKiB, passes: opening.passes, lanes: opening.lanes };
  const problem = argon2CostProblem(cost, salt);
  if (problem !== undefined) {
    const message = 'A key slot asks for Argon2id parameters that are refused.';
    const path = `slots.opening.${problem}`;
    throw new CountersignError('VAULT_HEADER_INVALID', message, { file: 'slots.json', path });
  }
  const bytes = passphraseBytes(passphrase);
  try {
    return await argon2id({ passphrase: bytes, salt, ...cost });
  } finally {
    zeroise(bytes);
  }
}

/** Random secrets have the entropy of a key, so HKDF is enough. */
const fromRandom = (secret: Uint8Array, salt: string, label: string): Buffer =>
  hkdfSha256({
    secret,
    salt: Buffer.from(salt, 'base64'),
    label: `countersign slot v1 ${label}`,
    length: 32,
  });

export const recoveryKeyKey = (secret: Uint8Array, opening: Opening<'hkdf-sha-256'>): Buffer =>
  fromRandom(secret, opening.salt, 'recovery key');

export const quorumKey = (secret: Uint8Array, opening: Opening<'shamir+hkdf-sha-256'>): Buffer =>
  fromRandom(secret, opening.salt, 'recovery quorum');
