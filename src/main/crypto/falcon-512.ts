import { createRequire } from 'node:module';
import { lazily, type SignatureScheme } from './algorithm.ts';
import { asBuffer, CryptoInputError, requireLength, zeroise } from './options.ts';

/**
 * Falcon-512, padded signatures of one length, as submitted to NIST in round 3. **A draft:** FIPS 206
 * (FN-DSA) is not published and will differ, so keys and signatures made today are not for keeping.
 * Only noble has it.
 */
export const FALCON_512 = {
  algorithm: 'Falcon-512',
  draft: true,
  /** The encoded f, g and F; making them again from a seed would take a hundred milliseconds. */
  secretKeyBytes: 1281,
  publicKeyBytes: 897,
  signatureBytes: 666,
} as const;

/** Loaded at the first use: its tables take forty milliseconds to set up, and few ever ask for a draft. */
const noble = lazily(() => {
  const load = createRequire(import.meta.url);
  return (load('@noble/post-quantum/falcon.js') as typeof import('@noble/post-quantum/falcon.js'))
    .falcon512padded;
});

const KEY_SEED_BYTES = 48;
/** A public key starts with log2 of the degree, then holds 512 coefficients of 14 bits below q. */
const LOG_DEGREE = 9;
const COEFFICIENT_BITS = 14;
const Q = 12_289;

function isCanonical(publicKey: Uint8Array): boolean {
  if (publicKey[0] !== LOG_DEGREE) return false;
  let bits = 0;
  let pending = 0;
  for (const byte of publicKey.subarray(1)) {
    pending = (pending << 8) | byte;
    bits += 8;
    if (bits >= COEFFICIENT_BITS) {
      bits -= COEFFICIENT_BITS;
      if (pending >> bits >= Q) return false;
      pending &= (1 << bits) - 1;
    }
  }
  return true;
}

const notCanonical = (half: string, cause?: unknown) =>
  new CryptoInputError('key_not_canonical', `Falcon-512: the ${half} key is not canonical`, { cause });

/** Falcon-512 as a draft; noble is its only implementation. */
export const falcon512: SignatureScheme = {
  algorithm: FALCON_512.algorithm,
  implementation: 'noble',
  sizes: FALCON_512,
  keyPair(fillRandom) {
    const seed = new Uint8Array(KEY_SEED_BYTES);
    fillRandom(seed);
    const { publicKey, secretKey } = noble().keygen(seed);
    zeroise(seed);
    return { publicKey: asBuffer(publicKey), secretKey: asBuffer(secretKey) };
  },
  publicKey(secretKey) {
    requireLength('Falcon-512 secret key', secretKey, FALCON_512.secretKeyBytes);
    try {
      return asBuffer(noble().getPublicKey(secretKey));
    } catch (cause) {
      throw notCanonical('secret', cause);
    }
  },
  signer(secretKey, fillRandom) {
    requireLength('Falcon-512 secret key', secretKey, FALCON_512.secretKeyBytes);
    let copy: Buffer | undefined = Buffer.from(secretKey);
    const random = (length = 0) => {
      const bytes = new Uint8Array(length);
      fillRandom(bytes);
      return bytes;
    };
    return {
      sign(message) {
        if (copy === undefined) {
          throw new CryptoInputError('signer_destroyed', 'Falcon-512: the signer is gone');
        }
        // `random` is an option of Falcon alone, which the type that all of noble's signers share hides.
        const options: object = { random };
        return asBuffer(noble().sign(message, copy, options));
      },
      destroy() {
        zeroise(copy);
        copy = undefined;
      },
    };
  },
  verifier(publicKey) {
    requireLength('Falcon-512 public key', publicKey, FALCON_512.publicKeyBytes);
    if (!isCanonical(publicKey)) throw notCanonical('public');
    const key = Uint8Array.from(publicKey);
    return {
      verify(message, signature) {
        requireLength('Falcon-512 signature', signature, FALCON_512.signatureBytes);
        return noble().verify(signature, message, key);
      },
    };
  },
};
