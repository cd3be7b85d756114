import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createLineSet,
  EMPTY_LINE_SET,
  type IdentityParts,
  statementIdentity,
} from '../../src/main/statements/identity.ts';

type Line = readonly [date: string, minor: bigint];

function setOf(lines: readonly Line[]) {
  const set = createLineSet();
  for (const [date, minor] of lines) set.add(date, minor);
  return set.result();
}

const line = fc.tuple(
  fc.integer({ min: 1, max: 28 }).map((day) => `2024-01-${String(day).padStart(2, '0')}`),
  fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
);

describe('the fingerprint of lines', () => {
  it('does not depend on their order', () => {
    fc.assert(
      fc.property(
        fc
          .array(line)
          .chain((lines) =>
            fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length })),
          ),
        ([lines, shuffled]) => {
          expect(setOf(shuffled)).toEqual(setOf(lines));
        },
      ),
    );
  });

  it('counts how often a line stands', () => {
    fc.assert(
      fc.property(line, fc.integer({ min: 1, max: 20 }), (one, count) => {
        const repeated = setOf(Array.from({ length: count }, () => one));
        expect(repeated.count).toBe(count);
        expect(setOf(Array.from({ length: count + 1 }, () => one)).sum).not.toBe(repeated.sum);
      }),
    );
  });

  it('of a whole is the sum of its parts', () => {
    fc.assert(
      fc.property(fc.array(line), fc.array(line), (left, right) => {
        const sum = (setOf(left).sum + setOf(right).sum) % 2n ** 256n;
        expect(setOf([...left, ...right]).sum).toBe(sum);
      }),
    );
  });

  it('tells sign, date and split from each other', () => {
    const sets = [
      setOf([]),
      setOf([['2024-01-01', 100n]]),
      setOf([['2024-01-01', -100n]]),
      setOf([['2024-01-02', 100n]]),
      setOf([
        ['2024-01-01', 50n],
        ['2024-01-01', 50n],
      ]),
      setOf([
        ['2024-01-01', 40n],
        ['2024-01-01', 60n],
      ]),
    ];
    expect(new Set(sets.map(({ sum }) => sum)).size).toBe(sets.length);
    expect(sets[0]).toEqual(EMPTY_LINE_SET);
  });
});

describe('the identity of a statement', () => {
  const base: IdentityParts = {
    bankAccountId: 1n,
    currency: 'EUR',
    opening: { amountMinor: 100n, date: '2024-01-01' },
    closing: { amountMinor: 150n, date: '2024-01-02' },
    lines: setOf([['2024-01-02', 50n]]),
  };
  const others: readonly (readonly [what: string, parts: IdentityParts])[] = [
    ['another account', { ...base, bankAccountId: 2n }],
    ['another currency', { ...base, currency: 'USD' }],
    ['another opening amount', { ...base, opening: { amountMinor: 101n, date: '2024-01-01' } }],
    ['another opening date', { ...base, opening: { amountMinor: 100n, date: '2023-12-31' } }],
    ['no opening balance', { ...base, opening: null }],
    ['another closing amount', { ...base, closing: { amountMinor: 151n, date: '2024-01-02' } }],
    ['another closing date', { ...base, closing: { amountMinor: 150n, date: '2024-01-03' } }],
    ['another line', { ...base, lines: setOf([['2024-01-02', 51n]]) }],
    ['the marks of a notice', { ...base, notice: { type: 'camt.054', statementId: 'A', createdAt: null } }],
  ];

  it('is the same for the same statement', () => {
    expect(statementIdentity({ ...base })).toEqual(statementIdentity(base));
  });

  it.each(others)('differs with %s', (_, parts) => {
    expect(statementIdentity(parts)).not.toEqual(statementIdentity(base));
  });
});
