import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { CryptoInputError, requireLength } from './options.ts';

export const AES_GCM_KEY_BYTES = 32;
export const AES_GCM_NONCE_BYTES = 12;
export const AES_GCM_TAG_BYTES = 16;

/** A 32-byte AES key, as bytes or as the runtime's key object. */
export type AesKey = Uint8Array | KeyObject;

/** A tag that was cut short is refused. */
const WHOLE_TAG = { authTagLength: AES_GCM_TAG_BYTES };

function requireKey(where: string, key: AesKey): void {
  if (key instanceof Uint8Array) requireLength(`${where} key`, key, AES_GCM_KEY_BYTES);
  else if (key.symmetricKeySize !== AES_GCM_KEY_BYTES) {
    throw new CryptoInputError('length_wrong', `${where}: a 32-byte key expected`);
  }
}

/**
 * AES-256-GCM (NIST SP 800-38D). Answers nonce ‖ ciphertext ‖ tag (12 + n + 16 bytes). The caller
 * hands in the nonce, because only it knows that no nonce is used twice under one key.
 */
export function aesGcmSeal(key: AesKey, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Buffer {
  requireKey('aesGcmSeal', key);
  requireLength('aesGcmSeal nonce', nonce, AES_GCM_NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(aad);
  const body = cipher.update(plaintext);
  cipher.final();
  const sealed = Buffer.allocUnsafe(AES_GCM_NONCE_BYTES + body.length + AES_GCM_TAG_BYTES);
  sealed.set(nonce, 0);
  sealed.set(body, AES_GCM_NONCE_BYTES);
  sealed.set(cipher.getAuthTag(), AES_GCM_NONCE_BYTES + body.length);
  return sealed;
}

/**
 * Opens nonce ‖ ciphertext ‖ tag. Answers `undefined` where the value is too short or its tag does
 * not fit; it never says which, and no plaintext leaves before the tag was checked.
 */
export function aesGcmOpen(key: AesKey, aad: Uint8Array, sealed: Uint8Array): Buffer | undefined {
  requireKey('aesGcmOpen', key);
  const tagStart = sealed.byteLength - AES_GCM_TAG_BYTES;
  if (tagStart < AES_GCM_NONCE_BYTES) return undefined;
  const nonce = sealed.subarray(0, AES_GCM_NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, WHOLE_TAG);
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(tagStart));
  const plaintext = decipher.update(sealed.subarray(AES_GCM_NONCE_BYTES, tagStart));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    return undefined;
  }
  return plaintext;
}
