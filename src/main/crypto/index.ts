export {
  AES_GCM_NONCE_BYTES,
  type AesKey,
  aesGcmOpen,
  aesGcmSeal,
} from './aes-gcm.ts';
export type {
  FillRandom,
  Implementation,
  Kem,
  KeyPair,
  SignatureScheme,
  Signer,
  Verifier,
} from './algorithm.ts';
export { ARGON2_DEFAULT, type Argon2Cost, argon2CostProblem, argon2id } from './argon2id.ts';
export { type BatchHead, MAX_BATCH_ITEMS } from './batch-evidence.ts';
export {
  type BatchVerdict,
  type BatchVerifier,
  batchVerifier,
  type SignedBatch,
  signBatch,
  verifyBatchItem,
} from './batch-signature.ts';
export { type CanonicalJson, canonicalJson, canonicalJsonBytes } from './canonical-json.ts';
export { ed25519 } from './ed25519.ts';
export { FALCON_512, falcon512 } from './falcon-512.ts';
export { hkdfSha256 } from './hkdf.ts';
export {
  type HybridSignature,
  type HybridSigner,
  type HybridSuite,
  type HybridVerifier,
  hybridSignatureBy,
  hybridSignatures,
} from './hybrid-signature.ts';
export {
  type CompleteNode,
  EMPTY_ROOT,
  Frontier,
  inclusionProof,
  leafHash,
  merkleRoot,
  nodeHash,
  rootFromProof,
  verifyInclusion,
} from './merkle.ts';
export { MerkleLevels } from './merkle-levels.ts';
export { ML_DSA_44, mlDsa44 } from './ml-dsa-44.ts';
export { ML_DSA_65, mlDsa65 } from './ml-dsa-65.ts';
export { ML_DSA_87, mlDsa87 } from './ml-dsa-87.ts';
export type { MlKem } from './ml-kem.ts';
export { ML_KEM_512, mlKem512 } from './ml-kem-512.ts';
export { ML_KEM_768, mlKem768 } from './ml-kem-768.ts';
export {
  ML_KEM_1024,
  type MlKem1024,
  mlKem1024,
} from './ml-kem-1024.ts';
export { asBuffer, type CryptoInputCode, CryptoInputError, zeroise } from './options.ts';
export {
  type PickProfileOptions,
  type ProfileChoice,
  type ProfileConstraints,
  type ProfileObjection,
  pickProfile,
  type RefusedProfile,
} from './profile-choice.ts';
export {
  type Figures,
  kemOf,
  type MeasuredImplementation,
  measureProfile,
  type ProfileFigures,
  signatureOf,
} from './profile-measure.ts';
export {
  type PolicyRefusal,
  PROFILES,
  type Profile,
  type ProfileName,
  type ProfilePolicy,
  raiseProfile,
} from './profiles.ts';
export {
  ALGORITHMS,
  findAlgorithm,
  type Primitive,
  type RegisteredAlgorithm,
  weaknessOf,
} from './registry.ts';
export { SHA256_BYTES, sha256 } from './sha256.ts';
export { combine, type Share, split } from './shamir.ts';
export { X_WING, xWing } from './x-wing.ts';
export {
  type HybridKeyPair,
  hybridDecapsulate,
  hybridEncapsulate,
  hybridKeyPair,
  hybridPublicKey,
  X25519_MLKEM1024,
  x25519MlKem1024,
} from './x25519-mlkem1024.ts';
