import { describe, expect, it } from 'vitest';
import type { PolicyClauses } from '../../src/contract/policies.ts';
import { CLAUSE_NAMES, differences, inWords } from '../../src/main/policies/compare.ts';
import { shipped } from './support.ts';

const eur = (amountMinor: bigint) => ({ amountMinor, currency: 'EUR' });
const usd = (amountMinor: bigint) => ({ amountMinor, currency: 'USD' });
const HOUR_MS = 3_600_000;
const limit = (windowMs: number, count: number | null, amounts = [eur(100n)]) => ({
  windowMs,
  count,
  amounts,
});

/** From one value of a clause to another, and whether less is asked for then. */
type Row<Name extends keyof PolicyClauses = keyof PolicyClauses> = {
  [N in Name]: readonly [N, PolicyClauses[N], PolicyClauses[N], boolean];
}[Name];

const ROWS: readonly Row[] = [
  ['askers', ['trader'], [], true],
  ['askers', ['trader'], ['trader', 'risk-manager'], true],
  ['askers', [], ['trader'], false],
  ['askers', ['trader', 'risk-manager'], ['trader'], false],
  ['checkers', ['risk-manager'], ['risk-manager', 'trader'], true],
  ['checkers', ['risk-manager', 'trader'], ['trader'], false],
  ['quorum', 2, 1, true],
  ['quorum', 1, 2, false],
  ['vetoers', [], ['trader'], true],
  ['vetoers', ['trader', 'risk-manager'], ['trader'], true],
  ['vetoers', ['trader'], [], false],
  ['vetoers', ['trader'], ['trader', 'risk-manager'], false],
  ['answerWithinMs', HOUR_MS, 2 * HOUR_MS, true],
  ['answerWithinMs', HOUR_MS, HOUR_MS / 2, false],
  ['freeUpTo', null, { count: 1, amounts: [] }, true],
  ['freeUpTo', { count: 1, amounts: [] }, null, false],
  ['freeUpTo', { count: 1, amounts: [] }, { count: 2, amounts: [] }, true],
  ['freeUpTo', { count: 2, amounts: [] }, { count: 1, amounts: [] }, false],
  ['freeUpTo', { count: 1, amounts: [eur(1n)] }, { count: null, amounts: [eur(1n)] }, true],
  ['freeUpTo', { count: 1, amounts: [eur(1n)] }, { count: 1, amounts: [eur(2n)] }, true],
  ['freeUpTo', { count: 1, amounts: [eur(1n)] }, { count: 1, amounts: [eur(1n), usd(1n)] }, true],
  ['freeUpTo', { count: 1, amounts: [eur(1n)] }, { count: 1, amounts: [] }, true],
  ['freeUpTo', { count: 1, amounts: [eur(1n), usd(1n)] }, { count: 1, amounts: [eur(1n)] }, false],
  ['limits', [limit(HOUR_MS, 1)], [], true],
  ['limits', [], [limit(HOUR_MS, 1)], false],
  ['limits', [limit(HOUR_MS, 1)], [limit(HOUR_MS, 2)], true],
  ['limits', [limit(HOUR_MS, 1)], [limit(HOUR_MS, null)], true],
  ['limits', [limit(HOUR_MS, 2)], [limit(HOUR_MS, 1)], false],
  ['limits', [limit(HOUR_MS, 1)], [limit(2 * HOUR_MS, 1)], false],
  ['limits', [limit(2 * HOUR_MS, 1)], [limit(HOUR_MS, 1)], true],
  ['limits', [limit(HOUR_MS, 1)], [limit(HOUR_MS, 1, [eur(101n)])], true],
  ['limits', [limit(HOUR_MS, 1)], [limit(HOUR_MS, 1, [eur(100n), usd(1n)])], true],
  ['limits', [limit(HOUR_MS, 1, [eur(1n), usd(1n)])], [limit(HOUR_MS, 1, [eur(1n)])], false],
  ['limits', [limit(HOUR_MS, 1)], [limit(HOUR_MS, 1, [])], true],
  ['delegation', false, true, true],
  ['delegation', true, false, false],
  ['session', { maxMs: 1, idleMs: 1 }, null, true],
  ['session', null, { maxMs: 1, idleMs: 1 }, false],
  ['session', { maxMs: 2, idleMs: 1 }, { maxMs: 3, idleMs: 1 }, true],
  ['session', { maxMs: 2, idleMs: 1 }, { maxMs: 2, idleMs: 2 }, true],
  ['session', { maxMs: 2, idleMs: 2 }, { maxMs: 1, idleMs: 1 }, false],
  ['secondFactor', 'hardware-token', 'totp', true],
  ['secondFactor', 'totp', 'hardware-token', false],
  ['signature', 'ML-DSA-87', 'ML-DSA-65', true],
  ['signature', 'ML-DSA-65', 'ML-DSA-87', false],
  ['kem', 'ML-KEM-1024', 'ML-KEM-768', true],
  ['kem', 'ML-KEM-768', 'ML-KEM-1024', false],
  ['alertAtOnce', true, false, true],
  ['alertAtOnce', false, true, false],
  ['maskAccounts', true, false, true],
  ['maskAccounts', false, true, false],
  ['retentionYears', 10, 7, true],
  ['retentionYears', 7, 10, false],
  ['regimes', ['EMIR'], [], true],
  ['regimes', [], ['EMIR'], false],
];

const terms = <Name extends keyof PolicyClauses>(name: Name, value: PolicyClauses[Name]) => {
  const { clauses } = shipped('journal');
  return { commands: [], clauses: { ...clauses, [name]: value } };
};

describe('a difference', () => {
  const named = ROWS.map((row, i) => ({
    what: `${row[0]} ${row[3] ? 'loosens' : 'does not loosen'} (${i})`,
    row,
  }));
  it.each(named)('of $what', ({ row: [name, before, after, loosens] }) => {
    const found = differences(terms(name, before), terms(name, after));
    expect(found).toMatchObject([{ path: `clauses.${name}`, loosens }]);
    expect(found[0]!.before).not.toBe(found[0]!.after);
  });

  it('is compared for every clause, in both directions', () => {
    for (const name of CLAUSE_NAMES) {
      const directions = new Set(ROWS.filter(([one]) => one === name).map(([, , , loosens]) => loosens));
      expect([name, [...directions].sort()]).toEqual([name, [false, true]]);
    }
  });

  it('of the commands loosens where one is let go', () => {
    const { clauses } = shipped('journal');
    const of = (...commands: string[]) => ({ commands, clauses });
    const path = 'commands';
    expect(differences(of('b', 'a'), of('a', 'b', 'c'))).toEqual([
      { path, before: 'a, b', after: 'a, b, c', loosens: false },
    ]);
    expect(differences(of('a'), of())).toEqual([{ path, before: 'a', after: 'none', loosens: true }]);
  });

  it('is none where only an order differs', () => {
    const wire = shipped('wire-transfer');
    const [limits] = wire.clauses.limits;
    const turned = { ...limits!, amounts: limits!.amounts.toReversed() };
    const clauses = { ...wire.clauses, limits: [turned], askers: wire.clauses.askers.toReversed() };
    expect(differences(wire, { commands: [], clauses })).toEqual([]);
  });

  it.each([
    [60_000, '1 minute'],
    [900_000, '15 minutes'],
    [4 * HOUR_MS, '4 hours'],
    [86_400_000, '1 day'],
    [90_000, '90 seconds'],
    [1_001, '1001 milliseconds'],
  ])('reads %i as %s', (ms, words) => expect(inWords(ms)).toBe(words));
});
