import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditReplay } from '../../src/contract/audit.ts';
import { silentLogger } from '../../src/main/base/index.ts';
import { createMetrics } from '../../src/main/base/metrics.ts';
import { type Console, openConsole } from '../../src/main/engine/console.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import { CALLER, inChunks } from '../support/desks.ts';
import { camt053 } from '../support/statement-files.ts';
import { openTestVault, type TestVault } from '../support/vault.ts';

const CUSTOMERS = `customer_id,name,country,ibans,aliases
C-1,Hüttenrauch Werkzeugbau OHG,DE,DE89370400440532013000,
C-2,Brettschneider Logistik GmbH,DE,DE02120300000000202051,
`;
const INVOICES = `invoice_number,customer_id,kind,issued_on,due_on,currency,amount,structured_reference,discount_percent,discount_until
R-1,C-1,invoice,2024-01-02,2024-02-01,EUR,100.00,RF18539007547034,,
R-2,C-1,invoice,2024-01-02,2024-02-01,EUR,55.00,,,
R-3,C-2,invoice,2024-01-02,2024-02-01,EUR,41.00,,,
R-4,C-2,invoice,2024-01-02,2024-02-01,USD,10.00,,,
`;
const STATEMENT = camt053({
  opening: ['2024-02-01', '0.00'],
  closing: ['2024-02-01', '203.00'],
  lines: [
    { date: '2024-02-01', amount: '100.00', text: 'RF18539007547034' },
    { date: '2024-02-01', amount: '55.00', text: 'Brettschneider' },
    { date: '2024-02-01', amount: '41.00', text: 'R-3' },
    { date: '2024-02-01', amount: '7.00', text: 'nobody knows' },
  ],
});

let t: TestVault;
let console: Console;
/** What the live tables said at records on the way. */
const seen: { at: bigint; queue: AuditReplay['queue']; balances: string[] }[] = [];

function remember(): void {
  const { db } = t.vault;
  const queue = db
    .prepare<[], { status: string; count: bigint }>(
      'SELECT status, count(*) AS count FROM match_state GROUP BY status ORDER BY status',
    )
    .all()
    .map(({ status, count }) => ({ status, count: Number(count) }));
  const balances = db
    .prepare<[], string>(
      `SELECT a.code || ' ' || b.debit_minor || ' ' || b.credit_minor FROM account_balance b
       JOIN account a ON a.id = b.account_id ORDER BY a.code`,
    )
    .pluck()
    .all();
  seen.push({ at: console.audit.lastSeq(), queue, balances });
}

beforeAll(async () => {
  t = await openTestVault();
  const feed = createFeed();
  const { vault, runtime } = t;
  const jobs = createJobs({ runtime, feed });
  console = await openConsole({ vault, runtime, log: silentLogger, metrics: createMetrics(), jobs, feed });
  const files = { 'customers.csv': CUSTOMERS, 'invoices.csv': INVOICES, 'statement.xml': STATEMENT };
  for (const [fileName, text] of Object.entries(files)) {
    const bytes = Buffer.from(text);
    const file = { fileName, source: inChunks(bytes), sizeBytes: bytes.byteLength };
    expect((await console.intake.importStream(file, CALLER)).outcome).toBe('imported');
    remember();
  }
  const { reconciliation, incidents } = console;
  await reconciliation.run(CALLER);
  remember();
  reconciliation.reject({ bankTransactionId: '1' }, CALLER);
  remember();
  reconciliation.undo({ bankTransactionId: '1' }, CALLER);
  remember();
  await reconciliation.run(CALLER);
  remember();
  reconciliation.confirm(
    {
      bankTransactionId: '2',
      allocations: [{ openItemId: '2', allocatedMinor: 5_500n, discountMinor: 0n, chargesMinor: 0n }],
    },
    CALLER,
  );
  remember();
  reconciliation.undo({ bankTransactionId: '2' }, CALLER);
  reconciliation.confirm(
    {
      bankTransactionId: '4',
      allocations: [{ openItemId: '4', allocatedMinor: 700n, discountMinor: 0n, chargesMinor: 0n }],
      exchange: { rate: '0.95' },
    },
    CALLER,
  );
  remember();
  reconciliation.undo({ bankTransactionId: '4' }, CALLER);
  reconciliation.reject({ bankTransactionId: '4', note: 'ask the desk' }, CALLER);
  remember();
  incidents.raise({ kind: 'test.what', dedupeKey: 'a', severity: 'low', title: 'A test.' });
  incidents.raise({ kind: 'test.what', dedupeKey: 'b', severity: 'high', title: 'Another.' });
  incidents.acknowledge('1', CALLER);
  incidents.resolve('2', 'It was a test.', CALLER);
  remember();
});
afterAll(async () => {
  await console.close();
  t.close();
});

test('at the newest record everything agrees with the live tables, and something was looked at', async () => {
  const replayed = await console.replay(undefined);
  expect(replayed.compared).toMatchObject({
    balances: { differences: [] },
    matches: { differences: [] },
    openItems: { checked: 4, differences: [] },
    queue: { checked: 4, differences: [] },
    incidents: { checked: 2, differences: [] },
  });
  expect(replayed).toMatchObject({ agrees: true, unread: [], at: console.audit.lastSeq() });
  expect(replayed.compared!.balances.checked).toBeGreaterThan(2);
  expect(replayed.compared!.matches.checked).toBeGreaterThan(1);
  expect(replayed.incidents).toEqual([
    { state: 'acknowledged', count: 1 },
    { state: 'resolved', count: 1 },
  ]);
});

test('at every record on the way it shows what stood there then', async () => {
  expect(seen.length).toBeGreaterThan(8);
  for (const { at, queue, balances } of seen) {
    const replayed = await console.replay(at);
    expect(replayed.queue).toEqual(queue);
    const moved = replayed.accounts.map(
      ({ code, debitMinor, creditMinor }) => `${code} ${debitMinor} ${creditMinor}`,
    );
    expect(moved).toEqual(balances);
    expect(replayed.compared === null).toBe(at !== console.audit.lastSeq());
  }
});

describe('what somebody changed in the live tables is found, and said where', () => {
  test.each([
    ['balances', 'UPDATE account_balance SET debit_minor = debit_minor + 1 WHERE account_id = 2', 'account '],
    ['balances', 'DELETE FROM account_balance WHERE account_id = 2', 'account '],
    ['matches', "UPDATE match SET decided_by = 'person' WHERE id = 1", 'match 1'],
    ['matches', 'UPDATE match_allocation SET allocated_minor = 1 WHERE match_id = 1', 'match 1'],
    ['matches', 'DELETE FROM match_end WHERE match_id = 1', 'match 1'],
    ['openItems', 'UPDATE open_item SET open_minor = open_minor - 1 WHERE id = 2', 'open item 2'],
    [
      'queue',
      "UPDATE match_state SET status = 'confirmed' WHERE bank_transaction_id = 4",
      'bank transaction 4',
    ],
    ['queue', 'DELETE FROM match_state WHERE bank_transaction_id = 4', 'bank transaction 4'],
    ['incidents', "UPDATE incident SET owner = 'eve' WHERE id = 1", 'incident 1'],
    ['incidents', "UPDATE incident SET severity = 'critical' WHERE id = 1", 'incident 1'],
  ] as const)('%s: %s', async (part, statement, place) => {
    const { db } = t.vault;
    const table = /(?:UPDATE|FROM) (\w+)/.exec(statement)![1]!;
    // Somebody with the key drops the triggers first; what was there is put back afterwards.
    const triggers = db
      .prepare<[string], { name: string; sql: string }>(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?",
      )
      .all(table);
    db.pragma('foreign_keys = OFF');
    db.exec(`CREATE TEMP TABLE kept AS SELECT * FROM ${table}`);
    for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
    try {
      expect(db.prepare(statement).run().changes).toBeGreaterThan(0);
      const { agrees, compared } = await console.replay(undefined);
      expect(agrees).toBe(false);
      expect(compared![part].differing).toBe(1);
      expect(compared![part].differences[0]!.place).toContain(place);
    } finally {
      db.exec(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM kept; DROP TABLE kept`);
      for (const { sql } of triggers) db.exec(sql);
      db.pragma('foreign_keys = ON');
    }
    expect((await console.replay(undefined)).agrees).toBe(true);
  });
});

test('a decision whose detail was erased is told of, and not passed over in silence', async () => {
  const seq = t.vault.db
    .prepare("SELECT seq FROM audit_record WHERE kind = 'reconciliation.confirm'")
    .pluck()
    .get() as bigint;
  t.vault.transaction(() => console.audit.proofs.erase(Number(seq)));
  const { unread, agrees } = await console.replay(undefined);
  expect(unread).toEqual([{ seq, why: 'erased' }]);
  expect(agrees).toBe(false);
});

test('a record that there is not is refused', () => {
  expect(() => console.replay(0n)).toThrow(expect.objectContaining({ code: 'AUDIT_RECORD_MISSING' }));
  expect(() => console.replay(9_999n)).toThrow(expect.objectContaining({ code: 'AUDIT_RECORD_MISSING' }));
});
