import { ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import { type MlKem, type MlKemParameters, mlKemOf } from './ml-kem.ts';

/** ML-KEM-1024 (FIPS 203, table 3): a secret key is its 64-byte seed d ‖ z, from which both halves follow. */
export const ML_KEM_1024 = {
  algorithm: 'ML-KEM-1024',
  seedBytes: 64,
  publicKeyBytes: 1568,
  ciphertextBytes: 1568,
  sharedSecretBytes: 32,
  oid: '608648016503040403',
} as const satisfies MlKemParameters;

const implementations = mlKemOf(ML_KEM_1024, ml_kem1024);

/** The pure implementation. */
export const nobleMlKem1024: MlKem = implementations.noble;
/** The runtime's own, proven by one round; `undefined` where it has none. */
export const nativeMlKem1024: () => MlKem | undefined = implementations.native;
/** Native where the runtime has the algorithm, noble elsewhere. */
export const mlKem1024: MlKem = implementations.best;

export type MlKem1024 = MlKem;
