import { describe, expect, test } from 'vitest';
import { idToText } from '../../src/main/base/index.ts';
import { codeOf } from '../support/refusal.ts';
import { between, CALLER, withBooks } from './support.ts';

describe('pending entries', () => {
  test('count in limits and in no balance until they are posted', async () => {
    await withBooks(({ ledger, entry, cash }) => {
      const waiting = entry(40n, { pending: {} });
      const [posted] = ledger.post([waiting], CALLER);
      const shown = () => ledger.accounts().find((account) => account.id === String(cash))!;
      expect(shown()).toMatchObject({ balanceMinor: 0n, pendingMinor: 40n });
      expect(ledger.entry(waiting.id).state).toBe('pending');
      const { record } = ledger.resolvePending(waiting.id, 'post', CALLER);
      expect(shown()).toMatchObject({ balanceMinor: 40n, pendingMinor: 0n });
      expect(ledger.entry(waiting.id).state).toBe('posted');
      // It was known before as pending; its money counts from the record that posted it.
      expect(ledger.balanceMinor(cash, { knownAt: posted!.record })).toBe(0n);
      expect(ledger.balanceMinor(cash, { knownAt: record })).toBe(40n);
      expect(codeOf(() => ledger.resolvePending(waiting.id, 'void', CALLER))).toBe('LEDGER_NOT_PENDING');
    });
  });

  test('are voided, and expire by the clock', async () => {
    await withBooks(({ ledger, entry, cash, clock }) => {
      const voided = entry(1n, { pending: {} });
      const expiring = entry(2n, { pending: { expiresAtMs: clock.nowMs() + 1_000 } });
      const staying = entry(4n, { pending: { expiresAtMs: clock.nowMs() + 5_000 } });
      ledger.post([voided, expiring, staying], CALLER);
      ledger.resolvePending(voided.id, 'void', CALLER);
      expect(ledger.expirePending()).toBe(0);
      clock.advance(1_000);
      // Over is over, also before the sweep came.
      expect(codeOf(() => ledger.resolvePending(expiring.id, 'post', CALLER))).toBe('LEDGER_NOT_PENDING');
      expect(ledger.expirePending()).toBe(1);
      expect([voided, expiring, staying].map((entry) => ledger.entry(entry.id).state)).toEqual([
        'voided',
        'expired',
        'pending',
      ]);
      expect(ledger.accounts().find((account) => account.id === String(cash))).toMatchObject({
        balanceMinor: 0n,
        pendingMinor: 4n,
      });
    });
  });

  test('are not posted into a period that was closed since', async () => {
    await withBooks(({ ledger, entry }) => {
      const waiting = entry(1n, { effectiveDate: '2026-03-03', pending: {} });
      ledger.post([waiting], CALLER);
      ledger.closePeriod('2026-03-31', CALLER);
      expect(codeOf(() => ledger.resolvePending(waiting.id, 'post', CALLER))).toBe('LEDGER_PERIOD_CLOSED');
      ledger.resolvePending(waiting.id, 'void', CALLER);
      expect(ledger.entry(waiting.id).state).toBe('voided');
    });
  });
});

describe('reversal', () => {
  test('names its entry, once, and can be taken back itself', async () => {
    await withBooks(({ ledger, entry, cash }) => {
      const wrong = entry(9n);
      ledger.post([wrong], CALLER);
      const reversal = ledger.reverse({ entryId: wrong.id, reason: 'wrong amount' }, CALLER);
      expect(ledger.entry(wrong.id).reversedBy).toBe(idToText(reversal.id));
      expect(ledger.entry(reversal.id)).toMatchObject({
        reverses: idToText(wrong.id),
        reason: 'reversal',
        memo: 'wrong amount',
        effectiveDate: wrong.effectiveDate,
      });
      expect(ledger.balanceMinor(cash)).toBe(0n);
      expect(codeOf(() => ledger.reverse({ entryId: wrong.id, reason: 'again' }, CALLER))).toBe(
        'LEDGER_ALREADY_REVERSED',
      );
      ledger.reverse({ entryId: reversal.id, reason: 'it was right' }, CALLER);
      expect(ledger.balanceMinor(cash)).toBe(9n);
    });
  });

  test('of an entry in a closed period stands at a later date', async () => {
    await withBooks(({ ledger, entry }) => {
      const old = entry(9n, { effectiveDate: '2026-02-02' });
      ledger.post([old], CALLER);
      ledger.closePeriod('2026-02-28', CALLER);
      expect(
        codeOf(() => ledger.reverse({ entryId: old.id, reason: 'no', effectiveDate: '2026-02-28' }, CALLER)),
      ).toBe('LEDGER_PERIOD_CLOSED');
      const reversal = ledger.reverse({ entryId: old.id, reason: 'late' }, CALLER);
      expect(ledger.entry(reversal.id).effectiveDate).toBe('2026-06-15');
    });
  });
});

describe('periods', () => {
  test('close in order and only in the past', async () => {
    await withBooks(({ ledger }) => {
      expect(ledger.closedThrough()).toBeNull();
      ledger.closePeriod('2026-05-31', CALLER);
      for (const through of ['2026-05-31', '2026-04-30', '2026-06-15', '2027-01-01']) {
        expect(codeOf(() => ledger.closePeriod(through, CALLER))).toBe('LEDGER_PERIOD_ORDER');
      }
      expect(codeOf(() => ledger.closePeriod('2026-06-31', CALLER))).toBe('LEDGER_DATE_INVALID');
      ledger.closePeriod('2026-06-14', CALLER);
      expect(ledger.closedThrough()).toBe('2026-06-14');
    });
  });
});

describe('the chart', () => {
  test('makes role accounts once, under their groups, with a record each', async () => {
    await withBooks(({ ledger, test: { audit } }) => {
      const before = audit.lastSeq();
      const receivables = ledger.roleAccount('receivables', 'EUR');
      expect(audit.lastSeq()).toBe(before + 2n);
      expect(ledger.roleAccount('receivables', 'EUR')).toBe(receivables);
      expect(ledger.roleAccount('receivables', 'CHF')).not.toBe(receivables);
      const bank = ledger.createBankAccount('EUR', 3);
      expect(ledger.createBankAccount('EUR', 3)).toBe(bank);
      const chart = ledger.accounts();
      const codes = chart.map((account) => account.code);
      expect(codes.indexOf('1000')).toBeLessThan(codes.indexOf('1100'));
      expect(chart.find((account) => account.id === String(bank))).toMatchObject({
        name: 'Bank account 3 EUR',
        normalSide: 'debit',
        parentId: chart.find((account) => account.code === '1100')!.id,
      });
      expect(ledger.roleBalances('bank-account')).toEqual([{ currency: 'EUR', amountMinor: 0n }]);
    });
  });

  test('shows balances on the normal side, groups summed where one currency is below', async () => {
    await withBooks(({ ledger, entry, till, loan, group, cash }) => {
      ledger.post([entry(70n), entry(1n, { postings: between(till, loan, 30n) })], CALLER);
      const of = (id: bigint) => ledger.accounts().find((account) => account.id === String(id))!;
      expect(of(cash).balanceMinor).toBe(70n);
      expect(of(loan).balanceMinor).toBe(100n);
      expect(of(group)).toMatchObject({ balanceMinor: 100n, currency: 'EUR' });
    });
  });

  test('refuses a code twice, a parent that takes postings, and closing what is not empty', async () => {
    await withBooks(({ ledger, cash, entry }) => {
      const input = {
        code: 'A',
        name: 'Again',
        kind: 'asset',
        currency: 'EUR',
        postable: true,
        parentId: null,
      } as const;
      expect(codeOf(() => ledger.createAccount(input, CALLER))).toBe('LEDGER_ACCOUNT_CODE_TAKEN');
      expect(codeOf(() => ledger.createAccount({ ...input, code: 'Z', parentId: 999n }, CALLER))).toBe(
        'LEDGER_ACCOUNT_UNKNOWN',
      );
      expect(codeOf(() => ledger.createAccount({ ...input, code: 'Z', parentId: cash }, CALLER))).toBe(
        'INPUT_INVALID',
      );
      expect(codeOf(() => ledger.createAccount({ ...input, code: 'Z', currency: null }, CALLER))).toBe(
        'INPUT_INVALID',
      );
      expect(codeOf(() => ledger.setLimits(cash, { minMinor: 2n, maxMinor: 1n }, CALLER))).toBe(
        'INPUT_INVALID',
      );
      ledger.post([entry(1n)], CALLER);
      expect(codeOf(() => ledger.closeAccount(cash, CALLER))).toBe('LEDGER_ACCOUNT_NOT_EMPTY');
    });
  });

  test('follows a rollback', async () => {
    await withBooks(({ ledger, test: { vault } }) => {
      expect(() =>
        vault.transaction(() => {
          ledger.roleAccount('held', 'EUR');
          throw new Error('on purpose');
        }),
      ).toThrow('on purpose');
      expect(ledger.accounts().some((account) => account.name === 'Held EUR')).toBe(false);
      const held = ledger.roleAccount('held', 'EUR');
      expect(ledger.balanceMinor(held)).toBe(0n);
    });
  });
});
