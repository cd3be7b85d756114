import { hash } from 'node:crypto';

export const SHA256_BYTES = 32;

/**
 * SHA-256 of one byte string, through the one-shot call. The digest takes the way round a Latin-1
 * string, one character a byte, because that is more than twice as fast as asking for a buffer.
 */
export function sha256(message: Uint8Array): Buffer {
  return Buffer.from(hash('sha256', message, 'binary'), 'binary');
}
