import type { ToldRecord } from '../audit/index.ts';

/** What is settled of one item, as the log tells it. Integers are texts there. */
export interface ToldAllocation {
  readonly item: string;
  readonly allocated: string;
  readonly discount: string;
  readonly charges: string;
}

/** At which rate items of another currency are settled, as the log tells it. */
export interface ToldExchange {
  readonly currency: string;
  readonly money: string;
  readonly charges: string;
  readonly rate: string;
  readonly unit: string;
  readonly from: string;
}

export interface ReplayedMatch {
  readonly id: string;
  readonly transaction: string;
  readonly kind: 'match' | 'hold';
  readonly decidedBy: 'machine' | 'person';
  readonly allocations: readonly ToldAllocation[];
  readonly exchange?: ToldExchange | undefined;
  readonly record: number;
  /** The record that ended it; undefined while it stands. */
  endedBy?: number;
}

export type QueueStatus = 'auto' | 'confirmed' | 'suggested' | 'unmatched' | 'quarantined';

/** Where a bank transaction stands in the queue. */
export interface ReplayedState {
  status: QueueStatus;
  matchId: string | null;
  /** Item sets that the machine proposes; undefined where the log tells only how many (before 0020). */
  proposed: readonly string[] | undefined;
}

interface Change {
  readonly action: string;
  readonly transaction?: string;
  readonly match?: string;
  readonly items?: unknown;
  readonly exchange?: ToldExchange;
  readonly suggestions?: number;
  readonly sets?: readonly string[];
  readonly rejection?: string;
  readonly by?: 'machine' | 'person';
  /** Of further items: the action they belong to. */
  readonly of?: string;
  /** Of a match that a line takes over from its payment. */
  readonly kind?: 'match' | 'hold';
  readonly from?: string;
  readonly before?: string;
}

/**
 * The decisions on matches, rebuilt from nothing but what the audit log tells: which match was made,
 * taken over or ended, what was proposed and what people rejected.
 */
export class Decisions {
  readonly matches = new Map<string, ReplayedMatch>();
  readonly states = new Map<string, ReplayedState>();
  /** Transaction and item set of each rejection, by its number; removed when it is taken back. */
  readonly #rejections = new Map<number, { transaction: string; items: string | null }>();
  #lastRejection = 0;

  /** Takes one record of the reconciliation room. */
  take({ seq, kind }: ToldRecord, detail: { readonly changes: readonly Change[] }): void {
    // A record of a message or of a statement's line tells by whom each match is.
    const isMachines = kind === 'reconciliation.match' || kind.startsWith('instant.');
    const touched = new Set<string>();
    for (const change of detail.changes) {
      const transaction = this.#apply(
        change,
        seq,
        change.by === undefined ? isMachines : change.by === 'machine',
      );
      if (transaction !== undefined) touched.add(transaction);
    }
    // After a rejection, or one taken back, a transaction stands by what is still proposed for it.
    if (kind !== 'reconciliation.reject' && kind !== 'reconciliation.undo') return;
    for (const transaction of touched) this.#restate(transaction);
  }

  #stateOf(transaction: string): ReplayedState {
    let state = this.states.get(transaction);
    if (state === undefined) {
      state = { status: 'unmatched', matchId: null, proposed: [] };
      this.states.set(transaction, state);
    }
    return state;
  }

  /** Answers the transaction that the change is about. */
  #apply(change: Change, seq: number, byMachine: boolean): string | undefined {
    const { action, transaction = '', match = '' } = change;
    switch (action) {
      case 'match':
      case 'hold':
        this.#make(change, seq, byMachine);
        break;
      case 'confirm': {
        const before = this.#stateOf(transaction).matchId;
        if (before !== null) this.#end(before, seq);
        this.#make(change, seq, false);
        break;
      }
      case 'carry': {
        this.#end(change.before ?? '', seq);
        this.#make({ ...change, action: change.kind ?? 'match' }, seq, byMachine);
        break;
      }
      case 'more': {
        const told = this.matches.get(match);
        const items = (change.items ?? []) as readonly ToldAllocation[];
        if (told && change.of !== 'end') {
          this.matches.set(match, { ...told, allocations: [...told.allocations, ...items] });
        }
        return undefined;
      }
      // A line stands in the queue in the payment's place, or the payment went back.
      case 'join':
        this.states.delete(transaction);
        return undefined;
      case 'end':
        this.#end(match, seq);
        Object.assign(this.#stateOf(transaction), { status: 'unmatched', matchId: null });
        break;
      case 'reject':
        this.#lastRejection += 1;
        this.#rejections.set(this.#lastRejection, {
          transaction,
          items: (change.items ?? null) as string | null,
        });
        break;
      case 'undo-reject': {
        const number = Number(change.rejection);
        const rejected = this.#rejections.get(number);
        this.#rejections.delete(number);
        return rejected?.transaction;
      }
      case 'suggested':
      case 'unmatched': {
        const status = (change.suggestions ?? 0) > 0 ? 'suggested' : 'unmatched';
        const proposed = change.sets ?? (change.suggestions === 0 ? [] : undefined);
        this.states.set(transaction, { status, matchId: null, proposed });
        break;
      }
      default:
        return undefined;
    }
    return transaction;
  }

  #make(change: Change, seq: number, byMachine: boolean): void {
    const { action, transaction = '', match = '' } = change;
    const kind = action === 'hold' ? 'hold' : 'match';
    const allocations = (change.items ?? []) as readonly ToldAllocation[];
    const decidedBy = byMachine ? 'machine' : 'person';
    const { exchange } = change;
    this.matches.set(match, { id: match, transaction, kind, decidedBy, allocations, exchange, record: seq });
    const state = this.#stateOf(transaction);
    state.status = kind === 'hold' ? 'quarantined' : byMachine ? 'auto' : 'confirmed';
    state.matchId = match;
    // What the machine makes takes the place of what it proposed; what a person makes leaves that be.
    if (byMachine) state.proposed = [];
  }

  #end(id: string, seq: number): void {
    const match = this.matches.get(id);
    if (match !== undefined) match.endedBy = seq;
  }

  #restate(transaction: string): void {
    const state = this.#stateOf(transaction);
    const rejected = [...this.#rejections.values()].filter((each) => each.transaction === transaction);
    const all = rejected.some(({ items }) => items === null);
    const sets = new Set(rejected.map(({ items }) => items));
    const left = state.proposed?.filter((set) => !sets.has(set));
    state.matchId = null;
    state.status = !all && (left === undefined || left.length > 0) ? 'suggested' : 'unmatched';
  }

  /** What is settled of each open item by the matches that stand, unsigned. */
  settled(): Map<string, bigint> {
    const sums = new Map<string, bigint>();
    for (const { allocations, endedBy } of this.matches.values()) {
      if (endedBy !== undefined) continue;
      for (const { item, allocated } of allocations) {
        const amount = BigInt(allocated);
        sums.set(item, (sums.get(item) ?? 0n) + (amount < 0n ? -amount : amount));
      }
    }
    return sums;
  }
}
