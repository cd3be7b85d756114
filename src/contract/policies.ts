import { z } from 'zod';
import { command, id, money, query } from './common.ts';
import { roleIds } from './operators.ts';

export const policiesErrors = {
  POLICY_UNKNOWN: 'There is no policy under that id.',
  POLICY_INVALID: 'The policy contradicts itself or names what does not exist.',
  POLICY_TOO_WEAK: 'The policy would let one person act alone where two must agree.',
  POLICY_UNSATISFIABLE: 'Not enough people who can sign in hold the roles that the policy asks for.',
  POLICY_STALE: 'The policy was changed since the change was drafted.',
  POLICY_SAME: 'The change changes nothing.',
} as const;

/** Units in which a span of time is told: the largest of which it is a whole number. */
export const spanUnits = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
] as const;

const role = z.enum(roleIds);
const roles = z.array(role).max(roleIds.length);

/** Rate and value over a sliding window; a limit without a number of its kind does not count that kind. */
export const policyLimit = z.strictObject({
  windowMs: z.number().int().positive(),
  count: z.number().int().positive().nullable(),
  /** The most in each currency; a currency that is not listed is refused while any is. */
  amounts: z.array(money).max(40),
});
export type PolicyLimit = z.infer<typeof policyLimit>;

/** Everything a policy asks for; each clause is enforced. */
export const policyClauses = z.strictObject({
  /** Who may ask; empty: whoever holds the permission of the command. */
  askers: roles,
  /** Who may agree or refuse. */
  checkers: roles.min(1),
  /** How many must agree besides the maker. */
  quorum: z.number().int().min(1).max(9),
  /** Whose no ends the request at once; empty: every checker's. */
  vetoers: roles,
  /** From the request on; then it is void. */
  answerWithinMs: z.number().int().min(60_000),
  /** At or below all of these a command runs without a checker; null: never. */
  freeUpTo: z
    .strictObject({ count: z.number().int().nullable(), amounts: z.array(money).max(40) })
    .nullable(),
  limits: z.array(policyLimit).max(4),
  /** Whether a checker may lend the right to agree. */
  delegation: z.boolean(),
  /** A session older or idler than this neither asks nor agrees; null: the limits of the role alone. */
  session: z
    .strictObject({ maxMs: z.number().int().positive(), idleMs: z.number().int().positive() })
    .nullable(),
  secondFactor: z.enum(['totp', 'hardware-token']),
  /** The weakest signature of maker and checkers. */
  signature: z.enum(['ML-DSA-65', 'ML-DSA-87']),
  /** The weakest key encapsulation under which what the command writes is sealed. */
  kem: z.enum(['ML-KEM-768', 'ML-KEM-1024']),
  /** Whether a request raises an incident the moment it is made. */
  alertAtOnce: z.boolean(),
  /** Whether account numbers stay masked to everybody, in rendered requests and logs too. */
  maskAccounts: z.boolean(),
  /** How long what the policy covers is kept. */
  retentionYears: z.number().int().min(1).max(100),
  /** Under which regulations records are marked. */
  regimes: z.array(z.string().max(40)).max(10),
});
export type PolicyClauses = z.infer<typeof policyClauses>;

export const policy = z.object({
  /** `wire-transfer`, `people` … */
  id,
  version: z.number().int().positive(),
  title: z.string(),
  /** Dotted procedures of the contract that stand under it. */
  commands: z.array(z.string()),
  clauses: policyClauses,
  /** Zero for what the program came with. */
  changedAtMs: z.number(),
  changedBy: z.string(),
});
export type Policy = z.infer<typeof policy>;

/** One clause that a change touches, in words a person reads. */
export const policyDifference = z.object({
  /** `clauses.quorum`, `commands` … */
  path: z.string(),
  before: z.string(),
  after: z.string(),
  /** Whether the change asks for less than before. */
  loosens: z.boolean(),
});
export type PolicyDifference = z.infer<typeof policyDifference>;

const change = z.object({
  policyId: id,
  /** The version that the change was drafted against. Errors: `POLICY_STALE`. */
  baseVersion: z.number().int().positive(),
  commands: z.array(z.string().max(80)).max(200),
  clauses: policyClauses,
  reason: z.string().trim().min(3).max(400),
});
export type PolicyChange = z.infer<typeof change>;

/** Somebody who could take a part in a simulated act. */
const participant = z.object({ operatorId: id, name: z.string(), roles, byDelegationOf: id.nullable() });

export const simulation = z.object({
  policyId: id.nullable(),
  /** Whether one person alone could do it: below the threshold, or under no policy. */
  alone: z.boolean(),
  /** Which of the two it is; null where it needs others. */
  aloneBecause: z.enum(['no-policy', 'below-threshold']).nullable(),
  /** How many must agree besides the maker; 0 where one person alone could do it. */
  quorum: z.number().int(),
  makers: z.array(participant),
  checkers: z.array(participant),
  /** The smallest sets that together suffice, maker first; the first fifty of them. */
  groups: z.array(z.object({ makerId: id, checkerIds: z.array(id) })),
  /** How many there are; who asks and who agrees makes a difference. */
  groupCount: z.number().int(),
  /** Why nobody can, or what else stands in the way (limits used up, amount in a currency not listed). */
  obstacles: z.array(z.string()),
  /** What is left of each limit at that moment. */
  limits: z.array(
    z.object({ windowMs: z.number(), countLeft: z.number().nullable(), amountsLeft: z.array(money) }),
  ),
});
export type Simulation = z.infer<typeof simulation>;

/** What a version has changed of the one before it. */
export interface PolicyStep {
  readonly version: number;
  readonly differences: PolicyDifference[];
}

const simulationInput = z.object({
  procedure: z.string().max(80),
  amounts: z.array(money).max(10).default([]),
  count: z.number().int().min(1).default(1),
  /** Whom to count as away, such as on a Sunday. */
  absent: z.array(id).max(200).default([]),
  atMs: z.number().optional(),
});
export type SimulationInput = z.infer<typeof simulationInput>;

export const policies = {
  list: query('read').output(z.array(policy)),
  get: query('read')
    .input(z.object({ policyId: id }))
    .output(
      z.object({
        policy,
        /** The newest first. */
        versions: z.array(policy),
        /** What each version after the first has changed, the newest first. */
        history: z.array(z.object({ version: z.number().int(), differences: z.array(policyDifference) })),
      }),
    ),
  /** What a change would change, clause by clause, and whether it may be asked for at all. */
  compare: query('read').input(change).output(z.array(policyDifference)),
  /** The next version of a policy. Stands itself under the policy `policies`. */
  change: command('people').input(change).output(policy),
  /** Who together could do this, then? Nothing is written. Errors: `POLICY_INVALID`. */
  simulate: query('read').input(simulationInput).output(simulation),
};
