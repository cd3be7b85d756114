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

/** What the keys of operators sign with: new ones with the strongest, as the wire policy asks. */
export const SIGNING_SUITES = ['Ed25519+ML-DSA-87', 'Ed25519+ML-DSA-65'] as const;
export type SigningSuite = (typeof SIGNING_SUITES)[number];
export const NEW_SUITE: SigningSuite = 'Ed25519+ML-DSA-87';
const SALT_BYTES = 16;
const KEY_LABEL = 'countersign operator slot v1';

/** An operator's slot as it is stored: a signing key that only their passphrase opens. */
export interface Slot extends Argon2Cost {
  readonly salt: Buffer;
  readonly suite: SigningSuite;
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
  /** The same key under another passphrase. `secretKey` stays the caller's to overwrite. */
  rewrap(owner: string, slot: Slot, secretKey: Uint8Array, passphrase: string): Promise<Slot>;
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

  const bindingOf = (owner: string, { suite, publicKey }: Pick<Slot, 'suite' | 'publicKey'>) =>
    Buffer.concat([Buffer.from(`${KEY_LABEL}\n${owner}\n${suite}\n`, 'utf8'), publicKey]);

  async function seal(
    owner: string,
    pair: Pick<Slot, 'suite' | 'publicKey'> & { readonly secretKey: Uint8Array },
    passphrase: string,
  ): Promise<Slot> {
    const salt = runtime.randomBytes(SALT_BYTES);
    const key = await keyOf(passphrase, salt, ARGON2_DEFAULT);
    const nonce = runtime.randomBytes(AES_GCM_NONCE_BYTES);
    const { suite, publicKey, secretKey } = pair;
    const sealedKey = aesGcmSeal(key, nonce, bindingOf(owner, pair), secretKey);
    zeroise(key);
    return { ...ARGON2_DEFAULT, salt, suite, publicKey, sealedKey };
  }

  return {
    async make(owner, passphrase) {
      const { publicKey, secretKey } = hybridSignatures[NEW_SUITE].keyPair(fillRandom);
      const pair = { suite: NEW_SUITE, publicKey: Buffer.from(publicKey), secretKey };
      try {
        return await seal(owner, pair, passphrase);
      } finally {
        zeroise(secretKey);
      }
    },
    rewrap: (owner, { suite, publicKey }, secretKey, passphrase) =>
      seal(owner, { suite, publicKey, secretKey }, passphrase),
    async open(owner, slot, passphrase) {
      const key = await keyOf(passphrase, slot.salt, slot);
      const secretKey = aesGcmOpen(key, bindingOf(owner, slot), slot.sealedKey);
      zeroise(key);
      return secretKey;
    },
    async pretend(passphrase) {
      zeroise(await keyOf(passphrase, Buffer.alloc(SALT_BYTES), ARGON2_DEFAULT));
    },
  };
}
