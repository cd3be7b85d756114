/**
 * Post-quantum keys that a token does not carry: their seed is sealed under an AES key that cannot
 * leave it, and opened only here, in the process of the HSM.
 */
import {
  mlDsa65,
  mlDsa87,
  mlKem768,
  mlKem1024,
  type SignatureScheme,
  type Signer,
  zeroise,
} from '../crypto/index.ts';
import { type HsmAlgorithm, isPostQuantum, KEY_KINDS } from './algorithms.ts';
import { CKM, CKO, gcmParameter, type Handle } from './cryptoki.ts';
import { byIdAndClass, secretKeyTemplate } from './host-templates.ts';
import type { HostToken } from './host-token.ts';
import { hsmError } from './refusals.ts';

const SEALING_ID = Buffer.from('countersign sealing', 'utf8');
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const SIGNERS: Partial<Record<HsmAlgorithm, SignatureScheme>> = {
  'ML-DSA-65': mlDsa65,
  'ML-DSA-87': mlDsa87,
};
const KEMS = { 'ML-KEM-768': mlKem768, 'ML-KEM-1024': mlKem1024 } as const;
export type KemName = keyof typeof KEMS;

/** The KEM of a name. */
export const kemNamed = (name: KemName) => KEMS[name];

const isKem = (algorithm: HsmAlgorithm): algorithm is KemName => algorithm in KEMS;

/** What a seal is bound to. */
const binding = (algorithm: HsmAlgorithm, keyId: string) =>
  Buffer.from(`countersign hsm v1\n${algorithm}\n${keyId}`, 'utf8');

/** The token's sealing key, made the first time it is needed. */
function sealingKey(token: HostToken): Handle {
  const [found] = token.find(byIdAndClass(SEALING_ID, CKO.SECRET_KEY), 1);
  if (found !== undefined) return found;
  const name = { keyId: SEALING_ID, label: 'Countersign sealing key', mayMigrate: false };
  const template = secretKeyTemplate(name);
  const make = () => token.library.C_GenerateKey(token.session, { mechanism: CKM.AES_KEY_GEN }, template);
  return token.running(CKM.AES_KEY_GEN, make);
}

/** AES-256-GCM by a key of the token: nonce ‖ ciphertext ‖ tag. */
export function tokenSeal(token: HostToken, key: Handle, aad: Uint8Array, plaintext: Uint8Array): Buffer {
  const nonce = token.random(NONCE_BYTES);
  const { library, session } = token;
  return token.running(CKM.AES_GCM, () => {
    const mechanism = { mechanism: CKM.AES_GCM, parameter: gcmParameter(nonce, aad) };
    library.C_EncryptInit(session, mechanism, key);
    const out = Buffer.alloc(plaintext.byteLength + TAG_BYTES);
    return Buffer.concat([nonce, library.C_Encrypt(session, Buffer.from(plaintext), out)]);
  });
}

/** Throws `HSM_KEY_CHANGED` for what the key did not seal. */
export function tokenOpen(token: HostToken, key: Handle, aad: Uint8Array, sealed: Buffer): Buffer {
  if (sealed.length < NONCE_BYTES + TAG_BYTES)
    throw hsmError('HSM_KEY_CHANGED', { expected: 'a sealed value' });
  const { library, session } = token;
  return token.running(CKM.AES_GCM, () => {
    const parameter = gcmParameter(sealed.subarray(0, NONCE_BYTES), aad);
    library.C_DecryptInit(session, { mechanism: CKM.AES_GCM, parameter }, key);
    try {
      const body = Buffer.from(sealed.subarray(NONCE_BYTES));
      return Buffer.from(library.C_Decrypt(session, body, Buffer.alloc(body.length)));
    } catch {
      // Libraries answer a tag that does not fit in as many ways as there are libraries.
      throw hsmError('HSM_KEY_CHANGED', { expected: 'a value that this key sealed' });
    }
  });
}

export interface SealedKey {
  readonly publicKey: Buffer;
  readonly sealedSeed: Buffer;
}

/** Makes a post-quantum key whose seed the token alone can open. */
export function makeSealed(token: HostToken, algorithm: HsmAlgorithm, keyId: string): SealedKey {
  const kind = KEY_KINDS[algorithm];
  if (!isPostQuantum(kind)) throw hsmError('HSM_MECHANISM_MISSING', { actual: algorithm });
  const seed = token.random(kind.seedBytes);
  try {
    const publicKey = publicKeyOfSeed(algorithm, seed);
    return { publicKey, sealedSeed: sealSeed(token, algorithm, keyId, seed) };
  } finally {
    zeroise(seed);
  }
}

/** Seals a seed under the token's own key. */
export function sealSeed(token: HostToken, algorithm: HsmAlgorithm, keyId: string, seed: Uint8Array): Buffer {
  return tokenSeal(token, sealingKey(token), binding(algorithm, keyId), seed);
}

/** Opens a seed. The caller zeroises it. */
export function openSeed(token: HostToken, algorithm: HsmAlgorithm, keyId: string, sealed: Buffer): Buffer {
  return tokenOpen(token, sealingKey(token), binding(algorithm, keyId), sealed);
}

/** The public half that belongs to a seed. */
export function publicKeyOfSeed(algorithm: HsmAlgorithm, seed: Uint8Array): Buffer {
  const scheme = isKem(algorithm) ? KEMS[algorithm] : SIGNERS[algorithm]!;
  return Buffer.from(scheme.publicKey(seed));
}

/** A signer of a sealed key; it holds the seed until it is destroyed. */
export function sealedSigner(
  token: HostToken,
  algorithm: HsmAlgorithm,
  keyId: string,
  sealed: Buffer,
): Signer {
  const seed = openSeed(token, algorithm, keyId, sealed);
  try {
    return SIGNERS[algorithm]!.signer(seed, (target) => target.set(token.random(target.byteLength)));
  } finally {
    zeroise(seed);
  }
}

/** Decapsulates with a sealed key. */
export function sealedDecapsulate(
  token: HostToken,
  algorithm: HsmAlgorithm,
  keyId: string,
  sealed: Buffer,
  ciphertext: Uint8Array,
): Buffer {
  if (!isKem(algorithm)) throw hsmError('HSM_MECHANISM_MISSING', { expected: 'a key that decapsulates' });
  const seed = openSeed(token, algorithm, keyId, sealed);
  try {
    return Buffer.from(KEMS[algorithm].decapsulate(seed, ciphertext));
  } finally {
    zeroise(seed);
  }
}
