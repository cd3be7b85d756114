/** What sealing costs the dashboard: the same questions over sealed values and over plain ones. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bigCustomers, bigCustomersCsv, bigInvoicesCsv } from '../build/sample-data/big.ts';
import { silentLogger, systemRuntime } from '../src/main/base/index.ts';
import { createMetrics } from '../src/main/base/metrics.ts';
import { type Console, openConsole } from '../src/main/engine/console.ts';
import { createFeed, createJobs } from '../src/main/jobs/index.ts';
import type { SealedRef, Sealing } from '../src/main/sealing/index.ts';
import { createVault } from '../src/main/vault/index.ts';
import { camtChunks } from './dashboard.ts';
import { type BenchFigure, type BenchSection, median } from './figure.ts';

const CALLER = { actor: 'bench', traceId: '' };
const ROUNDS = 40;
const RECENT_ITEMS = 20;
const PROMISE = 1.15;

async function take(console: Console, fileName: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const { outcome } = await console.intake.importStream({ fileName, source, sizeBytes: null }, CALLER);
  if (outcome !== 'imported') throw new Error(`${fileName} was ${outcome}.`);
}

async function* bytesOf(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** Answers with plaintexts that stand in a table of the same vault, read by id as sealed ones are. */
function plainOpens({ vault, sealing }: Console): Pick<Sealing, 'open' | 'openText' | 'openMany'> {
  const { db } = vault;
  db.exec('CREATE TABLE bench_plain (id INTEGER PRIMARY KEY, plaintext BLOB NOT NULL) STRICT');
  const insert = db.prepare('INSERT OR IGNORE INTO bench_plain VALUES (?, ?)');
  const select = db.prepare<[bigint], Buffer>('SELECT plaintext FROM bench_plain WHERE id = ?').pluck();
  const { open: sealedOpen } = sealing;
  const open = (ref: SealedRef): Buffer => {
    const known = select.get(ref.id);
    if (known !== undefined) return known;
    // Met for the first time, in the rounds before the measured ones.
    const plaintext = sealedOpen(ref);
    insert.run(ref.id, plaintext);
    return plaintext;
  };
  const selectMany = db
    .prepare<[string], [bigint, Buffer]>(
      'SELECT id, plaintext FROM bench_plain WHERE id IN (SELECT value FROM json_each(?))',
    )
    .raw();
  const openMany = (refs: readonly SealedRef[]): Buffer[] => {
    const known = new Map(selectMany.all(`[${refs.map(({ id }) => id).join(',')}]`));
    return refs.map((ref) => known.get(ref.id) ?? open(ref));
  };
  return { open, openText: (ref) => open(ref).toString('utf8'), openMany };
}

/** What the dashboard asks for: its figures, the newest lines and open matches, and a search. */
async function ask(
  { dashboard, statements, reconciliation, search }: Console,
  name: string,
): Promise<number> {
  const startMs = performance.now();
  await dashboard.figures();
  statements.transactions({ limit: RECENT_ITEMS });
  reconciliation.queue({ limit: RECENT_ITEMS });
  await search.query(name, RECENT_ITEMS);
  return performance.now() - startMs;
}

async function fill(console: Console, quick: boolean): Promise<string> {
  const options = { customers: quick ? 100 : 1_000, items: quick ? 1_000 : 20_000, seed: 5 };
  const customers = bigCustomers(options);
  await take(console, 'customers.csv', bytesOf([Buffer.from(bigCustomersCsv(customers), 'utf8')]));
  await take(console, 'invoices.csv', bytesOf(bigInvoicesCsv(options, customers)));
  await take(console, 'statement.xml', camtChunks(quick ? 2_000 : 50_000));
  await console.reconciliation.run(CALLER);
  const { name } = customers[0]!;
  await console.search.refresh();
  return name;
}

async function measure(console: Console, name: string): Promise<{ sealed: number; plain: number }> {
  const { sealing } = console;
  const { open, openText, openMany } = sealing;
  const ways = { sealed: { open, openText, openMany }, plain: plainOpens(console) };
  const times = { sealed: [] as number[], plain: [] as number[] };
  for (let round = -5; round < ROUNDS; round += 1) {
    for (const way of ['sealed', 'plain'] as const) {
      Object.assign(sealing, ways[way]);
      const tookMs = await ask(console, name);
      if (round >= 0) times[way].push(tookMs);
    }
  }
  Object.assign(sealing, ways.sealed);
  return { sealed: median(times.sealed), plain: median(times.plain) };
}

export const benchSealedDashboard: BenchSection = async ({ quick, say }) => {
  const parent = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const runtime = systemRuntime;
  try {
    const directory = join(parent, 'bench.vault');
    const { vault } = await createVault({ directory, rootKey: Buffer.alloc(32, 0x5a), runtime });
    const feed = createFeed();
    const jobs = createJobs({ runtime, feed });
    const metrics = createMetrics();
    const console = await openConsole({ vault, runtime, log: silentLogger, metrics, jobs, feed });
    say('filling a vault for the dashboard');
    const name = await fill(console, quick);
    const { sealed, plain } = await measure(console, name);
    await console.close();
    const figure: BenchFigure = {
      section: 'keys',
      name: 'dashboard with recent items and search, values sealed',
      value: sealed,
      unit: 'ms',
      reference: { name: 'values plain', value: plain },
      goal: { of: 'ratio', atMost: PROMISE },
    };
    return [figure];
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
};
