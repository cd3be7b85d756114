import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Policy, PolicyClauses } from '../../src/contract/policies.ts';
import { CLAUSE_NAMES } from '../../src/main/policies/compare.ts';
import { mayAsk, mayCheck } from '../../src/main/policies/index.ts';
import { SHIPPED } from '../../src/main/policies/shipped.ts';
import { COMMAND, checkersFor, FAULT, openRig, type Rig } from './rig.ts';

const MINUTE_MS = 60_000;
const IBAN = 'DE89370400440532013000';
let serial = 0;
const next = (): number => {
  serial += 1;
  return serial;
};
const note = (text = '') => ({ note: `note ${next()} ${text}` });

/** What an attack has in hand: a policy that governs `COMMAND`, somebody who may ask, and who may answer. */
interface Target {
  readonly rig: Rig;
  readonly policy: Policy;
  readonly maker: string;
  readonly checkers: readonly string[];
}

type Attack = (target: Target) => Promise<void>;

/** Asks for the command anew and answers the request; what is refused fails the test. */
async function request({ rig, maker }: Target, input: unknown = note()) {
  const asked = await rig.ask(maker, COMMAND, input);
  expect(asked.code).toBe('APPROVAL_REQUIRED');
  return asked.data;
}

/** Everybody who is part of it signs in anew, as they would for each task. */
async function fresh({ rig, maker, checkers }: Target): Promise<void> {
  for (const name of new Set([maker, ...checkers])) await rig.signInAgain(name);
}

/** One attack a clause. A clause that the contract gains and this lacks does not compile. */
const ATTACKS: { readonly [Name in keyof PolicyClauses]: Attack } = {
  async askers({ rig, policy }) {
    const outside = rig.operators.list().filter((one) => !mayAsk(policy, one, 'verify'));
    if (policy.clauses.askers.length > 0) expect(outside.length).toBeGreaterThan(1);
    for (const { name, roles } of outside) {
      await rig.signInAgain(name);
      // Who reads everything and changes nothing is turned away before the gate.
      const code = roles.includes('auditor') ? 'NOT_PERMITTED' : 'APPROVAL_ASKER_REFUSED';
      expect([name, (await rig.ask(name, COMMAND, note())).code]).toEqual([name, code]);
    }
  },

  async checkers(target) {
    const { rig, policy, maker, checkers } = target;
    const outside = rig.operators.list().filter((one) => one.name !== maker && !mayCheck(policy, one));
    expect(outside.length).toBeGreaterThan(0);
    for (const { name } of outside) await rig.signInAgain(name);
    await fresh(target);
    const { requestId } = await request(target);
    for (const { name } of outside) {
      expect([name, await rig.vote(name, requestId)]).toEqual([name, 'APPROVAL_NOT_CHECKER']);
    }
    expect(await rig.vote(checkers[0]!, requestId)).toBe('executed');
  },

  async quorum(target) {
    const { rig, policy, maker, checkers } = target;
    const before = rig.ran.length;
    const { requestId, quorum } = await request(target);
    expect(quorum).toBe(policy.clauses.quorum);
    expect(['APPROVAL_SELF', 'APPROVAL_NOT_CHECKER']).toContain(await rig.vote(maker, requestId));
    expect(rig.ran.length).toBe(before);
    for (const [i, name] of checkers.slice(0, quorum).entries()) {
      expect(await rig.vote(name, requestId)).toBe(i + 1 < quorum ? 'pending' : 'executed');
    }
    expect(rig.ran.length).toBe(before + 1);
    expect(await rig.vote(checkers[0]!, requestId)).toBe('APPROVAL_RUN_ALREADY');
    expect(rig.ran.length).toBe(before + 1);
  },

  async vetoers(target) {
    const { rig, policy, checkers } = target;
    expect(policy.clauses.vetoers).toEqual([]);
    const before = rig.ran.length;
    const { requestId } = await request(target);
    expect(await rig.vote(checkers[0]!, requestId, 'veto')).toBe('vetoed');
    expect(await rig.vote(checkers.at(-1)!, requestId)).toBe('APPROVAL_VETOED');
    expect(rig.ran.length).toBe(before);
  },

  async answerWithinMs(target) {
    const { rig, policy, checkers } = target;
    const before = rig.ran.length;
    const { requestId, expiresAtMs } = await request(target);
    expect(expiresAtMs).toBe(rig.clock.nowMs() + policy.clauses.answerWithinMs);
    rig.clock.advance(policy.clauses.answerWithinMs);
    await fresh(target);
    expect(await rig.vote(checkers[0]!, requestId)).toBe('APPROVAL_EXPIRED');
    expect(rig.ran.length).toBe(before);
    expect(rig.approvals.get(rig.seat(checkers[0]!), requestId).state).toBe('expired');
  },

  async freeUpTo(target) {
    const { rig, policy, maker } = target;
    expect(policy.clauses.freeUpTo).toBeNull();
    const before = rig.ran.length;
    expect((await rig.ask(maker, COMMAND, note())).code).toBe('APPROVAL_REQUIRED');
    expect(rig.ran.length).toBe(before);
  },

  async limits(target) {
    const { rig, policy } = target;
    const [limit] = policy.clauses.limits;
    if (limit === undefined) {
      for (let i = 0; i < 3; i += 1) await request(target);
      return;
    }
    await rig.rebind('journal', {}, ['ledger.reverse', 'ledger.resolvePending', 'ledger.setLimits']);
    await rig.rebind(policy.id, {}, [...policy.commands, 'ledger.post']);
    await fresh(target);
    await attackLimit(target);
  },

  async delegation(target) {
    const { rig, policy, checkers } = target;
    const [lender] = checkers;
    const borrower = rig.operators.list().find(({ name }) => name === 'Rita Wolf' || name === 'Dov Perl')!;
    const to = lender === borrower.name ? rig.idOf('Cleo Maas') : borrower.id;
    const nowMs = rig.clock.nowMs();
    const given = {
      toId: to,
      policyIds: [policy.id],
      fromMs: nowMs,
      untilMs: nowMs + 60_000,
      reason: 'away',
    };
    const lend = () => rig.approvals.delegate(rig.seat(lender!), given, { actor: 'x', traceId: 't' });
    if (!policy.clauses.delegation) {
      expect(lend).toThrow(expect.objectContaining({ code: 'APPROVAL_DELEGATION_INVALID' }));
      return;
    }
    // Lent to an administrator it would join what no one person may hold.
    const officer = { ...given, toId: rig.idOf('Ada Weiss') };
    expect(() => rig.approvals.delegate(rig.seat(lender!), officer, { actor: 'x', traceId: 't' })).toThrow(
      expect.objectContaining({ code: 'APPROVAL_DELEGATION_INVALID' }),
    );
  },

  async session(target) {
    const { rig, policy } = target;
    const { session } = policy.clauses;
    if (session === null) {
      // Nothing but the role's own limits: asking late in a session is asking still.
      rig.clock.advance(50 * MINUTE_MS);
      await request(target);
      return;
    }
    // As shipped: where the role's own limits are as strict, the session itself is over.
    await attackSession(target, session, ['APPROVAL_SESSION_OLD', 'NOT_SIGNED_IN', 'SESSION_KEY_MISSING']);
    // Stricter than any role's: there it is the policy alone that refuses.
    const strict = { maxMs: 9 * MINUTE_MS, idleMs: 3 * MINUTE_MS };
    await rig.rebind(policy.id, { session: strict });
    await fresh(target);
    await attackSession(target, strict, ['APPROVAL_SESSION_OLD']);
    await rig.rebind(policy.id, { session });
  },

  async secondFactor(target) {
    const { rig, policy, maker, checkers } = target;
    const { requestId } = await request(target);
    rig.has.secondFactor = 'totp';
    const asks = policy.clauses.secondFactor === 'hardware-token';
    expect((await rig.ask(maker, COMMAND, note())).code).toBe(
      asks ? 'APPROVAL_FACTOR_WEAK' : 'APPROVAL_REQUIRED',
    );
    expect(await rig.vote(checkers[0]!, requestId)).toBe(asks ? 'APPROVAL_FACTOR_WEAK' : 'executed');
    rig.has.secondFactor = 'hardware-token';
  },

  async signature(target) {
    const { rig, policy, maker } = target;
    // Everybody's key here is one of ML-DSA-65; the other clauses are attacked with that let pass.
    const { clauses } = SHIPPED.find(({ id }) => id === policy.id)!;
    const asksMore = clauses.signature !== policy.clauses.signature;
    if (asksMore) await rig.rebind(policy.id, { signature: clauses.signature });
    await fresh(target);
    const expected = clauses.signature === 'ML-DSA-87' ? 'APPROVAL_SIGNATURE_WEAK' : 'APPROVAL_REQUIRED';
    expect((await rig.ask(maker, COMMAND, note())).code).toBe(expected);
    if (asksMore) await rig.rebind(policy.id, { signature: 'ML-DSA-65' });
  },

  async kem({ rig, policy, maker }) {
    rig.has.kem = 'ML-KEM-768';
    const expected = policy.clauses.kem === 'ML-KEM-1024' ? 'APPROVAL_SEALING_WEAK' : 'APPROVAL_REQUIRED';
    expect((await rig.ask(maker, COMMAND, note())).code).toBe(expected);
    rig.has.kem = 'ML-KEM-1024';
    expect((await rig.ask(maker, COMMAND, note())).code).toBe('APPROVAL_REQUIRED');
  },

  async alertAtOnce(target) {
    const { rig, policy } = target;
    rig.incidents.length = 0;
    await request(target);
    expect(rig.incidents.map(({ kind }) => kind)).toEqual(
      policy.clauses.alertAtOnce ? ['approvals.request'] : [],
    );
  },

  async maskAccounts(target) {
    const { rig, policy, checkers } = target;
    rig.incidents.length = 0;
    const asked = await request(target, note(`${FAULT} ${IBAN}`));
    const { rendered, raw, title } = rig.approvals.get(rig.seat(checkers[0]!), asked.requestId);
    for (const shown of [{ ...rendered }, raw]) {
      expect(JSON.stringify(shown).includes(IBAN)).toBe(!policy.clauses.maskAccounts);
    }
    // The run fails with the number in its fault: nothing of it is told, under whatever policy.
    expect(await rig.vote(checkers[0]!, asked.requestId)).toBe('failed');
    const { failure } = rig.approvals.get(rig.seat(checkers[0]!), asked.requestId);
    const told = JSON.stringify([asked, title, failure, rig.incidents, rig.logged]);
    expect(rig.logged.join('')).toContain('approvals.run-failed');
    expect(told).not.toContain(IBAN);
  },

  async retentionYears(target) {
    const { rig, policy } = target;
    const { requestId } = await request(target);
    expect(rig.policies.retentionYearsOf(COMMAND)).toBe(policy.clauses.retentionYears);
    const remove = (table: string) => () =>
      rig.vault.transaction(() => rig.vault.db.exec(`DELETE FROM ${table}`));
    for (const table of ['approval_request', 'approval_vote', 'policy_version', 'audit_record']) {
      expect(remove(table)).toThrow();
    }
    expect(rig.approvals.get(undefined, requestId).id).toBe(requestId);
  },

  async regimes(target) {
    const { rig, policy, checkers } = target;
    const { requestId } = await request(target);
    expect(await rig.vote(checkers[0]!, requestId)).toBe('executed');
    const { askedRecord, executedRecord } = rig.approvals.get(undefined, requestId);
    for (const record of [askedRecord, executedRecord!]) {
      expect(JSON.parse(rig.audit.get(record).detail!)).toMatchObject({ regimes: policy.clauses.regimes });
    }
  },
};

/** A session that was idle too long, or lasts too long with somebody there, neither asks nor agrees. */
async function attackSession(
  target: Target,
  { maxMs, idleMs }: NonNullable<PolicyClauses['session']>,
  codes: readonly string[],
): Promise<void> {
  const { rig, maker, checkers } = target;
  const refusedBoth = async (requestId: string) => {
    expect(codes).toContain((await rig.ask(maker, COMMAND, note())).code);
    expect([...codes, 'APPROVAL_EXPIRED']).toContain(await rig.vote(checkers[0]!, requestId));
  };
  const idle = await request(target);
  rig.clock.advance(idleMs);
  await refusedBoth(idle.requestId);
  await fresh(target);
  const startedMs = rig.clock.nowMs();
  while (rig.clock.nowMs() - startedMs < maxMs) {
    rig.clock.advance(idleMs / 3);
    for (const name of [maker, ...checkers]) rig.operators.touch(rig.seat(name));
  }
  expect(codes).toContain((await rig.ask(maker, COMMAND, note())).code);
  await fresh(target);
  await request(target);
}

/** Too much at once, too much together, a currency that is not listed, and one too many. */
async function attackLimit({ rig, policy, maker }: Target): Promise<void> {
  const [limit] = policy.clauses.limits;
  const entry = (amountMinor: bigint, currency = 'EUR') => {
    const id = `01890000-0000-7000-8000-${String(next()).padStart(12, '0')}`;
    const posting = (accountId: string, sign: bigint) => ({
      accountId,
      amountMinor: sign * amountMinor,
      currency,
    });
    return { id, effectiveDate: '2026-03-01', postings: [posting('1', 1n), posting('2', -1n)] };
  };
  const post = async (amountMinor: bigint, currency?: string) =>
    (await rig.ask(maker, 'ledger.post', { entries: [entry(amountMinor, currency)] })).code;
  const most = limit!.amounts.find(({ currency }) => currency === 'EUR')!.amountMinor;
  expect(await post(most + 1n)).toBe('APPROVAL_LIMIT_REACHED');
  expect(await post(1n, 'VND')).toBe('APPROVAL_LIMIT_REACHED');
  expect(await post(most - 1_000n)).toBe('APPROVAL_REQUIRED');
  expect(await post(1_001n)).toBe('APPROVAL_LIMIT_REACHED');
  const inOne = (await rig.ask(maker, 'ledger.post', { entries: [entry(600n), entry(401n)] })).code;
  expect(inOne).toBe('APPROVAL_LIMIT_REACHED');
  const used = rig.approvals.usesOf(policy.id, rig.clock.nowMs() - limit!.windowMs);
  const left = limit!.count! - used.reduce((sum, { count }) => sum + count, 0);
  expect(left).toBeLessThan(limit!.count!);
  const bulk = Array.from({ length: left + 1 }, () => entry(1n));
  expect((await rig.ask(maker, 'ledger.post', { entries: bulk })).code).toBe('APPROVAL_LIMIT_REACHED');
  expect((await rig.ask(maker, 'ledger.post', { entries: bulk.slice(1) })).code).toBe('APPROVAL_REQUIRED');
  expect(await post(1n)).toBe('APPROVAL_LIMIT_REACHED');
}

it('every clause of the contract has an attack', () => {
  expect(Object.keys(ATTACKS).sort()).toEqual([...CLAUSE_NAMES].sort());
  for (const { clauses } of SHIPPED) expect(Object.keys(clauses).sort()).toEqual([...CLAUSE_NAMES].sort());
});

/** The limits come last: they leave the day used up. */
const LAST_LIMITS = [...CLAUSE_NAMES.filter((name) => name !== 'limits'), 'limits'] as const;

describe.each(SHIPPED.map(({ id, title }) => ({ id, title })))('$title: it is enforced', ({ id }) => {
  let target: Target;

  beforeAll(async () => {
    const rig = await openRig();
    const { commands } = rig.policies.get(id).policy;
    const policy = await rig.rebind(id, { signature: 'ML-DSA-65' }, [...commands, COMMAND]);
    rig.has.secondFactor = 'hardware-token';
    const makers = rig.operators.list().filter((one) => mayAsk(policy, one, 'verify'));
    const maker = makers.find(
      ({ name }) => checkersFor(rig, policy, name).length >= policy.clauses.quorum,
    )!.name;
    target = { rig, policy, maker, checkers: checkersFor(rig, policy, maker) };
  }, 60_000);
  afterAll(() => target?.rig.close());

  it.each(LAST_LIMITS)(
    '%s',
    async (name) => {
      await fresh(target);
      await ATTACKS[name](target);
    },
    30_000,
  );
});
