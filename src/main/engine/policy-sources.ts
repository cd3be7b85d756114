import type { Operators } from '../operators/index.ts';
import type { Lent, PolicySources, Use } from '../policies/index.ts';

/** What the policies are told of requests by the approvals, which stand on them and are made after them. */
export interface Requests {
  /** Rights to agree that are lent at a time. */
  lentAt(atMs: number): readonly Lent[];
  /** What was executed, approved and is pending under a policy since a time. */
  usesOf(policyId: string, sinceMs: number): readonly Use[];
}

/** The KEK, under which every key of values lies, is a hybrid of X25519 and ML-KEM-1024. */
export const vaultKem = (): 'ML-KEM-1024' => 'ML-KEM-1024';

/** Public keys of Ed25519+ML-DSA-87 are this long; of Ed25519+ML-DSA-65 they are shorter. */
const ML_DSA_87_BYTES = 32 + 2_592;

/** What the policies are told of people and requests. */
export function policySources(
  operators: Pick<Operators, 'list' | 'publicKeyOf' | 'secondFactorOf'>,
  requests: () => Requests | undefined,
): PolicySources {
  return {
    people: () => operators.list(),
    strength: (operatorId) => ({
      secondFactor: operators.secondFactorOf(operatorId),
      signature: operators.publicKeyOf(operatorId).byteLength >= ML_DSA_87_BYTES ? 'ML-DSA-87' : 'ML-DSA-65',
    }),
    lent: (atMs) => requests()?.lentAt(atMs) ?? [],
    uses: (policyId, sinceMs) => requests()?.usesOf(policyId, sinceMs) ?? [],
    kem: vaultKem,
  };
}
