/**
 * Post-quantum keys that a token does not carry: their seed is sealed under an AES key that cannot
 * leave it, and opened only here, in the process of the HSM. That AES key is the root key of a
 * ceremony where one was made: every token that gets it back from its custodians opens the same
 * seeds. Without one it is a key of the token's own, and the seeds are lost with the token.
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
import type { KeyRef } from './calls.ts';
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

/** A ceremony's root key on this token. */
const rootKey = (token: HostToken, id: string): Handle | undefined =>
  token.find(byIdAndClass(Buffer.from(id, 'hex'), CKO.SECRET_KEY), 1)[0];

/** The key that a seed lies under. Throws `HSM_KEY_UNKNOWN` where its root key is not on this token. */
function sealingKey(token: HostToken, under: string | null): Handle {
  if (under === null) return ownKey(token);
  const found = rootKey(token, under);
  if (found !== undefined) return found;
  throw hsmError('HSM_KEY_UNKNOWN', { expected: 'the root key that the seed lies under' });
}

/** The token's own sealing key, made the first time it is needed. */
function ownKey(token: HostToken): Handle {
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

/** A key whose seed is sealed. */
type SealedRef = Pick<KeyRef, 'keyId' | 'algorithm' | 'sealedUnder'> & { readonly sealedSeed: string };

/** A seed that was sealed, and what it lies under. */
export interface SealedSeed {
  readonly sealedSeed: string;
  readonly sealedUnder: string | null;
}

/** Makes a post-quantum key whose seed a token alone can open. */
export function makeSealed(
  token: HostToken,
  algorithm: HsmAlgorithm,
  keyId: string,
  under: string | null,
): SealedSeed & { readonly publicKey: Buffer } {
  const kind = KEY_KINDS[algorithm];
  if (!isPostQuantum(kind)) throw hsmError('HSM_MECHANISM_MISSING', { actual: algorithm });
  const seed = token.random(kind.seedBytes);
  try {
    const publicKey = publicKeyOfSeed(algorithm, seed);
    return { publicKey, ...sealSeed(token, { algorithm, keyId, under }, seed) };
  } finally {
    zeroise(seed);
  }
}

/** Seals a seed under the root key `under` where this token holds it, else under the token's own key. */
export function sealSeed(
  token: HostToken,
  { algorithm, keyId, under }: { algorithm: HsmAlgorithm; keyId: string; under: string | null },
  seed: Uint8Array,
): SealedSeed {
  const sealedUnder = under !== null && rootKey(token, under) !== undefined ? under : null;
  const sealed = tokenSeal(token, sealingKey(token, sealedUnder), binding(algorithm, keyId), seed);
  return { sealedSeed: sealed.toString('base64'), sealedUnder };
}

/** Opens a seed. The caller zeroises it. */
export function openSeed(token: HostToken, ref: SealedRef): Buffer {
  const { algorithm, keyId, sealedSeed, sealedUnder = null } = ref;
  const sealed = Buffer.from(sealedSeed, 'base64');
  return tokenOpen(token, sealingKey(token, sealedUnder), binding(algorithm, keyId), sealed);
}

/** Seals a seed under another root key, and opens it again before anybody relies on it. */
export function reseal(token: HostToken, ref: SealedRef & { publicKey: string; to: string }): string {
  const { algorithm, keyId, publicKey, to } = ref;
  sealingKey(token, to);
  const seed = requireSeedOf(token, ref, publicKey);
  try {
    const { sealedSeed } = sealSeed(token, { algorithm, keyId, under: to }, seed);
    zeroise(requireSeedOf(token, { algorithm, keyId, sealedSeed, sealedUnder: to }, publicKey));
    return sealedSeed;
  } finally {
    zeroise(seed);
  }
}

/** Opens a seed and holds it against the public half. Throws `HSM_KEY_CHANGED`. */
function requireSeedOf(token: HostToken, ref: SealedRef, publicKey: string): Buffer {
  const seed = openSeed(token, ref);
  if (publicKeyOfSeed(ref.algorithm, seed).toString('base64') === publicKey) return seed;
  zeroise(seed);
  throw hsmError('HSM_KEY_CHANGED', { expected: 'the seed of the key' });
}

/** The public half that belongs to a seed. */
export function publicKeyOfSeed(algorithm: HsmAlgorithm, seed: Uint8Array): Buffer {
  const scheme = isKem(algorithm) ? KEMS[algorithm] : SIGNERS[algorithm]!;
  return Buffer.from(scheme.publicKey(seed));
}

/** A signer of a sealed key; it holds the seed until it is destroyed. */
export function sealedSigner(token: HostToken, ref: SealedRef): Signer {
  const seed = openSeed(token, ref);
  try {
    return SIGNERS[ref.algorithm]!.signer(seed, (target) => target.set(token.random(target.byteLength)));
  } finally {
    zeroise(seed);
  }
}

/** Decapsulates with a sealed key. */
export function sealedDecapsulate(token: HostToken, ref: SealedRef, ciphertext: Uint8Array): Buffer {
  const { algorithm } = ref;
  if (!isKem(algorithm)) throw hsmError('HSM_MECHANISM_MISSING', { expected: 'a key that decapsulates' });
  const seed = openSeed(token, ref);
  try {
    return Buffer.from(KEMS[algorithm].decapsulate(seed, ciphertext));
  } finally {
    zeroise(seed);
  }
}
