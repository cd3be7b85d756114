import { AES_GCM_NONCE_BYTES, aesGcmSeal, hkdfSha256, zeroise } from '../crypto/index.ts';

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
 * By what a token is seen to hold the key: the first bytes of what AES-GCM makes of a block of zeros
 * under a nonce of zeros. `CKA_CHECK_VALUE` of PKCS#11 has three bytes, too few to tell keys apart, and
 * not every token has the bare block cipher. No random nonce is ever all zeros.
 */
export function checkValueOf(key: Uint8Array): string {
  const nonce = Buffer.alloc(AES_GCM_NONCE_BYTES);
  const sealed = aesGcmSeal(key, nonce, Buffer.alloc(0), Buffer.alloc(16));
  return sealed.subarray(AES_GCM_NONCE_BYTES, AES_GCM_NONCE_BYTES + 8).toString('hex');
}
