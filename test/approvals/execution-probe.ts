import { canonicalJsonBytes, hybridSignatures, sha256 } from '../../src/main/crypto/index.ts';

interface Signed {
  readonly person: string;
  readonly suite: 'Ed25519+ML-DSA-65' | 'Ed25519+ML-DSA-87';
  readonly publicKey: string;
  readonly signature: string;
  readonly onBehalfOf?: string | null;
  readonly reason?: string | null;
}

/** Verifies the signatures in a record of an execution as a stranger would, by what is written down of its form. */
export function createExecutionProbe(detail: { maker: Signed; checkers: Signed[]; [name: string]: unknown }) {
  const { vault, request, procedure, commandHash, policy, version, expiresAtMs } = detail as never as Record<
    string,
    string
  >;
  const holds = (signed: Signed, decision: string) => {
    const publicKey = Buffer.from(signed.publicKey, 'base64');
    const said = {
      decision,
      person: signed.person,
      onBehalfOf: signed.onBehalfOf ?? null,
      reason: signed.reason ?? null,
    };
    const statement = { vault, request, procedure, commandHash, policy, version, expiresAtMs, ...said };
    const isNamed = sha256(publicKey).toString('hex') === signed.person;
    const message = canonicalJsonBytes(statement as never);
    const signature = Buffer.from(signed.signature, 'base64');
    const verifier = hybridSignatures[signed.suite].verifier(publicKey);
    return isNamed && verifier.verify({ purpose: 'approval', message, signature });
  };
  return {
    maker: holds(detail.maker, 'ask'),
    checkers: detail.checkers.map((one) => holds(one, 'approve')),
  };
}
