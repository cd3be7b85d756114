import type { FillRandom, Kem, KeyPair } from './algorithm.ts';
import { hkdfSha256 } from './hkdf.ts';
import type { MlKem } from './ml-kem.ts';
import { ML_KEM_1024, mlKem1024 } from './ml-kem-1024.ts';
import { refuseUnknownOptions, requireLength, zeroise } from './options.ts';
import { X25519_BYTES, x25519PublicKey, x25519SharedSecret } from './x25519.ts';

/**
 * The hybrid KEM X25519 + ML-KEM-1024. Byte forms:
 *
 * - secret key: X25519 secret (32) ‖ ML-KEM seed d ‖ z (64);
 * - public key: ML-KEM public key (1568) ‖ X25519 public key (32);
 * - ciphertext: ML-KEM ciphertext (1568) ‖ ephemeral X25519 public key (32);
 * - shared secret: HKDF-SHA-256 over ss_M ‖ ss_X ‖ ct_M ‖ ct_X ‖ pk_M ‖ pk_X with the label below.
 *
 * Whoever breaks one of the two still lacks the other; hashing the ciphertexts and the public keys
 * binds the secret to both.
 */
export const X25519_MLKEM1024 = {
  name: 'X25519+ML-KEM-1024',
  secretKeyBytes: X25519_BYTES + ML_KEM_1024.seedBytes,
  publicKeyBytes: ML_KEM_1024.publicKeyBytes + X25519_BYTES,
  ciphertextBytes: ML_KEM_1024.ciphertextBytes + X25519_BYTES,
  sharedSecretBytes: 32,
} as const;

const LABEL = 'countersign X25519+ML-KEM-1024 v1';

export type HybridKeyPair = KeyPair;

function combine(parts: {
  mlKemSecret: Uint8Array;
  x25519Secret: Uint8Array;
  ciphertext: Uint8Array;
  publicKey: Uint8Array;
}): Buffer {
  const secret = Buffer.concat([parts.mlKemSecret, parts.x25519Secret, parts.ciphertext, parts.publicKey]);
  const shared = hkdfSha256({ secret, label: LABEL, length: X25519_MLKEM1024.sharedSecretBytes });
  zeroise(secret, parts.mlKemSecret, parts.x25519Secret);
  return shared;
}

/** The public half of a 96-byte secret key. */
export function hybridPublicKey(secretKey: Uint8Array, mlKem: MlKem = mlKem1024): Buffer {
  requireLength('hybrid secret key', secretKey, X25519_MLKEM1024.secretKeyBytes);
  return Buffer.concat([
    mlKem.publicKey(secretKey.subarray(X25519_BYTES)),
    x25519PublicKey(secretKey.subarray(0, X25519_BYTES)),
  ]);
}

/** A new key pair; all its randomness comes from `fillRandom`. */
export function hybridKeyPair(fillRandom: FillRandom, mlKem: MlKem = mlKem1024): HybridKeyPair {
  const secretKey = Buffer.alloc(X25519_MLKEM1024.secretKeyBytes);
  fillRandom(secretKey);
  return { publicKey: hybridPublicKey(secretKey, mlKem), secretKey };
}

export interface HybridEncapsulateOptions {
  readonly publicKey: Uint8Array;
  /** Source of the ephemeral X25519 key, and of ML-KEM's randomness where it is noble's. */
  readonly fillRandom: FillRandom;
  readonly mlKem?: MlKem;
}

/** A fresh 32-byte secret and the ciphertext from which the key's holder finds it. */
export function hybridEncapsulate(options: HybridEncapsulateOptions): {
  ciphertext: Buffer;
  sharedSecret: Buffer;
} {
  refuseUnknownOptions('hybridEncapsulate', options, ['publicKey', 'fillRandom', 'mlKem']);
  const { publicKey, fillRandom, mlKem = mlKem1024 } = options;
  requireLength('hybrid public key', publicKey, X25519_MLKEM1024.publicKeyBytes);
  const mlKemPart = mlKem.encapsulate(publicKey.subarray(0, ML_KEM_1024.publicKeyBytes), fillRandom);
  const ephemeral = Buffer.alloc(X25519_BYTES);
  fillRandom(ephemeral);
  const x25519Secret = x25519SharedSecret({
    secretKey: ephemeral,
    publicKey: publicKey.subarray(ML_KEM_1024.publicKeyBytes),
  });
  const ciphertext = Buffer.concat([mlKemPart.ciphertext, x25519PublicKey(ephemeral)]);
  zeroise(ephemeral);
  const mlKemSecret = mlKemPart.sharedSecret;
  return { ciphertext, sharedSecret: combine({ mlKemSecret, x25519Secret, ciphertext, publicKey }) };
}

export interface HybridDecapsulateOptions {
  readonly secretKey: Uint8Array;
  /** Spares computing the public half again; it must belong to the secret key. */
  readonly publicKey?: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly mlKem?: MlKem;
}

/**
 * The secret inside a ciphertext. A changed ciphertext yields another secret; what that secret
 * opens must therefore carry a tag of its own.
 */
export function hybridDecapsulate(options: HybridDecapsulateOptions): Buffer {
  refuseUnknownOptions('hybridDecapsulate', options, ['secretKey', 'publicKey', 'ciphertext', 'mlKem']);
  const { secretKey, ciphertext, mlKem = mlKem1024 } = options;
  requireLength('hybrid secret key', secretKey, X25519_MLKEM1024.secretKeyBytes);
  requireLength('hybrid ciphertext', ciphertext, X25519_MLKEM1024.ciphertextBytes);
  const publicKey = options.publicKey ?? hybridPublicKey(secretKey, mlKem);
  requireLength('hybrid public key', publicKey, X25519_MLKEM1024.publicKeyBytes);
  const mlKemSecret = mlKem.decapsulate(
    secretKey.subarray(X25519_BYTES),
    ciphertext.subarray(0, ML_KEM_1024.ciphertextBytes),
  );
  const x25519Secret = x25519SharedSecret({
    secretKey: secretKey.subarray(0, X25519_BYTES),
    publicKey: ciphertext.subarray(ML_KEM_1024.ciphertextBytes),
  });
  return combine({ mlKemSecret, x25519Secret, ciphertext, publicKey });
}

/** The hybrid KEM as the profiles see it, over one implementation of ML-KEM-1024. */
export function x25519MlKem1024(mlKem: MlKem = mlKem1024): Kem {
  return {
    algorithm: X25519_MLKEM1024.name,
    get implementation() {
      return mlKem.implementation;
    },
    sizes: X25519_MLKEM1024,
    publicKey: (secretKey) => hybridPublicKey(secretKey, mlKem),
    encapsulate: (publicKey, fillRandom) => hybridEncapsulate({ publicKey, fillRandom, mlKem }),
    decapsulate: (secretKey, ciphertext) => hybridDecapsulate({ secretKey, ciphertext, mlKem }),
  };
}
