export {
  AES_GCM_NONCE_BYTES,
  type AesKey,
  aesGcmOpen,
  aesGcmSeal,
} from './aes-gcm.ts';
export { ARGON2_DEFAULT, type Argon2Cost, argon2CostProblem, argon2id } from './argon2id.ts';
export { type CanonicalJson, canonicalJson, canonicalJsonBytes } from './canonical-json.ts';
export { hkdfSha256 } from './hkdf.ts';
export {
  type CompleteNode,
  EMPTY_ROOT,
  Frontier,
  inclusionProof,
  leafHash,
  merkleRoot,
  nodeHash,
  verifyInclusion,
} from './merkle.ts';
export {
  ML_KEM_1024,
  type MlKem1024,
  mlKem1024,
  nativeMlKem1024IfAny,
  nobleMlKem1024,
} from './ml-kem-1024.ts';
export { asBuffer, zeroise } from './options.ts';
export { SHA256_BYTES, sha256 } from './sha256.ts';
export {
  type FillRandom,
  type HybridKeyPair,
  hybridDecapsulate,
  hybridEncapsulate,
  hybridKeyPair,
  hybridPublicKey,
  X25519_MLKEM1024,
} from './x25519-mlkem1024.ts';
