import type { RoleId } from '../../src/contract/operators.ts';
import type { Policy, PolicyChange, PolicyClauses } from '../../src/contract/policies.ts';
import { permissionsOf } from '../../src/main/operators/roles.ts';
import {
  createPolicies,
  type Lent,
  type Person,
  type Policies,
  type PolicySources,
  type Strength,
  type Use,
} from '../../src/main/policies/index.ts';
import { SHIPPED } from '../../src/main/policies/shipped.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';

export const START_MS = Date.UTC(2026, 2, 2, 8);
export const HOUR_MS = 3_600_000;
export const ADA = { actor: 'operator-1', traceId: 't' } as const;

export const shipped = (id: string): Policy => SHIPPED.find((one) => one.id === id)!;

export const person = (id: string, roles: readonly RoleId[], more: Partial<Person> = {}): Person => ({
  id,
  name: `Person ${id}`,
  kind: 'person',
  state: 'active',
  roles: [...roles],
  permissions: [...permissionsOf(roles)],
  ...more,
});

export const OFFICER: readonly RoleId[] = ['administrator', 'security-officer'];
export const OFFICERS = [person('1', OFFICER), person('2', OFFICER)];
/** The officers, two who prepare, two who release. */
export const BANK = [
  ...OFFICERS,
  person('3', ['treasury-analyst']),
  person('4', ['settlement-officer']),
  person('5', ['treasury-approver']),
  person('6', ['treasury-approver']),
];

/** What the room is told of others, for a test to change. */
export interface World {
  people: readonly Person[];
  lent: readonly Lent[];
  uses: readonly Use[];
  strength: (id: string) => Strength;
  kem: PolicyClauses['kem'];
}

export const STRONGEST: Strength = { secondFactor: 'hardware-token', signature: 'ML-DSA-87' };

export const worldOf = (people: readonly Person[] = BANK): World => ({
  people,
  lent: [],
  uses: [],
  strength: () => STRONGEST,
  kem: 'ML-KEM-1024',
});

export const sourcesOf = (world: World): PolicySources => ({
  people: () => world.people,
  strength: (id) => world.strength(id),
  lent: () => world.lent,
  uses: (_, sinceMs) => world.uses.filter(({ atMs }) => atMs >= sinceMs),
  kem: () => world.kem,
});

export interface PolicyDesk extends TestVault {
  readonly policies: Policies;
  readonly world: World;
  readonly clock: { advance(byMs: number): void; nowMs(): number };
}

export async function withPolicies(
  work: (desk: PolicyDesk) => void | Promise<void>,
  people: readonly Person[] = BANK,
): Promise<void> {
  const clock = fixedClockRuntime(START_MS);
  const test = await openTestVault({ runtime: clock });
  const world = worldOf(people);
  const { vault, audit } = test;
  try {
    const policies = createPolicies({ vault, audit, runtime: clock, sources: sourcesOf(world) });
    await work({ ...test, policies, world, clock });
  } finally {
    test.close();
  }
}

/** A change of a policy as it stands. */
export function changeOf(
  policy: Policy,
  clauses: Partial<PolicyClauses>,
  more: Partial<PolicyChange> = {},
): PolicyChange {
  return {
    policyId: policy.id,
    baseVersion: policy.version,
    commands: policy.commands,
    clauses: { ...policy.clauses, ...clauses },
    reason: 'because',
    ...more,
  };
}
