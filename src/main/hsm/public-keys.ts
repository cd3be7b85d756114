/** Public halves: read from a token, and what a signature is verified with before it leaves. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { mlDsa65, mlDsa87, type Verifier } from '../crypto/index.ts';
import { type HsmAlgorithm, KEY_KINDS } from './algorithms.ts';
import { hsmError } from './refusals.ts';

/** SubjectPublicKeyInfo of P-256 up to its point, and of Ed25519 up to its key. */
const P256_PREFIX = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
const ED25519_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

function tlv(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}

const unsigned = (bytes: Buffer): Buffer =>
  bytes[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;

/** CKA_EC_POINT is an octet string around the point; some tokens leave the wrapping out. */
function pointOf(attribute: Buffer, length: number): Buffer {
  if (attribute.length === length) return attribute;
  if (attribute.length === length + 2 && attribute[0] === 0x04 && attribute[1] === length) {
    return attribute.subarray(2);
  }
  throw hsmError('HSM_TOKEN_FAILED', { expected: `a public point of ${length} bytes` });
}

/** The public key as we keep it, from what the token says of its public object. */
export function publicKeyOf(
  algorithm: HsmAlgorithm,
  read: {
    readonly point?: Buffer;
    readonly modulus?: Buffer;
    readonly exponent?: Buffer;
    readonly value?: Buffer;
  },
): Buffer {
  switch (KEY_KINDS[algorithm].family) {
    case 'ec':
      return Buffer.concat([P256_PREFIX, pointOf(read.point!, 65)]);
    case 'edwards':
      return pointOf(read.point!, 32);
    case 'rsa': {
      const key = tlv(
        0x30,
        Buffer.concat([tlv(0x02, unsigned(read.modulus!)), tlv(0x02, unsigned(read.exponent!))]),
      );
      const identifier = Buffer.from('300d06092a864886f70d0101010500', 'hex');
      return tlv(0x30, Buffer.concat([identifier, tlv(0x03, Buffer.concat([Buffer.of(0), key]))]));
    }
    case 'aes':
      return Buffer.alloc(0);
    default:
      return read.value!;
  }
}

function keyObject(algorithm: HsmAlgorithm, publicKey: Buffer): KeyObject {
  const isEdwards = KEY_KINDS[algorithm].family === 'edwards';
  const key = isEdwards ? Buffer.concat([ED25519_PREFIX, publicKey]) : publicKey;
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

/** What verifies signatures of a key, outside of the token that made them. */
export function verifierOf(algorithm: HsmAlgorithm, publicKey: Buffer): Verifier {
  const kind = KEY_KINDS[algorithm];
  if (kind.family === 'ml-dsa') return (algorithm === 'ML-DSA-65' ? mlDsa65 : mlDsa87).verifier(publicKey);
  const key = keyObject(algorithm, publicKey);
  switch (kind.family) {
    case 'ec': {
      const options = { key, dsaEncoding: 'ieee-p1363' } as const;
      return { verify: (message, signature) => verify('sha256', message, options, signature) };
    }
    case 'edwards':
      return { verify: (message, signature) => verify(null, message, key, signature) };
    case 'rsa':
      return { verify: (message, signature) => verify('sha256', message, key, signature) };
    default:
      throw hsmError('HSM_MECHANISM_MISSING', { expected: 'a key that signs', actual: algorithm });
  }
}

/** The attributes of a public object, from the key as we keep it. */
export function spkiParts(
  algorithm: HsmAlgorithm,
  publicKey: Buffer,
): { readonly point?: Buffer; readonly modulus?: Buffer; readonly exponent?: Buffer } {
  const { family } = KEY_KINDS[algorithm];
  if (family === 'ec') return { point: tlv(0x04, publicKey.subarray(P256_PREFIX.length)) };
  if (family === 'edwards') return { point: tlv(0x04, publicKey) };
  const { n, e } = keyObject(algorithm, publicKey).export({ format: 'jwk' });
  return { modulus: Buffer.from(n!, 'base64url'), exponent: Buffer.from(e!, 'base64url') };
}

/** Whether a signature of a key holds; a wrong length is no error, but wrong. */
export function verifySigned(
  algorithm: HsmAlgorithm,
  publicKey: Buffer,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return holds(verifierOf(algorithm, publicKey), message, signature);
}

/** `verify`, for which a wrong length is no fault of ours: such a signature is wrong. */
export function holds(verifier: Verifier, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verifier.verify(message, signature);
  } catch {
    return false;
  }
}
