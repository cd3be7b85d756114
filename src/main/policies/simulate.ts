import type { Policy, Simulation, SimulationInput } from '../../contract/policies.ts';
import { CountersignError } from '../base/index.ts';
import { brokenDuty } from '../operators/index.ts';
import { besides, countSets, firstSets, type Group, type Voter } from './groups.ts';
import { governable } from './known.ts';
import { limitObstacle, limitsLeft, longestWindowMs, withinFree } from './limits.ts';
import type { Lent, PolicySources } from './sources.ts';
import {
  answers,
  dutiesConflict,
  holds,
  isAsStrong,
  isStrongEnough,
  mayAsk,
  mayCheck,
  type Person,
} from './who.ts';

const GROUPS_SHOWN = 50;

interface Setting {
  /** What the command stands under now. */
  readonly policy: Policy | undefined;
  readonly nowMs: number;
  readonly sources: PolicySources;
}

type Participant = Simulation['checkers'][number];

const participant = ({ id, name, roles }: Person, byDelegationOf: string | null = null): Participant => ({
  operatorId: id,
  name,
  roles: [...roles],
  byDelegationOf,
});

/** Everybody who could answer, once for each right that they have: their own first. */
function checkersOf(
  policy: Policy,
  voters: readonly Person[],
  all: readonly Person[],
  lent: readonly Lent[],
): Participant[] {
  const own = voters.filter((one) => mayCheck(policy, one)).map((one) => participant(one));
  if (!policy.clauses.delegation) return own;
  const borrowed = lent.flatMap(({ fromId, toId, policyIds }) => {
    const [from, to] = [all.find(({ id }) => id === fromId), voters.find(({ id }) => id === toId)];
    if (!policyIds.includes(policy.id) || !from || !to || !mayCheck(policy, from)) return [];
    return dutiesConflict(policy, to, from) === undefined ? [participant(to, fromId)] : [];
  });
  return [...own, ...borrowed];
}

function votersOf(checkers: readonly Participant[]): Voter[] {
  const rights = new Map<string, Set<string>>();
  for (const { operatorId, byDelegationOf } of checkers) {
    const of = rights.get(operatorId) ?? new Set();
    rights.set(operatorId, of.add(byDelegationOf ?? operatorId));
  }
  return [...rights].map(([personId, of]) => ({ personId, rights: [...of] }));
}

/** The groups of all makers: the first of them, and how many there are. */
function groupsOf(makers: readonly Participant[], voters: readonly Voter[], quorum: number) {
  const groups: Group[] = [];
  let count = 0n;
  for (const { operatorId } of makers) {
    const others = besides(voters, operatorId);
    count += countSets(others, quorum);
    const room = GROUPS_SHOWN - groups.length;
    for (const checkerIds of room > 0 ? firstSets(others, quorum, room) : []) {
      groups.push({ makerId: operatorId, checkerIds });
    }
  }
  return { groups, count };
}

/** A number of sets beyond what a number can say is as many as it can say. */
const toCount = (count: bigint): number =>
  count > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(count);

function permissionOf(procedure: string) {
  const found = governable(procedure);
  if ('permission' in found) return found.permission;
  throw new CountersignError(
    'POLICY_INVALID',
    `${procedure} cannot be put under a policy. ${found.refusal}`,
    {
      path: 'procedure',
      expected: 'a command of the contract',
    },
  );
}

/** What nobody can do anything about by being there. */
function hardObstacles(policy: Policy, input: SimulationInput, atMs: number, sources: PolicySources) {
  const uses = sources.uses(policy.id, atMs - longestWindowMs(policy));
  const full = limitObstacle(policy, uses, input, atMs);
  const kem = sources.kem();
  const weak = isAsStrong(kem, policy.clauses.kem)
    ? null
    : `The policy asks for sealing under ${policy.clauses.kem}; this vault seals under ${kem}.`;
  const obstacles = [full, weak].filter((one) => one !== null);
  return { obstacles, limits: limitsLeft(policy, uses, atMs) };
}

/** Whom the policy turns away although their roles would do. */
function weakness({ clauses }: Policy, turnedAway: number): string[] {
  if (turnedAway === 0) return [];
  const people = turnedAway === 1 ? 'One person is' : `${turnedAway} people are`;
  return [
    `${people} turned away: the policy asks for ${clauses.secondFactor} and ${clauses.signature} at least.`,
  ];
}

function whyNobody(quorum: number, makers: readonly Participant[], count: bigint, named: boolean): string[] {
  if (!named) return ['Nobody is named yet, so nobody can ask.'];
  if (makers.length === 0) return ['Nobody who is there may ask for it.'];
  if (count > 0n) return [];
  return [`Fewer than ${quorum} of those who are there may agree to what another asks for.`];
}

const alone = (
  makers: readonly Participant[],
  because: 'no-policy' | 'below-threshold',
  { policyId, obstacles, limits }: Pick<Simulation, 'policyId' | 'obstacles' | 'limits'>,
): Simulation => {
  const possible = obstacles.length === 0;
  const nobody = makers.length === 0 ? ['Nobody who is there may do it.'] : [];
  return {
    policyId,
    alone: possible && makers.length > 0,
    aloneBecause: because,
    quorum: 0,
    makers: [...makers],
    checkers: [],
    groups: possible
      ? makers.slice(0, GROUPS_SHOWN).map(({ operatorId }) => ({ makerId: operatorId, checkerIds: [] }))
      : [],
    groupCount: possible ? makers.length : 0,
    obstacles: [...obstacles, ...nobody],
    limits,
  };
};

/** Who together could run a command, at that moment, with these away. Reads only. Throws `POLICY_INVALID`. */
export function simulate(input: SimulationInput, { policy, nowMs, sources }: Setting): Simulation {
  const permission = permissionOf(input.procedure);
  const atMs = input.atMs ?? nowMs;
  const all = sources.people();
  // Whoever holds duties together that no one person may hold runs no command, whatever else they hold.
  const present = all.filter(
    ({ id, roles }) => !input.absent.includes(id) && brokenDuty(roles) === undefined,
  );
  if (policy === undefined) {
    const makers = present.filter((one) => holds(one, permission)).map((one) => participant(one));
    return alone(makers, 'no-policy', { policyId: null, obstacles: [], limits: [] });
  }
  const { obstacles, limits } = hardObstacles(policy, input, atMs, sources);
  const strong = present.filter(({ id }) => isStrongEnough(policy, sources.strength(id)));
  const makers = strong.filter((one) => mayAsk(policy, one, permission)).map((one) => participant(one));
  if (withinFree(policy, input)) {
    return alone(makers, 'below-threshold', { policyId: policy.id, obstacles, limits });
  }
  const { quorum } = policy.clauses;
  const checkers = checkersOf(policy, strong.filter(answers), all, sources.lent(atMs));
  const voters = votersOf(checkers);
  const { groups, count } = groupsOf(makers, voters, quorum);
  const turnedAway = present.filter(
    (one) => !strong.includes(one) && (mayAsk(policy, one, permission) || mayCheck(policy, one)),
  ).length;
  const possible = obstacles.length === 0;
  return {
    policyId: policy.id,
    alone: false,
    aloneBecause: null,
    quorum,
    makers,
    checkers,
    groups: possible ? groups.map((one) => ({ ...one, checkerIds: [...one.checkerIds] })) : [],
    groupCount: possible ? toCount(count) : 0,
    obstacles: [
      ...obstacles,
      ...weakness(policy, turnedAway),
      ...whyNobody(quorum, makers, count, all.length > 0),
    ],
    limits,
  };
}
