import type { Runtime } from '../base/index.ts';
import {
  AES_GCM_NONCE_BYTES,
  ARGON2_DEFAULT,
  type Argon2Cost,
  aesGcmOpen,
  aesGcmSeal,
  argon2id,
  hkdfSha256,
  hybridSignatures,
  zeroise,
} from '../crypto/index.ts';

export const SIGNING_SUITE = 'Ed25519+ML-DSA-65';
const SALT_BYTES = 16;
const KEY_LABEL = 'countersign operator slot v1';

/** An operator's slot as it is stored: a signing key that only their passphrase opens. */
export interface Slot extends Argon2Cost {
  readonly salt: Buffer;
  readonly suite: typeof SIGNING_SUITE;
  readonly publicKey: Buffer;
  readonly sealedKey: Buffer;
}

/** Argon2id; a test may bring something cheaper. */
export type Stretch = (
  options: Argon2Cost & { readonly passphrase: Uint8Array; readonly salt: Uint8Array },
) => Promise<Buffer>;

export interface SlotMaker {
  /** A new signing key, sealed to its holder's passphrase. `owner` binds it to vault and operator. */
  make(owner: string, passphrase: string): Promise<Slot>;
  /** The secret signing key, for the caller to overwrite; undefined where the passphrase is another. */
  open(owner: string, slot: Slot, passphrase: string): Promise<Buffer | undefined>;
  /** Takes as long as opening a slot does, so that a name that nobody has is not told by the time. */
  pretend(passphrase: string): Promise<void>;
}

/** Everybody types the same passphrase, whatever form the keyboard composes its letters in. */
const bytesOf = (passphrase: string) => Buffer.from(passphrase.normalize('NFKC'), 'utf8');

export function createSlotMaker(runtime: Runtime, stretch: Stretch = argon2id): SlotMaker {
  const fillRandom = (target: Uint8Array) => runtime.randomFill(target);

  async function keyOf(passphrase: string, salt: Uint8Array, cost: Argon2Cost): Promise<Buffer> {
    const typed = bytesOf(passphrase);
    const { memoryKiB, passes, lanes } = cost;
    const stretched = await stretch({ passphrase: typed, salt, memoryKiB, passes, lanes });
    const key = hkdfSha256({ secret: stretched, label: KEY_LABEL, length: 32 });
    zeroise(typed, stretched);
    return key;
  }

  const bindingOf = (owner: string, publicKey: Uint8Array) =>
    Buffer.concat([Buffer.from(`${KEY_LABEL}\n${owner}\n${SIGNING_SUITE}\n`, 'utf8'), publicKey]);

  return {
    async make(owner, passphrase) {
      const salt = runtime.randomBytes(SALT_BYTES);
      const key = await keyOf(passphrase, salt, ARGON2_DEFAULT);
      const { publicKey, secretKey } = hybridSignatures[SIGNING_SUITE].keyPair(fillRandom);
      const nonce = runtime.randomBytes(AES_GCM_NONCE_BYTES);
      const sealedKey = aesGcmSeal(key, nonce, bindingOf(owner, publicKey), secretKey);
      zeroise(key, secretKey);
      return { ...ARGON2_DEFAULT, salt, suite: SIGNING_SUITE, publicKey: Buffer.from(publicKey), sealedKey };
    },
    async open(owner, slot, passphrase) {
      const key = await keyOf(passphrase, slot.salt, slot);
      const secretKey = aesGcmOpen(key, bindingOf(owner, slot.publicKey), slot.sealedKey);
      zeroise(key);
      return secretKey;
    },
    async pretend(passphrase) {
      zeroise(await keyOf(passphrase, Buffer.alloc(SALT_BYTES), ARGON2_DEFAULT));
    },
  };
}
