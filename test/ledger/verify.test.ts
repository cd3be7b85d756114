import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Books, between, CALLER, openBooks } from './support.ts';

/** Books with something of everything in them. */
async function filledBooks(): Promise<{ books: Books; close: () => void }> {
  const { books, close } = await openBooks();
  const { ledger, entry, cash, loan, dollars, owed, clock, test } = books;
  const first = entry(100n, { effectiveDate: '2026-05-05' });
  ledger.post([first, entry(30n, { memo: 'a memo' })], CALLER);
  ledger.post([entry(1n, { postings: [...between(cash, loan, 7n), ...between(dollars, owed, 9n)] })], CALLER);
  ledger.reverse({ entryId: first.id, reason: 'mistake' }, CALLER);
  ledger.stage(1n, [entry(1n), entry(2n), entry(4n)]);
  test.vault.transaction(() =>
    ledger.publish(
      1n,
      test.audit.record({ kind: 'test.publish', actor: 'test', detail: { journal: ledger.stagedRoot(1n) } }),
    ),
  );
  ledger.stage(2n, [entry(1_000n)]);
  ledger.post(
    [entry(3n, { pending: { expiresAtMs: clock.nowMs() + 1_000 } }), entry(6n, { pending: {} })],
    CALLER,
  );
  ledger.closePeriod('2026-04-30', CALLER);
  await ledger.takeSnapshot();
  ledger.post([entry(50n)], CALLER);
  return { books, close };
}

describe('verify', () => {
  let books: Books;
  let close: () => void;
  beforeAll(async () => {
    ({ books, close } = await filledBooks());
  });
  afterAll(() => close());

  const failing = async () => {
    const { verified, checks } = await books.ledger.verify();
    const failed = checks.filter((check) => !check.ok);
    expect(verified).toBe(failed.length === 0);
    for (const check of failed) expect(check.findings.length).toBeGreaterThan(0);
    return failed.map((check) => check.name);
  };

  test('passes on sound books, and every check has looked at something', async () => {
    const { verified, checks } = await books.ledger.verify();
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(verified).toBe(true);
    for (const check of checks) expect(`${check.name}: ${check.examined > 0}`).toBe(`${check.name}: true`);
    expect(checks.map((check) => check.examined)).toContain(11);
  });

  // What is done to the file, by somebody who first removes the triggers, and the check that finds it.
  const TAMPERED: [string, string, string][] = [
    [
      'an amount',
      'UPDATE journal_entry SET amount_minor = amount_minor + 1 WHERE number = 1',
      'every entry has the leaf of its content',
    ],
    [
      'a memo',
      "UPDATE journal_entry SET memo = 'another' WHERE memo = 'a memo'",
      'every entry has the leaf of its content',
    ],
    [
      'a date',
      'UPDATE journal_entry SET effective_day = effective_day + 1 WHERE number = 2',
      'every entry has the leaf of its content',
    ],
    [
      'postings that no longer balance',
      `UPDATE journal_entry SET postings = replace(postings, '"7"', '"8"') WHERE number = 3`,
      'every entry balances in each of its currencies',
    ],
    [
      'a leaf with its entry',
      'UPDATE journal_leaves SET leaves = zeroblob(length(leaves)) WHERE first_number = 1',
      'every entry has the leaf of its content',
    ],
    [
      'the root of a batch',
      'UPDATE journal_batch SET root = zeroblob(32) WHERE first_number = 1',
      'every batch has the root of its leaves',
    ],
    [
      'an entry that disappears',
      'DELETE FROM journal_entry WHERE number = 2',
      'every batch has the root of its leaves',
    ],
    [
      'an entry slipped in',
      "INSERT INTO journal_entry (number, id, effective_day, debit_account, credit_account, amount_minor, reason) VALUES (500, randomblob(16), 20600, 2, 3, 5, 'x')",
      'every batch has the root of its leaves',
    ],
    [
      'a key turned to another entry',
      'UPDATE entry_key SET number = 1 WHERE number = 2',
      'every entry is found by its id',
    ],
    [
      'a key too many',
      'INSERT INTO entry_key (id, number) VALUES (randomblob(16), 1)',
      'every idempotency key belongs to an entry',
    ],
    [
      'an amount in the account history',
      'UPDATE account_history SET amount_minor = amount_minor * 2 WHERE place = 1024',
      'the account history is that of the postings',
    ],
    [
      'a row of the history gone',
      'DELETE FROM account_history WHERE place = 1025',
      'the account history is that of the postings',
    ],
    [
      'a row of the history too many',
      'INSERT INTO account_history VALUES (77, 2, 20600, 5000000, 5)',
      'the account history is that of the postings',
    ],
    [
      'a balance',
      'UPDATE account_balance SET debit_minor = debit_minor + 1, credit_minor = credit_minor + 1',
      'balances are the sums of postings',
    ],
    [
      'a balance gone',
      'DELETE FROM account_balance WHERE account_id = 2',
      'balances are the sums of postings',
    ],
    [
      'pending amounts',
      'UPDATE account_balance SET pending_debit_minor = 0, pending_credit_minor = 0',
      'balances are the sums of postings',
    ],
    [
      'the sums of an import',
      'UPDATE import_delta SET debit_minor = debit_minor + 5 WHERE debit_minor > 0',
      'what is staged counts nowhere, what was published counts once',
    ],
    [
      'an import made to count by hand',
      'INSERT INTO journal_publication VALUES (2, 5, 1, (SELECT root FROM journal_batch WHERE import_id = 2), 0)',
      'balances are the sums of postings',
    ],
    [
      'the root of a published import',
      'UPDATE journal_publication SET root = zeroblob(32)',
      "every published import has its batches' root",
    ],
    [
      'a snapshot',
      'UPDATE balance_snapshot SET credit_minor = credit_minor + 1',
      'end-of-day snapshots agree',
    ],
    [
      'a row of a snapshot too many',
      'INSERT INTO balance_snapshot SELECT record, 4444, 1, 1, 1 FROM snapshot_head',
      'end-of-day snapshots agree',
    ],
    [
      'a reversal turned to another entry',
      'UPDATE entry_reversal SET reversed_number = 2',
      'every reversal names the entry it takes back, once',
    ],
    [
      'a reversal forgotten',
      'DELETE FROM entry_reversal',
      'every reversal names the entry it takes back, once',
    ],
    [
      'a period closed after the fact',
      'UPDATE closed_period SET through_day = 20650, record = 1',
      'no entry became known in a period closed before',
    ],
    ['a pending entry off the list', 'DELETE FROM open_pending', 'nothing is pending past its time'],
    [
      'a batch under another record',
      'UPDATE journal_batch SET record = 1 WHERE first_number = 1',
      'roots are those that the audit log recorded',
    ],
  ];

  test.each(TAMPERED)('finds %s', async (_name, sql, name) => {
    const { db } = books.test.vault;
    const triggers = db
      .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%append-only%'")
      .all() as { name: string; sql: string }[];
    // `verify` reads through a connection of its own, so the change is committed and taken back by copies.
    const table = /(?:UPDATE|FROM|INTO) (\w+)/.exec(sql)![1]!;
    db.exec('BEGIN');
    for (const trigger of triggers) db.exec(`DROP TRIGGER ${trigger.name}`);
    db.exec(`CREATE TEMP TABLE untouched AS SELECT * FROM ${table}`);
    expect(db.prepare(sql).run().changes).toBeGreaterThan(0);
    db.exec('COMMIT');
    const found = await failing();
    db.exec('BEGIN');
    db.exec(`DELETE FROM ${table}`);
    db.exec(`INSERT INTO ${table} SELECT * FROM untouched`);
    db.exec('DROP TABLE untouched');
    for (const trigger of triggers) db.exec(trigger.sql);
    db.exec('COMMIT');
    expect(found).toContain(name);
    expect(await failing()).toEqual([]);
  });

  test('finds a pending entry that nobody lets expire', async () => {
    books.clock.advance(20 * 60_000);
    expect(await failing()).toEqual(['nothing is pending past its time']);
    expect(books.ledger.expirePending()).toBe(1);
    expect(await failing()).toEqual([]);
  });

  test('says the same from a thread of its own, which can be stopped', async () => {
    const shares: number[] = [];
    const [here, there] = [
      await books.ledger.verify({ thread: 'engine' }),
      await books.ledger.verify({ thread: 'worker', onProgress: (share) => shares.push(share) }),
    ];
    expect(there.checks).toEqual(here.checks);
    expect(shares.length).toBeGreaterThan(0);
    const stop = new AbortController();
    const stopped = books.ledger.verify({ thread: 'worker', signal: stop.signal });
    stop.abort();
    await expect(stopped).rejects.toThrow('aborted');
  });

  test('carries the checks of other rooms', async () => {
    const findings = ['statement 3 closes at 5, the ledger says 4'];
    books.ledger.addCheck(() => ({ name: 'bank equals statements', ok: false, examined: 1, findings }));
    expect(await failing()).toEqual(['bank equals statements']);
  });

  test('is cancelled', async () => {
    await expect(books.ledger.verify({ signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  });
});
