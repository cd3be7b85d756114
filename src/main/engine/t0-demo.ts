/**
 * The demonstration of T+0 on a vault of its own: customers and invoices, a stream of single messages
 * through the queue and down the road, and the statements that confirm them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessageAnswer } from '../../contract/connectors.ts';
import {
  type Caller,
  CountersignError,
  type Logger,
  type Runtime,
  silentLogger,
  systemRuntime,
} from '../base/index.ts';
import { createMetrics } from '../base/metrics.ts';
import { createHistogram } from '../connectors/index.ts';
import { readStanding, type Standing } from '../instant/index.ts';
import { createFeed, createJobs } from '../jobs/index.ts';
import { createVault } from '../vault/index.ts';
import { type Console, openConsole } from './console.ts';
import { createTraffic, type Traffic, type TrafficFile } from './t0-traffic.ts';

export interface T0DemoOptions {
  /** Messages a second, and for how long. */
  readonly rate: number;
  readonly seconds: number;
  readonly seed?: number;
  readonly runtime?: Runtime;
  readonly log?: Logger;
  readonly signal?: AbortSignal;
  /** Looks at the vault before it is removed. */
  readonly inspect?: (console: Console) => Promise<void> | void;
}

/**
 * What `countersign demo t0 --json` prints. Each message is one thing:
 * `received = prePosted + unmatched + duplicates + returned + deadLettered`, and each pre-posting is
 * confirmed by a statement or not yet: `prePosted = cleared + open`.
 */
export interface T0DemoResult extends Standing {
  /** Messages answered. */
  readonly received: number;
  readonly deadLettered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Payments that nothing that is owed explains: people look at them. */
  readonly unmatched: number;
  readonly duplicates: number;
  /** Messages that take an earlier payment back. */
  readonly returned: number;
}

const CALLER: Caller = { actor: 'demo', traceId: '' };

/** A console on a vault in the temp folder with the lists and opening statements of some traffic; removed afterwards. */
export async function withT0Console<T>(
  traffic: Traffic,
  options: { readonly runtime?: Runtime; readonly log?: Logger },
  work: (console: Console) => Promise<T>,
): Promise<T> {
  const { runtime = systemRuntime, log = silentLogger } = options;
  const folder = mkdtempSync(join(tmpdir(), 'countersign-t0-'));
  const rootKey = runtime.randomBytes(32);
  const metrics = createMetrics();
  const feed = createFeed();
  const jobs = createJobs({ runtime, feed, metrics });
  try {
    const { vault } = await createVault({ directory: join(folder, 't0.vault'), rootKey, runtime });
    const console = await openConsole({ vault, runtime, log, metrics, jobs, feed });
    try {
      for (const file of traffic.files) await importFile(console, file);
      return await work(console);
    } finally {
      await console.close();
    }
  } finally {
    feed.close();
    metrics.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function importFile({ intake }: Console, { name, text }: TrafficFile): Promise<void> {
  async function* source() {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 262_144) yield bytes.subarray(at, at + 262_144);
  }
  const result = await intake.importStream({ fileName: name, source: source() }, CALLER);
  if (result.outcome === 'imported') return;
  throw new CountersignError('INTERNAL', 'A file of the demonstration was refused.', {
    file: name,
    actual: `${result.code}: ${result.message}`,
  });
}

/** Runs the demonstration. */
export function runT0Demo(options: T0DemoOptions): Promise<T0DemoResult> {
  const { rate, seconds, seed = 1, runtime = systemRuntime } = options;
  const count = rate * seconds;
  const traffic = createTraffic({ seed, nowMs: runtime.nowMs(), openItems: Math.max(200, count) });
  return withT0Console(traffic, options, async (console) => {
    const latency = createHistogram();
    const answers = await stream(console, traffic, { count, rate, runtime, latency, signal: options.signal });
    for (const file of traffic.statements()) await importFile(console, file);
    await options.inspect?.(console);
    const how = (wanted: (answer: MessageAnswer) => boolean) => answers.filter(wanted).length;
    const isNew = ({ result }: MessageAnswer) => result === 'taken';
    return {
      received: answers.length,
      ...readStanding(console.vault.db),
      deadLettered: how(({ result }) => result === 'dead-lettered'),
      p50Ms: rounded(latency.percentile(50)),
      p99Ms: rounded(latency.percentile(99)),
      unmatched: how((answer) => isNew(answer) && answer.received > 0 && answer.prePosted === 0),
      duplicates: how(({ result }) => result === 'duplicate'),
      returned: how((answer) => isNew(answer) && answer.received === 0),
    };
  });
}

const rounded = (ms: number | null) => Math.round((ms ?? 0) * 100) / 100;

interface Streaming {
  readonly count: number;
  readonly rate: number;
  readonly runtime: Runtime;
  readonly latency: ReturnType<typeof createHistogram>;
  readonly signal: AbortSignal | undefined;
}

/** Sends at the rate, whatever the answers take: who falls behind shows it in the latency. */
async function stream(console: Console, traffic: Traffic, streaming: Streaming): Promise<MessageAnswer[]> {
  const { count, rate, runtime, latency, signal } = streaming;
  await untilReady(console, runtime);
  const startedMs = runtime.monotonicMs();
  const underWay: Promise<MessageAnswer>[] = [];
  const send = async (): Promise<MessageAnswer> => {
    const { bytes } = traffic.next();
    const sentMs = runtime.monotonicMs();
    const answer = await console.connectors.submit({ bytes, source: 'demo', caller: CALLER });
    latency.add(runtime.monotonicMs() - sentMs);
    return answer;
  };
  while (underWay.length < count) {
    signal?.throwIfAborted();
    const due = Math.min(count, Math.ceil(((runtime.monotonicMs() - startedMs) / 1_000) * rate));
    while (underWay.length < due) underWay.push(send());
    await pause(runtime, 2);
  }
  return Promise.all(underWay);
}

/** What is owed is read into memory first: the demonstration shows the road, not the start. */
async function untilReady({ instant }: Console, runtime: Runtime): Promise<void> {
  while (!instant.isReady()) await pause(runtime, 10);
}

const pause = (runtime: Runtime, ms: number) =>
  new Promise<void>((resolve) => {
    runtime.schedule(ms, resolve);
  });
