import { readDetails, type ToldRecord } from '../audit/index.ts';
import { openSealingReader } from '../sealing/index.ts';
import type { ReaderKey } from '../vault/index.ts';
import { replayBooks } from './books.ts';
import {
  type Comparison,
  compareBalances,
  compareIncidents,
  compareItems,
  compareMatches,
  compareQueue,
} from './compare.ts';
import { Decisions } from './decisions.ts';
import { IncidentStates } from './incidents.ts';
import { createReplayStore, type ReplayStore } from './store.ts';

export interface ReplayRequest {
  readonly key: ReaderKey;
  /** The record up to which everything is rebuilt; the newest one where left out. */
  readonly at?: number;
}

export interface ReplayedAccount {
  readonly code: string;
  readonly name: string;
  readonly currency: string | null;
  readonly debitMinor: bigint;
  readonly creditMinor: bigint;
  readonly pendingDebitMinor: bigint;
  readonly pendingCreditMinor: bigint;
}

/** The state of the vault at a record, and what the live tables say otherwise. */
export interface Replayed {
  readonly at: number;
  readonly head: number;
  readonly recordedAtMs: number | null;
  /** The trial balance: every account that moved. */
  readonly accounts: readonly ReplayedAccount[];
  readonly matches: {
    readonly standing: number;
    readonly byMachine: number;
    readonly byPerson: number;
    readonly holds: number;
    readonly ended: number;
  };
  readonly queue: readonly { readonly status: string; readonly count: number }[];
  readonly incidents: readonly { readonly state: string; readonly count: number }[];
  /** Records whose details could not be read, so that what they decided is missing here. */
  readonly unread: readonly { readonly seq: number; readonly why: 'erased' | 'unreadable' | 'changed' }[];
  /** Null where the record is not the newest: the live tables are of now. */
  readonly compared: {
    readonly balances: Comparison;
    readonly matches: Comparison;
    readonly openItems: Comparison;
    readonly queue: Comparison;
    readonly incidents: Comparison;
  } | null;
}

export type ReplayStage = 'journal' | 'log' | 'compare';

const MOST_UNREAD = 100;
const ROOMS = ['reconciliation', 'instant', 'incidents'] as const;
const EVERY = 500;

/** Rebuilds the state at a record. Blocks its thread: `replayInWorker` runs it in one of its own. */
export function replayNow(
  { key, at }: ReplayRequest,
  onProgress: (stage: ReplayStage, done: number, total: number) => void = () => {},
): Replayed {
  const reader = openSealingReader(key);
  try {
    // One read transaction, so that log and tables are seen as of one moment.
    reader.db.exec('BEGIN');
    const store = createReplayStore(reader.db);
    const head = store.head();
    const until = Math.min(at ?? head, head);
    onProgress('journal', 0, until);
    const balances = replayBooks(store, until);
    const decisions = new Decisions();
    const incidents = new IncidentStates();
    const unread: { seq: number; why: 'erased' | 'unreadable' | 'changed' }[] = [];
    let count = 0;
    for (const told of readDetails(reader, ROOMS, until)) {
      count += 1;
      if (count % EVERY === 0) onProgress('log', told.seq, until);
      if (typeof told.detail === 'string') {
        if (unread.length < MOST_UNREAD) unread.push({ seq: told.seq, why: told.detail });
      } else take(told, told.detail.text, decisions, incidents);
    }
    onProgress('compare', until, until);
    const isHead = until === head;
    return {
      at: until,
      head,
      recordedAtMs: store.recordedAt(until) ?? null,
      accounts: trialBalance(store, until, balances),
      matches: countMatches(decisions),
      queue: countBy(
        [...decisions.states.values()].map(({ status }) => status),
        'status',
      ),
      incidents: countBy(
        [...incidents.states.values()].map(({ state }) => state),
        'state',
      ),
      unread,
      compared: isHead
        ? {
            balances: compareBalances(store, balances),
            matches: compareMatches(store, decisions),
            openItems: compareItems(store, until, decisions.settled()),
            queue: compareQueue(store, decisions),
            incidents: compareIncidents(store, incidents),
          }
        : null,
    };
  } finally {
    reader.close();
  }
}

function take(told: ToldRecord, text: string, decisions: Decisions, incidents: IncidentStates): void {
  const detail = JSON.parse(text);
  if (told.kind.startsWith('incidents.')) incidents.take(told, detail);
  else if (Array.isArray(detail.changes)) decisions.take(told, detail);
}

function trialBalance(
  store: ReplayStore,
  at: number,
  balances: ReturnType<typeof replayBooks>,
): ReplayedAccount[] {
  return store.accounts(at).flatMap(({ id, code, name, currency }) => {
    const balance = balances.get(id.toString());
    return balance === undefined ? [] : [{ code, name, currency, ...balance }];
  });
}

function countMatches({ matches }: Decisions): Replayed['matches'] {
  const all = [...matches.values()];
  const standing = all.filter(({ endedBy }) => endedBy === undefined);
  const count = (test: (match: (typeof all)[number]) => boolean) => standing.filter(test).length;
  return {
    standing: standing.length,
    byMachine: count(({ kind, decidedBy }) => kind === 'match' && decidedBy === 'machine'),
    byPerson: count(({ kind, decidedBy }) => kind === 'match' && decidedBy === 'person'),
    holds: count(({ kind }) => kind === 'hold'),
    ended: all.length - standing.length,
  };
}

function countBy<K extends string>(
  values: readonly string[],
  name: K,
): (Record<K, string> & { count: number })[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .sort()
    .map(([value, count]) => ({ [name]: value, count }) as Record<K, string> & { count: number });
}
