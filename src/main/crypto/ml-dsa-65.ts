import { ml_dsa65 } from '@noble/post-quantum/ml-dsa.js';
import type { SignatureScheme } from './algorithm.ts';
import { type MlDsaParameters, mlDsaOf } from './ml-dsa.ts';

/** ML-DSA-65 (FIPS 204, table 2): a secret key is its 32-byte seed. */
export const ML_DSA_65 = {
  algorithm: 'ML-DSA-65',
  secretKeyBytes: 32,
  publicKeyBytes: 1952,
  signatureBytes: 3309,
  oid: '608648016503040312',
} as const satisfies MlDsaParameters;

const implementations = mlDsaOf(ML_DSA_65, ml_dsa65);

/** The pure implementation. */
export const nobleMlDsa65: SignatureScheme = implementations.noble;
/** The runtime's own, proven by one signature; `undefined` where it has none. */
export const nativeMlDsa65: () => SignatureScheme | undefined = implementations.native;
/** Native where the runtime has the algorithm, noble elsewhere. */
export const mlDsa65: SignatureScheme = implementations.best;
