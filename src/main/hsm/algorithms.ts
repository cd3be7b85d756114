/** The keys a token can hold for us, as data: how each is made, signs, and is told from others. */
import { CKK, CKM } from './cryptoki.ts';

export const hsmAlgorithms = [
  'P-256',
  'Ed25519',
  'RSA-2048',
  'RSA-3072',
  'AES-256',
  'ML-DSA-65',
  'ML-DSA-87',
  'ML-KEM-768',
  'ML-KEM-1024',
] as const;
export type HsmAlgorithm = (typeof hsmAlgorithms)[number];

/** What a key does. */
export type KeyUse = 'sign' | 'encrypt' | 'decapsulate';

interface Common {
  readonly use: KeyUse;
  /** Makes the key on the token. */
  readonly generate: number;
  /** Uses it there. */
  readonly operate: number;
  readonly keyType: number;
}

/** Classical keys, which every token makes by itself. */
export interface ClassicalKey extends Common {
  readonly family: 'ec' | 'edwards' | 'rsa' | 'aes';
  readonly ecParams?: string;
  readonly modulusBits?: number;
}

/** Post-quantum keys: on the token by PKCS#11 3.2, else as a seed that is sealed under it. */
export interface PostQuantumKey extends Common {
  readonly family: 'ml-dsa' | 'ml-kem';
  readonly parameterSet: number;
  readonly seedBytes: number;
}

export type KeyKind = ClassicalKey | PostQuantumKey;

const rsa = (modulusBits: number): ClassicalKey => ({
  ...{ family: 'rsa', use: 'sign', modulusBits, keyType: CKK.RSA },
  ...{ generate: CKM.RSA_KEY_PAIR_GEN, operate: CKM.SHA256_RSA_PKCS },
});
const mlDsa = (parameterSet: number): PostQuantumKey => ({
  ...{ family: 'ml-dsa', use: 'sign', parameterSet, seedBytes: 32, keyType: CKK.ML_DSA },
  ...{ generate: CKM.ML_DSA_KEY_PAIR_GEN, operate: CKM.ML_DSA },
});
const mlKem = (parameterSet: number): PostQuantumKey => ({
  ...{ family: 'ml-kem', use: 'decapsulate', parameterSet, seedBytes: 64, keyType: CKK.ML_KEM },
  ...{ generate: CKM.ML_KEM_KEY_PAIR_GEN, operate: CKM.ML_KEM },
});

export const KEY_KINDS: Readonly<Record<HsmAlgorithm, KeyKind>> = {
  'P-256': {
    ...{ family: 'ec', use: 'sign', ecParams: '06082a8648ce3d030107', keyType: CKK.EC },
    ...{ generate: CKM.EC_KEY_PAIR_GEN, operate: CKM.ECDSA },
  },
  Ed25519: {
    ...{ family: 'edwards', use: 'sign', ecParams: '06032b6570', keyType: CKK.EDWARDS },
    ...{ generate: CKM.EDWARDS_KEY_PAIR_GEN, operate: CKM.EDDSA },
  },
  'RSA-2048': rsa(2048),
  'RSA-3072': rsa(3072),
  'AES-256': {
    ...{ family: 'aes', use: 'encrypt', keyType: CKK.AES },
    ...{ generate: CKM.AES_KEY_GEN, operate: CKM.AES_GCM },
  },
  'ML-DSA-65': mlDsa(2),
  'ML-DSA-87': mlDsa(3),
  'ML-KEM-768': mlKem(2),
  'ML-KEM-1024': mlKem(3),
};

export const isPostQuantum = (kind: KeyKind): kind is PostQuantumKey =>
  kind.family === 'ml-dsa' || kind.family === 'ml-kem';

/**
 * How a token carries a post-quantum algorithm. `token`: by a mechanism of its own. `sealed`: as a
 * seed under an AES key that never leaves the token. ML-KEM is always sealed: PKCS#11 3.2 serves it
 * through C_DecapsulateKey, which the binding does not reach.
 */
export type PostQuantumWay = 'token' | 'sealed' | 'none';

/** What a token's mechanisms allow for an algorithm; `none` where it cannot even seal. */
export function wayOf(kind: KeyKind, mechanisms: ReadonlySet<number>): PostQuantumWay {
  const named = mechanisms.has(kind.generate) && mechanisms.has(kind.operate);
  if (!isPostQuantum(kind)) return named ? 'token' : 'none';
  if (kind.family === 'ml-dsa' && named) return 'token';
  return mechanisms.has(CKM.AES_GCM) && mechanisms.has(CKM.AES_KEY_GEN) ? 'sealed' : 'none';
}
