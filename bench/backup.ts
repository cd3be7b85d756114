/** A large vault backed up, shipped and restored: how long it takes, and what it costs the desk meanwhile. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Backup, createBackup, restore } from '../src/main/backup/index.ts';
import { silentLogger, systemRuntime } from '../src/main/base/index.ts';
import { createMetrics } from '../src/main/base/metrics.ts';
import { createFeed, createJobs } from '../src/main/jobs/index.ts';
import { checkBooksAt } from '../src/main/ledger/index.ts';
import type { ReaderKey } from '../src/main/vault/index.ts';
import { type BenchFigure, type BenchSection, percentile } from './figure.ts';
import { type BenchLedger, CALLER, openBenchLedger } from './ledger-vault.ts';

const BATCH = 2_000;
const ACCOUNTS = 200;
const DAYS = 365;
/** The promise of the issue: a vault of a million entries is back within five minutes. */
const MOST_RESTORE_S = 300;
const MOST_LOST_S = 60;

async function timed<T>(task: () => Promise<T>): Promise<{ answer: T; seconds: number }> {
  const startMs = performance.now();
  const answer = await task();
  return { answer, seconds: (performance.now() - startMs) / 1000 };
}

const checkBooks = async (key: ReaderKey) => {
  const checks = await checkBooksAt({ key, nowMs: Date.now() });
  return checks.map(({ name, ok, examined }) => ({ name, ok, examined }));
};

function roomOf({ vault, audit }: BenchLedger): Backup {
  const runtime = systemRuntime;
  const feed = createFeed();
  const jobs = createJobs({ runtime, feed, metrics: createMetrics() });
  return createBackup({ vault, audit, runtime, jobs, feed, log: silentLogger, checkBooks });
}

/** Posts single entries until `until` settles; answers how long each took, in milliseconds. */
async function postWhile({ ledger, entries }: BenchLedger, until: Promise<unknown>): Promise<number[]> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  until.then(over, over);
  const times: number[] = [];
  for (let at = 0; !isOver; at += 1) {
    const startMs = performance.now();
    ledger.post(entries(at, 1), CALLER);
    times.push(performance.now() - startMs);
    await new Promise((done) => setTimeout(done, 5));
  }
  return times;
}

/** Seconds a plain copy of a file takes. */
function copySeconds(path: string): number {
  const copy = `${path}.copy`;
  const startMs = performance.now();
  copyFileSync(path, copy);
  const seconds = (performance.now() - startMs) / 1000;
  rmSync(copy);
  return seconds;
}

export const benchBackup: BenchSection = async ({ quick, say }) => {
  const count = quick ? 50_000 : 1_000_000;
  const bench = await openBenchLedger(ACCOUNTS);
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-backup-'));
  const figures: BenchFigure[] = [];
  const add = (figure: Omit<BenchFigure, 'section'>) => figures.push({ section: 'backup', ...figure });
  try {
    say(`a ledger of ${count.toLocaleString('en-US')} entries`);
    for (let at = 0; at < count; at += BATCH) {
      bench.ledger.post(bench.entries(at, BATCH, DAYS), CALLER);
      await bench.vault.breathe();
    }
    const room = roomOf(bench);

    say('one backup file, while the desk posts');
    const resting = await postWhile(bench, new Promise((done) => setTimeout(done, 2_000)));
    const file = join(folder, 'one.bkup');
    const making = timed(() => room.create(file, CALLER));
    const during = await postWhile(bench, making);
    const made = await making;
    const copying = { name: 'copying the file', value: copySeconds(file) };
    add({ name: 'size of the backup', value: made.answer.sizeBytes / 1e6, unit: 'MB' });
    add({ name: 'backup to one file, read back', value: made.seconds, unit: 's', reference: copying });
    add({
      name: 'a posting during the backup, p99',
      value: percentile(during, 99),
      unit: 'ms',
      reference: { name: 'at rest', value: percentile(resting, 99) },
    });

    say('shipping, while the desk posts');
    const second = join(folder, 'second');
    mkdirSync(second);
    const base = await timed(() => room.ship(second, CALLER));
    add({ name: 'first base to a second folder', value: base.seconds, unit: 's' });
    const shipping = await postWhile(bench, new Promise((done) => setTimeout(done, quick ? 5_000 : 30_000)));
    const { lagSeconds } = room.status().shipping;
    add({
      name: 'work that would be lost',
      value: lagSeconds ?? Infinity,
      unit: 's',
      goal: { of: 'value', atMost: MOST_LOST_S },
    });
    add({
      name: 'a posting while changes are shipped, p99',
      value: percentile(shipping, 99),
      unit: 'ms',
      reference: { name: 'at rest', value: percentile(resting, 99) },
    });

    say('a restore drill of what was shipped');
    const drill = await room.drill(CALLER);
    if (!drill.verified) throw new Error('The drill of the bench does not verify.');
    add({
      name: 'restore drill, all checks',
      value: drill.recoveryTimeSeconds,
      unit: 's',
      goal: { of: 'value', atMost: MOST_RESTORE_S },
    });
    const secret = { rootKey: Buffer.alloc(32, 7) };
    const wanted = { secret, runtime: systemRuntime, caller: CALLER, checkBooks };
    say('restores from the file and from the second folder');
    const fromFile = await timed(() =>
      restore({ ...wanted, source: file, target: join(folder, 'file.vault') }),
    );
    const goal = { of: 'value', atMost: MOST_RESTORE_S } as const;
    add({ name: 'restore from one file, verified', value: fromFile.seconds, unit: 's', goal });
    await room.ship(null, CALLER);
    const shipped = await timed(() =>
      restore({ ...wanted, source: second, target: join(folder, 'shipped.vault') }),
    );
    add({ name: 'restore from base and changes, verified', value: shipped.seconds, unit: 's', goal });
    await room.close(() => {});
  } finally {
    bench.close();
    rmSync(folder, { recursive: true, force: true });
    rmSync(join(dirname(bench.vault.directory), 'bench.backups'), { recursive: true, force: true });
  }
  return figures;
};
