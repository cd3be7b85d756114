import { expect, test } from 'vitest';
import { silentLogger } from '../../src/main/base/index.ts';
import { createMetrics } from '../../src/main/base/metrics.ts';
import { openConsole } from '../../src/main/engine/console.ts';
import { sealedColumns } from '../../src/main/engine/sealed-columns.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import { columnName, sealingPurposes } from '../../src/main/sealing/index.ts';
import type { Connection } from '../../src/main/vault/index.ts';
import { CALLER, inChunks } from '../support/desks.ts';
import { camt053 } from '../support/statement-files.ts';
import { openTestVault, withTestVault } from '../support/vault.ts';

/** How columns that hold ids of sealed values are called. */
const SEALED_ID = /(^|_)sealed_id$|^detail_id$|^private_id$/;

function columnsWithSealedIds(db: Connection): string[] {
  return db
    .prepare<[], string>(
      `SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
       WHERE t.type = 'table' ORDER BY 1`,
    )
    .pluck()
    .all()
    .filter((name) => SEALED_ID.test(name.split('.')[1]!));
}

test('every column of the schema that holds sealed values is told to re-sealing', async () => {
  await withTestVault(({ vault }) => {
    const registered = sealedColumns.map(({ table, sealedId }) => `${table}.${sealedId}`).sort();
    const inSchema = columnsWithSealedIds(vault.db);
    expect(inSchema.length).toBeGreaterThan(15);
    expect(registered).toEqual(inSchema);
    expect(new Set(sealedColumns.map(columnName)).size).toBe(sealedColumns.length);
  });
});

const CUSTOMERS = `customer_id,name,country,ibans,aliases
C-1,Hüttenrauch Werkzeugbau OHG,DE,DE89370400440532013000,
`;
const INVOICES = `invoice_number,customer_id,kind,issued_on,due_on,currency,amount,structured_reference,discount_percent,discount_until
R-1,C-1,invoice,2024-01-02,2024-02-01,EUR,100.00,RF18539007547034,,
`;
const STATEMENT = camt053({
  opening: ['2024-02-01', '0.00'],
  closing: ['2024-02-01', '107.00'],
  lines: [
    { date: '2024-02-01', amount: '100.00', text: 'R-1' },
    { date: '2024-02-01', amount: '7.00', text: 'nobody knows' },
  ],
});

test('what each room seals is found at its place, and every purpose moves to new keys', async () => {
  const t = await openTestVault();
  const feed = createFeed();
  const { vault, runtime } = t;
  const metrics = createMetrics();
  const jobs = createJobs({ runtime, feed });
  const console = await openConsole({ vault, runtime, log: silentLogger, metrics, jobs, feed });
  try {
    const files = { 'customers.csv': CUSTOMERS, 'invoices.csv': INVOICES, 'statement.xml': STATEMENT };
    for (const [fileName, text] of Object.entries(files)) {
      const bytes = Buffer.from(text);
      const source = inChunks(bytes);
      const { outcome } = await console.intake.importStream(
        { fileName, source, sizeBytes: bytes.byteLength },
        CALLER,
      );
      expect(outcome).toBe('imported');
    }
    await console.reconciliation.run(CALLER);
    console.reconciliation.reject({ bankTransactionId: '2', note: 'ask the desk' }, CALLER);
    console.incidents.raise({ kind: 'test.what', dedupeKey: 'a', severity: 'low', title: 'A test.' });

    const purposes = sealingPurposes.filter(
      (purpose) => console.keys.list({ limit: 1, purpose }).rows.length > 0,
    );
    expect(purposes).toEqual([...sealingPurposes]);
    for (const purpose of purposes) console.keys.rotate(CALLER, { purpose });
    await console.keys.idle();
    const rotations = console.keys.rotations();
    expect(rotations.map(({ state, failed }) => ({ state, failed }))).toEqual(
      rotations.map(() => ({ state: 'done', failed: 0 })),
    );
    const left = `SELECT count(*) FROM sealed_value v JOIN sealing_dek d ON d.id = v.dek_id WHERE d.version = 1`;
    expect(vault.db.prepare(left).pluck().get()).toBe(0n);
    expect((await console.verify()).verified).toBe(true);
    expect((await console.keys.get('kek-1')).key.state).toBe('active');
  } finally {
    await console.close();
    t.close();
  }
});
