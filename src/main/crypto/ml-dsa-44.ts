import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js';
import type { SignatureScheme } from './algorithm.ts';
import { type MlDsaParameters, mlDsaOf } from './ml-dsa.ts';

/** ML-DSA-44 (FIPS 204, table 2): a secret key is its 32-byte seed. */
export const ML_DSA_44 = {
  algorithm: 'ML-DSA-44',
  secretKeyBytes: 32,
  publicKeyBytes: 1312,
  signatureBytes: 2420,
  oid: '608648016503040311',
} as const satisfies MlDsaParameters;

const implementations = mlDsaOf(ML_DSA_44, ml_dsa44);

/** The pure implementation. */
export const nobleMlDsa44: SignatureScheme = implementations.noble;
/** The runtime's own, proven by one signature; `undefined` where it has none. */
export const nativeMlDsa44: () => SignatureScheme | undefined = implementations.native;
/** Native where the runtime has the algorithm, noble elsewhere. */
export const mlDsa44: SignatureScheme = implementations.best;
