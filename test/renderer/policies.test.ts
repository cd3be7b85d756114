import { describe, expect, it } from 'vitest';
import { contract } from '../../src/contract/index.ts';
import type { Policy } from '../../src/contract/policies.ts';
import {
  amountsOf,
  amountsText,
  changeOf,
  draftOf,
  type PolicyDraft,
  spanDraft,
  spanOf,
  termsOf,
} from '../../src/renderer/src/policies/drafting.ts';
import { commandsOf, nextSunday, simulationOf } from '../../src/renderer/src/policies/simulating.ts';
import { clauseWords, pathLabel, pathWords, writeSpan } from '../../src/renderer/src/policies/words.ts';

const HOUR_MS = 3_600_000;

const policy: Policy = {
  id: 'wire-transfer',
  version: 3,
  title: 'Wire transfer',
  commands: ['ledger.post', 'weather.change'],
  clauses: {
    askers: [],
    checkers: ['treasury-approver', 'risk-manager'],
    quorum: 2,
    vetoers: [],
    answerWithinMs: 15 * 60_000,
    freeUpTo: { count: 3, amounts: [{ amountMinor: 100_000n, currency: 'EUR' }] },
    limits: [
      { windowMs: 24 * HOUR_MS, count: 100, amounts: [{ amountMinor: 1_000_000_000n, currency: 'JPY' }] },
    ],
    delegation: true,
    session: { maxMs: 4 * HOUR_MS, idleMs: 90 * 60_000 },
    secondFactor: 'hardware-token',
    signature: 'ML-DSA-87',
    kem: 'ML-KEM-1024',
    alertAtOnce: false,
    maskAccounts: true,
    retentionYears: 10,
    regimes: ['MiFID II', 'EMIR'],
  },
  changedAtMs: 0,
  changedBy: 'program',
};

describe('the draft of a policy', () => {
  it('makes the very policy that it was made of', () => {
    const drafted = termsOf(draftOf(policy));
    expect(drafted).toEqual({ ok: true, commands: policy.commands, clauses: policy.clauses });
    if (drafted.ok)
      expect(changeOf(policy, drafted, 'why')).toMatchObject({ policyId: 'wire-transfer', baseVersion: 3 });
  });

  it.each<[Partial<PolicyDraft>, string]>([
    [{ quorum: '0' }, 'quorum'],
    [{ quorum: '10' }, 'quorum'],
    [{ quorum: '1.5' }, 'quorum'],
    [{ answerWithin: { count: '-1', unit: 'hour' } }, 'answerWithin'],
    [{ freeCount: 'many' }, 'freeCount'],
    [{ freeAmounts: '10 EUR twenty' }, 'freeAmounts'],
    [{ freeCount: '', freeAmounts: '' }, 'free'],
    [{ limits: [{ key: 1, count: '', amounts: '', window: { count: '1', unit: 'day' } }] }, 'limits'],
    [{ limits: [{ key: 1, count: '5', amounts: '', window: { count: '0', unit: 'day' } }] }, 'limits'],
    [{ sessionMax: { count: '', unit: 'hour' } }, 'session'],
    [{ retentionYears: '101' }, 'retentionYears'],
    [{ checkers: [] }, 'checkers'],
  ])('with %j is refused for its %s', (part, problem) =>
    expect(termsOf({ ...draftOf(policy), ...part })).toMatchObject({ ok: false, problems: [problem] }),
  );

  it('drops what is switched off', () => {
    const drafted = termsOf({ ...draftOf(policy), isFree: false, hasSession: false, freeCount: 'x' });
    expect(drafted).toMatchObject({ ok: true, clauses: { freeUpTo: null, session: null } });
  });
});

describe('amounts as they are typed', () => {
  it.each([
    ['10,000.00 EUR, 5000 USD', '10000.00 EUR, 5000.00 USD'],
    ['1 234.50 eur;300 JPY', '1234.50 EUR, 300 JPY'],
    ['', ''],
    [' , ', ''],
  ])('%s', (text, read) => expect(amountsText(amountsOf(text)!)).toBe(read));

  it.each(['10', 'EUR', '10 EURO', '1.234 EUR', '1 EUR 2 EUR', '-5 EUR', '5 XQZ', '10 EUR and more'])(
    'takes nothing from %s',
    (text) => expect(amountsOf(text)).toBeNull(),
  );
});

describe('times as they are typed', () => {
  it.each([15 * 60_000, 90 * 60_000, HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS])('%d ms come back', (ms) =>
    expect(spanOf(spanDraft(ms))).toBe(ms),
  );
  it('are written in the largest whole unit', () =>
    expect([writeSpan(15 * 60_000), writeSpan(24 * HOUR_MS), writeSpan(90 * 60_000)]).toEqual([
      '15 minutes',
      '1 day',
      '90 minutes',
    ]));
});

describe('a policy in words', () => {
  it.each([
    ['checkers', 'Treasury approver and Risk manager'],
    ['askers', 'whoever holds the permission'],
    ['quorum', '2 besides who asks'],
    ['freeUpTo', 'up to 3 in number and 1,000.00 EUR'],
    ['limits', '100 in number and 1,000,000,000 JPY in 1 day'],
    ['session', 'not older than 4 hours, not idle for 90 minutes'],
    ['retentionYears', '10 years'],
    ['regimes', 'MiFID II and EMIR'],
  ] as const)('%s', (name, words) => expect(clauseWords(name, policy.clauses)).toBe(words));

  it('names what a difference is about, and keeps the path of what it does not know', () => {
    expect([pathLabel('clauses.quorum'), pathLabel('commands'), pathLabel('clauses.toString')]).toEqual([
      'How many must agree',
      'Commands under it',
      'clauses.toString',
    ]);
    expect(pathWords('commands', policy)).toBe('Journal adjustment and weather.change');
    expect(pathWords('clauses.unheard', policy)).toBeNull();
  });
});

describe('the simulator', () => {
  const draft = { procedure: 'ledger.post', amounts: '', count: '1', at: '', absent: [] };

  it('asks for what was typed, and says which field it cannot read', () => {
    expect(simulationOf({ ...draft, amounts: '5,000,000 EUR', absent: ['a'] })).toEqual({
      input: {
        procedure: 'ledger.post',
        amounts: [{ amountMinor: 500_000_000n, currency: 'EUR' }],
        count: 1,
        absent: ['a'],
      },
    });
    expect(simulationOf({ ...draft, amounts: 'five', count: '0', at: 'Sunday' })).toEqual({
      problems: ['amounts', 'count', 'at'],
    });
  });

  it('knows when Sunday is, on a Sunday too', () => {
    const saturday = new Date(2026, 10, 21, 17, 0).getTime();
    expect(nextSunday(saturday)).toEqual(new Date(2026, 10, 22, 10, 0));
    expect(nextSunday(new Date(2026, 10, 22, 9, 0).getTime())).toEqual(new Date(2026, 10, 29, 10, 0));
  });

  it('offers every command that needs a session, and nothing that reads', () => {
    const commands = commandsOf(contract);
    expect(commands).toContain('vault.slots.revoke');
    expect(commands).toContain('policies.change');
    expect(commands).not.toContain('ledger.accounts');
    expect(commands).not.toContain('session.signIn');
  });
});
