import * as nodeCrypto from 'node:crypto';
import type { MLKEM } from '@noble/post-quantum/ml-kem.js';
import { bestKem, type Kem, nativeIfAny } from './algorithm.ts';
import { asBuffer, CryptoInputError, requireLength, zeroise } from './options.ts';
import { rawKeyForm } from './raw-keys.ts';

/**
 * ML-KEM (FIPS 203) over one row of its parameter table. A secret key is kept as its 64-byte seed
 * d ‖ z, from which both halves follow.
 */
export interface MlKemParameters {
  readonly algorithm: 'ML-KEM-512' | 'ML-KEM-768' | 'ML-KEM-1024';
  readonly seedBytes: 64;
  readonly publicKeyBytes: number;
  readonly ciphertextBytes: number;
  readonly sharedSecretBytes: 32;
  /** Content of the OBJECT IDENTIFIER (RFC 9935), as hex. */
  readonly oid: string;
}

export interface MlKem extends Kem {
  readonly algorithm: MlKemParameters['algorithm'];
}

/** What one file of a parameter set answers. */
export interface MlKemImplementations {
  readonly noble: MlKem;
  readonly native: () => MlKem | undefined;
  /** Native where the runtime has the algorithm, noble elsewhere. */
  readonly best: MlKem;
}

const ENCAPSULATION_SEED_BYTES = 32;

const sizesOf = (parameters: MlKemParameters) => ({
  secretKeyBytes: parameters.seedBytes,
  publicKeyBytes: parameters.publicKeyBytes,
  ciphertextBytes: parameters.ciphertextBytes,
  sharedSecretBytes: parameters.sharedSecretBytes,
});

const notCanonical = (algorithm: string, cause: unknown) =>
  new CryptoInputError('key_not_canonical', `${algorithm}: the public key is not canonical`, { cause });

/** The pure implementation, for runtimes whose OpenSSL or BoringSSL has no ML-KEM. */
function nobleMlKem(parameters: MlKemParameters, noble: MLKEM): MlKem {
  const { algorithm } = parameters;
  return {
    algorithm,
    implementation: 'noble',
    sizes: sizesOf(parameters),
    publicKey(seed) {
      requireLength(`${algorithm} seed`, seed, parameters.seedBytes);
      const pair = noble.keygen(seed);
      zeroise(pair.secretKey);
      return asBuffer(pair.publicKey);
    },
    encapsulate(publicKey, fillRandom) {
      requireLength(`${algorithm} public key`, publicKey, parameters.publicKeyBytes);
      const seed = new Uint8Array(ENCAPSULATION_SEED_BYTES);
      fillRandom(seed);
      try {
        const { cipherText, sharedSecret } = noble.encapsulate(publicKey, seed);
        return { ciphertext: asBuffer(cipherText), sharedSecret: asBuffer(sharedSecret) };
      } catch (cause) {
        throw notCanonical(algorithm, cause);
      } finally {
        zeroise(seed);
      }
    },
    decapsulate(seed, ciphertext) {
      requireLength(`${algorithm} seed`, seed, parameters.seedBytes);
      requireLength(`${algorithm} ciphertext`, ciphertext, parameters.ciphertextBytes);
      const { secretKey } = noble.keygen(seed);
      try {
        return asBuffer(noble.decapsulate(ciphertext, secretKey));
      } finally {
        zeroise(secretKey);
      }
    },
  };
}

/** What newer runtimes add to `node:crypto`. */
interface KemCalls {
  encapsulate(key: nodeCrypto.KeyObject): { sharedKey: Buffer; ciphertext: Buffer };
  decapsulate(key: nodeCrypto.KeyObject, ciphertext: Uint8Array): Buffer;
}

function nativeMlKem(parameters: MlKemParameters): MlKem | undefined {
  const calls = nodeCrypto as unknown as Partial<KemCalls>;
  if (typeof calls.encapsulate !== 'function' || typeof calls.decapsulate !== 'function') return undefined;
  const { encapsulate, decapsulate } = calls as KemCalls;
  const { algorithm, oid } = parameters;
  const sizes = sizesOf(parameters);
  const form = rawKeyForm({ oid, secretTag: 0x80, ...sizes });
  return {
    algorithm,
    implementation: 'native',
    sizes,
    publicKey(seed) {
      requireLength(`${algorithm} seed`, seed, parameters.seedBytes);
      return form.rawPublicKey(form.secretKey(seed));
    },
    encapsulate(publicKey) {
      requireLength(`${algorithm} public key`, publicKey, parameters.publicKeyBytes);
      try {
        const { sharedKey, ciphertext } = encapsulate(form.publicKey(publicKey));
        return { ciphertext: Buffer.from(ciphertext), sharedSecret: Buffer.from(sharedKey) };
      } catch (cause) {
        throw notCanonical(algorithm, cause);
      }
    },
    decapsulate(seed, ciphertext) {
      requireLength(`${algorithm} seed`, seed, parameters.seedBytes);
      requireLength(`${algorithm} ciphertext`, ciphertext, parameters.ciphertextBytes);
      return Buffer.from(decapsulate(form.secretKey(seed), ciphertext));
    },
  };
}

/** One round of its own; that it agrees with noble is for the tests, which have the time. */
function opensWhatItSeals(native: MlKem): boolean {
  const seed = Buffer.alloc(native.sizes.secretKeyBytes, 1);
  const { ciphertext, sharedSecret } = native.encapsulate(native.publicKey(seed), () => {});
  return (
    ciphertext.length === native.sizes.ciphertextBytes &&
    native.decapsulate(seed, ciphertext).equals(sharedSecret)
  );
}

/** Both implementations of one parameter set. */
export function mlKemOf(parameters: MlKemParameters, noble: MLKEM): MlKemImplementations {
  const pure = nobleMlKem(parameters, noble);
  const native = nativeIfAny(() => nativeMlKem(parameters), opensWhatItSeals);
  return { noble: pure, native, best: bestKem(native, pure) };
}
