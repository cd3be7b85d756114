import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RoleId } from '../../src/contract/operators.ts';
import { codeOfCall } from '../support/refusal.ts';
import { openRoom, PEOPLE, type Room } from './support.ts';

const NAMES = Object.keys(PEOPLE);
const ROLES: readonly RoleId[] = [
  'treasury-analyst',
  'treasury-approver',
  'risk-manager',
  'settlement-officer',
];
const CALLER = { actor: 'owner', traceId: 't' };
const who = fc.constantFrom(...NAMES);
const at = fc.nat({ max: 7 });
/** Mostly those whose roles let them, so that something comes of it. */
const maker = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('Cleo', 'Sem') },
  { weight: 1, arbitrary: who },
);
const checker = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('Dov', 'Eva') },
  { weight: 1, arbitrary: who },
);

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('ask' as const), who: maker, at }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('vote' as const),
      who: checker,
      at,
      veto: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      for: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: who }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lend' as const), who, to: who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), who, at }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('role' as const), who, role: fc.constantFrom(...ROLES) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('disable' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('enable' as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('terms' as const), quorum: fc.integer({ min: 1, max: 2 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('clock' as const), minutes: fc.integer({ min: -600, max: 600 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('withdraw' as const), who, at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resume' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

interface World {
  readonly room: Room;
  readonly commands: { input: ReturnType<Room['adjustment']> }[];
  readonly requests: string[];
}

async function take({ room, commands, requests }: World, one: Step): Promise<void> {
  const { approvals, operators } = room;
  const requestAt = (index: number) => requests[index % Math.max(1, requests.length)];
  switch (one.do) {
    case 'ask': {
      const { input } = commands[one.at % commands.length]!;
      const { requestId } = await room.ask(one.who, input);
      if (!requests.includes(requestId)) requests.push(requestId);
      return;
    }
    case 'vote': {
      const decision = one.veto ? ('veto' as const) : ('approve' as const);
      const behalf = one.for === undefined ? {} : { onBehalfOf: room.id(one.for) };
      const requestId = requestAt(one.at);
      if (requestId !== undefined) await room.vote(one.who, requestId, { decision, ...behalf });
      return;
    }
    case 'lend': {
      const nowMs = room.clock.nowMs();
      const given = { toId: room.id(one.to), policyIds: ['journal'], reason: 'away' };
      approvals.delegate(room.seat(one.who), { ...given, fromMs: nowMs, untilMs: nowMs + 7_200_000 }, CALLER);
      return;
    }
    case 'end': {
      const lent = approvals.delegations();
      const { id } = lent[one.at % Math.max(1, lent.length)] ?? { id: 'none' };
      approvals.endDelegation(room.seat(one.who), id, CALLER);
      return;
    }
    case 'role':
      operators.setRoles(CALLER, room.id(one.who), { roles: [one.role], permissions: [] });
      return;
    case 'disable':
      operators.disable(CALLER, room.id(one.who));
      return;
    case 'enable':
      operators.enable(CALLER, room.id(one.who));
      await room.signIn(one.who);
      return;
    case 'terms':
      room.setTerms('journal', { quorum: one.quorum });
      return;
    case 'clock':
      room.clock.advance(one.minutes * 60_000);
      approvals.sweep();
      for (const name of NAMES) await codeOfCall(() => room.signIn(name));
      return;
    case 'withdraw': {
      const requestId = requestAt(one.at) ?? 'none';
      approvals.withdraw(room.seat(one.who), requestId, {
        actor: `operator-${room.id(one.who)}`,
        traceId: 't',
      });
      return;
    }
    case 'resume':
      await approvals.resume();
  }
}

/** What must hold after every step, read from rows and records and from nothing that the room concludes. */
function holds({ room, commands }: World): void {
  const { db } = room.test.vault;
  const executed = db
    .prepare<[], { id: bigint; maker: bigint; record: bigint }>(
      `SELECT id, maker_id AS maker, executed_record AS record FROM approval_request WHERE state = 'executed'`,
    )
    .all();
  for (const { maker, record } of executed) {
    const { checkers, version } = JSON.parse(room.audit.get(record).detail!) as {
      checkers: { operator: string; onBehalfOf: string | null }[];
      version: number;
    };
    const hands = checkers.map(({ operator }) => operator);
    const rights = checkers.map(({ operator, onBehalfOf }) =>
      onBehalfOf === null ? operator : `operator-${onBehalfOf}`,
    );
    expect(hands).not.toContain(`operator-${maker}`);
    expect(rights).not.toContain(`operator-${maker}`);
    expect(new Set(hands).size).toBe(hands.length);
    expect(new Set(rights).size).toBe(rights.length);
    expect(hands.length).toBeGreaterThanOrEqual(quorums.get(version) ?? 1);
  }
  // Each entry of the ledger came from one executed request, and no command of one was posted twice.
  expect(room.entries()).toBeLessThanOrEqual(Math.min(executed.length, commands.length));
  const posts = room.audit.list({ kind: 'ledger.post', limit: 500 }).rows.length;
  const executions = room.audit.list({ kind: 'approvals.execute', limit: 500 }).rows.length;
  expect(executions).toBe(executed.length);
  expect(posts).toBeLessThanOrEqual(executions);
}

/** The quorum that each version of the policy asked for. */
const quorums = new Map<number, number>();

it('nothing that people, roles, rights, policies and clocks do lets one act alone, or a command run twice', async () => {
  let ran = 0;
  const property = fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 70 }), async (steps) => {
    const room = await openRoom();
    quorums.clear();
    const world: World = {
      room,
      commands: [100n, 200n, 300n].map((n) => ({ input: room.adjustment(n) })),
      requests: [],
    };
    let version = 1;
    quorums.set(version, 1);
    try {
      for (const one of steps) {
        if (one.do === 'terms') {
          version += 1;
          quorums.set(version, one.quorum);
        }
        await codeOfCall(() => take(world, one));
        holds(world);
      }
      ran += room.entries();
    } finally {
      room.close();
    }
  });
  await fc.assert(property, { numRuns: 20, seed: 20261121 });
  // A property of nothing would hold as well.
  expect(ran).toBeGreaterThan(10);
}, 300_000);
