/**
 * Single messages from received to committed: parsed, matched, posted, audited, on the encrypted vault.
 * `--quick` takes fewer open items; `--full` holds 1,000 a second for ten minutes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createHistogram } from '../src/main/connectors/index.ts';
import { createTraffic, type Traffic, withT0Console } from '../src/main/engine/index.ts';
import { type BenchFigure, type BenchSection, median, percentile } from './figure.ts';

const SECTION = 't0';
const CALLER = { actor: 'bench', traceId: '' };
const WARM_UP = 300;

type Console = Parameters<Parameters<typeof withT0Console>[2]>[0];
type Send = () => Promise<number>;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends the next message; answers how long it took from received to committed. */
function sender(console: Console, traffic: Traffic): Send {
  return async () => {
    const { bytes } = traffic.next();
    const start = performance.now();
    const answer = await console.connectors.submit({ bytes, source: 'bench', caller: CALLER });
    if (answer.result !== 'taken') throw new Error(`a message was ${answer.result}: ${answer.code}`);
    return performance.now() - start;
  };
}

/** One after the other, each alone in its transaction. */
async function single(send: Send, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    times.push(await send());
    // The checkpoints and the screens of a real console run between two messages.
    if (n % 16 === 0) await pause(1);
  }
  return times;
}

/** At a rate, whatever the answers take; answers latencies and the memory before and after. */
async function sustained(send: Send, rate: number, seconds: number) {
  const latency = createHistogram();
  globalThis.gc?.();
  const start = performance.now();
  const memory = { beforeMb: 0, afterMb: 0 };
  const waiting = new Set<Promise<unknown>>();
  let sent = 0;
  while (sent < rate * seconds) {
    const due = Math.min(rate * seconds, Math.ceil(((performance.now() - start) / 1_000) * rate));
    for (; sent < due; sent += 1) {
      const one = send().then((ms) => latency.add(ms));
      waiting.add(one);
      void one.finally(() => waiting.delete(one));
    }
    // Memory is compared from when everything is warm: a tenth of the time in.
    if (memory.beforeMb === 0 && sent > (rate * seconds) / 10) memory.beforeMb = heapMb();
    await pause(2);
  }
  await Promise.all(waiting);
  memory.afterMb = heapMb();
  const achieved = sent / ((performance.now() - start) / 1_000);
  return { achieved, memory, p99Ms: latency.percentile(99) ?? 0 };
}

function heapMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1_048_576;
}

/** As many as go, with always some hundred waiting, so that they share commits. */
async function highest(send: Send, count: number): Promise<number> {
  const start = performance.now();
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: 400 }, lane));
  return count / ((performance.now() - start) / 1_000);
}

/** A row of like size into a bare file of the same binding, committed one by one and in groups. */
function bareRates(count: number): { singleMs: number; rate: number } {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-bare-'));
  try {
    const db = new Database(join(folder, 'bare.db'));
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.exec('CREATE TABLE message (id INTEGER PRIMARY KEY, raw BLOB NOT NULL, tag BLOB NOT NULL UNIQUE)');
    const insert = db.prepare('INSERT INTO message (raw, tag) VALUES (?, ?)');
    const raw = Buffer.alloc(1_500, 0x41);
    let tag = 0;
    const one = () => {
      tag += 1;
      insert.run(raw, Buffer.from(`tag-${tag}`));
    };
    const times = Array.from({ length: Math.min(500, count) }, () => {
      const start = performance.now();
      db.transaction(one)();
      return performance.now() - start;
    });
    const start = performance.now();
    for (let n = 0; n < count; n += 64) db.transaction(() => Array.from({ length: 64 }, one))();
    const rate = count / ((performance.now() - start) / 1_000);
    db.close();
    return { singleMs: median(times), rate };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const benchT0: BenchSection = async ({ quick, say }) => {
  const full = process.argv.includes('--full');
  const openItems = quick ? 5_000 : 100_000;
  const seconds = full ? 600 : quick ? 3 : 20;
  const rate = quick ? 200 : 1_000;
  const alone = quick ? 300 : 2_000;
  const atOnce = quick ? 1_000 : 20_000;
  // What is paid must be owed first; the open items stand beside it, so that there are as many to the end.
  const needed = openItems + WARM_UP + alone + atOnce + rate * seconds;
  say(`${needed} open items …`);
  const traffic = createTraffic({ seed: 11, nowMs: Date.now(), openItems: needed, plain: true });
  const keepAlive = setInterval(() => {}, 1_000);
  try {
    return await withT0Console(traffic, {}, async (console): Promise<BenchFigure[]> => {
      while (!console.instant.isReady()) await pause(20);
      const send = sender(console, traffic);
      await single(send, WARM_UP);
      say(`${alone} messages one by one`);
      const times = await single(send, alone);
      const bare = bareRates(atOnce);
      say(`${rate} a second for ${seconds} s`);
      const held = await sustained(send, rate, seconds);
      say(`${atOnce} as fast as they go`);
      const most = await highest(send, atOnce);
      const beside = { name: 'ms, one bare row committed', value: bare.singleMs };
      const of = 'value' as const;
      return [
        figure('one message, median', median(times), 'ms', { reference: beside, goal: { of, atMost: 3 } }),
        figure('one message, p99', percentile(times, 99), 'ms', {
          reference: beside,
          goal: { of, atMost: 10 },
        }),
        figure(`${rate}/s for ${seconds} s: reached`, held.achieved, '/s', {
          goal: { of, atLeast: rate * 0.99 },
        }),
        figure(`${rate}/s for ${seconds} s: p99`, held.p99Ms, 'ms'),
        figure(`${rate}/s for ${seconds} s: heap after`, held.memory.afterMb, 'MB', {
          reference: { name: 'MB, a tenth of the time in', value: held.memory.beforeMb },
          goal: { of: 'ratio', atMost: 1.25 },
        }),
        figure('highest rate, groups in one commit', most, '/s', {
          reference: { name: 'bare rows/s, 64 a commit', value: bare.rate },
          goal: { of, atLeast: 5_000 },
        }),
      ];
    });
  } finally {
    clearInterval(keepAlive);
  }
};

const figure = (
  name: string,
  value: number,
  unit: string,
  more: Pick<BenchFigure, 'reference' | 'goal'> = {},
): BenchFigure => ({ section: SECTION, name, value, unit, ...more });
