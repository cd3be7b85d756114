import type { FillRandom, Implementation, KeyPair, SignatureScheme, SignatureSizes } from './algorithm.ts';
import { ED25519, ed25519, nativeEd25519, nobleEd25519 } from './ed25519.ts';
import { falcon512 } from './falcon-512.ts';
import { mlDsa44, nativeMlDsa44, nobleMlDsa44 } from './ml-dsa-44.ts';
import { mlDsa65, nativeMlDsa65, nobleMlDsa65 } from './ml-dsa-65.ts';
import { mlDsa87, nativeMlDsa87, nobleMlDsa87 } from './ml-dsa-87.ts';
import { CryptoInputError, refuseUnknownOptions, requireLength, zeroise } from './options.ts';

/**
 * Hybrid signatures: Ed25519 beside a post-quantum scheme over the same bytes, and both must verify,
 * so that a forger has to break both. Keys, secret keys and signatures are Ed25519's part, then the
 * other's. The signed bytes are a prefix that names suite and purpose, then the message; a part
 * taken out of one suite or purpose therefore fits no other, nor stands alone.
 */
export type HybridSuite =
  | 'Ed25519+ML-DSA-44'
  | 'Ed25519+ML-DSA-65'
  | 'Ed25519+ML-DSA-87'
  /** A draft, as Falcon-512 is. */
  | 'Ed25519+Falcon-512';

export interface PurposeAndMessage {
  /**
   * What the signature is for: lower-case letters, digits, `_` and `-`, at most 64. Signatures of
   * batches carry `batch.` before their purpose; nothing else may.
   */
  readonly purpose: string;
  readonly message: Uint8Array;
}

export interface HybridSigner {
  readonly suite: HybridSuite;
  sign(options: PurposeAndMessage): Buffer;
  /** Overwrites what it holds of the secrets; signing is refused from then on. */
  destroy(): void;
}

export interface HybridVerifier {
  readonly suite: HybridSuite;
  /** True where both signatures fit. Throws `CryptoInputError` where the length or the purpose is wrong. */
  verify(options: PurposeAndMessage & { readonly signature: Uint8Array }): boolean;
}

export interface HybridSignature {
  readonly suite: HybridSuite;
  /** That of its post-quantum part. */
  readonly implementation: Implementation;
  readonly sizes: SignatureSizes;
  keyPair(fillRandom: FillRandom): KeyPair;
  publicKey(secretKey: Uint8Array): Buffer;
  signer(options: { readonly secretKey: Uint8Array; readonly fillRandom: FillRandom }): HybridSigner;
  /** @throws CryptoInputError where a half is not canonical or holds an invalid point. */
  verifier(publicKey: Uint8Array): HybridVerifier;
}

const PURPOSE = /^(batch\.)?[a-z0-9][a-z0-9_-]{0,63}$/;

/** What both schemes sign: three lines of prefix, none of which can hold a line break, then the message. */
function signedBytes(suite: HybridSuite, purpose: string, message: Uint8Array): Buffer {
  if (!PURPOSE.test(purpose)) {
    throw new CryptoInputError(
      'purpose_invalid',
      `${suite}: a purpose of 1 to 64 of a-z, 0-9, _ and - expected`,
    );
  }
  if (!(message instanceof Uint8Array)) {
    throw new CryptoInputError('no_bytes', `${suite} message: bytes expected`);
  }
  return Buffer.concat([Buffer.from(`countersign signature v1\n${suite}\n${purpose}\n`, 'latin1'), message]);
}

/** The hybrid of an Ed25519 and a post-quantum scheme. */
function hybridOf(
  suite: HybridSuite,
  classical: SignatureScheme,
  postQuantum: SignatureScheme,
): HybridSignature {
  const add = (key: keyof SignatureSizes) => classical.sizes[key] + postQuantum.sizes[key];
  const sizes: SignatureSizes = {
    secretKeyBytes: add('secretKeyBytes'),
    publicKeyBytes: add('publicKeyBytes'),
    signatureBytes: add('signatureBytes'),
  };
  const halves = (bytes: Uint8Array, key: keyof SignatureSizes, what: string) => {
    requireLength(`${suite} ${what}`, bytes, sizes[key]);
    return [bytes.subarray(0, ED25519[key]), bytes.subarray(ED25519[key])] as const;
  };
  return {
    suite,
    get implementation() {
      return postQuantum.implementation;
    },
    sizes,
    keyPair(fillRandom) {
      const [a, b] = [classical.keyPair(fillRandom), postQuantum.keyPair(fillRandom)];
      const secretKey = Buffer.concat([a.secretKey, b.secretKey]);
      zeroise(a.secretKey, b.secretKey);
      return { publicKey: Buffer.concat([a.publicKey, b.publicKey]), secretKey };
    },
    publicKey(secretKey) {
      const [a, b] = halves(secretKey, 'secretKeyBytes', 'secret key');
      return Buffer.concat([classical.publicKey(a), postQuantum.publicKey(b)]);
    },
    signer(options) {
      refuseUnknownOptions(`${suite} signer`, options, ['secretKey', 'fillRandom']);
      const [a, b] = halves(options.secretKey, 'secretKeyBytes', 'secret key');
      const first = classical.signer(a, options.fillRandom);
      const second = postQuantum.signer(b, options.fillRandom);
      return {
        suite,
        sign(given) {
          refuseUnknownOptions(`${suite} sign`, given, ['purpose', 'message']);
          const bytes = signedBytes(suite, given.purpose, given.message);
          return Buffer.concat([first.sign(bytes), second.sign(bytes)]);
        },
        destroy() {
          first.destroy();
          second.destroy();
        },
      };
    },
    verifier(publicKey) {
      const [a, b] = halves(publicKey, 'publicKeyBytes', 'public key');
      const first = classical.verifier(a);
      const second = postQuantum.verifier(b);
      return {
        suite,
        verify(given) {
          refuseUnknownOptions(`${suite} verify`, given, ['purpose', 'message', 'signature']);
          const [c, d] = halves(given.signature, 'signatureBytes', 'signature');
          const bytes = signedBytes(suite, given.purpose, given.message);
          return first.verify(bytes, c) && second.verify(bytes, d);
        },
      };
    },
  };
}

/** Native where the runtime has the algorithms, noble elsewhere. */
export const hybridSignatures: Readonly<Record<HybridSuite, HybridSignature>> = {
  'Ed25519+ML-DSA-44': hybridOf('Ed25519+ML-DSA-44', ed25519, mlDsa44),
  'Ed25519+ML-DSA-65': hybridOf('Ed25519+ML-DSA-65', ed25519, mlDsa65),
  'Ed25519+ML-DSA-87': hybridOf('Ed25519+ML-DSA-87', ed25519, mlDsa87),
  'Ed25519+Falcon-512': hybridOf('Ed25519+Falcon-512', ed25519, falcon512),
};

const nativeSchemes: Readonly<Partial<Record<HybridSuite, () => SignatureScheme | undefined>>> = {
  'Ed25519+ML-DSA-44': nativeMlDsa44,
  'Ed25519+ML-DSA-65': nativeMlDsa65,
  'Ed25519+ML-DSA-87': nativeMlDsa87,
};

const nobleSchemes: Readonly<Record<HybridSuite, SignatureScheme>> = {
  'Ed25519+ML-DSA-44': nobleMlDsa44,
  'Ed25519+ML-DSA-65': nobleMlDsa65,
  'Ed25519+ML-DSA-87': nobleMlDsa87,
  'Ed25519+Falcon-512': falcon512,
};

/** One implementation of a suite, for comparing; `undefined` where this runtime lacks it. */
export function hybridSignatureBy(
  suite: HybridSuite,
  implementation: Implementation,
): HybridSignature | undefined {
  if (implementation === 'noble') return hybridOf(suite, nobleEd25519, nobleSchemes[suite]);
  const classical = nativeEd25519();
  const postQuantum = nativeSchemes[suite]?.();
  return classical && postQuantum && hybridOf(suite, classical, postQuantum);
}
