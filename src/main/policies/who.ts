import type { Permission } from '../../contract/common.ts';
import type { OperatorLine, RoleId } from '../../contract/operators.ts';
import type { Policy, PolicyClauses } from '../../contract/policies.ts';
import { brokenDuty } from '../operators/index.ts';

/** An operator, as far as policies look at one. */
export type Person = Pick<OperatorLine, 'id' | 'name' | 'kind' | 'state' | 'roles' | 'permissions'>;

/** How strongly somebody signs in and signs. */
export interface Strength {
  readonly secondFactor: PolicyClauses['secondFactor'];
  readonly signature: PolicyClauses['signature'];
}

type Clauses = Pick<Policy, 'clauses'>;

const holdsOne = ({ roles }: Person, of: readonly RoleId[]): boolean =>
  roles.some((role) => of.includes(role));

/** Whether somebody who can sign in holds a permission. */
export const holds = ({ state, permissions }: Person, permission: Permission): boolean =>
  state === 'active' && permissions.includes(permission);

/** Whether somebody may ask for a command; a service account only where no role is asked for. */
export function mayAsk({ clauses }: Clauses, person: Person, permission: Permission): boolean {
  if (!holds(person, permission)) return false;
  return clauses.askers.length === 0 || holdsOne(person, clauses.askers);
}

/** Whether somebody may answer requests under the policy, by their own right. Never a service account. */
export function mayCheck({ clauses }: Clauses, person: Person): boolean {
  return person.kind === 'person' && person.state === 'active' && holdsOne(person, clauses.checkers);
}

/** Whether somebody may answer at all, by whosever right. */
export const answers = (person: Person): boolean =>
  person.kind === 'person' && holds(person, 'answer') && brokenDuty(person.roles) === undefined;

/**
 * Why a right cannot be used by its borrower: they would hold duties together that no one person may
 * hold, whichever of the lender's roles the right comes from.
 */
export function dutiesConflict({ clauses }: Clauses, borrower: Person, lender: Person): string | undefined {
  const used = lender.roles.filter((role) => clauses.checkers.includes(role));
  const broken = used.map((role) => brokenDuty([...new Set([...borrower.roles, role])]));
  return broken.every((rule) => rule !== undefined) ? broken[0]?.why : undefined;
}

/** Whether the no of somebody who may answer ends a request at once. */
export function mayVeto({ clauses }: Clauses, person: Person): boolean {
  return clauses.vetoers.length === 0 || holdsOne(person, clauses.vetoers);
}

const WEAKEST_FIRST: Readonly<Record<string, number>> = {
  totp: 0,
  'hardware-token': 1,
  'ML-DSA-65': 0,
  'ML-DSA-87': 1,
  'ML-KEM-768': 0,
  'ML-KEM-1024': 1,
};

/** Whether what somebody has is at least what the policy asks for: factors, signatures, encapsulations. */
export const isAsStrong = (has: string, asked: string): boolean =>
  (WEAKEST_FIRST[has] ?? -1) >= (WEAKEST_FIRST[asked] ?? Number.POSITIVE_INFINITY);

/** Whether somebody signs in and signs as strongly as the policy asks. */
export const isStrongEnough = ({ clauses }: Clauses, { secondFactor, signature }: Strength): boolean =>
  isAsStrong(secondFactor, clauses.secondFactor) && isAsStrong(signature, clauses.signature);
