import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { x25519 as noble } from '@noble/curves/ed25519.js';
import { requireLength, zeroise } from './options.ts';

export const X25519_BYTES = 32;

const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');

/** The public key of a 32-byte secret (RFC 7748). */
export function x25519PublicKey(secretKey: Uint8Array): Buffer {
  requireLength('X25519 secret key', secretKey, X25519_BYTES);
  return Buffer.from(noble.getPublicKey(secretKey));
}

/** The shared secret of RFC 7748; throws `TypeError` for a point of low order, whose secret would be all zeros. */
export function x25519SharedSecret(options: { secretKey: Uint8Array; publicKey: Uint8Array }): Buffer {
  requireLength('X25519 secret key', options.secretKey, X25519_BYTES);
  requireLength('X25519 public key', options.publicKey, X25519_BYTES);
  const der = Buffer.concat([PKCS8_PREFIX, options.secretKey]);
  try {
    return diffieHellman({
      privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
      publicKey: createPublicKey({
        key: Buffer.concat([SPKI_PREFIX, options.publicKey]),
        format: 'der',
        type: 'spki',
      }),
    });
  } catch (cause) {
    throw new TypeError('X25519: the public key is a point of low order', { cause });
  } finally {
    zeroise(der);
  }
}
