/**
 * Single messages from received to committed: parsed, matched, posted, audited, on the encrypted vault.
 * `--quick` takes fewer open items; `--full` holds 1,000 a second for ten minutes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import Database from 'better-sqlite3';
import { isCountersignError } from '../src/main/base/index.ts';
import { createHistogram } from '../src/main/connectors/index.ts';
import { createTraffic, type Traffic, withT0Console } from '../src/main/engine/index.ts';
import { type BenchFigure, type BenchSection, median, percentile } from './figure.ts';

const SECTION = 't0';
const CALLER = { actor: 'bench', traceId: '' };
const WARM_UP = 1_000;
/** What senders have under way at most: more would only wait before the queue. */
const MOST_UNDER_WAY = 2_000;
/** After a refusal for want of room. */
const AGAIN_MS = 250;

type Console = Parameters<Parameters<typeof withT0Console>[2]>[0];
type Send = () => Promise<number>;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends the next message; answers how long it took from received to committed. */
function sender(console: Console, traffic: Traffic): Send {
  return async () => {
    const { bytes } = traffic.next();
    const start = performance.now();
    for (;;) {
      try {
        const answer = await console.connectors.submit({ bytes, source: 'bench', caller: CALLER });
        if (answer.result !== 'taken') throw new Error(`a message was ${answer.result}: ${answer.code}`);
        return performance.now() - start;
      } catch (error) {
        // Who is told that the queue is full sends again; the wait counts.
        if (!isCountersignError(error, 'CONNECTOR_QUEUE_FULL')) throw error;
        await pause(AGAIN_MS);
      }
    }
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

interface Memory {
  readonly heapMb: number;
  readonly residentMb: number;
}

interface Sustained {
  /** Answered a second, within the time. */
  readonly reached: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The p99 of the slowest stretch. */
  readonly worstP99Ms: number;
  /** A tenth of the time in, when everything is warm, and at the end. */
  readonly warm: Memory;
  readonly end: Memory;
}

/** Garbage is none of what is held; V8 hands the call out when it is asked for by name. */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function memoryNow(): Memory {
  const { heapUsed, rss } = process.memoryUsage();
  return { heapMb: heapUsed / 1_048_576, residentMb: rss / 1_048_576 };
}

function memoryHeld(): Memory {
  collectGarbage();
  return memoryNow();
}

/**
 * At a rate for a time, and not a second longer: who is too slow reaches less. Says now and then how it goes.
 * What is due while as much is under way as senders may have there is sent later.
 */
async function sustained(send: Send, { rate, seconds, say }: Load): Promise<Sustained> {
  const all = createHistogram();
  let stretch = createHistogram();
  const stretchSeconds = Math.max(10, seconds / 10);
  let stretches = 0;
  let worstP99Ms = 0;
  let warm: Memory | undefined;
  let sent = 0;
  let answered = 0;
  let failure: unknown;
  const start = performance.now();
  const elapsedSeconds = () => (performance.now() - start) / 1_000;

  const offer = () => {
    sent += 1;
    send().then(
      (ms) => {
        all.add(ms);
        stretch.add(ms);
        answered += 1;
      },
      (error: unknown) => {
        failure ??= error;
      },
    );
  };
  const tellStretch = () => {
    const { heapMb, residentMb } = memoryNow();
    const [p50, p99] = [50, 99].map((percent) => stretch.percentile(percent) ?? 0) as [number, number];
    worstP99Ms = Math.max(worstP99Ms, p99);
    say(
      `${Math.round(elapsedSeconds())} s: ${answered} answered (${Math.round(answered / elapsedSeconds())}/s), ` +
        `${sent - answered} under way, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ` +
        `heap ${heapMb.toFixed(0)} MB, resident ${residentMb.toFixed(0)} MB`,
    );
    stretch = createHistogram();
    stretches += 1;
  };

  while (elapsedSeconds() < seconds && failure === undefined) {
    const due = Math.min(rate * seconds, Math.ceil(elapsedSeconds() * rate));
    while (sent < due && sent - answered < MOST_UNDER_WAY) offer();
    if (warm === undefined && elapsedSeconds() > seconds / 10) warm = memoryHeld();
    if (elapsedSeconds() >= (stretches + 1) * stretchSeconds) tellStretch();
    await pause(2);
  }
  const reached = answered / elapsedSeconds();
  while (answered < sent && failure === undefined) await pause(1);
  if (failure !== undefined) throw failure;
  tellStretch();
  const [p50Ms, p99Ms] = [50, 99].map((percent) => all.percentile(percent) ?? 0) as [number, number];
  return { reached, p50Ms, p99Ms, worstP99Ms, warm: warm ?? memoryHeld(), end: memoryHeld() };
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

/** How much is sent, and against how many open items. */
interface Load {
  readonly openItems: number;
  readonly alone: number;
  readonly atOnce: number;
  readonly rate: number;
  readonly seconds: number;
  say(text: string): void;
}

/** A console with what `messages` payments pay and as many open items beside it, warm. */
async function onConsole<T>(
  { openItems, say }: Load,
  messages: number,
  work: (send: Send) => Promise<T>,
): Promise<T> {
  // What is paid must be owed first; the open items stand beside it, so that there are as many to the end.
  const needed = openItems + WARM_UP + messages;
  say(`${needed} open items …`);
  const traffic = createTraffic({ seed: 11, nowMs: Date.now(), openItems: needed, plain: true });
  return withT0Console(traffic, {}, async (console) => {
    while (!console.instant.isReady()) await pause(20);
    const send = sender(console, traffic);
    await single(send, WARM_UP);
    return work(send);
  });
}

/** One message at a time, and as many as go. */
async function singleAndMost(load: Load): Promise<BenchFigure[]> {
  const { alone, atOnce, say } = load;
  return onConsole(load, alone + atOnce, async (send) => {
    say(`${alone} messages one by one`);
    const times = await single(send, alone);
    const bare = bareRates(atOnce);
    say(`${atOnce} as fast as they go`);
    const most = await highest(send, atOnce);
    const reference = { name: 'ms, one bare row committed', value: bare.singleMs };
    return [
      figure('one message, median', median(times), 'ms', { reference, goal: { of: 'value', atMost: 3 } }),
      figure('one message, p99', percentile(times, 99), 'ms', {
        reference,
        goal: { of: 'value', atMost: 10 },
      }),
      figure('highest rate, groups in one commit', most, '/s', {
        reference: { name: 'bare rows/s, 64 a commit', value: bare.rate },
        goal: { of: 'value', atLeast: 5_000 },
      }),
    ];
  });
}

/** At a steady rate. */
async function steady(load: Load): Promise<BenchFigure[]> {
  const { rate, seconds, say } = load;
  return onConsole(load, rate * seconds, async (send) => {
    say(`${rate} a second for ${seconds} s`);
    const { reached, p50Ms, p99Ms, worstP99Ms, warm, end } = await sustained(send, load);
    const name = `${rate}/s for ${seconds} s`;
    const flat = { of: 'ratio', atMost: 1.25 } as const;
    const since = 'MB, a tenth of the time in';
    const promised = { name: 'ms promised', value: 200 };
    return [
      figure(`${name}: reached`, reached, '/s', {
        reference: { name: 'asked for, /s', value: rate },
        goal: { of: 'ratio', atLeast: 0.99 },
      }),
      figure(`${name}: p50`, p50Ms, 'ms'),
      figure(`${name}: p99`, p99Ms, 'ms', { reference: promised, goal: { of: 'ratio', atMost: 1 } }),
      figure(`${name}: p99 of the slowest stretch`, worstP99Ms, 'ms', { reference: promised }),
      figure(`${name}: heap after`, end.heapMb, 'MB', {
        reference: { name: since, value: warm.heapMb },
        goal: flat,
      }),
      figure(`${name}: resident after`, end.residentMb, 'MB', {
        reference: { name: since, value: warm.residentMb },
        goal: flat,
      }),
    ];
  });
}

export const benchT0: BenchSection = async ({ quick, seconds, say }) => {
  const full = process.argv.includes('--full');
  const load: Load = {
    openItems: quick ? 5_000 : 100_000,
    alone: quick ? 300 : 2_000,
    atOnce: quick ? 1_000 : 20_000,
    rate: quick ? 200 : 1_000,
    seconds: seconds ?? (full ? 600 : quick ? 3 : 20),
    say,
  };
  const keepAlive = setInterval(() => {}, 1_000);
  try {
    return [...(await singleAndMost(load)), ...(await steady(load))];
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
