import { ml_kem512 } from '@noble/post-quantum/ml-kem.js';
import { type MlKem, type MlKemParameters, mlKemOf } from './ml-kem.ts';

/** ML-KEM-512 (FIPS 203, table 3): a secret key is its 64-byte seed d ‖ z, from which both halves follow. */
export const ML_KEM_512 = {
  algorithm: 'ML-KEM-512',
  seedBytes: 64,
  publicKeyBytes: 800,
  ciphertextBytes: 768,
  sharedSecretBytes: 32,
  oid: '608648016503040401',
} as const satisfies MlKemParameters;

const implementations = mlKemOf(ML_KEM_512, ml_kem512);

/** The pure implementation. */
export const nobleMlKem512: MlKem = implementations.noble;
/** The runtime's own, proven by one round; `undefined` where it has none. */
export const nativeMlKem512: () => MlKem | undefined = implementations.native;
/** Native where the runtime has the algorithm, noble elsewhere. */
export const mlKem512: MlKem = implementations.best;
