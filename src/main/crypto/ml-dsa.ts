import { sign, verify } from 'node:crypto';
import type { DSA } from '@noble/post-quantum/ml-dsa.js';
import {
  bestScheme,
  type FillRandom,
  nativeIfAny,
  pairFromRandom,
  type SignatureScheme,
  signsAndVerifies,
} from './algorithm.ts';
import { asBuffer, CryptoInputError, requireLength, zeroise } from './options.ts';
import { rawKeyForm } from './raw-keys.ts';

/**
 * ML-DSA (FIPS 204), pure and with an empty context, over one row of its parameter table. A secret
 * key is kept as its 32-byte seed ξ. Signing is hedged: each signature takes fresh randomness.
 */
export interface MlDsaParameters {
  readonly algorithm: 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87';
  readonly secretKeyBytes: 32;
  readonly publicKeyBytes: number;
  readonly signatureBytes: number;
  /** Content of the OBJECT IDENTIFIER (RFC 9881), as hex. */
  readonly oid: string;
}

/** What one file of a parameter set answers. */
export interface MlDsaImplementations {
  readonly noble: SignatureScheme;
  readonly native: () => SignatureScheme | undefined;
  /** Native where the runtime has the algorithm, noble elsewhere. */
  readonly best: SignatureScheme;
}

const SIGNING_RANDOM_BYTES = 32;

/** The pure implementation, for runtimes whose OpenSSL or BoringSSL has no ML-DSA. */
function nobleMlDsa(parameters: MlDsaParameters, noble: DSA): SignatureScheme {
  const { algorithm } = parameters;
  const expand = (seed: Uint8Array) => {
    requireLength(`${algorithm} secret key`, seed, parameters.secretKeyBytes);
    return noble.keygen(seed);
  };
  const scheme: SignatureScheme = {
    algorithm,
    implementation: 'noble',
    sizes: parameters,
    keyPair: (fillRandom) => pairFromRandom(scheme, fillRandom),
    publicKey(seed) {
      const { publicKey, secretKey } = expand(seed);
      zeroise(secretKey);
      return asBuffer(publicKey);
    },
    signer(seed, fillRandom) {
      const { secretKey } = expand(seed);
      let destroyed = false;
      return {
        sign(message) {
          if (destroyed) throw new CryptoInputError('signer_destroyed', `${algorithm}: the signer is gone`);
          const extraEntropy = new Uint8Array(SIGNING_RANDOM_BYTES);
          fillRandom(extraEntropy);
          try {
            return asBuffer(noble.sign(message, secretKey, { extraEntropy }));
          } finally {
            zeroise(extraEntropy);
          }
        },
        destroy() {
          destroyed = true;
          zeroise(secretKey);
        },
      };
    },
    verifier(publicKey) {
      requireLength(`${algorithm} public key`, publicKey, parameters.publicKeyBytes);
      const key = Uint8Array.from(publicKey);
      return {
        verify(message, signature) {
          requireLength(`${algorithm} signature`, signature, parameters.signatureBytes);
          return noble.verify(signature, message, key);
        },
      };
    },
  };
  return scheme;
}

function nativeMlDsa(parameters: MlDsaParameters): SignatureScheme {
  const { algorithm } = parameters;
  const form = rawKeyForm({ secretTag: 0x80, ...parameters });
  const importSeed = (seed: Uint8Array) => {
    requireLength(`${algorithm} secret key`, seed, parameters.secretKeyBytes);
    return form.secretKey(seed);
  };
  const scheme: SignatureScheme = {
    algorithm,
    implementation: 'native',
    sizes: parameters,
    keyPair: (fillRandom: FillRandom) => pairFromRandom(scheme, fillRandom),
    publicKey: (seed) => form.rawPublicKey(importSeed(seed)),
    signer(seed) {
      // The runtime's key object cannot be overwritten; letting it go frees and cleanses it.
      let key: ReturnType<typeof importSeed> | undefined = importSeed(seed);
      return {
        sign(message) {
          if (key === undefined) {
            throw new CryptoInputError('signer_destroyed', `${algorithm}: the signer is gone`);
          }
          return sign(null, message, key);
        },
        destroy() {
          key = undefined;
        },
      };
    },
    verifier(publicKey) {
      requireLength(`${algorithm} public key`, publicKey, parameters.publicKeyBytes);
      const key = form.publicKey(publicKey);
      return {
        verify(message, signature) {
          requireLength(`${algorithm} signature`, signature, parameters.signatureBytes);
          return verify(null, message, key, signature);
        },
      };
    },
  };
  return scheme;
}

/** Both implementations of one parameter set. */
export function mlDsaOf(parameters: MlDsaParameters, noble: DSA): MlDsaImplementations {
  const pure = nobleMlDsa(parameters, noble);
  const native = nativeIfAny(() => nativeMlDsa(parameters), signsAndVerifies);
  return { noble: pure, native, best: bestScheme(native, pure) };
}
