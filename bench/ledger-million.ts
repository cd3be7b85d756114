/** A ledger of a million entries over a year, asked now and at past points, in pages, and given a large import. */
import { addDays } from '../src/main/base/index.ts';
import { type BenchFigure, type BenchOptions, median } from './figure.ts';
import { type BenchLedger, CALLER, openBenchLedger } from './ledger-vault.ts';

const ACCOUNTS = 200;
const DAYS = 365;
const BATCH = 2_000;
const ASKED = 40;
const IMPORT_ID = 1n;

function timed(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

/** Posts `count` entries; every fiftieth batch the ledger's work beside gets its time. */
async function fill({ ledger, entries }: BenchLedger, count: number): Promise<void> {
  for (let at = 0; at < count; at += BATCH) {
    ledger.post(entries(at, BATCH, DAYS), CALLER);
    if ((at / BATCH) % 25 === 24) await ledger.takeSnapshot();
  }
}

/** Repeatable places from 0 to 1, spread over everything. */
const places = Array.from({ length: ASKED }, (_, at) => (at * 0.618_033_988_7) % 1);

function questions(bench: BenchLedger, entries: number): { name: string; goalMs: number; times: number[] }[] {
  const { ledger, accounts } = bench;
  const lastRecord = ledger.entries({ limit: 1 }).rows[0]!.record;
  const firstRecord = lastRecord - BigInt(Math.floor(entries / BATCH));
  const pointAt = (place: number) => ({
    asOf: addDays('2026-01-01', Math.floor(((place * 7) % 1) * DAYS)),
    knownAt: firstRecord + BigInt(Math.floor(place * (entries / BATCH))),
  });
  const cursorAt = (place: number) => String(1 + Math.floor(place * entries));
  const accountAt = (place: number) => accounts[Math.floor(place * ACCOUNTS)]!;
  const ask = (work: (place: number) => void) => places.map((place) => timed(() => work(place)));
  return [
    { name: 'current trial balance', goalMs: 100, times: ask(() => ledger.trialBalance()) },
    {
      name: 'trial balance as of a date known at a record',
      goalMs: 250,
      times: ask((place) => ledger.trialBalance(pointAt(place))),
    },
    {
      name: 'one balance as of a date known at a record',
      goalMs: 250,
      times: ask((place) => ledger.balanceMinor(accountAt(place), pointAt(place))),
    },
    {
      name: 'a page of the journal',
      goalMs: 20,
      times: ask((place) => ledger.entries({ limit: 100, cursor: cursorAt(place) })),
    },
    {
      name: 'a page of the journal of one account',
      goalMs: 20,
      times: ask((place) =>
        ledger.entries({ limit: 100, cursor: cursorAt(place), accountId: accountAt(1 - place) }),
      ),
    },
    {
      name: 'a page of the journal of one reason',
      goalMs: 20,
      times: ask((place) => ledger.entries({ limit: 100, cursor: cursorAt(place), reason: 'adjustment' })),
    },
    {
      name: 'a page of an account statement',
      goalMs: 20,
      times: ask((place) =>
        ledger.accountStatement({ accountId: accountAt(place), limit: 100, from: pointAt(place).asOf }),
      ),
    },
  ];
}

/** Stages a large file's entries and publishes them; answers milliseconds of the publication and entries a second staged. */
async function importLarge(bench: BenchLedger, count: number): Promise<{ publishMs: number; rate: number }> {
  const { ledger, vault, entries } = bench;
  let stagingMs = 0;
  for (let at = 0; at < count; at += BATCH) {
    const batch = entries(at, BATCH, 30).map((entry, offset) => ({
      ...entry,
      reason: 'statement.line',
      source: { kind: 'bank-transaction', id: String(at + offset) },
    }));
    stagingMs += timed(() => vault.transaction(() => ledger.stage(IMPORT_ID, batch)));
  }
  const record = bench.recordPublication(IMPORT_ID);
  // With the Merkle root over the import's batches and the audit record that holds it.
  const publishMs = timed(() => vault.transaction(() => ledger.publish(IMPORT_ID, record())));
  return { publishMs, rate: (count / stagingMs) * 1000 };
}

export async function benchMillion(options: BenchOptions): Promise<BenchFigure[]> {
  const count = options.quick ? 100_000 : 1_000_000;
  const importCount = options.quick ? 50_000 : 500_000;
  const label = count.toLocaleString('en-US');
  const bench = await openBenchLedger(ACCOUNTS);
  const figures: BenchFigure[] = [];
  const add = (name: string, value: number, unit: string, atMost?: number) =>
    figures.push({
      section: 'ledger',
      name,
      value,
      unit,
      ...(atMost === undefined ? {} : { goal: { of: 'value' as const, atMost } }),
    });
  try {
    options.say(`a ledger of ${label} entries`);
    await fill(bench, count);
    for (const { name, goalMs, times } of questions(bench, count)) {
      add(`${name}, ${label} entries, middle`, median(times), 'ms');
      add(`${name}, ${label} entries, slowest of ${ASKED}`, Math.max(...times), 'ms', goalMs);
    }
    options.say(`an import of ${importCount.toLocaleString('en-US')} entries`);
    const { publishMs, rate } = await importLarge(bench, importCount);
    add(`staging ${importCount.toLocaleString('en-US')} entries`, rate, 'entries/s');
    add(`publishing ${importCount.toLocaleString('en-US')} entries`, publishMs, 'ms', 50);
    options.say('all law checks');
    const verification = await bench.ledger.verify();
    add(
      `all law checks over ${(count + importCount).toLocaleString('en-US')} entries`,
      verification.durationMs / 1000,
      's',
    );
    const failed = verification.checks.filter((check) => !check.ok).map((check) => check.name);
    if (failed.length > 0) throw new Error(`The books of the bench do not verify: ${failed.join(', ')}`);
  } finally {
    bench.close();
  }
  return figures;
}
