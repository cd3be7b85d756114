import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { zeroise } from './options.ts';

/**
 * `node:crypto` takes keys as DER; this room keeps them raw. The DER around a raw key is a fixed
 * prefix: SubjectPublicKeyInfo for a public key, PKCS #8 for a secret one.
 */
export interface RawKeyForm {
  secretKey(raw: Uint8Array): KeyObject;
  publicKey(raw: Uint8Array): KeyObject;
  /** The raw public half of either key. */
  rawPublicKey(key: KeyObject): Buffer;
}

export interface RawKeyFormOptions {
  /** Content of the algorithm's OBJECT IDENTIFIER, as hex. */
  readonly oid: string;
  /** Tag around the raw secret: 0x04 for RFC 8410's curves, 0x80 for the seed of RFC 9881 and 9935. */
  readonly secretTag: 0x04 | 0x80;
  readonly secretKeyBytes: number;
  readonly publicKeyBytes: number;
}

function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...head), body]);
}

/** How the raw keys of one algorithm become key objects of the runtime. */
export function rawKeyForm(options: RawKeyFormOptions): RawKeyForm {
  const { oid, secretTag, secretKeyBytes, publicKeyBytes } = options;
  const algorithm = tlv(0x30, tlv(0x06, Buffer.from(oid, 'hex')));
  const emptyPkcs8 = tlv(
    0x30,
    Buffer.of(0x02, 0x01, 0x00),
    algorithm,
    tlv(0x04, tlv(secretTag, Buffer.alloc(secretKeyBytes))),
  );
  const emptySpki = tlv(0x30, algorithm, tlv(0x03, Buffer.of(0), Buffer.alloc(publicKeyBytes)));
  const pkcs8Prefix = emptyPkcs8.subarray(0, -secretKeyBytes);
  const spkiPrefix = emptySpki.subarray(0, -publicKeyBytes);
  return {
    secretKey(raw) {
      const der = Buffer.concat([pkcs8Prefix, raw]);
      try {
        return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
      } finally {
        zeroise(der);
      }
    },
    publicKey: (raw) =>
      createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' }),
    rawPublicKey(key) {
      const publicKey = key.type === 'public' ? key : createPublicKey(key);
      const spki = publicKey.export({ type: 'spki', format: 'der' });
      return Buffer.from(spki.subarray(spki.length - publicKeyBytes));
    },
  };
}
