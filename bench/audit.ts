/** The audit log: writing records, verifying a long log, signing heads, checking receipts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Audit,
  createAudit,
  createTransparency,
  primitives,
  type Transparency,
} from '../src/main/audit/index.ts';
import { silentLogger, systemRuntime } from '../src/main/base/index.ts';
import { createKeys } from '../src/main/keys/index.ts';
import { verifyReceipt } from '../src/main/proof/index.ts';
import { createSealing } from '../src/main/sealing/index.ts';
import { createVault, type Vault } from '../src/main/vault/index.ts';
import { type BenchFigure, type BenchSection, median } from './figure.ts';

const RECORDS_A_TRANSACTION = 1_000;
const CALLER = { actor: 'bench', traceId: 'bench' };

interface Bench {
  readonly vault: Vault;
  readonly audit: Audit;
  readonly transparency: Transparency;
}

async function withBench<T>(work: (bench: Bench) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const { vault } = await createVault({
    directory: join(folder, 'bench.vault'),
    rootKey: Buffer.alloc(32, 7),
    runtime: systemRuntime,
  });
  const sealing = createSealing(vault, systemRuntime);
  const audit = createAudit(vault, sealing, systemRuntime);
  const parts = { vault, sealing, audit, runtime: systemRuntime };
  const keys = createKeys({ ...parts, log: silentLogger, sealedColumns: [] });
  try {
    return await work({ vault, audit, transparency: createTransparency({ ...parts, signer: keys.pairs }) });
  } finally {
    await keys.close();
    vault.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Records a second, each with a subject and a small detail. */
function writeRecords({ vault, audit }: Bench, count: number): number {
  const startMs = performance.now();
  for (let from = 0; from < count; from += RECORDS_A_TRANSACTION) {
    vault.transaction(() => {
      for (let i = from; i < Math.min(count, from + RECORDS_A_TRANSACTION); i += 1) {
        audit.record({
          kind: 'ledger.post',
          actor: 'bench',
          subjects: [{ kind: 'account', id: `${i % 1_000}` }],
          detail: { entry: i, amountMinor: 12_345n },
        });
      }
    });
  }
  return (count / (performance.now() - startMs)) * 1000;
}

/** Rows a second of the plainest table there is, one statement a row, in the same file. */
function writeRows({ vault }: Bench, count: number): number {
  vault.db.exec('CREATE TABLE IF NOT EXISTS bench_row (id INTEGER PRIMARY KEY, at_ms INTEGER, text TEXT)');
  const insert = vault.db.prepare('INSERT INTO bench_row (at_ms, text) VALUES (?, ?)');
  const startMs = performance.now();
  for (let from = 0; from < count; from += RECORDS_A_TRANSACTION) {
    vault.transaction(() => {
      for (let i = 0; i < RECORDS_A_TRANSACTION; i += 1) insert.run(i, 'ledger.post');
    });
  }
  return (count / (performance.now() - startMs)) * 1000;
}

/** The rows of the records themselves, written again into a table of the same columns. */
function writeLikeRows({ vault }: Bench, count: number): number {
  const { db } = vault;
  db.exec('CREATE TABLE IF NOT EXISTS bench_like AS SELECT * FROM audit_record LIMIT 0');
  const rows = db.prepare('SELECT * FROM audit_record LIMIT ?').raw().all(count) as unknown[][];
  const insert = db.prepare(`INSERT INTO bench_like VALUES (${rows[0]!.map(() => '?').join(', ')})`);
  const startMs = performance.now();
  for (let from = 0; from < rows.length; from += RECORDS_A_TRANSACTION) {
    vault.transaction(() => {
      for (const row of rows.slice(from, from + RECORDS_A_TRANSACTION)) insert.run(row);
    });
  }
  return (rows.length / (performance.now() - startMs)) * 1000;
}

function timesOf(count: number, work: () => void): number {
  const times: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const startMs = performance.now();
    work();
    times.push(performance.now() - startMs);
  }
  return median(times);
}

export const benchAudit: BenchSection = ({ quick, say }) =>
  withBench(async (bench) => {
    const { audit, transparency } = bench;
    const total = quick ? 50_000 : 1_000_000;
    say('single records beside plain rows');
    writeRecords(bench, 5_000);
    writeRows(bench, 5_000);
    const rounds = Array.from({ length: 3 }, () => ({
      records: writeRecords(bench, 20_000),
      rows: writeRows(bench, 20_000),
      likeRows: writeLikeRows(bench, 20_000),
    }));
    const recordsPerSecond = median(rounds.map(({ records }) => records));
    const rowsPerSecond = median(rounds.map(({ rows }) => rows));
    const likeRowsPerSecond = median(rounds.map(({ likeRows }) => likeRows));
    say(`filling up to ${total} records`);
    writeRecords(bench, total - Number(audit.lastSeq()));
    say('verifying');
    const { durationMs, findings } = await audit.verify({ details: false });
    if (findings.length > 0) throw new Error('The log that was written does not verify.');
    say('heads and receipts');
    const signMs = timesOf(20, () => {
      writeRecords(bench, 1);
      transparency.checkpoint();
    });
    const { text } = transparency.receipt(CALLER, { seq: BigInt(Math.floor(total / 2)) });
    const trust = transparency.trust().text;
    const checkMs = timesOf(50, () => {
      if (verifyReceipt(text, primitives, trust).verdict !== 'verified') throw new Error('not verified');
    });
    const rows: BenchFigure[] = [
      {
        section: 'audit',
        name: 'single records, sealed, chained, under the tree',
        value: recordsPerSecond,
        unit: 'records/s',
        reference: { name: 'plain INSERT of a number and a word', value: rowsPerSecond },
        goal: { of: 'ratio', atLeast: 0.2 },
      },
      {
        section: 'audit',
        name: 'the same records',
        value: recordsPerSecond,
        unit: 'records/s',
        reference: { name: 'plain INSERT of their columns', value: likeRowsPerSecond },
      },
      {
        section: 'audit',
        name: `full verification of ${total} records, details closed`,
        value: durationMs,
        unit: 'ms',
        goal: { of: 'value', atMost: 20_000 },
      },
      { section: 'audit', name: 'one record and a signed head', value: signMs, unit: 'ms' },
      { section: 'audit', name: 'size of a receipt', value: Buffer.byteLength(text), unit: 'bytes' },
      {
        section: 'audit',
        name: 'one receipt checked by the engine',
        value: checkMs,
        unit: 'ms',
        goal: { of: 'value', atMost: 50 },
      },
    ];
    return rows;
  });
