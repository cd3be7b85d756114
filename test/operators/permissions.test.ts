import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RoleId, roleIds } from '../../src/contract/operators.ts';
import type { Seat } from '../../src/main/base/index.ts';
import { brokenDuty, changesNothing, limitsOf, permissionsOf } from '../../src/main/operators/roles.ts';
import { type Desk, openDesk, windowSeat } from './support.ts';

const ADA = { actor: 'operator-1', traceId: 't' };
const NAMES = ['Ada Weiss', 'Bo Lind', 'Cy Moor', 'Dee Falk'] as const;
const SEATS = 3;

type Step =
  | { readonly do: 'sign-in'; readonly seat: number; readonly who: number; readonly right: boolean }
  | { readonly do: 'sign-out'; readonly seat: number }
  | { readonly do: 'roles'; readonly who: number; readonly roles: RoleId[] }
  | { readonly do: 'disable' | 'enable'; readonly who: number }
  | { readonly do: 'clock'; readonly byMs: number }
  | { readonly do: 'lock' };

const who = fc.integer({ min: 0, max: NAMES.length - 1 });
const seat = fc.integer({ min: 0, max: SEATS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('sign-in' as const), seat, who, right: fc.boolean() }),
  },
  fc.record({ do: fc.constant('sign-out' as const), seat }),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('roles' as const),
      who,
      roles: fc.subarray([...roleIds], { minLength: 1, maxLength: 3 }),
    }),
  },
  fc.record({ do: fc.constantFrom('disable' as const, 'enable' as const), who }),
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('clock' as const),
      byMs: fc.integer({ min: -4_000_000, max: 20_000_000 }),
    }),
  },
  fc.record({ do: fc.constant('lock' as const) }),
);

/** What should hold, kept beside the room without looking into it. */
interface Model {
  readonly in: Map<number, { readonly who: number; readonly atMs: number }>;
  readonly roles: RoleId[][];
  readonly active: boolean[];
}

async function take(desk: Desk, model: Model, seats: readonly Seat[], one: Step): Promise<void> {
  const id = 'who' in one ? String(one.who + 1) : '';
  switch (one.do) {
    case 'sign-in': {
      const code = one.right ? desk.code(NAMES[one.who]!) : '000000';
      const passphrase = 'violet anchors drift past seven lanterns';
      try {
        await desk.operators.signIn(seats[one.seat]!, { name: NAMES[one.who]!, passphrase, code }, 't');
        expect(one.right).toBe(true);
        model.in.set(one.seat, { who: one.who, atMs: desk.clock.nowMs() });
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^SESSION_(REFUSED|BACKING_OFF)$/) });
      }
      return;
    }
    case 'sign-out':
      desk.operators.signOut(seats[one.seat]!);
      model.in.delete(one.seat);
      return;
    case 'roles':
      try {
        desk.operators.setRoles(ADA, id, { roles: one.roles, permissions: [] });
        expect(brokenDuty(one.roles)).toBeUndefined();
        model.roles[one.who] = one.roles;
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^OPERATOR_/) });
      }
      return;
    case 'disable':
    case 'enable':
      try {
        desk.operators[one.do](ADA, id);
        model.active[one.who] = one.do === 'enable';
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^OPERATOR_/) });
      }
      return;
    case 'clock':
      desk.clock.advance(one.byMs);
      return;
    case 'lock':
      desk.operators.lockWindows();
      model.in.clear();
  }
}

function check(desk: Desk, model: Model, seats: readonly Seat[]): void {
  for (const [i, seat] of seats.entries()) {
    const session = desk.operators.sessionOf(seat);
    if (session === null) continue;
    const known = model.in.get(i);
    expect(known, 'somebody is signed in who did not').toBeDefined();
    const roles = model.roles[known!.who]!;
    expect(session.actor).toBe(`operator-${known!.who + 1}`);
    expect(model.active[known!.who]).toBe(true);
    expect([...session.permissions].sort()).toEqual([...permissionsOf(roles)].sort());
    expect(session.refusesCommands !== undefined).toBe(changesNothing(roles));
    expect(desk.clock.nowMs() - known!.atMs).toBeLessThan(limitsOf(roles).maxMs);
    expect(brokenDuty(roles)).toBeUndefined();
  }
  const administrators = model.roles.filter(
    (roles, i) => model.active[i] === true && roles.includes('administrator'),
  );
  expect(administrators.length).toBeGreaterThanOrEqual(2);
}

describe('whatever is done in whatever order', () => {
  it('nobody has a permission that their roles do not give at that moment', {
    timeout: 120_000,
  }, async () => {
    let signedIn = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const desk = await openDesk();
        try {
          await desk.nameOfficers();
          for (const name of NAMES.slice(2)) await desk.hire(name, ['fraud-reviewer']);
          const seats = Array.from({ length: SEATS }, windowSeat);
          const model: Model = {
            in: new Map(),
            roles: [0, 1].map(() => ['administrator', 'security-officer'] as RoleId[]),
            active: NAMES.map(() => true),
          };
          model.roles.push(['fraud-reviewer'], ['fraud-reviewer']);
          for (const one of steps) {
            await take(desk, model, seats, one);
            check(desk, model, seats);
            signedIn += seats.filter((one) => desk.operators.sessionOf(one) !== null).length;
          }
        } finally {
          desk.close();
        }
      }),
      { numRuns: 40 },
    );
    // Where nobody got in, nothing was shown.
    expect(signedIn).toBeGreaterThan(40);
  });
});
