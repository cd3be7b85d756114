import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoleId } from '../../src/contract/operators.ts';
import type { Policy, PolicyClauses, SimulationInput } from '../../src/contract/policies.ts';
import { brokenDuty } from '../../src/main/operators/roles.ts';
import { countSets, firstSets, type Voter } from '../../src/main/policies/groups.ts';
import { dutiesConflict, type Lent, type Person } from '../../src/main/policies/index.ts';
import { simulate } from '../../src/main/policies/simulate.ts';
import { BANK, OFFICERS, person, START_MS, shipped, sourcesOf, type World, worldOf } from './support.ts';

const eur = (amountMinor: bigint) => ({ amountMinor, currency: 'EUR' });

const policyWith = (clauses: Partial<PolicyClauses>, id = 'journal'): Policy => ({
  ...shipped(id),
  commands: ['ledger.post'],
  clauses: { ...shipped(id).clauses, ...clauses },
});

const asked = (more: Partial<SimulationInput> = {}): SimulationInput => ({
  procedure: 'ledger.post',
  amounts: [],
  count: 1,
  absent: [],
  ...more,
});

const run = (policy: Policy | undefined, more: Partial<SimulationInput> = {}, world: World = worldOf()) =>
  simulate(asked(more), { policy, nowMs: START_MS, sources: sourcesOf(world) });

const ids = (list: readonly { readonly operatorId: string }[]) => list.map(({ operatorId }) => operatorId);

describe('who together', () => {
  it('are those who prepare and those who release', () => {
    const found = run(policyWith({}));
    expect([ids(found.makers), ids(found.checkers)]).toEqual([
      ['3', '4'],
      ['5', '6'],
    ]);
    expect(found).toMatchObject({
      policyId: 'journal',
      alone: false,
      quorum: 1,
      groupCount: 4,
      obstacles: [],
    });
    expect(found.groups).toEqual([
      { makerId: '3', checkerIds: ['5'] },
      { makerId: '3', checkerIds: ['6'] },
      { makerId: '4', checkerIds: ['5'] },
      { makerId: '4', checkerIds: ['6'] },
    ]);
  });

  it('could move 5 million on a Sunday: fewer, and nobody where too few are there', () => {
    const wire = policyWith({}, 'wire-transfer');
    const five = { amounts: [eur(500_000_000n)], atMs: Date.UTC(2026, 2, 8, 10) };
    expect(run(wire, { ...five, absent: ['3', '6'] }).groups).toEqual([{ makerId: '4', checkerIds: ['5'] }]);
    const nobody = run(wire, { ...five, absent: ['5', '6'] });
    expect(nobody).toMatchObject({ alone: false, groups: [], groupCount: 0 });
    expect(nobody.obstacles).toEqual([
      'Fewer than 1 of those who are there may agree to what another asks for.',
    ]);
    expect(run(wire, { ...five, absent: ['3', '4'] }).obstacles).toEqual([
      'Nobody who is there may ask for it.',
    ]);
  });

  it('could not where the limit is used up, and see what is left of it', () => {
    const wire = policyWith({}, 'wire-transfer');
    const world = { ...worldOf(), uses: [{ atMs: START_MS - 1, count: 1, amounts: [eur(600_000_000n)] }] };
    const found = run(wire, { amounts: [eur(500_000_000n)] }, world);
    expect(found).toMatchObject({ groups: [], groupCount: 0, alone: false });
    expect(found.obstacles[0]).toContain('4000000.00 EUR is left');
    expect(found.limits[0]).toMatchObject({ countLeft: 99 });
    expect(found.limits[0]!.amountsLeft).toContainEqual(eur(400_000_000n));
    expect(run(wire, { amounts: [eur(400_000_000n)] }, world).groupCount).toBe(4);
    const unlisted = run(wire, { amounts: [{ amountMinor: 1n, currency: 'VND' }] }, world);
    expect(unlisted.obstacles[0]).toContain('VND');
  });

  it('are turned away where they sign or sign in too weakly, and where the vault seals too weakly', () => {
    const weak = { secondFactor: 'totp', signature: 'ML-DSA-65' } as const;
    const world = worldOf();
    world.strength = (id) => (id === '5' ? { secondFactor: 'hardware-token', signature: 'ML-DSA-87' } : weak);
    const found = run(policyWith({ signature: 'ML-DSA-87' }), {}, world);
    expect([ids(found.makers), ids(found.checkers), found.groupCount]).toEqual([[], ['5'], 0]);
    expect(found.obstacles.join(' ')).toContain('3 people are turned away');
    const kem = run(policyWith({ kem: 'ML-KEM-1024' }), {}, { ...worldOf(), kem: 'ML-KEM-768' });
    expect(kem).toMatchObject({ groupCount: 0 });
    expect(kem.obstacles[0]).toContain('ML-KEM-1024');
  });

  it('is one alone below a threshold or under no policy, and that is said', () => {
    const small = policyWith({ freeUpTo: { count: null, amounts: [eur(100n)] } });
    expect(run(small, { amounts: [eur(100n)] })).toMatchObject({
      ...{ alone: true, aloneBecause: 'below-threshold', policyId: 'journal', quorum: 0, groupCount: 2 },
      groups: [
        { makerId: '3', checkerIds: [] },
        { makerId: '4', checkerIds: [] },
      ],
    });
    expect(run(small, { amounts: [eur(101n)] })).toMatchObject({ alone: false, aloneBecause: null });
    expect(run(undefined)).toMatchObject({
      alone: true,
      aloneBecause: 'no-policy',
      policyId: null,
      groupCount: 2,
    });
    expect(run(undefined, { absent: ['3', '4'] })).toMatchObject({ alone: false, groupCount: 0 });
  });

  it('is nobody before anybody is named, or where who asks is the only one who may agree', () => {
    expect(run(policyWith({}), {}, worldOf([])).obstacles).toEqual([
      'Nobody is named yet, so nobody can ask.',
    ]);
    const people = { ...policyWith({}, 'people'), commands: ['operators.create'] };
    const one = simulate(asked({ procedure: 'operators.create', absent: ['2'] }), {
      ...{ policy: people, nowMs: START_MS },
      sources: sourcesOf(worldOf(OFFICERS)),
    });
    expect(one).toMatchObject({ alone: false, groupCount: 0 });
    expect(one.obstacles).toHaveLength(1);
  });

  it.each(['ledger', 'ledger.entries', 'nothing.there', 'approvals.vote', 'vault.lock'])(
    'refuses %s',
    (procedure) => {
      expect(() => run(undefined, { procedure })).toThrow(
        expect.objectContaining({ code: 'POLICY_INVALID' }),
      );
    },
  );

  it('counts a right that is lent once, and never the maker’s', () => {
    const policy = policyWith({ delegation: true, quorum: 2 });
    const helper = person('7', ['risk-manager']);
    const lent = [{ fromId: '5', toId: '7', policyIds: ['journal'] }];
    const world = { ...worldOf([...BANK, helper]), lent };
    const found = run(policy, {}, world);
    // 5 and 7 would both use the right of 5.
    expect(found.groups.filter(({ makerId }) => makerId === '3')).toEqual([
      { makerId: '3', checkerIds: ['5', '6'] },
      { makerId: '3', checkerIds: ['6', '7'] },
    ]);
    expect(found.groupCount).toBe(4);
    expect(found.checkers.at(-1)).toMatchObject({ operatorId: '7', byDelegationOf: '5' });
    const away = run(policy, { absent: ['5'] }, world);
    expect(away.groups.map(({ checkerIds }) => checkerIds)).toEqual([
      ['6', '7'],
      ['6', '7'],
    ]);
    expect(run({ ...policy, clauses: { ...policy.clauses, delegation: false } }, {}, world).groupCount).toBe(
      2,
    );
    // An administrator may not hold a duty over money, lent or not.
    const officer = { ...world, lent: [{ fromId: '5', toId: '1', policyIds: ['journal'] }] };
    expect(ids(run(policy, {}, officer).checkers)).toEqual(['5', '6']);
  });

  it('are counted exactly where they are too many to be named', () => {
    const many = Array.from({ length: 60 }, (_, i) => person(String(i + 10), ['treasury-approver']));
    const makers = Array.from({ length: 20 }, (_, i) => person(String(i + 100), ['treasury-analyst']));
    const found = run(policyWith({ quorum: 9 }), {}, worldOf([...many, ...makers]));
    expect(found.groups).toHaveLength(50);
    // 20 makers, and 9 of 60.
    expect(found.groupCount).toBe(20 * 14_783_142_660);
  });
});

/** Every set of `quorum` voters of whom each can be given a right of their own, found by trying them all. */
function bruteForce(voters: readonly Voter[], quorum: number): string[][] {
  const assignable = (left: readonly Voter[], used: readonly string[]): boolean => {
    const [first, ...rest] = left;
    if (first === undefined) return true;
    return first.rights.some((right) => !used.includes(right) && assignable(rest, [...used, right]));
  };
  const subsets = (from: number, chosen: readonly Voter[]): Voter[][] =>
    chosen.length === quorum
      ? [[...chosen]]
      : voters.slice(from).flatMap((voter, i) => subsets(from + i + 1, [...chosen, voter]));
  return subsets(0, [])
    .filter((set) => assignable(set, []))
    .map((set) => set.map(({ personId }) => personId));
}

const ROLES: readonly RoleId[][] = [
  ['treasury-analyst'],
  ['treasury-approver'],
  ['treasury-approver', 'risk-manager'],
  ['risk-manager'],
  ['auditor'],
  ['administrator', 'security-officer'],
  ['treasury-analyst', 'treasury-approver'],
];

const anyPeople = fc.array(
  fc.record({
    roles: fc.constantFrom(...ROLES),
    active: fc.boolean(),
    isPerson: fc.integer({ max: 9, min: 0 }),
  }),
  { maxLength: 7 },
);

describe('the simulator', () => {
  it('names and counts what trying every set finds', () => {
    const voters = fc.array(
      fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1, maxLength: 3 }),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(voters, fc.integer({ min: 1, max: 4 }), (rights, quorum) => {
        const all = rights.map((one, i): Voter => ({ personId: String(i), rights: one }));
        const expected = bruteForce(all, quorum);
        expect(countSets(all, quorum)).toBe(BigInt(expected.length));
        expect(firstSets(all, quorum, 1_000)).toEqual(expected);
        expect(firstSets(all, quorum, 2)).toEqual(expected.slice(0, 2));
      }),
      { numRuns: 400 },
    );
  });

  it('agrees with the rules of the gate, one vote after the other, whoever there is and lends', () => {
    const lending = fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 4 });
    const clauses = fc.record({
      quorum: fc.integer({ min: 1, max: 3 }),
      delegation: fc.boolean(),
      checkers: fc.constantFrom<RoleId[]>(
        ['treasury-approver'],
        ['risk-manager'],
        ['treasury-approver', 'risk-manager'],
      ),
      askers: fc.constantFrom<RoleId[]>([], ['treasury-analyst']),
    });
    fc.assert(
      fc.property(anyPeople, lending, clauses, (made, lendings, given) => {
        const people = made.map(({ roles, active, isPerson }, i) =>
          person(String(i), roles, {
            state: active ? 'active' : 'disabled',
            kind: isPerson ? 'person' : 'service',
          }),
        );
        const lent: Lent[] = lendings.map(([from, to]) => ({
          fromId: String(from),
          toId: String(to),
          policyIds: ['journal'],
        }));
        const policy = policyWith(given);
        const found = run(policy, {}, { ...worldOf(people), lent });
        expect(
          found.groups.map(({ makerId, checkerIds }) => `${makerId}:${[...checkerIds].sort()}`).sort(),
        ).toEqual(gateSets(policy, people, lent));
        expect(found.groupCount).toBe(found.groups.length);
        expect(found.alone).toBe(false);
        for (const { makerId, checkerIds } of found.groups) expect(checkerIds).not.toContain(makerId);
      }),
      { numRuns: 300 },
    );
  });
});

/** Plays every order of votes: nobody twice, no right twice, never the maker's nor theirs. */
function gateSets({ clauses }: Policy, people: readonly Person[], lent: readonly Lent[]): string[] {
  const found = new Set<string>();
  const sound = (one: Person) => one.state === 'active' && brokenDuty(one.roles) === undefined;
  const isChecker = (one: Person) =>
    one.kind === 'person' &&
    one.state === 'active' &&
    one.roles.some((role) => clauses.checkers.includes(role));
  const vote = (maker: Person, voted: readonly string[], used: readonly string[]): void => {
    if (voted.length === clauses.quorum) {
      found.add(`${maker.id}:${[...voted].sort()}`);
      return;
    }
    for (const one of people) {
      if (one === maker || voted.includes(one.id) || !sound(one) || one.kind !== 'person') continue;
      if (!one.permissions.includes('answer')) continue;
      const borrowed = clauses.delegation
        ? lent
            .filter(({ toId }) => toId === one.id)
            .flatMap(({ fromId }) => people.filter(({ id }) => id === fromId))
            .filter((from) => isChecker(from) && !dutiesConflict({ clauses }, one, from))
        : [];
      const rights = [...(isChecker(one) ? [one] : []), ...borrowed].map(({ id }) => id);
      for (const right of rights) {
        if (right !== maker.id && !used.includes(right)) vote(maker, [...voted, one.id], [...used, right]);
      }
    }
  };
  for (const maker of people) {
    const asks = clauses.askers.length === 0 || maker.roles.some((role) => clauses.askers.includes(role));
    if (sound(maker) && asks && maker.permissions.includes('post')) vote(maker, [], []);
  }
  return [...found].sort();
}
