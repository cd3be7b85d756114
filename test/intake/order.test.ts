import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withDesks } from '../support/desks.ts';
import { camt053, mt940, type StatementSpec } from '../support/statement-files.ts';

const euros = (minor: number) =>
  `${minor < 0 ? '-' : ''}${Math.trunc(Math.abs(minor) / 100)}.${String(Math.abs(minor) % 100).padStart(2, '0')}`;
const date = (day: number) => `2024-03-${String(day).padStart(2, '0')}`;

/** Statements of one account on following days; where `jump` is not zero one is missing before. */
const statements = fc
  .array(
    fc.record({
      jump: fc.oneof(
        { weight: 3, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: -500, max: 500 }) },
      ),
      amounts: fc.array(fc.integer({ min: -900, max: 900 }), { maxLength: 4 }),
      mt: fc.boolean(),
    }),
    { minLength: 2, maxLength: 6 },
  )
  .map((days) => {
    let running = 1_000;
    return days.map(({ jump, amounts, mt }, at) => {
      const openingMinor = running + jump;
      running = openingMinor + amounts.reduce((sum, amount) => sum + amount, 0);
      const spec: StatementSpec = {
        opening: [date(at + 1), euros(openingMinor)],
        closing: [date(at + 2), euros(running)],
        lines: amounts.map((amount) => ({ date: date(at + 2), amount: euros(amount) })),
      };
      return mt ? mt940(spec) : camt053(spec);
    });
  });

async function booksAfter(files: readonly string[]): Promise<unknown> {
  return withDesks(async (desks) => {
    for (const [at, file] of files.entries()) {
      expect(await desks.take(`${at}`, file)).toMatchObject({ outcome: 'imported' });
    }
    expect(await desks.statements.verifyBank()).toMatchObject({ ok: true, findings: [] });
    const days = [2, 4, 6, 31].map(date);
    return ['Bank account 1 EUR', 'Unapplied cash EUR', 'Statement differences EUR'].map((name) => {
      const account = desks.ledger.accounts().find((candidate) => candidate.name === name);
      return account && days.map((asOf) => desks.ledger.balanceMinor(BigInt(account.id), { asOf }));
    });
  });
}

describe('the order in which statements of an account arrive', () => {
  it('changes no balance on any day', async () => {
    await fc.assert(
      fc.asyncProperty(
        statements.chain((files) =>
          fc.tuple(fc.constant(files), fc.shuffledSubarray(files, { minLength: files.length })),
        ),
        async ([files, shuffled]) => {
          // Two empty statements of one day and balance are one and the same.
          fc.pre(new Set(files).size === files.length);
          expect(await booksAfter(shuffled)).toEqual(await booksAfter(files));
        },
      ),
      { numRuns: 8 },
    );
  }, 60_000);
});
