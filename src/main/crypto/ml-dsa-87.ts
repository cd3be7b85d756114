import { ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import type { SignatureScheme } from './algorithm.ts';
import { type MlDsaParameters, mlDsaOf } from './ml-dsa.ts';

/** ML-DSA-87 (FIPS 204, table 2): a secret key is its 32-byte seed. */
export const ML_DSA_87 = {
  algorithm: 'ML-DSA-87',
  secretKeyBytes: 32,
  publicKeyBytes: 2592,
  signatureBytes: 4627,
  oid: '608648016503040313',
} as const satisfies MlDsaParameters;

const implementations = mlDsaOf(ML_DSA_87, ml_dsa87);

/** The pure implementation. */
export const nobleMlDsa87: SignatureScheme = implementations.noble;
/** The runtime's own, proven by one signature; `undefined` where it has none. */
export const nativeMlDsa87: () => SignatureScheme | undefined = implementations.native;
/** Native where the runtime has the algorithm, noble elsewhere. */
export const mlDsa87: SignatureScheme = implementations.best;
