/**
 * The three algorithms that verification needs, handed in: the engine has them from its runtime, the
 * static verifier brings its own. None of them throws for input that is merely wrong.
 */
export interface Primitives {
  sha256(message: Uint8Array): Uint8Array;
  /** Ed25519 (RFC 8032), strict. */
  verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** ML-DSA-44 (FIPS 204), pure, empty context. */
  verifyMlDsa44(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** ML-DSA-65 and ML-DSA-87, as people's keys sign: pure, empty context. */
  verifyMlDsa65(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  verifyMlDsa87(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

export type Sha256 = Primitives['sha256'];
