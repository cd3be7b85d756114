import type { KeyEvent, KeyState } from '../../contract/keys.ts';
import type { Caller } from '../base/index.ts';
import type { KeyChange } from '../sealing/index.ts';
import type { KeysOptions } from './context.ts';
import { type KeyName, warnFrom } from './inventory.ts';
import { stateAt } from './life-cycle.ts';
import type { InventoryStore } from './store.ts';

/** Writes what happens to keys, in the transaction in which it happens. */
export interface History {
  /** Runs `work`; what it does to keys is told as done by that caller, under that audit record. */
  during<T>(caller: Caller, record: bigint, reason: 'replace' | 'other', work: () => T): T;
  /** A key of this room was made, and is in use. */
  created(key: KeyName): void;
  /** A key reached a state. */
  reached(key: KeyName, event: KeyEvent['event'], toState: KeyState): void;
  /** Writes the first lines of keys that are older than the history. */
  catchUp(): void;
}

interface Author {
  readonly actor: string;
  readonly record: bigint | null;
  readonly replaces: boolean;
}

const IN_PASSING: Author = { actor: 'system', record: null, replaces: false };

export function createHistory({ vault, sealing, runtime }: KeysOptions, store: InventoryStore): History {
  let author = IN_PASSING;

  function write(key: KeyName, event: KeyEvent['event'], from: KeyState | null, to: KeyState, atMs: number) {
    const { actor, record } = author;
    const { type, number } = key;
    store.insertEvent({ type, number, atMs, event, fromState: from, toState: to, actor, record });
  }

  function born(key: KeyName, createdAtMs: number, activatedAtMs: number | null): void {
    write(key, 'created', null, 'pre-active', createdAtMs);
    if (activatedAtMs !== null) write(key, 'activated', 'pre-active', 'active', activatedAtMs);
  }

  /** The state that the last event left a key in, or `expiring` where its time ends soon. */
  function stateBefore(key: KeyName): KeyState {
    const last = store.history(key).at(-1)?.toState ?? 'active';
    const activatedAtMs = store.get(key)?.activatedAtMs ?? null;
    if (last !== 'active' || activatedAtMs === null) return last;
    const warnFromMs = warnFrom(key.type, activatedAtMs);
    return stateAt({ state: 'active', expiresAtMs: null, warnFromMs, isLeft: false }, runtime.nowMs());
  }

  function reached(key: KeyName, event: KeyEvent['event'], toState: KeyState): void {
    write(key, event, stateBefore(key), toState, runtime.nowMs());
  }

  function heard({ type, number, change }: KeyChange): void {
    const key = { type, number };
    if (change === 'created') born(key, runtime.nowMs(), runtime.nowMs());
    else if (change === 'retired' && author.replaces) reached(key, 'rotated', 'rotating');
    else reached(key, change, change);
  }

  sealing.control.onChange(heard);

  return {
    during(caller, record, reason, work) {
      const before = author;
      author = { actor: caller.actor, record, replaces: reason === 'replace' };
      try {
        return work();
      } finally {
        author = before;
      }
    },
    created: (key) => born(key, runtime.nowMs(), runtime.nowMs()),
    reached,
    catchUp() {
      const unknown = store.withoutHistory();
      if (unknown.length === 0) return;
      vault.transaction(() => {
        for (const { type, number, createdAtMs, activatedAtMs, state } of unknown) {
          born({ type, number }, createdAtMs, activatedAtMs);
          // When it left use was not written down then; now is the first time that it is known.
          if (state !== 'active' && state !== 'pre-active') reached({ type, number }, state, state);
        }
      });
    },
  };
}
