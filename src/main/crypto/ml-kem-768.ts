import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { type MlKem, type MlKemParameters, mlKemOf } from './ml-kem.ts';

/** ML-KEM-768 (FIPS 203, table 3): a secret key is its 64-byte seed d ‖ z, from which both halves follow. */
export const ML_KEM_768 = {
  algorithm: 'ML-KEM-768',
  seedBytes: 64,
  publicKeyBytes: 1184,
  ciphertextBytes: 1088,
  sharedSecretBytes: 32,
  oid: '608648016503040402',
} as const satisfies MlKemParameters;

const implementations = mlKemOf(ML_KEM_768, ml_kem768);

/** The pure implementation. */
export const nobleMlKem768: MlKem = implementations.noble;
/** The runtime's own, proven by one round; `undefined` where it has none. */
export const nativeMlKem768: () => MlKem | undefined = implementations.native;
/** Native where the runtime has the algorithm, noble elsewhere. */
export const mlKem768: MlKem = implementations.best;
