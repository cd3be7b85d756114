/** What the Live Feed shows: counted as messages are answered, told ten times a second at most. */
import type { LiveEvent, LiveFigures, MessageAnswer, WaitingReason } from '../../contract/connectors.ts';
import { dateOfMs, type Metrics, type Runtime } from '../base/index.ts';
import { createRecentLatency } from './latency.ts';
import type { Store } from './store.ts';
import type { RoadOutcome } from './types.ts';

/** Shortest time between two tellings, and the longest in which nothing is told: the rate falls by itself. */
const SHORTEST_MS = 100;
const LONGEST_MS = 1_000;
const LATEST = 24;

/** What was answered, as the figures count it. */
export interface Answered {
  readonly answer: MessageAnswer;
  /** Absent where the message lies on the dead-letter list, or was answered as before. */
  readonly value?: RoadOutcome['valueMinor'] | undefined;
  readonly latencyMs: number;
}

export interface LiveOptions {
  readonly store: Store;
  readonly runtime: Runtime;
  readonly metrics?: Metrics | undefined;
  waiting(): { count: number; bytes: number; why: WaitingReason };
  deadLettersOpen(): number;
}

export interface Live {
  /** After the commit. */
  answered(one: Answered): void;
  /** A message was turned away before anything of it was taken. */
  refused(): void;
  figures(): LiveFigures;
  watch(signal?: AbortSignal): AsyncGenerator<LiveFigures, void, void>;
  close(): void;
}

export const railName = (rail: string | null): string => rail ?? 'other';

export function createLive(options: LiveOptions): Live {
  const { store, runtime, metrics } = options;
  const sinceMs = runtime.nowMs();
  const recent = createRecentLatency(runtime.monotonicMs());
  const totals = {
    ...{ messages: 0, taken: 0, duplicates: 0, deadLettered: 0, refused: 0 },
    ...{ received: 0, prePosted: 0, cleared: 0, reopened: 0, held: 0 },
  };
  const latest: LiveEvent[] = [];
  let moves = 0;
  let closed = false;
  const wakers = new Set<() => void>();
  const moved = () => {
    moves += 1;
    for (const wake of wakers) wake();
  };

  function figures(): LiveFigures {
    const atMs = runtime.nowMs();
    const monotonicMs = runtime.monotonicMs();
    return {
      atMs,
      sinceMs,
      ratePerSecond: recent.rate(monotonicMs),
      ...recent.percentiles(monotonicMs),
      waiting: options.waiting(),
      deadLettersOpen: options.deadLettersOpen(),
      valueToday: store.day(dateOfMs(atMs)),
      totals: { ...totals },
      latest: latest.toReversed(),
    };
  }

  function count({ answer, latencyMs }: Answered): void {
    totals.messages += 1;
    if (answer.result === 'dead-lettered') totals.deadLettered += 1;
    else if (answer.result === 'duplicate') totals.duplicates += 1;
    else {
      totals.taken += 1;
      for (const key of ['received', 'prePosted', 'cleared', 'reopened', 'held'] as const)
        totals[key] += answer[key];
    }
    recent.add(latencyMs, runtime.monotonicMs());
    metrics?.instantMessagesTotal.inc({ outcome: answer.result });
    metrics?.instantMessageDurationSeconds.observe(latencyMs / 1_000);
  }

  return {
    answered(one) {
      count(one);
      latest.push({
        number: totals.messages,
        atMs: runtime.nowMs(),
        rail: railName(one.answer.rail),
        outcome: outcomeOf(one.answer),
        amounts: (one.value ?? []).flatMap(({ currency, amountMinor }) =>
          amountMinor > 0n ? [{ currency, amountMinor }] : [],
        ),
        messageNumber: one.answer.messageNumber,
        deadLetterId: one.answer.deadLetterId,
        latencyMs: one.latencyMs,
      });
      if (latest.length > LATEST) latest.shift();
      moved();
    },
    refused() {
      totals.refused += 1;
      metrics?.instantMessagesTotal.inc({ outcome: 'refused' });
      moved();
    },
    figures,
    async *watch(signal) {
      while (!closed && !signal?.aborted) {
        const told = moves;
        yield figures();
        await pause(runtime, SHORTEST_MS, wakers, signal, () => false);
        await pause(runtime, LONGEST_MS - SHORTEST_MS, wakers, signal, () => moves !== told || closed);
      }
    },
    close() {
      closed = true;
      moved();
    },
  };
}

/** Waits a while, or until something moves that `enough` accepts, or nobody listens any more. */
function pause(
  runtime: Runtime,
  ms: number,
  wakers: Set<() => void>,
  signal: AbortSignal | undefined,
  enough: () => boolean,
): Promise<void> {
  if (enough() || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      wakers.delete(wake);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const wake = () => {
      if (enough()) end();
    };
    const cancel = runtime.schedule(ms, end);
    wakers.add(wake);
    signal?.addEventListener('abort', end, { once: true });
  });
}

function outcomeOf(answer: MessageAnswer): LiveEvent['outcome'] {
  if (answer.result === 'dead-lettered') return 'dead-lettered';
  if (answer.result === 'duplicate') return 'duplicate';
  const settled = answer.prePosted + answer.cleared;
  if (answer.received > 0 && settled >= answer.received) return 'matched';
  if (answer.received > 0 && settled > 0) return 'part-matched';
  if (answer.received > 0) return 'for-people';
  return answer.reopened > 0 ? 'returned' : 'noted';
}
