import { sign, verify } from 'node:crypto';
import { ed25519 as noble } from '@noble/curves/ed25519.js';
import {
  bestScheme,
  nativeIfAny,
  pairFromRandom,
  type SignatureScheme,
  signsAndVerifies,
} from './algorithm.ts';
import { CryptoInputError, requireLength, zeroise } from './options.ts';
import { rawKeyForm } from './raw-keys.ts';

/** Ed25519 (RFC 8032): a secret key is its 32-byte seed, and signing takes no randomness. */
export const ED25519 = {
  algorithm: 'Ed25519',
  secretKeyBytes: 32,
  publicKeyBytes: 32,
  signatureBytes: 64,
  oid: '2b6570',
} as const;

/** Strict: the rules of RFC 8032 and FIPS 186-5, not the lax ones that blockchains agree on. */
const STRICT = { zip215: false } as const;

/**
 * Refuses what is no point of the curve, is written in a second way, or has so small an order that
 * one signature fits every message. OpenSSL alone would take all three.
 */
function requirePoint(publicKey: Uint8Array): void {
  requireLength('Ed25519 public key', publicKey, ED25519.publicKeyBytes);
  let smallOrder: boolean;
  try {
    smallOrder = noble.Point.fromBytes(Uint8Array.from(publicKey)).isSmallOrder();
  } catch (cause) {
    throw new CryptoInputError('point_invalid', 'Ed25519: the public key is no point of the curve', {
      cause,
    });
  }
  if (smallOrder) {
    throw new CryptoInputError('point_invalid', 'Ed25519: the public key is a point of low order');
  }
}

const requireSeed = (seed: Uint8Array) => requireLength('Ed25519 secret key', seed, ED25519.secretKeyBytes);

const requireSignature = (signature: Uint8Array) =>
  requireLength('Ed25519 signature', signature, ED25519.signatureBytes);

const destroyed = () => new CryptoInputError('signer_destroyed', 'Ed25519: the signer is gone');

/** The pure implementation. */
export const nobleEd25519: SignatureScheme = {
  algorithm: ED25519.algorithm,
  implementation: 'noble',
  sizes: ED25519,
  keyPair: (fillRandom) => pairFromRandom(nobleEd25519, fillRandom),
  publicKey(seed) {
    requireSeed(seed);
    return Buffer.from(noble.getPublicKey(seed));
  },
  signer(seed) {
    requireSeed(seed);
    let copy: Buffer | undefined = Buffer.from(seed);
    return {
      sign(message) {
        if (copy === undefined) throw destroyed();
        return Buffer.from(noble.sign(message, copy));
      },
      destroy() {
        zeroise(copy);
        copy = undefined;
      },
    };
  },
  verifier(publicKey) {
    requirePoint(publicKey);
    const key = Uint8Array.from(publicKey);
    return {
      verify(message, signature) {
        requireSignature(signature);
        return noble.verify(signature, message, key, STRICT);
      },
    };
  },
};

function runtimeEd25519(): SignatureScheme {
  const form = rawKeyForm({ secretTag: 0x04, ...ED25519 });
  const importSeed = (seed: Uint8Array) => {
    requireSeed(seed);
    return form.secretKey(seed);
  };
  const scheme: SignatureScheme = {
    algorithm: ED25519.algorithm,
    implementation: 'native',
    sizes: ED25519,
    keyPair: (fillRandom) => pairFromRandom(scheme, fillRandom),
    publicKey: (seed) => form.rawPublicKey(importSeed(seed)),
    signer(seed) {
      let key: ReturnType<typeof importSeed> | undefined = importSeed(seed);
      return {
        sign(message) {
          if (key === undefined) throw destroyed();
          return sign(null, message, key);
        },
        destroy() {
          key = undefined;
        },
      };
    },
    verifier(publicKey) {
      requirePoint(publicKey);
      const key = form.publicKey(publicKey);
      return {
        verify(message, signature) {
          requireSignature(signature);
          return verify(null, message, key, signature);
        },
      };
    },
  };
  return scheme;
}

/** The runtime's own, proven by one signature; `undefined` where it has none. */
export const nativeEd25519: () => SignatureScheme | undefined = nativeIfAny(runtimeEd25519, signsAndVerifies);

/** Native where the runtime has the algorithm, noble elsewhere. */
export const ed25519: SignatureScheme = bestScheme(nativeEd25519, nobleEd25519);
