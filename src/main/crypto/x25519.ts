import { diffieHellman } from 'node:crypto';
import { CryptoInputError, refuseUnknownOptions, requireLength } from './options.ts';
import { rawKeyForm } from './raw-keys.ts';

export const X25519_BYTES = 32;

/** id-X25519, 1.3.101.110 (RFC 8410). Every runtime that Countersign runs on has it. */
const form = rawKeyForm({
  oid: '2b656e',
  secretTag: 0x04,
  secretKeyBytes: X25519_BYTES,
  publicKeyBytes: X25519_BYTES,
});

/** The public key of a 32-byte secret (RFC 7748). */
export function x25519PublicKey(secretKey: Uint8Array): Buffer {
  requireLength('X25519 secret key', secretKey, X25519_BYTES);
  return form.rawPublicKey(form.secretKey(secretKey));
}

/**
 * The shared secret of RFC 7748.
 * @throws CryptoInputError for a point of low order, whose secret would be all zeros.
 */
export function x25519SharedSecret(options: { secretKey: Uint8Array; publicKey: Uint8Array }): Buffer {
  refuseUnknownOptions('x25519SharedSecret', options, ['secretKey', 'publicKey']);
  requireLength('X25519 secret key', options.secretKey, X25519_BYTES);
  requireLength('X25519 public key', options.publicKey, X25519_BYTES);
  try {
    return diffieHellman({
      privateKey: form.secretKey(options.secretKey),
      publicKey: form.publicKey(options.publicKey),
    });
  } catch (cause) {
    throw new CryptoInputError('point_invalid', 'X25519: the public key is a point of low order', { cause });
  }
}
