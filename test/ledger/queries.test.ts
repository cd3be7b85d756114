import { createRouterClient } from '@orpc/server';
import { describe, expect, test } from 'vitest';
import { permissions } from '../../src/contract/common.ts';
import { idToText, isCountersignError } from '../../src/main/base/index.ts';
import { ledgerProcedures } from '../../src/main/ledger/index.ts';
import { codeOf } from '../support/refusal.ts';
import { type Books, between, CALLER, withBooks } from './support.ts';

/** 300 entries in batches of 30; every third on till, reasons in turn, dates running backwards. */
function fill({ ledger, entry, till, loan }: Books): string[] {
  const ids: string[] = [];
  for (let batch = 0; batch < 10; batch += 1) {
    const entries = Array.from({ length: 30 }, (_, at) =>
      entry(1n, {
        reason: ['one', 'two'][Math.floor(at / 15)]!,
        effectiveDate: `2026-0${1 + ((9 - batch) % 5)}-10`,
        ...(at % 3 === 0 ? { postings: between(till, loan, 1n) } : {}),
        ...(at === 7 ? { source: { kind: 'match', id: String(batch % 2) } } : {}),
      }),
    );
    ledger.post(entries, CALLER);
    ids.push(...entries.map(({ id }) => idToText(id)));
  }
  return ids.reverse();
}

describe('the journal in pages', () => {
  test('shows every entry once, the newest first, under every filter', async () => {
    await withBooks((books) => {
      const { ledger, till } = books;
      const ids = fill(books);
      const all = (filter: object, limit: number) => {
        const rows: string[] = [];
        let cursor: string | undefined;
        do {
          const page = ledger.entries({ ...filter, limit, cursor });
          expect(page.rows.length).toBeLessThanOrEqual(limit);
          rows.push(...page.rows.map((row) => row.id));
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        return rows;
      };
      const place = (id: string) => (ids.length - 1 - ids.indexOf(id)) % 30;
      for (const limit of [7, 30, 300, 500]) {
        expect(all({}, limit)).toEqual(ids);
        expect(all({ accountId: till }, limit)).toEqual(ids.filter((id) => place(id) % 3 === 0));
        expect(all({ reason: 'two' }, limit)).toEqual(ids.filter((id) => place(id) >= 15));
        expect(all({ reason: 'two', accountId: till }, limit)).toEqual(
          ids.filter((id) => place(id) >= 15 && place(id) % 3 === 0),
        );
        expect(all({ source: { kind: 'match', id: '1' } }, limit)).toHaveLength(5);
        expect(all({ source: { kind: 'match', id: '1' }, reason: 'two' }, limit)).toEqual([]);
        expect(all({ reason: 'three' }, limit)).toEqual([]);
      }
      expect(ledger.entries({ limit: 1 }).total).toBe(300);
      expect(codeOf(() => ledger.entries({ limit: 1, cursor: 'x' }))).toBe('INPUT_INVALID');
    });
  });

  test('an account statement runs from its opening to its closing balance', async () => {
    await withBooks(async (books) => {
      const { ledger, till, entry, loan } = books;
      fill(books);
      await ledger.takeSnapshot();
      ledger.post(
        [
          entry(1n, {
            effectiveDate: '2026-02-10',
            postings: [...between(till, loan, 5n), ...between(loan, till, 2n)],
          }),
        ],
        CALLER,
      );
      const statement = ledger.accountStatement({
        accountId: till,
        from: '2026-02-01',
        to: '2026-03-31',
        limit: 100,
      });
      expect(statement.openingMinor).toBe(20n);
      expect(statement.closingMinor).toBe(63n);
      expect(statement.rows).toHaveLength(42);
      expect(statement.rows.at(-1)!.runningMinor).toBe(63n);
      expect(statement.rows.map((row) => row.effectiveDate)).toEqual(
        statement.rows.map((row) => row.effectiveDate).sort(),
      );
      expect(codeOf(() => ledger.accountStatement({ accountId: 99n, limit: 1 }))).toBe(
        'LEDGER_ACCOUNT_UNKNOWN',
      );
      expect(codeOf(() => ledger.accountStatement({ accountId: till, limit: 1, from: '2026-02-31' }))).toBe(
        'LEDGER_DATE_INVALID',
      );
      expect(codeOf(() => ledger.accountStatement({ accountId: till, limit: 1, cursor: '1.2' }))).toBe(
        'INPUT_INVALID',
      );
    });
  });
});

describe('snapshots', () => {
  test('change no answer, know what came later, and are taken again only for something new', async () => {
    await withBooks(async (books) => {
      const { ledger, entry, clock, test: vault } = books;
      fill(books);
      const pending = entry(8n, { effectiveDate: '2026-01-02', pending: { expiresAtMs: clock.nowMs() + 1 } });
      ledger.post([pending], CALLER);
      const points = [undefined, '2026-01-10', '2026-03-31'].flatMap((asOf) =>
        [undefined, 7n, 12n, 16n].map((knownAt) => ({ asOf, knownAt })),
      );
      const answers = () => points.map((point) => ledger.trialBalance(point));
      const before = answers();
      expect(await ledger.takeSnapshot()).toBe(true);
      expect(answers()).toEqual(before);
      expect(await ledger.takeSnapshot()).toBe(false);
      const first = ledger.trialBalance({ knownAt: vault.audit.lastSeq() });
      ledger.resolvePending(pending.id, 'post', CALLER);
      ledger.post([entry(3n, { effectiveDate: '2026-01-01' })], CALLER);
      expect(ledger.trialBalance({ knownAt: vault.audit.lastSeq() - 2n })).toEqual({
        ...first,
        knownAt: first.knownAt,
      });
      expect(await ledger.takeSnapshot()).toBe(true);
      // What came later changes no answer about what was known earlier.
      const earlier = (rows: typeof before) => rows.filter((_, at) => points[at]!.knownAt !== undefined);
      expect(earlier(answers())).toEqual(earlier(before));
      expect((await ledger.verify()).verified).toBe(true);
    });
  });
});

describe('procedures', () => {
  const clientOf = (books: Books) =>
    createRouterClient(ledgerProcedures(books.ledger), {
      context: {
        session: { actor: 'ann', permissions: new Set(permissions) },
        traceId: 't',
        gate: () => undefined,
      },
    });

  test('carry a whole day of the ledger', async () => {
    await withBooks(async (books) => {
      const client = clientOf(books);
      const account = await client.createAccount({
        code: 'Z.1',
        name: 'Petty cash',
        kind: 'asset',
        currency: 'EUR',
        maxMinor: 500n,
      });
      expect(account).toMatchObject({
        normalSide: 'debit',
        limit: { minMinor: null, maxMinor: 500n },
        closed: false,
      });
      const other = String(books.loan);
      const id = idToText(books.newId());
      const postings = [
        { accountId: account.id, amountMinor: 40n, currency: 'EUR' },
        { accountId: other, amountMinor: -40n, currency: 'EUR' },
      ];
      const posted = await client.post({
        entries: [{ id, effectiveDate: '2026-06-01', postings, memo: 'float' }],
      });
      expect(posted.entries).toEqual([{ id, record: posted.entries[0]!.record, repeated: false }]);
      const waiting = idToText(books.newId());
      await client.post({ entries: [{ id: waiting, effectiveDate: '2026-06-01', postings, pending: true }] });
      await client.resolvePending({ entryId: waiting, action: 'void' });
      await client.reverse({ entryId: id, reason: 'counted wrong' });
      expect((await client.entries({ accountId: account.id, limit: 10 })).rows).toHaveLength(2);
      expect((await client.entry({ id })).reversedBy).not.toBeNull();
      expect((await client.accountStatement({ accountId: account.id, limit: 10 })).closingMinor).toBe(0n);
      await client.setLimits({ accountId: account.id, minMinor: 0n, maxMinor: null });
      expect((await client.closeAccount({ accountId: account.id })).closed).toBe(true);
      expect((await client.closePeriod({ through: '2026-06-01' })).closedThrough).toBe('2026-06-01');
      expect(await client.periods()).toEqual({ closedThrough: '2026-06-01' });
      expect((await client.trialBalance({})).balanced).toBe(true);
      expect((await client.accounts()).some((shown) => shown.id === account.id)).toBe(true);
      expect((await client.verify()).verified).toBe(true);
    });
  });

  test('answer ids that are none with an error of the ledger', async () => {
    await withBooks(async (books) => {
      const client = clientOf(books);
      const code = (work: Promise<unknown>) =>
        work.then(
          () => 'done',
          (error: unknown) => (isCountersignError(error) ? error.code : error),
        );
      expect(await code(client.entry({ id: 'x' }))).toBe('LEDGER_ENTRY_UNKNOWN');
      expect(await code(client.entries({ accountId: 'x', limit: 1 }))).toBe('LEDGER_ACCOUNT_UNKNOWN');
      expect(await code(client.closeAccount({ accountId: '-1' }))).toBe('LEDGER_ACCOUNT_UNKNOWN');
    });
  });
});
