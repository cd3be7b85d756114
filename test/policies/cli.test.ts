import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/main/doors/cli/arguments.ts';
import { UsageError } from '../../src/main/doors/cli/exit-codes.ts';
import { policiesCommand } from '../../src/main/doors/cli/policies.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { BANK, withPolicies } from './support.ts';

const argsOf = (...words: string[]) => {
  const args = readArguments(['policies', ...words]);
  if (typeof args === 'string') throw new Error(args);
  return args;
};

/** The command on the room itself, as the door calls it. */
const run = (work: (ask: (...words: string[]) => ReturnType<typeof policiesCommand>) => Promise<void>) =>
  withPolicies(async ({ policies }) => {
    const client = {
      policies: {
        list: async () => policies.list(),
        get: async ({ policyId }: { policyId: string }) => policies.get(policyId),
        simulate: async (input: never) => policies.simulate({ count: 1, ...(input as object) } as never),
      },
      operators: { list: async () => ({ named: true, operators: BANK }) },
    } as unknown as Client;
    await work((...words) => policiesCommand(client, argsOf(...words)));
  });

describe('countersign policies', () => {
  it('lists and shows them, whole', () =>
    run(async (ask) => {
      const listed = await ask('list');
      expect((listed.json as { policies: unknown[] }).policies).toHaveLength(16);
      expect(listed.text).toContain('wire-transfer');
      const { text } = await ask('show', 'wire-transfer');
      expect(text).toContain('ML-DSA-87');
      expect(text).toContain('10000000.00 EUR');
      await expect(ask('show', 'none')).rejects.toMatchObject({ code: 'POLICY_UNKNOWN' });
    }));

  it('says who together, and who alone', () =>
    run(async (ask) => {
      const found = await ask(
        'simulate',
        'ledger.post',
        '5000000',
        'EUR',
        '--absent',
        'Person 3, 6',
        '--at',
        '2026-03-08',
      );
      expect(found.json).toMatchObject({ groups: [{ makerId: '4', checkerIds: ['5'] }], alone: false });
      expect(found.text).toBe('1 way under journal: one asks, 1 agrees\nPerson 4 + Person 5');
      expect((await ask('simulate', 'ledger.closeAccount')).text).toContain('ONE PERSON ALONE');
      expect((await ask('simulate', 'ledger.post', '--absent', '5,6')).text).toContain(
        'NOBODY, under journal',
      );
    }));

  it.each([
    [],
    ['nothing'],
    ['list', 'x'],
    ['show'],
    ['simulate'],
    ['simulate', 'ledger.post', '5'],
    ['simulate', 'ledger.post', '5.001', 'EUR'],
    ['simulate', 'ledger.post', '5', 'XQX'],
    ['simulate', 'ledger.post', '--at', 'Sunday'],
    ['list', '--absent', '1'],
  ])('refuses its words where they make no sense (%#)', (...words) => {
    expect(() => argsOf(...words.filter((word) => word !== undefined))).toThrow(UsageError);
  });

  it('refuses an absent person whom nobody knows', () =>
    run(async (ask) => {
      await expect(ask('simulate', 'ledger.post', '--absent', 'Nobody')).rejects.toThrow('--absent');
    }));
});
