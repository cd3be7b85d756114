import { describe, expect, test } from 'vitest';
import { inclusionProof, verifyInclusion } from '../../src/main/crypto/index.ts';
import { createLedger, type NewEntry } from '../../src/main/ledger/index.ts';
import { unpackLeaves } from '../../src/main/ledger/proof.ts';
import { codeOf } from '../support/refusal.ts';
import { type Books, between, CALLER, withBooks } from './support.ts';

const publish = ({ ledger, test: { vault, audit } }: Books, importId: bigint): bigint =>
  vault.transaction(() => {
    const journal = ledger.stagedRoot(importId);
    const record = audit.record({ kind: 'test.publish', actor: 'test', detail: { journal } });
    ledger.publish(importId, record);
    return record;
  });

/** Everything a person may ask, so that what is staged can be looked for everywhere. */
const everything = ({ ledger, cash }: Books) => ({
  trial: ledger.trialBalance(),
  asOf: ledger.trialBalance({ asOf: '2026-12-31' }),
  balance: ledger.balanceMinor(cash, { asOf: '2026-12-31', knownAt: 10_000n }),
  count: ledger.entryCount(),
  entries: ledger.entries({ limit: 500 }),
  ofAccount: ledger.entries({ limit: 500, accountId: cash }),
  ofReason: ledger.entries({ limit: 500, reason: 'statement.line' }),
  ofSource: ledger.entries({ limit: 500, source: { kind: 'bank-transaction', id: '3' } }),
  statement: ledger.accountStatement({ accountId: cash, limit: 500 }),
});

const lines = (books: Books, count: number): NewEntry[] =>
  Array.from({ length: count }, (_, at) =>
    books.entry(BigInt(at + 1), {
      reason: 'statement.line',
      source: { kind: 'bank-transaction', id: String(at) },
      effectiveDate: `2026-05-${String(1 + (at % 28)).padStart(2, '0')}`,
    }),
  );

describe('imports', () => {
  test('count nowhere while they are staged, and whole once they are published', async () => {
    await withBooks(async (books) => {
      const { ledger, cash, entry } = books;
      ledger.post([entry(5n)], CALLER);
      const before = everything(books);
      const staged = lines(books, 5_000);
      ledger.stage(7n, staged.slice(0, 3_000));
      ledger.post([entry(1n)], CALLER);
      ledger.stage(7n, staged.slice(3_000));
      expect(ledger.unpublishedImports()).toEqual([7n]);
      expect(codeOf(() => ledger.entry(staged[0]!.id))).toBe('LEDGER_ENTRY_UNKNOWN');
      expect(everything(books).ofReason).toEqual(before.ofReason);
      expect(everything(books).statement.rows).toHaveLength(2);
      expect(ledger.balanceMinor(cash)).toBe(6n);
      expect((await ledger.verify()).verified).toBe(true);

      const record = publish(books, 7n);
      const sum = (5_000n * 5_001n) / 2n;
      expect(ledger.balanceMinor(cash)).toBe(sum + 6n);
      expect(ledger.balanceMinor(cash, { knownAt: record - 1n })).toBe(6n);
      expect(ledger.balanceMinor(cash, { knownAt: record })).toBe(sum + 6n);
      expect(ledger.entryCount()).toBe(5_002);
      expect(ledger.entry(staged[0]!.id).record).toBe(record);
      expect(ledger.entries({ limit: 500, reason: 'statement.line' }).rows).toHaveLength(500);
      expect(everything(books).ofSource.rows.map((row) => row.record)).toEqual([record]);
      const statement = ledger.accountStatement({
        accountId: cash,
        limit: 500,
        from: '2026-05-02',
        to: '2026-05-02',
      });
      expect(statement.rows).toHaveLength(179);
      expect(statement.rows.at(-1)!.runningMinor).toBe(statement.closingMinor);
      expect((await ledger.verify()).checks.filter((check) => !check.ok)).toEqual([]);
      expect(ledger.unpublishedImports()).toEqual([]);
    });
  });

  test('leave nothing behind when they are discarded, and their ids are free again', async () => {
    await withBooks(async (books) => {
      const { ledger, entry } = books;
      ledger.post([entry(5n)], CALLER);
      const before = everything(books);
      const staged = lines(books, 2_500);
      ledger.stage(8n, staged);
      expect(ledger.discardBatch(8n)).toBe(true);
      expect(ledger.discardBatch(8n)).toBe(true);
      expect(ledger.discardBatch(8n)).toBe(false);
      expect(everything(books)).toEqual(before);
      ledger.stage(9n, staged);
      ledger.discard(9n);
      ledger.post([staged[0]!], CALLER);
      expect((await ledger.verify()).verified).toBe(true);
    });
  });

  test('survive a restart, unpublished', async () => {
    await withBooks((books) => {
      books.ledger.stage(3n, lines(books, 10));
      const again = createLedger(books.test);
      expect(again.unpublishedImports()).toEqual([3n]);
      expect(again.entries({ limit: 10 }).rows).toEqual([]);
      again.discard(3n);
      expect(again.unpublishedImports()).toEqual([]);
    });
  });

  test('are published once, and what was published is neither staged to nor discarded', async () => {
    await withBooks((books) => {
      const { ledger } = books;
      ledger.stage(1n, lines(books, 3));
      publish(books, 1n);
      const again = 'LEDGER_IMPORT_PUBLISHED';
      expect(codeOf(() => publish(books, 1n))).toBe(again);
      expect(codeOf(() => ledger.stage(1n, lines(books, 1)))).toBe(again);
      expect(codeOf(() => ledger.discard(1n))).toBe(again);
    });
  });

  test('meet at their publication what changed since they were staged', async () => {
    await withBooks((books) => {
      const { ledger, entry, till, loan, dollars, owed } = books;
      const stage = (importId: bigint, change: Partial<NewEntry>) =>
        ledger.stage(importId, [entry(1n, change)]);
      stage(1n, { postings: between(till, loan, 900n) });
      stage(2n, { postings: between(till, loan, 200n) });
      stage(3n, { effectiveDate: '2026-03-31' });
      stage(4n, { postings: between(dollars, owed, 5n) });
      publish(books, 1n);
      const before = everything(books);
      expect(codeOf(() => publish(books, 2n))).toBe('LEDGER_LIMIT_EXCEEDED');
      expect(everything(books)).toEqual(before);
      ledger.closePeriod('2026-03-31', CALLER);
      expect(codeOf(() => publish(books, 3n))).toBe('LEDGER_PERIOD_CLOSED');
      ledger.closeAccount(dollars, CALLER);
      expect(codeOf(() => publish(books, 4n))).toBe('LEDGER_ACCOUNT_CLOSED');
      expect(ledger.unpublishedImports().sort()).toEqual([2n, 3n, 4n]);
    });
  });

  test('keep their ids from others while they are staged', async () => {
    await withBooks((books) => {
      const { ledger } = books;
      const [line] = lines(books, 1);
      ledger.stage(1n, [line!]);
      ledger.stage(1n, [line!]);
      expect(ledger.stagedRoot(1n).count).toBe(1);
      expect(codeOf(() => ledger.stage(2n, [line!]))).toBe('LEDGER_ID_REUSED');
      expect(codeOf(() => ledger.post([line!], CALLER))).toBe('LEDGER_ID_REUSED');
      publish(books, 1n);
      expect(ledger.post([line!], CALLER)[0]!.repeated).toBe(true);
    });
  });

  test('hold no pending entries and no sums that do not fit', async () => {
    await withBooks(({ ledger, entry }) => {
      expect(codeOf(() => ledger.stage(1n, [entry(1n, { pending: {} })]))).toBe('INPUT_INVALID');
      const greatest = 2n ** 63n - 1n;
      expect(codeOf(() => ledger.stage(1n, [entry(greatest), entry(1n)]))).toBe('LEDGER_AMOUNT_TOO_LARGE');
      expect(ledger.unpublishedImports()).toEqual([]);
    });
  });

  test('prove each entry by its batch and each batch by the published root', async () => {
    await withBooks((books) => {
      const { ledger, test: vault } = books;
      ledger.stage(1n, lines(books, 4_100));
      const { root, count } = ledger.stagedRoot(1n);
      expect(count).toBe(4_100);
      publish(books, 1n);
      const { db } = vault.vault;
      const batches = db
        .prepare(
          'SELECT root, leaves FROM journal_batch JOIN journal_leaves USING (first_number) ORDER BY first_number',
        )
        .all() as { root: Buffer; leaves: Buffer }[];
      expect(batches).toHaveLength(3);
      const roots = batches.map((batch) => batch.root);
      const leaves = unpackLeaves(batches[1]!.leaves);
      const inBatch = {
        leaf: leaves[33]!,
        index: 33,
        size: leaves.length,
        proof: inclusionProof(leaves, 33),
        root: roots[1]!,
      };
      expect(verifyInclusion(inBatch)).toBe(true);
      const inImport = {
        leaf: roots[1]!,
        index: 1,
        size: 3,
        proof: inclusionProof(roots, 1),
        root: Buffer.from(root, 'hex'),
      };
      expect(verifyInclusion(inImport)).toBe(true);
    });
  });
});
