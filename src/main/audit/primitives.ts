import {
  CryptoInputError,
  ed25519,
  mlDsa44,
  mlDsa65,
  mlDsa87,
  type SignatureScheme,
  sha256,
} from '../crypto/index.ts';
import type { Primitives } from '../proof/index.ts';

/** A key or signature of a wrong form fits nothing. */
function verifies(
  scheme: SignatureScheme,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return scheme.verifier(publicKey).verify(message, signature);
  } catch (error) {
    if (error instanceof CryptoInputError) return false;
    throw error;
  }
}

/** What proofs are verified with in the engine and its workers: native where the runtime has it. */
export const primitives: Primitives = {
  sha256,
  verifyEd25519: (publicKey, message, signature) => verifies(ed25519, publicKey, message, signature),
  verifyMlDsa44: (publicKey, message, signature) => verifies(mlDsa44, publicKey, message, signature),
  verifyMlDsa65: (publicKey, message, signature) => verifies(mlDsa65, publicKey, message, signature),
  verifyMlDsa87: (publicKey, message, signature) => verifies(mlDsa87, publicKey, message, signature),
};
