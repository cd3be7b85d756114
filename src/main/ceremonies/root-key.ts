import { createCipheriv } from 'node:crypto';
import { hkdfSha256, zeroise } from '../crypto/index.ts';

/**
 * A ceremony's secret is 32 random bytes. What goes into the token is derived of it, by another label
 * for a rehearsal, so that no share of a rehearsal ever gives a key that anything real lies under.
 */
export function installedKey(secret: Uint8Array, rehearsal: boolean): Buffer {
  const label = rehearsal ? 'countersign rehearsal key v1' : 'countersign root kek v1';
  return hkdfSha256({ secret, label, length: 32 });
}

/** What tells the key to people and in transcripts: 16 bytes as hex. */
export function fingerprintOf(secret: Uint8Array, rehearsal: boolean): string {
  const key = installedKey(secret, rehearsal);
  const print = hkdfSha256({ secret: key, label: 'countersign key fingerprint v1', length: 16 });
  zeroise(key);
  return print.toString('hex');
}

/**
 * The check value of an AES key as tokens show it: the first bytes of the encryption of a block of
 * zeros (PKCS#11 3.1, `CKA_CHECK_VALUE`, three bytes there; eight here).
 */
export function checkValueOf(key: Uint8Array): string {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return cipher.update(Buffer.alloc(16)).subarray(0, 8).toString('hex');
}
