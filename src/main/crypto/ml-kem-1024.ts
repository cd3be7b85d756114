import * as nodeCrypto from 'node:crypto';
import { ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import { asBuffer, requireLength } from './options.ts';

/** ML-KEM-1024 (FIPS 203): a private key is kept as its 64-byte seed d ‖ z, from which both halves follow. */
export const ML_KEM_1024 = {
  seedBytes: 64,
  publicKeyBytes: 1568,
  ciphertextBytes: 1568,
  sharedSecretBytes: 32,
} as const;

export interface MlKem1024 {
  readonly name: 'native' | 'noble';
  /** The public key that belongs to a seed. */
  publicKey(seed: Uint8Array): Buffer;
  /** Throws `TypeError` where the public key is no canonical one (FIPS 203, section 7.2). */
  encapsulate(publicKey: Uint8Array): { ciphertext: Buffer; sharedSecret: Buffer };
  /** A changed ciphertext yields another secret and no error (implicit rejection). */
  decapsulate(seed: Uint8Array, ciphertext: Uint8Array): Buffer;
}

/** The pure implementation, for runtimes whose OpenSSL or BoringSSL has no ML-KEM. */
export const nobleMlKem1024: MlKem1024 = {
  name: 'noble',
  publicKey(seed) {
    requireLength('ML-KEM-1024 seed', seed, ML_KEM_1024.seedBytes);
    const pair = ml_kem1024.keygen(seed);
    pair.secretKey.fill(0);
    return asBuffer(pair.publicKey);
  },
  encapsulate(publicKey) {
    requireLength('ML-KEM-1024 public key', publicKey, ML_KEM_1024.publicKeyBytes);
    try {
      const { cipherText, sharedSecret } = ml_kem1024.encapsulate(publicKey);
      return { ciphertext: asBuffer(cipherText), sharedSecret: asBuffer(sharedSecret) };
    } catch (cause) {
      throw new TypeError('ML-KEM-1024: the public key is not canonical', { cause });
    }
  },
  decapsulate(seed, ciphertext) {
    requireLength('ML-KEM-1024 seed', seed, ML_KEM_1024.seedBytes);
    requireLength('ML-KEM-1024 ciphertext', ciphertext, ML_KEM_1024.ciphertextBytes);
    const { secretKey } = ml_kem1024.keygen(seed);
    const secret = asBuffer(ml_kem1024.decapsulate(ciphertext, secretKey));
    secretKey.fill(0);
    return secret;
  },
};

/** DER around a raw public key: SubjectPublicKeyInfo with id-alg-ml-kem-1024 (RFC 9935). */
const SPKI_PREFIX = Buffer.from('30820632300b06096086480165030404030382062100', 'hex');
/** DER around a 64-byte seed: PKCS #8 with the `seed` choice of RFC 9935. */
const PKCS8_SEED_PREFIX = Buffer.from('3054020100300b060960864801650304040304428040', 'hex');

/** What newer runtimes add to `node:crypto`; asked for by feature test, because Electron's lacks it. */
interface KemCalls {
  encapsulate(key: nodeCrypto.KeyObject): { sharedKey: Buffer; ciphertext: Buffer };
  decapsulate(key: nodeCrypto.KeyObject, ciphertext: Uint8Array): Buffer;
}

function nativeMlKem1024(calls: KemCalls): MlKem1024 {
  const importSeed = (seed: Uint8Array) => {
    requireLength('ML-KEM-1024 seed', seed, ML_KEM_1024.seedBytes);
    const der = Buffer.concat([PKCS8_SEED_PREFIX, seed]);
    try {
      return nodeCrypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    } finally {
      der.fill(0);
    }
  };
  return {
    name: 'native',
    publicKey(seed) {
      const spki = nodeCrypto.createPublicKey(importSeed(seed)).export({ type: 'spki', format: 'der' });
      return Buffer.from(spki.subarray(spki.length - ML_KEM_1024.publicKeyBytes));
    },
    encapsulate(publicKey) {
      requireLength('ML-KEM-1024 public key', publicKey, ML_KEM_1024.publicKeyBytes);
      const der = Buffer.concat([SPKI_PREFIX, publicKey]);
      try {
        const key = nodeCrypto.createPublicKey({ key: der, format: 'der', type: 'spki' });
        const { sharedKey, ciphertext } = calls.encapsulate(key);
        return { ciphertext: Buffer.from(ciphertext), sharedSecret: Buffer.from(sharedKey) };
      } catch (cause) {
        throw new TypeError('ML-KEM-1024: the public key is not canonical', { cause });
      }
    },
    decapsulate(seed, ciphertext) {
      requireLength('ML-KEM-1024 ciphertext', ciphertext, ML_KEM_1024.ciphertextBytes);
      return Buffer.from(calls.decapsulate(importSeed(seed), ciphertext));
    },
  };
}

/** The runtime's own ML-KEM-1024, proven by one round against noble; `undefined` where it has none. */
export const nativeMlKem1024IfAny: MlKem1024 | undefined = (() => {
  const calls = nodeCrypto as unknown as Partial<KemCalls>;
  if (typeof calls.encapsulate !== 'function' || typeof calls.decapsulate !== 'function') return undefined;
  try {
    const native = nativeMlKem1024(calls as KemCalls);
    const seed = Buffer.alloc(ML_KEM_1024.seedBytes, 1);
    const { ciphertext, sharedSecret } = native.encapsulate(native.publicKey(seed));
    return native.decapsulate(seed, ciphertext).equals(sharedSecret) ? native : undefined;
  } catch {
    return undefined;
  }
})();

/** Native where the runtime has the algorithm, noble elsewhere. */
export const mlKem1024: MlKem1024 = nativeMlKem1024IfAny ?? nobleMlKem1024;
