import { CountersignError, idFromText, idToText, type Runtime } from '../base/index.ts';
import {
  AES_GCM_NONCE_BYTES,
  ARGON2_DEFAULT,
  aesGcmOpen,
  aesGcmSeal,
  hybridDecapsulate,
  hybridEncapsulate,
  hybridKeyPair,
  sha256,
  X25519_MLKEM1024,
  zeroise,
} from '../crypto/index.ts';
import type { KeySlot, SlotKind } from './header.ts';
import { formatRecoveryKey, parseRecoveryKey, RECOVERY_KEY_BYTES } from './recovery-key.ts';
import { joinShares, printShares, QUORUM_SECRET_BYTES } from './shares.ts';
import { openingOf, passphraseKey, quorumKey, recoveryKeyKey, type SlotOpener } from './slot-keys.ts';

/**
 * A key slot: one way to the root key. Each slot holds a hybrid key pair of its own; what its
 * holder has opens the private half, and the root key is encapsulated to the public half. A rekey
 * can therefore wrap the new root for every slot without their holders being there.
 */

/** What a holder brings to open a slot. */
export type SlotSecret =
  | { readonly passphrase: string }
  | { readonly recoveryKey: string }
  | { readonly shares: readonly string[] }
  | { readonly token: true; readonly pin?: string | undefined };

/** A slot to be made. */
export type NewSlot =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'recovery-key' }
  | { readonly kind: 'recovery-quorum'; readonly threshold: number; readonly shares: number }
  | { readonly kind: 'token'; readonly pin?: string | undefined };

/** A slot that was made, and what is to be printed for its holders this once. */
export interface MadeSlot {
  readonly slot: KeySlot;
  readonly recoveryKey: string | null;
  readonly shares: readonly string[];
}

/** A slot that opened. The caller zeroises the root key. */
export interface OpenedSlot {
  readonly slot: KeySlot;
  readonly rootKey: Buffer;
}

type SlotIdentity = Pick<KeySlot, 'id' | 'kind' | 'publicKey'>;

const SALT_BYTES = 16;
const SLOT_KEY_BYTES = 32;

function binding(what: string, vaultId: string, slot: SlotIdentity): Buffer {
  const publicKeyHash = sha256(Buffer.from(slot.publicKey, 'base64')).toString('hex');
  return Buffer.from(`countersign slot v1 ${what}\n${vaultId}\n${slot.id}\n${slot.kind}\n${publicKeyHash}`);
}

/** The root key, encapsulated to a slot's public half. */
export function wrapRootKey(options: {
  readonly runtime: Runtime;
  readonly vaultId: string;
  readonly slot: SlotIdentity;
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

export interface MakeSlotOptions {
  readonly runtime: Runtime;
  readonly vaultId: string;
  readonly rootKey: Uint8Array;
  readonly opener?: SlotOpener | undefined;
}

/** How a new slot will be opened, the key for its private half, and what is printed. */
interface Way {
  readonly opening: KeySlot['opening'];
  readonly slotKey: Buffer;
  readonly recoveryKey?: string;
  readonly shares?: readonly string[];
}

async function wayOf(options: MakeSlotOptions, slotId: string, wanted: NewSlot): Promise<Way> {
  const { runtime, vaultId, opener } = options;
  const salt = runtime.randomBytes(SALT_BYTES).toString('base64');
  switch (wanted.kind) {
    case 'passphrase': {
      const opening = { kdf: 'argon2id', version: 19, ...ARGON2_DEFAULT, salt } as const;
      return { opening, slotKey: await passphraseKey(wanted.passphrase, opening) };
    }
    case 'recovery-key': {
      const secret = runtime.randomBytes(RECOVERY_KEY_BYTES);
      const opening = { kdf: 'hkdf-sha-256', salt } as const;
      const way = {
        opening,
        slotKey: recoveryKeyKey(secret, opening),
        recoveryKey: formatRecoveryKey(secret),
      };
      zeroise(secret);
      return way;
    }
    case 'recovery-quorum': {
      const { threshold, shares } = wanted;
      const secret = runtime.randomBytes(QUORUM_SECRET_BYTES);
      const opening = { kdf: 'shamir+hkdf-sha-256', salt, threshold, shares } as const;
      const printed = printShares({ vaultId, slotId }, { secret, threshold, shares, runtime });
      const way = { opening, slotKey: quorumKey(secret, opening), shares: printed };
      zeroise(secret);
      return way;
    }
    case 'token': {
      if (opener === undefined) throw tokenMissing();
      const slotKey = runtime.randomBytes(SLOT_KEY_BYTES);
      const { reference, sealedKey } = await opener.seal({ vaultId, slotId, slotKey, pin: wanted.pin });
      const opening = {
        kdf: 'token',
        reference,
        sealedKey: Buffer.from(sealedKey).toString('base64'),
      } as const;
      return { opening, slotKey };
    }
  }
}

/** Makes a slot for a root key. Throws `VAULT_TOKEN_MISSING` for a token that is not there. */
export async function makeSlot(options: MakeSlotOptions, wanted: NewSlot): Promise<MadeSlot> {
  const { runtime, vaultId, rootKey } = options;
  const id = idToText(runtime.randomBytes(16));
  const { opening, slotKey, recoveryKey = null, shares = [] } = await wayOf(options, id, wanted);
  const pair = hybridKeyPair((target) => runtime.randomFill(target));
  const identity = { id, kind: wanted.kind, publicKey: pair.publicKey.toString('base64') };
  const nonce = runtime.randomBytes(AES_GCM_NONCE_BYTES);
  const sealed = aesGcmSeal(slotKey, nonce, binding('private key', vaultId, identity), pair.secretKey);
  zeroise(pair.secretKey, slotKey);
  const slot: KeySlot = {
    ...identity,
    kem: X25519_MLKEM1024.name,
    createdAtMs: runtime.nowMs(),
    opening,
    sealedPrivateKey: sealed.toString('base64'),
    ...wrapRootKey({ runtime, vaultId, slot: identity, rootKey }),
  };
  return { slot, recoveryKey, shares };
}

/** The slot for another root key, without its holder: its key pair stays as it is. */
export function rewrapSlot(
  slot: KeySlot,
  options: { readonly runtime: Runtime; readonly vaultId: string; readonly rootKey: Uint8Array },
): KeySlot {
  return { ...slot, ...wrapRootKey({ ...options, slot }) };
}

/** The root key behind one slot; `undefined` where the key does not fit its private half. */
function openSlotWithKey(vaultId: string, slot: KeySlot, slotKey: Uint8Array): OpenedSlot | undefined {
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
  if (rootKey !== undefined) return { slot, rootKey };
  const message = 'A key slot opens, but what it wraps was changed.';
  throw new CountersignError('VAULT_HEADER_INVALID', message, { file: 'slots.json' });
}

/** The slots to be opened and what is at hand for it. */
export interface SlotsToOpen {
  readonly vaultId: string;
  readonly slots: readonly KeySlot[];
  readonly opener?: SlotOpener | undefined;
}

/**
 * The root key, from whichever slot the secret opens. Throws `VAULT_PASSPHRASE_WRONG`,
 * `VAULT_RECOVERY_KEY_INVALID`, `VAULT_SHARE_INVALID`, `VAULT_QUORUM_SHORT` or
 * `VAULT_TOKEN_MISSING` where it opens none. A wrong passphrase costs a full Argon2id for every
 * passphrase slot, so that the time says nothing of how near it was.
 */
export async function openSlots(place: SlotsToOpen, secret: SlotSecret): Promise<OpenedSlot> {
  if (idFromText(place.vaultId) === undefined) throw new TypeError('openSlots: a vault id expected');
  if ('passphrase' in secret) return openByPassphrase(place, secret.passphrase);
  if ('recoveryKey' in secret) return openByRecoveryKey(place, secret.recoveryKey);
  if ('shares' in secret) return openByShares(place, secret.shares);
  return openByToken(place, secret.pin);
}

const ofKind = (slots: readonly KeySlot[], kind: SlotKind) => slots.filter((slot) => slot.kind === kind);

async function openByPassphrase({ vaultId, slots }: SlotsToOpen, passphrase: string): Promise<OpenedSlot> {
  for (const slot of ofKind(slots, 'passphrase')) {
    const slotKey = await passphraseKey(passphrase, openingOf(slot, 'argon2id'));
    const opened = openSlotWithKey(vaultId, slot, slotKey);
    if (opened !== undefined) return opened;
  }
  const message = 'No key slot of this vault opens with that passphrase.';
  throw new CountersignError('VAULT_PASSPHRASE_WRONG', message);
}

function openByRecoveryKey({ vaultId, slots }: SlotsToOpen, text: string): OpenedSlot {
  const secret = parseRecoveryKey(text);
  try {
    for (const slot of ofKind(slots, 'recovery-key')) {
      const slotKey = recoveryKeyKey(secret, openingOf(slot, 'hkdf-sha-256'));
      const opened = openSlotWithKey(vaultId, slot, slotKey);
      if (opened !== undefined) return opened;
    }
  } finally {
    zeroise(secret);
  }
  const message = 'The recovery key belongs to another vault or was replaced.';
  throw new CountersignError('VAULT_RECOVERY_KEY_INVALID', message);
}

function openByShares({ vaultId, slots }: SlotsToOpen, shares: readonly string[]): OpenedSlot {
  const places = ofKind(slots, 'recovery-quorum').map((slot) => {
    const opening = openingOf(slot, 'shamir+hkdf-sha-256');
    return { vaultId, slotId: slot.id, slot, opening, threshold: opening.threshold };
  });
  const { place, secret } = joinShares(places, shares);
  const opened = openSlotWithKey(vaultId, place.slot, quorumKey(secret, place.opening));
  zeroise(secret);
  if (opened !== undefined) return opened;
  const message = 'The shares do not give the secret of their quorum: one of them is not genuine.';
  throw new CountersignError('VAULT_SHARE_INVALID', message);
}

function tokenMissing(): CountersignError {
  const message = 'No token that belongs to a key slot of this vault is connected.';
  return new CountersignError('VAULT_TOKEN_MISSING', message);
}

async function openByToken(
  { vaultId, slots, opener }: SlotsToOpen,
  pin: string | undefined,
): Promise<OpenedSlot> {
  for (const slot of ofKind(slots, 'token')) {
    const { reference, sealedKey } = openingOf(slot, 'token');
    const slotKey = await opener?.open({
      vaultId,
      slotId: slot.id,
      reference,
      sealedKey: Buffer.from(sealedKey, 'base64'),
      pin,
    });
    const opened =
      slotKey?.byteLength === SLOT_KEY_BYTES ? openSlotWithKey(vaultId, slot, slotKey) : undefined;
    if (opened !== undefined) return opened;
  }
  throw tokenMissing();
}
