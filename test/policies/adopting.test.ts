import { describe, expect, it } from 'vitest';
import { isCountersignError } from '../../src/main/base/index.ts';
import { NEVER_ALONE, SHIPPED_BEFORE } from '../../src/main/policies/shipped.ts';
import { createStore } from '../../src/main/policies/store.ts';
import { ADA, changeOf, shipped, withPolicies } from './support.ts';

const TOKEN_COMMANDS = [
  'hsm.retireKey',
  'hsm.retireCopy',
  'hsm.destroyKey',
  'hsm.migrate',
  'hsm.removeToken',
];
const before = (id: string) => SHIPPED_BEFORE.find((one) => one.id === id)!;

describe('a vault of an earlier program', () => {
  it('has the newer version of what it never changed, and the older one stays to be read', () =>
    withPolicies(({ policies, audit }) => {
      policies.adopt();
      expect(audit.lastSeq()).toBe(0n);
      for (const command of TOKEN_COMMANDS) expect(policies.governing(command)?.id).toBe('hsm-operations');
      expect(policies.get('keys').versions.map(({ version }) => version)).toEqual([2, 1]);
      expect(policies.version('keys', 1)!.commands).toEqual(expect.arrayContaining(TOKEN_COMMANDS));
      expect(policies.version('hsm-operations', 1)!.commands).toEqual([]);
      const [step] = policies.get('hsm-operations').history;
      expect(step).toMatchObject({ version: 2, differences: [{ path: 'commands', loosens: false }] });
    }));

  it('has its own versions brought into order, once, with a record that says so', () =>
    withPolicies(({ policies, vault, audit, clock }) => {
      // The bank had given both policies terms of its own, while the commands lay with the keys.
      const store = createStore(vault.db);
      const own = { version: 2, changedAtMs: clock.nowMs(), changedBy: 'operator-1' };
      const strict = { ...before('keys').clauses, quorum: 2 };
      const slower = { ...before('hsm-operations').clauses, answerWithinMs: 600_000 };
      vault.transaction(() => {
        store.add({ ...before('keys'), ...own, clauses: strict });
        store.add({ ...before('hsm-operations'), ...own, clauses: slower });
      });
      policies.adopt();
      for (const command of TOKEN_COMMANDS) expect(policies.governing(command)?.id).toBe('hsm-operations');
      expect(policies.get('keys').policy).toMatchObject({
        ...{ version: 3, changedBy: 'system', clauses: { quorum: 2 } },
      });
      expect(policies.get('hsm-operations').policy).toMatchObject({
        ...{ version: 3, clauses: { answerWithinMs: 600_000, secondFactor: 'hardware-token' } },
      });
      expect(policies.version('keys', 2)).toMatchObject({ changedBy: 'operator-1' });
      const { rows } = audit.list({ kind: 'policies.change', limit: 9 });
      expect(rows.map(({ actor }) => actor)).toEqual(['system', 'system']);
      policies.adopt();
      expect(audit.list({ kind: 'policies.change', limit: 9 }).rows).toHaveLength(2);
      // Every command that guards the console stands under one policy and no other.
      const all = policies.list().flatMap(({ commands }) => commands);
      expect([...NEVER_ALONE].filter((command) => all.filter((one) => one === command).length !== 1)).toEqual(
        [],
      );
    }));

  it('is changed by people from the version that holds, the first row of their own being the third', () =>
    withPolicies(({ policies }) => {
      const changed = policies.change(ADA, changeOf(shipped('keys'), { answerWithinMs: 600_000 }));
      expect(changed.version).toBe(3);
      expect(policies.get('keys').versions.map(({ version }) => version)).toEqual([3, 2, 1]);
    }));
});

describe('what moves keys on tokens', () => {
  it('never leaves its policy, and is never one person’s', () =>
    withPolicies(({ policies, world }) => {
      world.strength = () => ({ secondFactor: 'totp', signature: 'ML-DSA-87' });
      const policy = shipped('hsm-operations');
      const refusal = (...given: Parameters<typeof changeOf>) => {
        try {
          policies.compare(changeOf(...given));
        } catch (error) {
          if (isCountersignError(error)) return error.code;
          throw error;
        }
        return 'done';
      };
      expect(refusal(policy, {}, { commands: ['hsm.migrate'] })).toBe('POLICY_TOO_WEAK');
      expect(refusal(policy, { freeUpTo: { count: 1, amounts: [] } })).toBe('POLICY_TOO_WEAK');
      // Nobody of this bank has a card, so nobody could agree to another change that asks for one.
      expect(refusal(policy, { answerWithinMs: 600_000 })).toBe('POLICY_UNSATISFIABLE');
      expect(refusal(policy, { secondFactor: 'totp' })).toBe('done');
    }));
});
