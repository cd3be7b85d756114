import { CountersignError, idFromText, idToText, type Runtime } from '../base/index.ts';
import {
  AES_GCM_NONCE_BYTES,
  ARGON2_DEFAULT,
  aesGcmOpen,
  aesGcmSeal,
  argon2CostProblem,
  argon2id,
  hkdfSha256,
  hybridDecapsulate,
  hybridEncapsulate,
  hybridKeyPair,
  sha256,
  X25519_MLKEM1024,
  zeroise,
} from '../crypto/index.ts';
import type { KeySlot } from './header.ts';
import { parseRecoveryKey, RECOVERY_KEY_BYTES } from './recovery-key.ts';

/**
 * A key slot: one way to the root key. Each slot holds a hybrid key pair of its own; what its
 * holder has opens the private half, and the root key is encapsulated to the public half. A rekey
 * can therefore wrap the new root for every slot without their holders being there.
 */

/** What a holder brings to open a slot. */
export type SlotSecret = { readonly passphrase: string } | { readonly recoveryKey: string };

const SALT_BYTES = 16;

/** Composed and decomposed forms of one passphrase are one passphrase. */
const passphraseBytes = (passphrase: string): Buffer => Buffer.from(passphrase.normalize('NFKC'), 'utf8');

function binding(what: string, vaultId: string, slot: Pick<KeySlot, 'id' | 'kind' | 'publicKey'>): Buffer {
  const publicKeyHash = sha256(Buffer.from(slot.publicKey, 'base64')).toString('hex');
  return Buffer.from(`countersign slot v1 ${what}\n${vaultId}\n${slot.id}\n${slot.kind}\n${publicKeyHash}`);
}

async function passphraseKey(passphrase: string, opening: KeySlot['opening']): Promise<Buffer> {
  if (opening.kdf !== 'argon2id') throw new TypeError('passphraseKey: a passphrase slot expected');
  const salt = Buffer.from(opening.salt, 'base64');
  const cost = { memoryKiB: opening.memoryKiB, passes: opening.passes, lanes: opening.lanes };
  const problem = argon2CostProblem(cost, salt);
  if (problem !== undefined) {
    throw new CountersignError(
      'VAULT_HEADER_INVALID',
      'A key slot asks for Argon2id parameters that are refused.',
      {
        file: 'slots.json',
        path: `slots.opening.${problem}`,
      },
    );
  }
  const bytes = passphraseBytes(passphrase);
  try {
    return await argon2id({ passphrase: bytes, salt, ...cost });
  } finally {
    zeroise(bytes);
  }
}

function recoveryKeyKey(secret: Uint8Array, opening: KeySlot['opening']): Buffer {
  const salt = Buffer.from(opening.salt, 'base64');
  return hkdfSha256({ secret, salt, label: 'countersign slot v1 recovery key', length: 32 });
}

/** The root key, encapsulated to a slot's public half. */
export function wrapRootKey(options: {
  readonly runtime: Runtime;
  readonly vaultId: string;
  readonly slot: Pick<KeySlot, 'id' | 'kind' | 'publicKey'>;
  readonly rootKey: Uint8Array;
}): Pick<KeySlot, 'encapsulation' | 'sealedRootKey'> {
  const { runtime, vaultId, slot, rootKey } = options;
  const publicKey = Buffer.from(slot.publicKey, 'base64');
  const fillRandom = (target: Uint8Array) => runtime.randomFill(target);
  const { ciphertext, sharedSecret } = hybridEncapsulate({ publicKey, fillRandom });
  const nonce = runtime.randomBytes(AES_GCM_NONCE_BYTES);
  const sealed = aesGcmSeal(sharedSecret, nonce, binding('root key', vaultId, slot), rootKey);
  zeroise(sharedSecret);
  return { encapsulation: ciphertext.toString('base64'), sealedRootKey: sealed.toString('base64') };
}

interface NewSlotOptions {
  readonly runtime: Runtime;
  readonly vaultId: string;
  readonly rootKey: Uint8Array;
}

function finishSlot(
  options: NewSlotOptions,
  kind: KeySlot['kind'],
  opening: KeySlot['opening'],
  slotKey: Buffer,
): KeySlot {
  const { runtime, vaultId, rootKey } = options;
  const pair = hybridKeyPair((target) => runtime.randomFill(target));
  const identity = {
    id: idToText(runtime.randomBytes(16)),
    kind,
    publicKey: pair.publicKey.toString('base64'),
  };
  const nonce = runtime.randomBytes(AES_GCM_NONCE_BYTES);
  const sealed = aesGcmSeal(slotKey, nonce, binding('private key', vaultId, identity), pair.secretKey);
  zeroise(pair.secretKey, slotKey);
  return {
    ...identity,
    kem: X25519_MLKEM1024.name,
    createdAtMs: runtime.nowMs(),
    opening,
    sealedPrivateKey: sealed.toString('base64'),
    ...wrapRootKey({ runtime, vaultId, slot: identity, rootKey }),
  };
}

/** A slot that a passphrase opens. */
export async function newPassphraseSlot(options: NewSlotOptions & { passphrase: string }): Promise<KeySlot> {
  const salt = options.runtime.randomBytes(SALT_BYTES).toString('base64');
  const opening = { kdf: 'argon2id', version: 19, ...ARGON2_DEFAULT, salt } as const;
  return finishSlot(options, 'passphrase', opening, await passphraseKey(options.passphrase, opening));
}

/** A slot that a printed recovery key opens. The key has the entropy of a key, so HKDF is enough. */
export function newRecoverySlot(options: NewSlotOptions & { secret: Uint8Array }): KeySlot {
  if (options.secret.byteLength !== RECOVERY_KEY_BYTES)
    throw new TypeError('newRecoverySlot: 30 bytes expected');
  const salt = options.runtime.randomBytes(SALT_BYTES).toString('base64');
  const opening = { kdf: 'hkdf-sha-256', salt } as const;
  return finishSlot(options, 'recovery-key', opening, recoveryKeyKey(options.secret, opening));
}

/** The root key behind one slot; `undefined` where the slot's holder secret does not fit. */
function openSlotWithKey(vaultId: string, slot: KeySlot, slotKey: Buffer): Buffer | undefined {
  const sealedPrivateKey = Buffer.from(slot.sealedPrivateKey, 'base64');
  const secretKey = aesGcmOpen(slotKey, binding('private key', vaultId, slot), sealedPrivateKey);
  zeroise(slotKey);
  if (secretKey === undefined) return undefined;
  const sharedSecret = hybridDecapsulate({
    secretKey,
    publicKey: Buffer.from(slot.publicKey, 'base64'),
    ciphertext: Buffer.from(slot.encapsulation, 'base64'),
  });
  const sealedRootKey = Buffer.from(slot.sealedRootKey, 'base64');
  const rootKey = aesGcmOpen(sharedSecret, binding('root key', vaultId, slot), sealedRootKey);
  zeroise(secretKey, sharedSecret);
  if (rootKey === undefined) {
    throw new CountersignError('VAULT_HEADER_INVALID', 'A key slot opens, but what it wraps was changed.', {
      file: 'slots.json',
    });
  }
  return rootKey;
}

/**
 * The root key, from whichever slot the secret opens. Throws `VAULT_PASSPHRASE_WRONG` or
 * `VAULT_RECOVERY_KEY_INVALID` where it opens none.
 */
export async function openSlots(
  vaultId: string,
  slots: readonly KeySlot[],
  secret: SlotSecret,
): Promise<Buffer> {
  if (idFromText(vaultId) === undefined) throw new TypeError('openSlots: a vault id expected');
  if ('passphrase' in secret) {
    for (const slot of slots.filter((candidate) => candidate.kind === 'passphrase')) {
      const rootKey = openSlotWithKey(vaultId, slot, await passphraseKey(secret.passphrase, slot.opening));
      if (rootKey !== undefined) return rootKey;
    }
    throw new CountersignError(
      'VAULT_PASSPHRASE_WRONG',
      'No key slot of this vault opens with that passphrase.',
    );
  }
  const recovery = parseRecoveryKey(secret.recoveryKey);
  try {
    for (const slot of slots.filter((candidate) => candidate.kind === 'recovery-key')) {
      const rootKey = openSlotWithKey(vaultId, slot, recoveryKeyKey(recovery, slot.opening));
      if (rootKey !== undefined) return rootKey;
    }
  } finally {
    zeroise(recovery);
  }
  throw new CountersignError(
    'VAULT_RECOVERY_KEY_INVALID',
    'The recovery key belongs to another vault or was replaced.',
  );
}
