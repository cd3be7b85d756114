import { describe, expect, it } from 'vitest';
import { CALLER, inChunks, type TestDesks, withDesks } from '../support/desks.ts';
import { openEverything } from '../support/sealed-values.ts';
import { camt053, type LineSpec } from '../support/statement-files.ts';

/** A statement that is too large to be gathered whole, so that rows are written before its end. */
function largeStatement(count: number): Buffer {
  const lines: LineSpec[] = Array.from({ length: count }, (_, i) => ({
    date: `2024-02-${String(1 + (i % 20)).padStart(2, '0')}`,
    amount: '1.00',
    text: `payment ${i} of a large statement`,
  }));
  return Buffer.from(
    camt053({ opening: ['2024-01-31', '0.00'], closing: ['2024-02-20', `${count}.00`], lines }),
  );
}

const TABLES_OF_FILES = [
  'statement',
  'bank_transaction',
  'statement_day',
  'statement_break',
  'import_chunk',
  'open_item',
  'customer',
  'customer_version',
  'journal_entry',
  'journal_batch',
];

/** Rows of every table that a file may write to. */
function rowCounts({ test }: TestDesks): Record<string, bigint> {
  return Object.fromEntries(
    TABLES_OF_FILES.map((table) => [
      table,
      (test.vault.db.prepare(`SELECT count(*) AS count FROM ${table}`).get() as { count: bigint }).count,
    ]),
  );
}

const NOTHING = Object.fromEntries(TABLES_OF_FILES.map((table) => [table, 0n]));

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 2_000; i += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('It did not come about.');
}

const staged = ({ test }: TestDesks) =>
  (test.vault.db.prepare('SELECT count(*) AS count FROM bank_transaction').get() as { count: bigint }).count;

/** A source that gives `bytes` and then nothing, for good. */
async function* stalled(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield* inChunks(bytes);
  await new Promise(() => {});
}

describe('an upload', () => {
  it('takes a file in chunk by chunk', () =>
    withDesks(async ({ intake, statements }) => {
      const bytes = largeStatement(10);
      const { uploadId, jobId } = intake.begin({ fileName: 'a.xml', sizeBytes: bytes.byteLength }, CALLER);
      expect(jobId).not.toBe('');
      let offset = 0;
      for await (const chunk of inChunks(bytes, 1_000)) {
        expect(await intake.write(uploadId, offset, chunk)).toEqual({
          receivedBytes: offset + chunk.byteLength,
        });
        offset += chunk.byteLength;
      }
      const result = await intake.finish(uploadId);
      expect(result).toMatchObject({ file: 'a.xml', outcome: 'imported', transactions: 10 });
      expect(await intake.finish(uploadId)).toEqual(result);
      expect(statements.bookedTransactionCount()).toBe(10);
    }));

  it('refuses what it does not know and what does not continue it', () =>
    withDesks(async ({ intake }) => {
      await expect(intake.write('nobody', 0, Buffer.from('x'))).rejects.toMatchObject({
        code: 'INTAKE_UPLOAD_UNKNOWN',
      });
      const { uploadId } = intake.begin({ fileName: 'a.xml', sizeBytes: null }, CALLER);
      await expect(intake.write(uploadId, 5, Buffer.from('x'))).rejects.toMatchObject({
        code: 'INTAKE_UPLOAD_OFFSET',
      });
      await intake.write(uploadId, 0, Buffer.from('x'));
      await expect(intake.write(uploadId, 0, Buffer.from('x'))).rejects.toMatchObject({
        code: 'INTAKE_UPLOAD_OFFSET',
      });
      expect(await intake.cancel(uploadId)).toEqual({ cancelled: true });
      expect(await intake.finish(uploadId)).toMatchObject({ outcome: 'refused', code: 'CANCELLED' });
    }));

  it('that is begun and not written to holds nobody up', () =>
    withDesks(async (desks) => {
      const { uploadId } = desks.intake.begin({ fileName: 'slow.xml', sizeBytes: null }, CALLER);
      const result = await desks.take('a.xml', largeStatement(3));
      expect(result.outcome).toBe('imported');
      await desks.intake.cancel(uploadId);
    }));

  it('that is cancelled half-way leaves nothing', () =>
    withDesks(async (desks) => {
      const { intake, ledger } = desks;
      const bytes = largeStatement(3_000);
      const { uploadId } = intake.begin({ fileName: 'a.xml', sizeBytes: bytes.byteLength }, CALLER);
      const half = bytes.subarray(0, Math.trunc(bytes.byteLength * 0.8));
      await intake.write(uploadId, 0, half);
      await until(() => staged(desks) > 0n);
      expect(desks.statements.list({ limit: 10 }).rows).toEqual([]);
      expect(desks.statements.transactions({ limit: 10 }).rows).toEqual([]);
      expect(await intake.cancel(uploadId)).toEqual({ cancelled: true });
      expect(rowCounts(desks)).toEqual(NOTHING);
      expect(ledger.entryCount()).toBe(0);
      const sealed = desks.test.vault.db
        .prepare(
          "SELECT count(*) AS count FROM sealed_value v JOIN sealing_dek d ON d.id = v.dek_id WHERE d.purpose = 'customer_pii'",
        )
        .get() as { count: bigint };
      // What stays is the own account, which is used again and not shown till then, and nothing of a line.
      expect(sealed.count).toBeLessThanOrEqual(1n);
      expect(desks.statements.bankAccounts()).toEqual([]);
      expect(ledger.accounts()).toEqual([]);
      expect(ledger.trialBalance().rows).toEqual([]);
      expect(intake.imports({ limit: 10 }).rows).toMatchObject([{ outcome: 'refused', code: 'CANCELLED' }]);
      expect(await desks.take('a.xml', bytes)).toMatchObject({ outcome: 'imported', transactions: 3_000 });
      expect(await desks.statements.verifyBank()).toMatchObject({ ok: true, examined: 1 });
      const codes = ['1000', '1100', '1100.001', '2000', '2100.EUR'];
      expect(ledger.accounts().map(({ code }) => code)).toEqual(codes);
      expect(ledger.trialBalance().rows.map(({ code }) => code)).toEqual(['1100.001', '2100.EUR']);
    }));

  it('that is refused at its end leaves no empty account in the books, beside those that count', () =>
    withDesks(async (desks) => {
      const { ledger } = desks;
      await desks.take('a.xml', largeStatement(3));
      const before = ledger.accounts();
      const account = 'DE89370400440532013000';
      const lines = Array.from({ length: 3_000 }, () => ({ date: '2024-02-02', amount: '1.00', text: 'x' }));
      const bad = camt053({
        account,
        opening: ['2024-01-31', '0.00'],
        closing: ['2024-02-20', '7.00'],
        lines,
      });
      const refused = { outcome: 'refused', code: 'STATEMENT_DOES_NOT_ADD_UP' };
      expect(await desks.take('b.xml', bad)).toMatchObject(refused);
      expect(ledger.accounts()).toEqual(before);
      // A statement without a line makes the account count, though nothing moves on it.
      const quiet = camt053({
        account,
        opening: ['2024-01-31', '0.00'],
        closing: ['2024-01-31', '0.00'],
        lines: [],
      });
      expect(await desks.take('c.xml', quiet)).toMatchObject({ outcome: 'imported' });
      expect(ledger.accounts().map(({ code }) => code)).toContain('1100.002');
    }));

  it('ends with its job', () =>
    withDesks(async (desks) => {
      const { intake, jobs } = desks;
      const bytes = largeStatement(3_000);
      const { uploadId, jobId } = intake.begin({ fileName: 'a.xml', sizeBytes: bytes.byteLength }, CALLER);
      await intake.write(uploadId, 0, bytes.subarray(0, 500_000));
      await until(() => staged(desks) > 0n);
      jobs.cancel(jobId);
      expect(await intake.finish(uploadId)).toMatchObject({ outcome: 'refused', code: 'CANCELLED' });
      expect(jobs.list().find(({ id }) => id === jobId)).toMatchObject({ state: 'cancelled' });
      expect(rowCounts(desks)).toEqual(NOTHING);
    }));
});

describe('imports at once', () => {
  it('of one file count once', () =>
    withDesks(async (desks) => {
      const bytes = largeStatement(50);
      const results = await Promise.all([1, 2, 3].map((n) => desks.take(`${n}.xml`, bytes)));
      expect(results.map(({ outcome }) => outcome).sort()).toEqual(['duplicate', 'duplicate', 'imported']);
      expect(desks.statements.bookedTransactionCount()).toBe(50);
      expect(desks.balance('Bank account 1 EUR')).toBe(5_000n);
    }));
});

describe('a large file', () => {
  it('that is known already in part is taken in for the rest', () =>
    withDesks(async (desks) => {
      const known = { opening: ['2024-01-31', '0.00'], closing: ['2024-02-01', '1500.00'] } as const;
      const lines: LineSpec[] = Array.from({ length: 1_500 }, () => ({ date: '2024-02-01', amount: '1.00' }));
      const next = { opening: ['2024-02-01', '1500.00'], closing: ['2024-02-02', '3000.00'] } as const;
      const nextLines = lines.map((line) => ({ ...line, date: '2024-02-02' }));
      await desks.take('a.xml', camt053({ ...known, lines }));
      const result = await desks.take(
        'b.xml',
        camt053([
          { ...known, lines },
          { ...next, lines: nextLines },
        ]),
      );
      expect(result).toMatchObject({ outcome: 'imported', statements: 1, transactions: 1_500 });
      expect(staged(desks)).toBe(3_000n);
      expect(desks.balance('Bank account 1 EUR')).toBe(300_000n);
      // The header of the known statement was sealed before it was known, and must not stay behind.
      expect(openEverything(desks.test.vault)).toEqual([]);
      expect(await desks.statements.verifyBank()).toMatchObject({ ok: true, examined: 2 });
      expect((await desks.ledger.verify()).verified).toBe(true);
    }));

  it('that does not add up at its end leaves nothing', () =>
    withDesks(async (desks) => {
      const text = largeStatement(2_500).toString().replace('>2500.00<', '>2500.01<');
      expect(await desks.take('a.xml', text)).toMatchObject({ code: 'STATEMENT_DOES_NOT_ADD_UP' });
      expect(rowCounts(desks)).toEqual(NOTHING);
    }));

  it('that a crash cut off is discarded when the vault opens again', () =>
    withDesks(async (desks) => {
      const bytes = largeStatement(3_000);
      const started = desks.intake.startImport(
        { fileName: 'a.xml', source: stalled(bytes.subarray(0, bytes.byteLength - 100_000)) },
        CALLER,
      );
      started.result.catch(() => undefined);
      await until(() => staged(desks) > 500n);
      const again = await desks.reopen();
      expect(staged(again)).toBeGreaterThan(0n);
      expect(again.statements.transactions({ limit: 10 }).rows).toEqual([]);
      expect(again.balance('Bank account 1 EUR')).toBe(0n);
      expect(await again.intake.recover()).toEqual({ discarded: 1 });
      expect(rowCounts(again)).toEqual(NOTHING);
      expect(again.ledger.unpublishedImports()).toEqual([]);
      expect(again.intake.imports({ limit: 10 }).rows).toMatchObject([
        { outcome: 'refused', code: 'CANCELLED' },
      ]);
      expect(await again.intake.recover()).toEqual({ discarded: 0 });
      expect(await again.take('a.xml', bytes)).toMatchObject({ outcome: 'imported', transactions: 3_000 });
      expect((await again.test.audit.verify()).findings).toEqual([]);
    }));
});
