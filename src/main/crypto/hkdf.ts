import { hkdfSync } from 'node:crypto';
import { refuseUnknownOptions } from './options.ts';

const MAX_OUTPUT_BYTES = 255 * 32;

export interface HkdfOptions {
  /** Input keying material: high entropy, never a passphrase. */
  readonly secret: Uint8Array;
  /** Random or absent; absent means the 32 zero bytes of RFC 5869. */
  readonly salt?: Uint8Array;
  /** What the output is for. Text is taken as UTF-8. */
  readonly label: string | Uint8Array;
  /** Bytes wanted, 1 to 8160. */
  readonly length: number;
}

/** HKDF-SHA-256, extract and expand (RFC 5869). */
export function hkdfSha256(options: HkdfOptions): Buffer {
  refuseUnknownOptions('hkdfSha256', options, ['secret', 'salt', 'label', 'length']);
  const { secret, salt, label, length } = options;
  if (!Number.isInteger(length) || length < 1 || length > MAX_OUTPUT_BYTES) {
    throw new TypeError(`hkdfSha256: a length from 1 to ${MAX_OUTPUT_BYTES} expected`);
  }
  if (secret.byteLength === 0) throw new TypeError('hkdfSha256: the secret is empty');
  return Buffer.from(hkdfSync('sha256', secret, salt ?? Buffer.alloc(0), label, length));
}
