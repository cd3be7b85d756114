import type { HeartbeatRow, HeartbeatStatus, HeartbeatVerification } from '../../contract/heartbeat.ts';
import {
  type Beat,
  CountersignError,
  type HeartbeatEvent,
  maskAccountNumbers,
  type RaiseIncident,
  type Runtime,
  yieldToLoop,
} from '../base/index.ts';
import type { Feed, Jobs } from '../jobs/index.ts';
import type { Vault } from '../vault/index.ts';
import { type ChainHead, chainHash, createChainWalk, factsText, genesisHash } from './chain.ts';
import { dueAtMs, isSilent, overallState, sourceState, worstFirst } from './state.ts';
import { createStore, type EventRow } from './store.ts';

export interface HeartbeatQuery {
  readonly source?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The security heartbeat of an open vault. */
export interface Heartbeat {
  /** Appends an event. In the caller's transaction where one runs. Errors: `HEARTBEAT_EVENT_INVALID`. */
  readonly beat: Beat;
  status(): HeartbeatStatus;
  list(query: HeartbeatQuery): { rows: HeartbeatRow[]; nextCursor: string | null; total: number | null };
  /**
   * Walks along the whole chain and says where it breaks; it never throws for a broken one. A
   * broken chain raises an incident.
   */
  verify(): Promise<HeartbeatVerification>;
  /**
   * Raises an incident for every source that has gone silent, once for each silence, and beats for
   * the engine itself when that is due. The engine calls it every second.
   */
  watch(): void;
}

export interface HeartbeatOptions {
  readonly vault: Vault;
  readonly jobs: Jobs;
  readonly feed: Feed;
  /** Told of a heartbeat that stops and of a chain that breaks. */
  readonly raise: RaiseIncident;
  readonly runtime?: Runtime;
}

/** The source that speaks for the engine itself. */
export const ENGINE_SOURCE = 'engine.beat';
/** The engine beats this often: seldom enough that a year is 35,000 rows. */
export const ENGINE_EVERY_MS = 15 * 60_000;
/** A vault that is opened again and again, by a script, says so at most this often. */
const OPENING_EVERY_MS = 60_000;
/** A beat that is a third later than it should be counts as stopped. */
const ENGINE_WITHIN_MS = 20 * 60_000;

const SOURCE = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/;
const LONGEST_SOURCE = 60;
const LONGEST_MESSAGE = 300;
const LONGEST_FACTS = 2_000;
/** Events that are walked in one go; each takes some 10 µs. */
const WALK_ROWS = 500;
/** The line of the vault's notes that holds the end of the chain. */
const HEAD_NOTE = 'heartbeat_head';

/** Opens the room on a vault and says that the engine is there again, and how long it was not. */
export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { vault, jobs, feed, raise } = options;
  const runtime = options.runtime ?? vault.runtime;
  const store = createStore(vault.db);
  const openedAtMs = runtime.nowMs();
  /** The last event of each source that an incident was raised for. */
  const alarmed = new Map<string, number>();
  let chain: HeartbeatStatus['chain'] = null;

  function beat(event: HeartbeatEvent): void {
    const { source, ok, nextWithinMs = null } = event;
    const facts = requireForm(event);
    const message = maskAccountNumbers(event.message);
    vault.transaction(() => {
      const before = store.last();
      const seq = (before?.seq ?? 0) + 1;
      const row = { seq, atMs: runtime.nowMs(), source, ok, message, facts, nextWithinMs };
      const hash = chainHash(row, before?.hash ?? genesisHash(vault.vaultId));
      store.insert({ ...row, hash });
      vault.setMeta(HEAD_NOTE, `${seq} ${hash.toString('hex')}`);
      vault.onCommit(() => feed.changed('heartbeat'));
    });
  }

  function notedHead(): ChainHead | undefined {
    const [seq, hash] = vault.meta(HEAD_NOTE)?.split(' ') ?? [];
    return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash };
  }

  /** The gap while the vault was closed is stated; it is nobody's failure. */
  function beatAtOpening(): void {
    const own = store.page(ENGINE_SOURCE, Number.MAX_SAFE_INTEGER, 1)[0];
    if (own !== undefined && openedAtMs >= own.atMs && openedAtMs - own.atMs < OPENING_EVERY_MS) return;
    const before = store.last();
    const gapMs = before === undefined ? null : Math.max(0, openedAtMs - before.atMs);
    const isBack = before !== undefined && openedAtMs < before.atMs;
    beat({
      source: ENGINE_SOURCE,
      ok: true,
      message:
        gapMs === null
          ? 'The vault was opened for the first time.'
          : isBack
            ? 'The vault was opened; the clock stands before the last event.'
            : 'The vault was opened; nothing was reported while it was closed.',
      facts: { opened: true, ...(gapMs === null ? {} : { gapMs }) },
      nextWithinMs: ENGINE_WITHIN_MS,
    });
  }

  function watch(): void {
    const nowMs = runtime.nowMs();
    const lasts = store.lastOfSources();
    for (const last of lasts) {
      if (!isSilent(last, openedAtMs, nowMs) || alarmed.get(last.source) === last.seq) continue;
      alarmed.set(last.source, last.seq);
      raise({
        kind: 'heartbeat.stopped',
        dedupeKey: `heartbeat.stopped/${last.source}`,
        severity: 'high',
        title: `The heartbeat of ${last.source} has stopped.`,
        detail: {
          source: last.source,
          lastEvent: last.seq,
          lastAt: new Date(last.atMs).toISOString(),
          expectedWithinMs: last.nextWithinMs,
        },
      });
    }
    const own = lasts.find(({ source }) => source === ENGINE_SOURCE);
    // A clock that was set back must not keep the engine silent until it has caught up.
    if (own !== undefined && nowMs >= own.atMs && nowMs - own.atMs < ENGINE_EVERY_MS) return;
    beat({
      source: ENGINE_SOURCE,
      ok: true,
      message: 'The engine runs.',
      nextWithinMs: ENGINE_WITHIN_MS,
    });
  }

  function raiseBroken(findings: HeartbeatVerification['findings']): void {
    const first = findings[0]!;
    raise({
      kind: 'heartbeat.broken',
      dedupeKey: 'heartbeat.broken',
      severity: 'critical',
      title: 'The chain of the security heartbeat does not verify.',
      detail: { event: first.seq, code: first.code, finding: first.message, findings: findings.length },
    });
  }

  async function verify(): Promise<HeartbeatVerification> {
    return jobs.run({ kind: 'heartbeat.verify', label: 'Verification of the heartbeat' }, async (job) => {
      const startedMs = runtime.monotonicMs();
      // What is written while the walk goes on is left to the next one.
      const head = notedHead();
      const endSeq = Math.max(head?.seq ?? 0, store.last()?.seq ?? 0);
      const walk = createChainWalk(vault.vaultId);
      for (let seq = 0; ; ) {
        const rows = store.after(seq, WALK_ROWS).filter((row) => row.seq <= endSeq);
        for (const row of rows) walk.take(row);
        seq = rows.at(-1)?.seq ?? seq;
        job.report({ stage: 'heartbeat', doneCount: seq, totalCount: endSeq });
        if (rows.length < WALK_ROWS) break;
        await yieldToLoop();
      }
      const { events, findings } = walk.end(head);
      const verified = findings.length === 0;
      chain = { atMs: runtime.nowMs(), verified, events };
      if (!verified) raiseBroken(findings);
      feed.changed('heartbeat');
      return { verified, events, findings, durationMs: runtime.monotonicMs() - startedMs };
    });
  }

  beatAtOpening();

  return {
    beat,
    watch,
    verify,
    status() {
      const nowMs = runtime.nowMs();
      const last = store.last();
      const sources = store
        .lastOfSources()
        .map((row) => ({
          source: row.source,
          state: sourceState(row, openedAtMs, nowMs),
          last: shown(row),
          dueAtMs: dueAtMs(row, openedAtMs),
        }))
        .sort(worstFirst);
      return {
        state: overallState(sources.map(({ state }) => state)),
        nowMs,
        events: last?.seq ?? 0,
        last: last === undefined ? null : shown(last),
        sources,
        chain,
      };
    },
    list({ source, limit, cursor }) {
      const before = /^\d{1,15}$/.test(cursor ?? '') ? Number(cursor) : Number.MAX_SAFE_INTEGER;
      const rows = store.page(source, before, limit + 1);
      const page = rows.slice(0, limit);
      const total = () => (source === undefined ? (store.last()?.seq ?? 0) : store.countOf(source));
      return {
        rows: page.map(shown),
        nextCursor: rows.length > limit ? String(page.at(-1)!.seq) : null,
        total: cursor === undefined ? total() : null,
      };
    },
  };
}

function shown({ facts, hash, ...row }: EventRow): HeartbeatRow {
  return { ...row, facts: JSON.parse(facts), hash: hash.toString('hex') };
}

/** Answers the text of the facts. */
function requireForm({ source, message, facts = {}, nextWithinMs }: HeartbeatEvent): string {
  const refuse = (path: string, expected: string) => {
    throw new CountersignError('HEARTBEAT_EVENT_INVALID', 'The event does not have the form it must have.', {
      path,
      expected,
    });
  };
  if (!SOURCE.test(source) || source.length > LONGEST_SOURCE)
    refuse('source', 'a name of the form room.what');
  if (message.trim() === '' || message.length > LONGEST_MESSAGE)
    refuse('message', `a sentence of at most ${LONGEST_MESSAGE} characters`);
  if (nextWithinMs !== undefined && !(Number.isSafeInteger(nextWithinMs) && nextWithinMs > 0))
    refuse('nextWithinMs', 'a whole number of milliseconds above zero');
  const text = factsText(facts);
  if (text.length > LONGEST_FACTS) refuse('facts', `at most ${LONGEST_FACTS} characters`);
  return text;
}
