import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Policy, PolicyChange, PolicyClauses } from '../../src/contract/policies.ts';
import { CLAUSE_NAMES } from '../../src/main/policies/compare.ts';
import { mayAsk, mayCheck } from '../../src/main/policies/index.ts';
import { governable } from '../../src/main/policies/known.ts';
import { isControl, SHIPPED } from '../../src/main/policies/shipped.ts';
import { codeOf } from '../support/refusal.ts';
import { ADA, BANK, changeOf, OFFICERS, person, shipped, withPolicies } from './support.ts';

const eur = (amountMinor: bigint) => ({ amountMinor, currency: 'EUR' });

describe('what the program comes with', () => {
  it('names commands of the contract, each once', () => {
    const all = SHIPPED.flatMap(({ commands }) => commands);
    expect(new Set(all).size).toBe(all.length);
    expect(all.filter((command) => !('permission' in governable(command)))).toEqual([]);
    expect(all.length).toBeGreaterThan(15);
  });

  it('governs everything that the issue puts under policies now', () =>
    withPolicies(({ policies }) => {
      const under = (command: string) => policies.governing(command)?.id;
      expect(['ledger.post', 'ledger.reverse'].map(under)).toEqual(['journal', 'journal']);
      expect(under('reconciliation.undo')).toBe('cleared-matches');
      expect(under('intake.begin')).toBe('statement-differences');
      expect(['keys.rotate', 'keys.destroy'].map(under)).toEqual(['keys', 'keys']);
      expect(['add', 'replace', 'revoke'].map((one) => under(`vault.slots.${one}`))).toEqual(
        Array(3).fill('key-slots'),
      );
      expect(under('backup.restore')).toBe('restore');
      expect(
        ['create', 'setRoles', 'enable', 'resetSecondFactor'].map((one) => under(`operators.${one}`)),
      ).toEqual(Array(4).fill('people'));
      expect(under('policies.change')).toBe('policies');
      // Whoever sees that something goes wrong stops it alone.
      expect(['operators.disable', 'keys.markCompromised', 'vault.lock'].map(under)).toEqual(
        Array(3).fill(undefined),
      );
    }));

  it('lets the first two officers fulfil whatever guards the console', () => {
    for (const policy of SHIPPED.filter(({ id }) => isControl(id))) {
      for (const command of policy.commands) {
        const found = governable(command);
        if (!('permission' in found)) throw new Error(command);
        const [ada, bo] = OFFICERS;
        expect([command, mayAsk(policy, ada!, found.permission), mayCheck(policy, bo!)]).toEqual([
          command,
          true,
          true,
        ]);
      }
    }
  });

  it('is told in docs/policies.md: every policy, every clause, every command', () => {
    const text = readFileSync(new URL('../../docs/policies.md', import.meta.url), 'utf8');
    const words = [...SHIPPED.map(({ id }) => id), ...CLAUSE_NAMES];
    const commands = SHIPPED.flatMap((one) => one.commands.map((command) => command.split('.').at(-1)!));
    expect([...words, ...commands].filter((word) => !text.includes(word))).toEqual([]);
  });

  it('asks for two people at least, everywhere', () => {
    for (const { clauses } of SHIPPED) expect([clauses.quorum >= 1, clauses.freeUpTo]).toEqual([true, null]);
  });

  it('is the issue’s word on banking operations', () => {
    const [MINUTE, HOUR] = [60_000, 3_600_000];
    expect(shipped('payment-processing').clauses).toMatchObject({
      ...{ quorum: 1, maskAccounts: true, retentionYears: 7 },
      session: { maxMs: 4 * HOUR },
    });
    expect(shipped('wire-transfer').clauses).toMatchObject({
      ...{
        kem: 'ML-KEM-1024',
        signature: 'ML-DSA-87',
        quorum: 1,
        answerWithinMs: 15 * MINUTE,
        retentionYears: 10,
      },
      limits: [{ windowMs: 24 * HOUR, count: 100 }],
    });
    expect(shipped('trading').clauses).toMatchObject({
      ...{ regimes: ['MiFID II', 'EMIR'], retentionYears: 7 },
      session: { idleMs: 30 * MINUTE },
    });
    expect(shipped('hsm-operations').clauses).toMatchObject({
      ...{ secondFactor: 'hardware-token', quorum: 1, alertAtOnce: true, answerWithinMs: 5 * MINUTE },
      session: { maxMs: HOUR },
    });
  });
});

type Row = {
  readonly what: string;
  readonly of?: string;
  readonly clauses?: Partial<PolicyClauses>;
  readonly more?: (policy: Policy) => Partial<PolicyChange>;
  readonly people?: typeof BANK;
  readonly code: string;
};

const HOUR_MS = 3_600_000;
const without = (command: string) => (policy: Policy) => ({
  commands: policy.commands.filter((one) => one !== command),
});
const withCommand = (command: string) => (policy: Policy) => ({ commands: [...policy.commands, command] });

const REFUSALS: readonly Row[] = [
  { what: 'a policy that is not there', more: () => ({ policyId: 'none' }), code: 'POLICY_UNKNOWN' },
  { what: 'a draft of an older version', more: () => ({ baseVersion: 2 }), code: 'POLICY_STALE' },
  { what: 'a change of nothing', code: 'POLICY_SAME' },
  {
    what: 'another order of the same',
    more: ({ commands }) => ({ commands: commands.toReversed() }),
    code: 'POLICY_SAME',
  },
  { what: 'a command that is none', more: withCommand('ledger.steal'), code: 'POLICY_INVALID' },
  { what: 'a room', more: withCommand('ledger'), code: 'POLICY_INVALID' },
  { what: 'a member of every object', more: withCommand('constructor'), code: 'POLICY_INVALID' },
  { what: 'a query', more: withCommand('ledger.entries'), code: 'POLICY_INVALID' },
  { what: 'what needs no session', more: withCommand('vault.lock'), code: 'POLICY_INVALID' },
  { what: 'an answer to requests', more: withCommand('approvals.vote'), code: 'POLICY_INVALID' },
  { what: 'what must be stopped at once', more: withCommand('operators.disable'), code: 'POLICY_INVALID' },
  { what: 'a compromise', more: withCommand('keys.markCompromised'), code: 'POLICY_INVALID' },
  { what: 'a piece of a file', more: withCommand('intake.write'), code: 'POLICY_INVALID' },
  { what: 'a command twice', more: withCommand('ledger.post'), code: 'POLICY_INVALID' },
  { what: 'a command of another policy', more: withCommand('policies.change'), code: 'POLICY_INVALID' },
  {
    what: 'a role twice',
    clauses: { checkers: ['treasury-approver', 'treasury-approver'] },
    code: 'POLICY_INVALID',
  },
  { what: 'an auditor who agrees', clauses: { checkers: ['auditor'] }, code: 'POLICY_INVALID' },
  { what: 'an auditor who refuses', clauses: { vetoers: ['auditor'] }, code: 'POLICY_INVALID' },
  { what: 'a regulation without a name', clauses: { regimes: [' '] }, code: 'POLICY_INVALID' },
  {
    what: 'two limits of one window',
    clauses: { limits: [1, 2].map((count) => ({ windowMs: HOUR_MS, count, amounts: [] })) },
    code: 'POLICY_INVALID',
  },
  {
    what: 'a limit of nothing',
    clauses: { limits: [{ windowMs: HOUR_MS, count: null, amounts: [] }] },
    code: 'POLICY_INVALID',
  },
  {
    what: 'a window longer than a year',
    clauses: { limits: [{ windowMs: 9_000 * HOUR_MS, count: 1, amounts: [] }] },
    code: 'POLICY_INVALID',
  },
  {
    what: 'a currency that is none',
    clauses: { limits: [{ windowMs: HOUR_MS, count: 1, amounts: [{ amountMinor: 1n, currency: 'XQX' }] }] },
    code: 'POLICY_INVALID',
  },
  {
    what: 'a currency twice',
    clauses: { limits: [{ windowMs: HOUR_MS, count: 1, amounts: [eur(1n), eur(2n)] }] },
    code: 'POLICY_INVALID',
  },
  {
    what: 'a limit of no amount',
    clauses: { limits: [{ windowMs: HOUR_MS, count: 1, amounts: [eur(0n)] }] },
    code: 'POLICY_INVALID',
  },
  {
    what: 'a threshold of nothing',
    clauses: { freeUpTo: { count: null, amounts: [] } },
    code: 'POLICY_INVALID',
  },
  { what: 'a threshold of zero', clauses: { freeUpTo: { count: 0, amounts: [] } }, code: 'POLICY_INVALID' },
  { what: 'an answer within months', clauses: { answerWithinMs: 1_000 * HOUR_MS }, code: 'POLICY_INVALID' },
  {
    what: 'a session that idles longer than it lasts',
    clauses: { session: { maxMs: 1, idleMs: 2 } },
    code: 'POLICY_INVALID',
  },
  {
    what: 'policies that one may change',
    of: 'policies',
    more: () => ({ commands: [] }),
    code: 'POLICY_TOO_WEAK',
  },
  {
    what: 'people whom one may name',
    of: 'people',
    more: without('operators.create'),
    code: 'POLICY_TOO_WEAK',
  },
  {
    what: 'slots that one may change',
    of: 'key-slots',
    more: without('vault.slots.add'),
    code: 'POLICY_TOO_WEAK',
  },
  { what: 'a restore by one', of: 'restore', more: without('backup.restore'), code: 'POLICY_TOO_WEAK' },
  { what: 'keys that one destroys', of: 'keys', more: without('keys.destroy'), code: 'POLICY_TOO_WEAK' },
  {
    what: 'a threshold for people',
    of: 'people',
    clauses: { freeUpTo: { count: 1, amounts: [] } },
    code: 'POLICY_TOO_WEAK',
  },
  {
    what: 'a break-glass that nobody hears',
    of: 'break-glass',
    clauses: { alertAtOnce: false },
    code: 'POLICY_TOO_WEAK',
  },
  { what: 'a quorum that is more than there are', clauses: { quorum: 3 }, code: 'POLICY_UNSATISFIABLE' },
  {
    what: 'checkers whom nobody is',
    clauses: { checkers: ['claims-investigator'] },
    code: 'POLICY_UNSATISFIABLE',
  },
  { what: 'askers whom nobody is', clauses: { askers: ['trader'] }, code: 'POLICY_UNSATISFIABLE' },
  {
    what: 'a maker who is the only checker',
    of: 'policies',
    clauses: { quorum: 2 },
    people: OFFICERS,
    code: 'POLICY_UNSATISFIABLE',
  },
  {
    what: 'checkers who were disabled',
    clauses: { quorum: 2 },
    people: [...BANK.slice(0, 5), person('6', ['treasury-approver'], { state: 'disabled' })],
    code: 'POLICY_UNSATISFIABLE',
  },
  {
    what: 'checkers who hold duties together that nobody may',
    clauses: { quorum: 2 },
    people: [...BANK.slice(0, 5), person('6', ['treasury-approver', 'treasury-analyst'])],
    code: 'POLICY_UNSATISFIABLE',
  },
  { what: 'nobody at all', clauses: { quorum: 2 }, people: [], code: 'POLICY_UNSATISFIABLE' },
];

describe('a change is refused for', () => {
  it.each(REFUSALS)('$what', ({ of = 'journal', clauses = {}, more, people, code }) =>
    withPolicies(({ policies, audit }) => {
      const policy = shipped(of);
      const change = changeOf(policy, clauses, more?.(policy));
      const before = audit.lastSeq();
      expect(codeOf(() => policies.compare(change))).toBe(code);
      expect(codeOf(() => policies.change(ADA, change))).toBe(code);
      expect([audit.lastSeq(), policies.list()]).toEqual([before, SHIPPED]);
    }, people),
  );

  it('strength that nobody has, where nobody could change it back', () =>
    withPolicies(({ policies, world }) => {
      world.strength = () => ({ secondFactor: 'totp', signature: 'ML-DSA-65' });
      const token = { secondFactor: 'hardware-token' } as const;
      expect(codeOf(() => policies.compare(changeOf(shipped('policies'), token)))).toBe(
        'POLICY_UNSATISFIABLE',
      );
      expect(codeOf(() => policies.compare(changeOf(shipped('people'), { signature: 'ML-DSA-87' })))).toBe(
        'POLICY_UNSATISFIABLE',
      );
      expect(codeOf(() => policies.compare(changeOf(shipped('journal'), token)))).toBe('done');
    }));
});

describe('a change', () => {
  it('is the next version, with a record that says what differs', () =>
    withPolicies(({ policies, audit, clock }) => {
      clock.advance(5_000);
      const changed = policies.change(ADA, changeOf(shipped('journal'), { quorum: 2, retentionYears: 5 }));
      expect(changed).toMatchObject({
        ...{ id: 'journal', version: 2, title: 'Journal adjustments and reversals' },
        ...{ changedAtMs: clock.nowMs(), changedBy: 'operator-1', clauses: { quorum: 2, retentionYears: 5 } },
      });
      const { record, detail } = audit.get(audit.lastSeq());
      expect(record).toMatchObject({
        kind: 'policies.change',
        subjects: [{ kind: 'policy', id: 'journal' }],
      });
      expect(JSON.parse(detail!)).toMatchObject({
        ...{ policyId: 'journal', version: 2, reason: 'because' },
        differences: [
          {
            path: 'clauses.quorum',
            before: '1 besides who asks',
            after: '2 besides who asks',
            loosens: false,
          },
          { path: 'clauses.retentionYears', before: '10 years', after: '5 years', loosens: true },
        ],
      });
      expect(policies.governing('ledger.post')).toEqual(changed);
      expect(policies.version('journal', 1)).toEqual(shipped('journal'));
      expect(policies.version('journal', 2)).toEqual(changed);
      expect([policies.version('journal', 3), policies.version('none', 1)]).toEqual([undefined, undefined]);
      expect(policies.get('journal').versions.map(({ version }) => version)).toEqual([2, 1]);
      expect(codeOf(() => policies.change(ADA, changeOf(shipped('journal'), { quorum: 1 })))).toBe(
        'POLICY_STALE',
      );
    }));

  it('carries amounts over a restart to the last digit', () =>
    withPolicies(async (desk) => {
      const limits = [{ windowMs: HOUR_MS, count: null, amounts: [eur(9_007_199_254_740_993n)] }];
      const free = { freeUpTo: { count: 3, amounts: [eur(17n)] }, limits };
      const made = desk.policies.change(ADA, changeOf(shipped('journal'), free));
      expect(desk.policies.list().find(({ id }) => id === 'journal')).toEqual(made);
      expect(made.clauses).toMatchObject(free);
    }));

  it('moves a command from one policy to another in two steps, and only then', () =>
    withPolicies(({ policies }) => {
      const bind = () => changeOf(shipped('wire-transfer'), {}, { commands: ['ledger.post'] });
      expect(codeOf(() => policies.change(ADA, bind()))).toBe('POLICY_INVALID');
      const out = changeOf(shipped('journal'), {}, without('ledger.post')(shipped('journal')));
      expect(policies.compare(out)).toMatchObject([{ path: 'commands', loosens: true }]);
      policies.change(ADA, out);
      expect(policies.governing('ledger.post')).toBeUndefined();
      policies.change(ADA, bind());
      expect(policies.governing('ledger.post')?.id).toBe('wire-transfer');
      expect([policies.retentionYearsOf('ledger.post'), policies.retentionYearsOf('trading')]).toEqual([
        10, 7,
      ]);
      expect(policies.retentionYearsOf('ledger.closePeriod')).toBeUndefined();
    }));

  it('is never taken back or edited in the tables', () =>
    withPolicies(({ policies, vault }) => {
      policies.change(ADA, changeOf(shipped('journal'), { quorum: 2 }));
      const run = (sql: string) => () => vault.transaction(() => vault.db.exec(sql));
      expect(run("UPDATE policy_version SET body = '{}'")).toThrow(/append-only/);
      expect(run('DELETE FROM policy_version')).toThrow(/append-only/);
      const skip = `INSERT INTO policy_version VALUES ('journal', 4, '{}', 0, 'x')`;
      expect(run(skip)).toThrow(/follow each other/);
      expect(run(skip.replace("'journal', 4", "'trading', 1"))).toThrow();
    }));

  it('counts for nothing where its transaction fails', () =>
    withPolicies(({ policies, vault }) => {
      const work = () => {
        policies.change(ADA, changeOf(shipped('journal'), { quorum: 2 }));
        throw new Error('later');
      };
      expect(() => vault.transaction(work)).toThrow('later');
      expect(policies.governing('ledger.post')).toEqual(shipped('journal'));
    }));
});
