import { describe, expect, test } from 'vitest';
import { isCountersignError } from '../../src/main/base/index.ts';
import { between, CALLER, withBooks } from './support.ts';

describe('group commit', () => {
  test('callers share a record and a commit, and are answered after it', async () => {
    await withBooks(async ({ ledger, entry, cash, test: { audit, vault } }) => {
      const before = audit.lastSeq();
      let inTransaction = false;
      const calls = Array.from({ length: 200 }, () =>
        ledger.postGrouped([entry(1n)], CALLER).then(([result]) => {
          inTransaction ||= vault.db.inTransaction;
          return result!;
        }),
      );
      const results = await Promise.all(calls);
      expect(inTransaction).toBe(false);
      expect(new Set(results.map((result) => result.record))).toEqual(new Set([before + 1n]));
      expect(ledger.balanceMinor(cash)).toBe(200n);
      expect((await ledger.verify()).verified).toBe(true);
    });
  });

  test('what one caller is refused does not touch the others, and who comes later meets who came before', async () => {
    await withBooks(async ({ ledger, entry, till, loan }) => {
      const take = (amount: bigint) => entry(1n, { postings: between(till, loan, amount) });
      const same = take(10n);
      const calls = [
        [take(900n)],
        [take(50n), take(60n)], // the second of the two is beyond the limit, so both are refused
        [take(90n)],
        [same],
        [same],
        [{ ...same, memo: 'other' }],
        [take(1n)],
      ];
      const answers = await Promise.all(
        calls.map((entries) =>
          ledger.postGrouped(entries, CALLER).then(
            (results) => results.map((result) => result.repeated).join(),
            (error: unknown) => (isCountersignError(error) ? error.code : 'fault'),
          ),
        ),
      );
      expect(answers).toEqual([
        'false',
        'LEDGER_LIMIT_EXCEEDED',
        'false',
        'false',
        'true',
        'LEDGER_ID_REUSED',
        'LEDGER_LIMIT_EXCEEDED',
      ]);
      expect(ledger.balanceMinor(till)).toBe(1_000n);
    });
  });

  test('each actor has a record of their own', async () => {
    await withBooks(async ({ ledger, entry, test: { audit } }) => {
      const actors = ['ann', 'ben', 'ann', 'cyd'];
      const results = await Promise.all(
        actors.map((actor) => ledger.postGrouped([entry(1n)], { actor, traceId: '' })),
      );
      const recorded = results.map(([result]) => audit.get(result!.record).record.actor);
      expect(recorded).toEqual(actors);
      expect((await ledger.verify()).verified).toBe(true);
    });
  });

  test('many entries are cut into groups', async () => {
    await withBooks(async ({ ledger, entry, cash }) => {
      const calls = Array.from({ length: 5 }, () =>
        ledger.postGrouped(
          Array.from({ length: 700 }, () => entry(1n)),
          CALLER,
        ),
      );
      const results = await Promise.all(calls);
      expect(new Set(results.map((answers) => answers[0]!.record)).size).toBe(5);
      expect(ledger.balanceMinor(cash)).toBe(3_500n);
    });
  });

  test('where the commit fails nobody is told otherwise, and the books are as they were', async () => {
    await withBooks(async ({ ledger, entry, cash, test: { vault } }) => {
      let fail = true;
      vault.beforeCommit(() => {
        if (fail) throw new Error('the disk is full');
      });
      const answers = await Promise.allSettled([
        ledger.postGrouped([entry(1n)], CALLER),
        ledger.postGrouped([entry(2n)], CALLER),
      ]);
      expect(answers.map((answer) => answer.status)).toEqual(['rejected', 'rejected']);
      fail = false;
      expect(ledger.balanceMinor(cash)).toBe(0n);
      expect(ledger.entryCount()).toBe(0);
      await ledger.postGrouped([entry(4n)], CALLER);
      expect(ledger.balanceMinor(cash)).toBe(4n);
    });
  });
});
