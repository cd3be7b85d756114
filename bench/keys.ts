/**
 * Vault and keys: sealing and opening, a vault with a long history of keys, re-sealing while the
 * desk works, and signatures.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Audit, auditSealedColumns, createAudit } from '../src/main/audit/index.ts';
import { silentLogger, systemRuntime } from '../src/main/base/index.ts';
import { createKeys, keysSealedColumns } from '../src/main/keys/index.ts';
import { createSealing, type SealedColumn, type SealedRef, type Sealing } from '../src/main/sealing/index.ts';
import { createVault, openVault, type Vault } from '../src/main/vault/index.ts';
import { benchBatchSignatures, benchProfiles } from './crypto-profiles.ts';
import { type BenchFigure, type BenchSection, median, percentile } from './figure.ts';
import { benchSealedDashboard } from './keys-dashboard.ts';
import { bareCipher, PLAINTEXT, timed } from './vault.ts';

const ROOT_KEY = Buffer.alloc(32, 0x5a);
const TABLE = 'bench_value';
const COLUMN = 'content';
const BATCH = 2_000;
/** Fewer than the rows that sealing gathers, so that nothing is written while it is measured. */
const PENDING = 1_900;
const PAGE_VALUES = 400;
const OPEN_SLICE = 1_000;
const ROTATION_LIMIT_S = 600;
const COMMAND_EVERY_MS = 20;

const benchColumn: SealedColumn = {
  purpose: 'customer_pii',
  table: TABLE,
  column: COLUMN,
  sealedId: 'sealed_id',
  key: ['id'],
  applicationId: 'id',
};

interface Bench {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Audit;
}

const figure = (name: string, value: number, unit: string, rest: Partial<BenchFigure> = {}): BenchFigure => ({
  section: 'keys',
  name,
  value,
  unit,
  ...rest,
});

function openRooms(vault: Vault): Bench {
  const sealing = createSealing(vault, systemRuntime);
  return { vault, sealing, audit: createAudit(vault, sealing, systemRuntime) };
}

const keysOf = ({ vault, sealing, audit }: Bench) =>
  createKeys({
    ...{ vault, sealing, audit, runtime: systemRuntime, log: silentLogger },
    sealedColumns: [benchColumn, ...auditSealedColumns, ...keysSealedColumns],
  });

async function withVault<T>(work: (bench: Bench, directory: string) => Promise<T>): Promise<T> {
  const parent = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const directory = join(parent, 'bench.vault');
  try {
    const { vault } = await createVault({ directory, rootKey: ROOT_KEY, runtime: systemRuntime });
    return await work(openRooms(vault), directory);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** Writes rows that name sealed values, as a room does. */
function fill({ vault, sealing }: Bench, count: number): void {
  vault.db.exec(`CREATE TABLE ${TABLE} (id INTEGER PRIMARY KEY, sealed_id INTEGER NOT NULL) STRICT`);
  const insert = vault.db.prepare(`INSERT INTO ${TABLE} (id, sealed_id) VALUES (?, ?)`);
  for (let done = 0; done < count; done += BATCH) {
    vault.transaction(() => {
      const ids = Array.from({ length: Math.min(BATCH, count - done) }, (_, at) => done + at + 1);
      const values = ids.map((id) => ({ applicationId: String(id), plaintext: PLAINTEXT }));
      const first = sealing.sealBatch('customer_pii', TABLE, COLUMN, values);
      for (const [at, id] of ids.entries()) insert.run(id, first + BigInt(at));
    });
  }
}

const refsOf = (firstId: bigint, from: number, count: number): SealedRef[] =>
  Array.from({ length: count }, (_, at) => ({
    id: firstId + BigInt(from + at),
    table: TABLE,
    column: COLUMN,
    applicationId: String(from + at + 1),
  }));

/** Values sealed a second, until they wait to be written; and with their rows and commits. */
function sealRates({ vault, sealing }: Bench, rounds: number): { alone: number; committed: number } {
  const batch = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ applicationId: String(at), plaintext: PLAINTEXT }));
  const aloneMs: number[] = [];
  const committedMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const values = batch(PENDING);
    vault.transaction(() => {
      aloneMs.push(timed(() => sealing.sealBatch('customer_pii', TABLE, COLUMN, values)));
    });
    const more = batch(BATCH);
    committedMs.push(
      timed(() => vault.transaction(() => sealing.sealBatch('customer_pii', TABLE, COLUMN, more))),
    );
  }
  return { alone: (PENDING / median(aloneMs)) * 1000, committed: (BATCH / median(committedMs)) * 1000 };
}

async function sealingFigures(quick: boolean): Promise<BenchFigure[]> {
  return withVault(async (bench) => {
    const count = quick ? 20_000 : 100_000;
    const bare = bareCipher(count);
    fill(bench, count);
    const { vault, sealing } = bench;
    const firstId = vault.db.prepare(`SELECT min(sealed_id) FROM ${TABLE}`).pluck().get() as bigint;
    const refs = refsOf(firstId, 0, count);
    const openMs = Array.from({ length: 5 }, () =>
      timed(() => {
        // A slice at a time, as lists and the search index ask: nobody holds them all at once.
        for (let from = 0; from < count; from += OPEN_SLICE)
          sealing.openMany(refs.slice(from, from + OPEN_SLICE));
      }),
    );
    const pageMs = Array.from({ length: 100 }, (_, round) => {
      const page = refs
        .slice(((round * 7_919) % (count / PAGE_VALUES - 1)) * PAGE_VALUES)
        .slice(0, PAGE_VALUES);
      return timed(() => {
        for (const plaintext of sealing.openMany(page)) plaintext.toString();
      });
    });
    const rates = sealRates(bench, quick ? 10 : 40);
    vault.close();
    return [
      figure('values sealed, nonces from the pool', rates.alone, '/s', {
        reference: { name: 'AES-256-GCM alone', value: bare.seals },
        goal: { of: 'value', atLeast: 100_000 },
      }),
      figure('values sealed, written and committed', rates.committed, '/s', {
        reference: { name: 'AES-256-GCM alone', value: bare.seals },
      }),
      figure('values read and opened, DEK cached', (count / median(openMs)) * 1000, '/s', {
        reference: { name: 'AES-256-GCM alone', value: bare.opens },
        goal: { of: 'value', atLeast: 150_000 },
      }),
      figure('page of 100 rows, four sealed columns', percentile(pageMs, 50), 'ms', {
        goal: { of: 'value', atMost: 10 },
      }),
    ];
  });
}

/** Opening a vault whose history holds that many DEKs, and the first page of it; no passphrase in it. */
async function historyFigures(quick: boolean): Promise<BenchFigure[]> {
  const deks = quick ? 1_000 : 10_000;
  return withVault(async (bench, directory) => {
    fill(bench, PAGE_VALUES);
    const { vault, sealing } = bench;
    let newest = sealing.control.newestOfPurpose('customer_pii')[0]!;
    for (let made = 1; made < deks; made += 100) {
      vault.transaction(() => {
        for (let at = 0; at < 100; at += 1) newest = sealing.control.rotateDek(newest);
      });
    }
    vault.close();
    const startMs = performance.now();
    const again = openRooms(await openVault({ directory, rootKey: ROOT_KEY, runtime: systemRuntime }));
    const keys = keysOf(again);
    const firstId = again.vault.db.prepare(`SELECT min(sealed_id) FROM ${TABLE}`).pluck().get() as bigint;
    again.sealing.openMany(refsOf(firstId, 0, PAGE_VALUES));
    const openMs = performance.now() - startMs;
    const pageMs = timed(() => keys.list({ limit: 100 }));
    await keys.close();
    again.vault.close();
    return [
      figure(`open a vault with ${deks} DEKs, first page, beyond Argon2id`, openMs, 'ms', {
        goal: { of: 'value', atMost: 1_000 },
      }),
      figure(`first page of an inventory of ${deks} keys`, pageMs, 'ms'),
    ];
  });
}

/** Times of a small command, from when it was due to its commit, while `during` runs. */
async function commandTimes({ vault, sealing, audit }: Bench, isOver: () => boolean): Promise<number[]> {
  const times: number[] = [];
  while (!isOver()) {
    const dueMs = performance.now() + COMMAND_EVERY_MS;
    await new Promise((resolve) => setTimeout(resolve, COMMAND_EVERY_MS));
    vault.transaction(() => {
      const place = { table: 'bench_command', column: 'note', applicationId: '1' };
      sealing.seal({ purpose: 'invoice', ...place, plaintext: PLAINTEXT });
      audit.record({ kind: 'bench.command', actor: 'bench', detail: { of: 'the desk' } });
    });
    times.push(performance.now() - dueMs);
  }
  return times;
}

async function resealFigures(quick: boolean, say: (text: string) => void): Promise<BenchFigure[]> {
  const count = quick ? 20_000 : 1_000_000;
  return withVault(async (bench) => {
    say(`filling a vault with ${count} values`);
    fill(bench, count);
    const keys = keysOf(bench);
    const resting: number[] = [];
    let left = quick ? 100 : 500;
    resting.push(...(await commandTimes(bench, () => --left < 0)));
    say(`sealing ${count} values anew while commands run`);
    const startMs = performance.now();
    keys.rotate({ actor: 'bench', traceId: '' }, { purpose: 'customer_pii' });
    let over = false;
    void keys.idle().then(() => {
      over = true;
    });
    const busy = await commandTimes(bench, () => over);
    const seconds = (performance.now() - startMs) / 1000;
    const [rotation] = keys.rotations();
    if (rotation?.state !== 'done' || rotation.done !== count) throw new Error('The rotation did not end.');
    await keys.close();
    bench.vault.close();
    const p99 = percentile(busy, 99);
    const restingP99 = percentile(resting, 99);
    return [
      figure(`${count} values sealed anew, with a command every ${COMMAND_EVERY_MS} ms`, seconds, 's', {
        goal: { of: 'value', atMost: ROTATION_LIMIT_S },
      }),
      figure('command beside it, p99', p99, 'ms', { reference: { name: 'at rest', value: restingP99 } }),
      figure('what re-sealing adds to the p99 of a command', p99 - restingP99, 'ms', {
        goal: { of: 'value', atMost: 5 },
      }),
    ];
  });
}

export const benchKeys: BenchSection = async (options) => {
  const { quick, say } = options;
  say('sealing and opening');
  const sealing = await sealingFigures(quick);
  say('a long history of keys');
  const history = await historyFigures(quick);
  const reseal = await resealFigures(quick, say);
  const dashboard = await benchSealedDashboard(options);
  const batches = await benchBatchSignatures(options);
  const profiles = await benchProfiles(options);
  return [...sealing, ...history, ...reseal, ...dashboard, ...batches, ...profiles];
};
