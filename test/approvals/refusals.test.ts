import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PolicyClauses } from '../../src/contract/policies.ts';
import { codeOfCall } from '../support/refusal.ts';
import { openRoom, type Room } from './support.ts';

let room: Room;
beforeEach(async () => {
  room = await openRoom();
});
afterEach(() => room.close());

const MINUTE_MS = 60_000;

interface Row {
  readonly code: string;
  readonly when: string;
  readonly terms?: Partial<PolicyClauses>;
  /** What is refused with the code. */
  readonly work: (room: Room) => Promise<unknown>;
}

/** Somebody asks, and then something happens; what is done with the request is refused. */
const afterAsking =
  (
    happens: (room: Room, requestId: string) => unknown,
    then = (room: Room, requestId: string): Promise<unknown> => room.vote('Dov', requestId),
  ) =>
  async (room: Room) => {
    const { requestId } = await room.ask('Cleo', room.adjustment(100n));
    await happens(room, requestId);
    return then(room, requestId);
  };
const CALLER = { actor: 'owner', traceId: 't' };
const lend = (
  room: Room,
  from: string,
  given: Partial<{ toId: string; policyIds: string[]; untilMs: number }>,
) =>
  room.approvals.delegate(
    room.seat(from),
    {
      ...{ toId: room.id('Rita'), policyIds: ['journal'], fromMs: room.clock.nowMs() },
      ...{ untilMs: room.clock.nowMs() + 60 * MINUTE_MS, reason: 'away', ...given },
    },
    { actor: `operator-${room.id(from)}`, traceId: 't' },
  );

const rows: readonly Row[] = [
  {
    code: 'APPROVAL_UNKNOWN',
    when: 'there is no such request',
    work: (r) => r.vote('Dov', 'none', { commandHash: '0'.repeat(64) }),
  },
  {
    code: 'APPROVAL_ASKER_REFUSED',
    when: 'the asker holds none of the roles',
    terms: { askers: ['settlement-officer'] },
    work: (r) => r.call('Cleo', 'ledger.post', r.adjustment(1n)),
  },
  {
    code: 'APPROVAL_ASKER_REFUSED',
    when: 'nobody has signed in on the connection',
    work: async (r) => {
      const session = { actor: 'cli', permissions: new Set(['post'] as const) };
      return r.approvals.gate({ procedure: 'ledger.post', input: r.adjustment(1n), session, traceId: 't' });
    },
  },
  {
    code: 'APPROVAL_LIMIT_REACHED',
    when: 'the number of a day is used up by what is pending',
    terms: { limits: [{ windowMs: 86_400_000, count: 1, amounts: [] }] },
    work: afterAsking(
      () => {},
      (r) => r.call('Cleo', 'ledger.post', r.adjustment(1n)),
    ),
  },
  {
    code: 'APPROVAL_LIMIT_REACHED',
    when: 'the currency is not listed',
    terms: {
      limits: [{ windowMs: 86_400_000, count: null, amounts: [{ amountMinor: 1_000n, currency: 'USD' }] }],
    },
    work: (r) => r.call('Cleo', 'ledger.post', r.adjustment(1n)),
  },
  {
    code: 'APPROVAL_LIMIT_REACHED',
    when: 'small sums that need nobody add up to more than the limit',
    terms: {
      freeUpTo: { count: null, amounts: [{ amountMinor: 60n, currency: 'EUR' }] },
      limits: [{ windowMs: 86_400_000, count: null, amounts: [{ amountMinor: 100n, currency: 'EUR' }] }],
    },
    work: async (r) => {
      await r.call('Cleo', 'ledger.post', r.adjustment(60n));
      return r.call('Cleo', 'ledger.post', r.adjustment(60n));
    },
  },
  {
    code: 'APPROVAL_SESSION_OLD',
    when: 'the asker’s session is too old',
    terms: { session: { maxMs: 10 * MINUTE_MS, idleMs: 10 * MINUTE_MS } },
    work: async (r) => {
      r.clock.advance(11 * MINUTE_MS);
      return r.call('Cleo', 'ledger.post', r.adjustment(1n));
    },
  },
  {
    code: 'APPROVAL_SESSION_OLD',
    when: 'the checker’s session was left alone, though somebody is there again',
    terms: { session: { maxMs: 200 * MINUTE_MS, idleMs: 20 * MINUTE_MS } },
    work: async (r) => {
      r.clock.advance(25 * MINUTE_MS);
      r.operators.touch(r.seat('Dov'));
      await r.signIn('Cleo');
      return afterAsking(() => {})(r);
    },
  },
  {
    code: 'APPROVAL_FACTOR_WEAK',
    when: 'the policy asks for a hardware token',
    terms: { secondFactor: 'hardware-token' },
    work: (r) => r.call('Cleo', 'ledger.post', r.adjustment(1n)),
  },
  {
    code: 'APPROVAL_SIGNATURE_WEAK',
    when: 'the key that signs is weaker than the policy asks',
    terms: { signature: 'ML-DSA-87' },
    work: (r) => {
      r.hasWeakKeys = true;
      return r.call('Cleo', 'ledger.post', r.adjustment(1n));
    },
  },
  {
    code: 'APPROVAL_SELF',
    when: 'the maker answers',
    terms: { checkers: ['treasury-analyst', 'treasury-approver'] },
    work: afterAsking(
      () => {},
      (r, id) => r.vote('Cleo', id),
    ),
  },
  {
    code: 'APPROVAL_NOT_CHECKER',
    when: 'the role is none of the checkers’',
    work: afterAsking(
      () => {},
      (r, id) => r.vote('Rita', id),
    ),
  },
  {
    code: 'APPROVAL_NOT_CHECKER',
    when: 'nobody has lent the right that is used',
    work: afterAsking(
      () => {},
      (r, id) => r.vote('Rita', id, { onBehalfOf: r.id('Dov') }),
    ),
  },
  {
    code: 'APPROVAL_NOT_CHECKER',
    when: 'who may only refuse agrees',
    terms: { vetoers: ['risk-manager'] },
    work: afterAsking(
      () => {},
      (r, id) => r.vote('Rita', id),
    ),
  },
  {
    code: 'APPROVAL_VOTED',
    when: 'a person answers twice',
    terms: { quorum: 2 },
    work: afterAsking((r, id) => r.vote('Dov', id)),
  },
  {
    code: 'APPROVAL_VOTED',
    when: 'a right is used twice, by who borrowed it and by who holds it',
    terms: { quorum: 2 },
    work: afterAsking(async (r, id) => {
      lend(r, 'Dov', {});
      await r.vote('Rita', id, { onBehalfOf: r.id('Dov') });
    }),
  },
  {
    code: 'APPROVAL_EXPIRED',
    when: 'the time is over',
    terms: { answerWithinMs: 10 * MINUTE_MS },
    work: afterAsking((r) => r.clock.advance(10 * MINUTE_MS)),
  },
  {
    code: 'APPROVAL_EXPIRED',
    when: 'the time was over, and the clock is set back',
    terms: { answerWithinMs: 10 * MINUTE_MS },
    work: afterAsking((r) => {
      r.clock.advance(11 * MINUTE_MS);
      r.approvals.sweep();
      r.clock.advance(-MINUTE_MS);
    }),
  },
  {
    code: 'APPROVAL_ALTERED',
    when: 'the voter was shown another command',
    work: afterAsking(
      () => {},
      (r, id) => r.vote('Dov', id, { commandHash: 'a'.repeat(64) }),
    ),
  },
  {
    code: 'APPROVAL_POLICY_CHANGED',
    when: 'the policy has a new version',
    work: afterAsking((r) => r.setTerms('journal', { quorum: 2 })),
  },
  {
    code: 'APPROVAL_MAKER_GONE',
    when: 'the maker is disabled',
    work: afterAsking((r) => r.operators.disable(CALLER, r.id('Cleo'))),
  },
  {
    code: 'APPROVAL_MAKER_GONE',
    when: 'the maker’s role is taken away',
    work: afterAsking((r) =>
      r.operators.setRoles(CALLER, r.id('Cleo'), { roles: ['risk-manager'], permissions: [] }),
    ),
  },
  {
    code: 'APPROVAL_RUN_ALREADY',
    when: 'the command was run',
    work: afterAsking(
      (r, id) => r.vote('Dov', id),
      (r, id) => r.vote('Eva', id),
    ),
  },
  {
    code: 'APPROVAL_VETOED',
    when: 'somebody has refused',
    work: afterAsking((r, id) => r.vote('Eva', id, { decision: 'veto', reason: 'no such fee' })),
  },
  {
    code: 'APPROVAL_WITHDRAWN',
    when: 'the maker has taken it back',
    work: afterAsking((r, id) =>
      r.approvals.withdraw(r.seat('Cleo'), id, { actor: `operator-${r.id('Cleo')}`, traceId: 't' }),
    ),
  },
  {
    code: 'NOT_PERMITTED',
    when: 'another one takes a request back',
    work: afterAsking(
      () => {},
      async (r, id) =>
        r.approvals.withdraw(r.seat('Sem'), id, { actor: `operator-${r.id('Sem')}`, traceId: 't' }),
    ),
  },
  {
    code: 'APPROVAL_CLOSED',
    when: 'the command refused itself when it ran',
    work: afterAsking(
      async (r, id) => {
        r.hook = () => {
          throw Object.assign(new Error('no'), { code: 'X' });
        };
        await r.vote('Dov', id);
      },
      (r, id) => r.vote('Eva', id),
    ),
  },
  {
    code: 'APPROVAL_KINDS_DIFFER',
    when: 'requests of two kinds are answered together',
    work: async (r) => {
      const first = await r.ask('Cleo', r.adjustment(1n));
      const limits = { accountId: '1', minMinor: null, maxMinor: null };
      const second = await r.ask('Cleo', limits, 'ledger.setLimits');
      const requests = [first, second].map(({ requestId }) => ({ requestId, commandHash: 'a'.repeat(64) }));
      return r.approvals.voteMany(r.seat('Dov'), requests, { decision: 'approve' }, CALLER);
    },
  },
  {
    code: 'APPROVAL_DELEGATION_INVALID',
    when: 'the policy lets nobody lend',
    terms: { delegation: false },
    work: async (r) => lend(r, 'Dov', {}),
  },
  {
    code: 'APPROVAL_DELEGATION_INVALID',
    when: 'the lender holds no such right',
    work: async (r) => lend(r, 'Rita', { toId: '3' }),
  },
  {
    code: 'APPROVAL_DELEGATION_INVALID',
    when: 'the borrower would hold duties that exclude each other',
    work: async (r) => lend(r, 'Dov', { toId: r.id('Sem') }),
  },
  {
    code: 'APPROVAL_DELEGATION_INVALID',
    when: 'it is lent to oneself',
    work: async (r) => lend(r, 'Dov', { toId: r.id('Dov') }),
  },
  {
    code: 'APPROVAL_DELEGATION_INVALID',
    when: 'the borrower changes nothing',
    work: async (r) => lend(r, 'Dov', { toId: r.id('Aud') }),
  },
  {
    code: 'APPROVAL_DELEGATION_INVALID',
    when: 'it ends before it begins',
    work: async (r) => lend(r, 'Dov', { untilMs: r.clock.nowMs() - 1 }),
  },
  {
    code: 'APPROVAL_DELEGATION_INVALID',
    when: 'it is for longer than a quarter',
    work: async (r) => lend(r, 'Dov', { untilMs: r.clock.nowMs() + 100 * 86_400_000 }),
  },
  {
    code: 'POLICY_UNKNOWN',
    when: 'nothing is lent',
    work: async (r) => lend(r, 'Dov', { policyIds: ['x'] }),
  },
  {
    code: 'NOT_FOUND',
    when: 'what was never lent is ended',
    work: async (r) => r.approvals.endDelegation(r.seat('Dov'), 'none', CALLER),
  },
];

describe('a refusal of every kind', () => {
  it.each(rows)('$code where $when', async ({ code, terms, work }) => {
    if (terms !== undefined) room.setTerms('journal', terms);
    const before = room.entries();
    expect(await codeOfCall(() => work(room))).toBe(code);
    expect(room.entries() - before).toBeLessThanOrEqual(1);
  });
});
