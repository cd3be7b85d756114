import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Books, CALLER, openBooks } from './support.ts';

/** Raw SQL on the vault's own connection, as a bug or a person at the file would send it. */
describe('the journal only grows', () => {
  let books: Books;
  let close: () => void;
  beforeAll(async () => {
    ({ books, close } = await openBooks());
    const { ledger, entry, clock, test } = books;
    const first = entry(10n);
    ledger.post([first, entry(5n, { pending: { expiresAtMs: clock.nowMs() + 1 } })], CALLER);
    ledger.reverse({ entryId: first.id, reason: 'mistake' }, CALLER);
    clock.advance(10);
    ledger.expirePending();
    ledger.setLimits(books.cash, { minMinor: null, maxMinor: 5_000n }, CALLER);
    ledger.closePeriod('2026-01-31', CALLER);
    ledger.stage(1n, [entry(1n), entry(2n)]);
    test.vault.transaction(() =>
      ledger.publish(
        1n,
        test.audit.record({
          kind: 'test.publish',
          actor: 'test',
          detail: { journal: ledger.stagedRoot(1n) },
        }),
      ),
    );
  });
  afterAll(() => close());

  const TABLES = [
    'account',
    'account_terms',
    'journal_batch',
    'journal_leaves',
    'journal_entry',
    'entry_key',
    'batch_reason',
    'account_history',
    'entry_reversal',
    'pending_resolution',
    'import_delta',
    'journal_publication',
    'closed_period',
  ];

  const attack = (sql: string) => () =>
    books.test.vault.transaction(() => books.test.vault.db.prepare(sql).run());

  test.each(TABLES)('%s holds rows, and refuses UPDATE, DELETE and REPLACE', (table) => {
    const { db } = books.test.vault;
    const columns = db.prepare(`SELECT name FROM pragma_table_info('${table}')`).all() as { name: string }[];
    const column = columns.at(-1)!.name;
    const before = db.prepare(`SELECT * FROM ${table}`).all();
    expect(before.length).toBeGreaterThan(0);
    expect(attack(`UPDATE ${table} SET ${column} = ${column}`)).toThrow(`append-only: ${table}`);
    expect(attack(`DELETE FROM ${table}`)).toThrow(`append-only: ${table}`);
    expect(attack(`INSERT OR REPLACE INTO ${table} SELECT * FROM ${table}`)).toThrow(`append-only: ${table}`);
    expect(
      attack(
        `INSERT INTO ${table} SELECT * FROM ${table} WHERE true ON CONFLICT DO UPDATE SET ${column} = ${column}`,
      ),
    ).toThrow(`append-only: ${table}`);
    expect(db.prepare(`SELECT * FROM ${table}`).all()).toEqual(before);
  });

  test('rows of an import go while it is unpublished, and stay afterwards', () => {
    const { ledger, entry, test: vault } = books;
    const { db } = vault.vault;
    const before = TABLES.map((table) => db.prepare(`SELECT count(*) AS n FROM ${table}`).get());
    ledger.stage(2n, [entry(3n), entry(4n, { memo: 'wide' })]);
    expect(attack('DELETE FROM journal_entry WHERE number = 1')).toThrow('append-only');
    ledger.discard(2n);
    expect(TABLES.map((table) => db.prepare(`SELECT count(*) AS n FROM ${table}`).get())).toEqual(before);
    expect(() => ledger.discard(1n)).toThrow('The import was published before.');
  });

  test('a batch of an import cannot be turned into one that never counted', () => {
    expect(attack('DELETE FROM journal_publication')).toThrow('append-only');
    expect(attack('UPDATE journal_batch SET import_id = 9, record = NULL')).toThrow('append-only');
  });

  test('an entry takes no unbalanced form in its row', () => {
    expect(
      attack(`INSERT INTO journal_entry (number, id, effective_day, debit_account, credit_account, amount_minor, reason)
        VALUES (999, randomblob(16), 1, 1, 2, -5, 'x')`),
    ).toThrow('CHECK');
    expect(
      attack(`INSERT INTO journal_entry (number, id, effective_day, debit_account, amount_minor, reason)
        VALUES (999, randomblob(16), 1, 1, 5, 'x')`),
    ).toThrow('CHECK');
  });
});
