import {
  type CanonicalJson,
  CryptoInputError,
  canonicalJson,
  canonicalJsonBytes,
  type HybridSuite,
  hybridSignatures,
  sha256,
} from '../crypto/index.ts';

/** What signatures of this room are for, so that none of them fits anything else. */
export const APPROVAL_PURPOSE = 'approval';
export const LENDING_PURPOSE = 'approval-lending';

/**
 * What a maker and each checker sign: law 4. The person is named by the fingerprint of the key that
 * signs, since somebody on another workstation does not know their number in this vault.
 */
export interface SignedStatement {
  readonly vault: string;
  readonly request: string;
  readonly procedure: string;
  /** Hex SHA-256 of the command's canonical text. */
  readonly commandHash: string;
  readonly policy: string;
  readonly version: number;
  readonly decision: 'ask' | 'approve' | 'veto';
  /** Hex SHA-256 of the public key that signs. */
  readonly person: string;
  /** The operator whose lent right is used; null where it is the person's own. */
  readonly onBehalfOf: string | null;
  readonly reason: string | null;
  readonly expiresAtMs: number;
}

/** What somebody signs who lends the right to answer. */
export interface SignedLending {
  readonly vault: string;
  readonly delegation: string;
  readonly from: string;
  readonly to: string;
  readonly policies: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The bytes under a signature: canonical JSON. */
export const signedMessage = (statement: SignedStatement | SignedLending): Buffer =>
  canonicalJsonBytes({ ...statement } as unknown as CanonicalJson);

/** How a key is named in a statement. */
export const fingerprintOf = (publicKey: Uint8Array): string => sha256(publicKey).toString('hex');

export type OperatorSuite = 'Ed25519+ML-DSA-65' | 'Ed25519+ML-DSA-87';
const SUITES: readonly OperatorSuite[] = ['Ed25519+ML-DSA-65', 'Ed25519+ML-DSA-87'];

/** The suite that a public key belongs to, told by its length; undefined where it is of none. */
export function suiteOfKey(publicKey: Uint8Array): OperatorSuite | undefined {
  return SUITES.find((suite) => hybridSignatures[suite].sizes.publicKeyBytes === publicKey.byteLength);
}

/** Whether a suite is at least as strong as a policy asks. */
export const isStrongEnough = (suite: HybridSuite | undefined, least: 'ML-DSA-65' | 'ML-DSA-87'): boolean =>
  suite === 'Ed25519+ML-DSA-87' || (suite === 'Ed25519+ML-DSA-65' && least === 'ML-DSA-65');

/** Whether a signature of `purpose` belongs to these bytes and this key. Never throws for bad bytes. */
export function verifySigned(options: {
  readonly purpose: string;
  readonly message: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}): boolean {
  const { purpose, message, publicKey, signature } = options;
  const suite = suiteOfKey(publicKey);
  if (suite === undefined) return false;
  try {
    return hybridSignatures[suite].verifier(publicKey).verify({ purpose, message, signature });
  } catch (error) {
    if (error instanceof CryptoInputError) return false;
    throw error;
  }
}

/** Whether a statement was signed by the key whose fingerprint it names. */
export function verifyStatement(
  statement: SignedStatement,
  publicKey: Uint8Array,
  signature: Uint8Array,
): boolean {
  return (
    statement.person === fingerprintOf(publicKey) &&
    verifySigned({ purpose: APPROVAL_PURPOSE, message: signedMessage(statement), publicKey, signature })
  );
}

/** The text that is hashed, stored and signed for a command. Throws `TypeError` for what JSON cannot say. */
export const commandTextOf = (procedure: string, input: unknown): string =>
  canonicalJson({ procedure, input: (input ?? null) as CanonicalJson });

export const commandHashOf = (text: string): string => sha256(Buffer.from(text, 'utf8')).toString('hex');
