import { createHash } from 'node:crypto';
import { ml_kem768_x25519 as noble } from '@noble/post-quantum/hybrid.js';
import { bestKem, type Kem, nativeIfAny } from './algorithm.ts';
import { ML_KEM_768, nativeMlKem768 } from './ml-kem-768.ts';
import { asBuffer, CryptoInputError, requireLength, zeroise } from './options.ts';
import { X25519_BYTES, x25519PublicKey, x25519SharedSecret } from './x25519.ts';

/**
 * X-Wing, the hybrid KEM X25519 + ML-KEM-768 (draft-connolly-cfrg-xwing-kem). Byte forms:
 *
 * - secret key: a 32-byte seed, which SHAKE256 expands to d ‖ z (64) ‖ X25519 secret (32);
 * - public key and ciphertext: ML-KEM's half, then X25519's;
 * - shared secret: SHA3-256 over ss_M ‖ ss_X ‖ ct_X ‖ pk_X ‖ label.
 */
export const X_WING = {
  name: 'X-Wing',
  secretKeyBytes: 32,
  publicKeyBytes: ML_KEM_768.publicKeyBytes + X25519_BYTES,
  ciphertextBytes: ML_KEM_768.ciphertextBytes + X25519_BYTES,
  sharedSecretBytes: 32,
} as const;

const LABEL = Buffer.from('\\.//^\\', 'latin1');
const ENCAPSULATION_SEED_BYTES = 64;
const { seedBytes } = ML_KEM_768;

function requirePublicKey(publicKey: Uint8Array): void {
  requireLength('X-Wing public key', publicKey, X_WING.publicKeyBytes);
}

function requireCiphertext(secretKey: Uint8Array, ciphertext: Uint8Array): void {
  requireLength('X-Wing secret key', secretKey, X_WING.secretKeyBytes);
  requireLength('X-Wing ciphertext', ciphertext, X_WING.ciphertextBytes);
}

/** noble throws the same kind of error for both halves; this finds which of them was wrong. */
function refusal(point: Uint8Array, cause: unknown): CryptoInputError {
  try {
    x25519SharedSecret({ secretKey: Buffer.alloc(X25519_BYTES, 1), publicKey: point });
  } catch (error) {
    if (error instanceof CryptoInputError) return error;
  }
  return new CryptoInputError('key_not_canonical', 'X-Wing: the ML-KEM-768 key is not canonical', { cause });
}

/** noble's `ml_kem768_x25519`, which is X-Wing as the draft has it. */
export const nobleXWing: Kem = {
  algorithm: X_WING.name,
  implementation: 'noble',
  sizes: X_WING,
  publicKey(secretKey) {
    requireLength('X-Wing secret key', secretKey, X_WING.secretKeyBytes);
    return asBuffer(noble.getPublicKey(secretKey));
  },
  encapsulate(publicKey, fillRandom) {
    requirePublicKey(publicKey);
    const seed = new Uint8Array(ENCAPSULATION_SEED_BYTES);
    fillRandom(seed);
    try {
      const { cipherText, sharedSecret } = noble.encapsulate(publicKey, seed);
      return { ciphertext: asBuffer(cipherText), sharedSecret: asBuffer(sharedSecret) };
    } catch (cause) {
      throw refusal(publicKey.subarray(ML_KEM_768.publicKeyBytes), cause);
    } finally {
      zeroise(seed);
    }
  },
  decapsulate(secretKey, ciphertext) {
    requireCiphertext(secretKey, ciphertext);
    try {
      return asBuffer(noble.decapsulate(ciphertext, secretKey));
    } catch (cause) {
      throw refusal(ciphertext.subarray(ML_KEM_768.ciphertextBytes), cause);
    }
  },
};

function combine(
  mlKemSecret: Buffer,
  x25519Secret: Buffer,
  ciphertextPoint: Uint8Array,
  keyPoint: Uint8Array,
): Buffer {
  const sha3 = createHash('sha3-256').update(mlKemSecret).update(x25519Secret);
  zeroise(mlKemSecret, x25519Secret);
  return sha3.update(ciphertextPoint).update(keyPoint).update(LABEL).digest();
}

/** The same construction over the runtime's ML-KEM-768, X25519 and SHA-3. */
function runtimeXWing(): Kem | undefined {
  const mlKem = nativeMlKem768();
  if (mlKem === undefined) return undefined;
  const expand = (secretKey: Uint8Array): Buffer => {
    requireLength('X-Wing secret key', secretKey, X_WING.secretKeyBytes);
    return createHash('shake256', { outputLength: seedBytes + X25519_BYTES })
      .update(secretKey)
      .digest();
  };
  return {
    algorithm: X_WING.name,
    implementation: 'native',
    sizes: X_WING,
    publicKey(secretKey) {
      const expanded = expand(secretKey);
      const mlKemKey = mlKem.publicKey(expanded.subarray(0, seedBytes));
      const point = x25519PublicKey(expanded.subarray(seedBytes));
      zeroise(expanded);
      return Buffer.concat([mlKemKey, point]);
    },
    encapsulate(publicKey, fillRandom) {
      requirePublicKey(publicKey);
      const keyPoint = publicKey.subarray(ML_KEM_768.publicKeyBytes);
      const ephemeral = Buffer.alloc(X25519_BYTES);
      fillRandom(ephemeral);
      const x25519Secret = x25519SharedSecret({ secretKey: ephemeral, publicKey: keyPoint });
      const point = x25519PublicKey(ephemeral);
      zeroise(ephemeral);
      const inner = mlKem.encapsulate(publicKey.subarray(0, ML_KEM_768.publicKeyBytes), fillRandom);
      return {
        ciphertext: Buffer.concat([inner.ciphertext, point]),
        sharedSecret: combine(inner.sharedSecret, x25519Secret, point, keyPoint),
      };
    },
    decapsulate(secretKey, ciphertext) {
      requireCiphertext(secretKey, ciphertext);
      const expanded = expand(secretKey);
      const x25519Key = expanded.subarray(seedBytes);
      try {
        const point = ciphertext.subarray(ML_KEM_768.ciphertextBytes);
        const x25519Secret = x25519SharedSecret({ secretKey: x25519Key, publicKey: point });
        const mlKemSecret = mlKem.decapsulate(
          expanded.subarray(0, seedBytes),
          ciphertext.subarray(0, ML_KEM_768.ciphertextBytes),
        );
        return combine(mlKemSecret, x25519Secret, point, x25519PublicKey(x25519Key));
      } finally {
        zeroise(expanded);
      }
    },
  };
}

/** X-Wing over the runtime's own parts; `undefined` where it lacks one of them. */
export const nativeXWing: () => Kem | undefined = nativeIfAny(runtimeXWing, (candidate) => {
  const secretKey = Buffer.alloc(X_WING.secretKeyBytes, 1);
  const { ciphertext, sharedSecret } = candidate.encapsulate(candidate.publicKey(secretKey), (target) =>
    target.fill(2),
  );
  return candidate.decapsulate(secretKey, ciphertext).equals(sharedSecret);
});

/** Native where the runtime has the algorithms, noble elsewhere. */
export const xWing: Kem = bestKem(nativeXWing, nobleXWing);
