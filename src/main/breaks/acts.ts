/** What people do to breaks and what no money follows from. Each is one transaction and one record. */
import type { BreakReason } from '../../contract/breaks.ts';
import { CountersignError } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import { type ActToWrite, type BreaksContext, knownBreak, recordOn, writeEvent } from './context.ts';
import { requireReason, requireStanding } from './standing.ts';
import type { BreakRecord } from './store.ts';

export interface PersonActs {
  /** All or none. Errors: BREAK_UNKNOWN, BREAK_OVER, BREAK_OWNER_UNKNOWN. */
  assign(items: readonly { readonly id: string; readonly owner: string | null }[], caller: Caller): number;
  /** All or none. Errors: BREAK_UNKNOWN, BREAK_OVER, BREAK_REASON_MISSING. */
  setReason(
    items: readonly { readonly id: string; readonly reason: BreakReason | null }[],
    caller: Caller,
  ): number;
  /** Errors: BREAK_UNKNOWN. Notes go on when a break is over: what is learnt later belongs there too. */
  note(id: string, note: string, caller: Caller): void;
  /** Errors: BREAK_UNKNOWN, BREAK_OVER, BREAK_REASON_MISSING. */
  explain(id: string, note: string, caller: Caller): void;
  /** Errors: BREAK_UNKNOWN, BREAK_NOT_EXPLAINED. */
  reopen(id: string, note: string, caller: Caller): void;
  /** Business days after which an unexplained line becomes a break. */
  setThreshold(days: number, note: string, caller: Caller): void;
}

export function createActs(context: BreaksContext): PersonActs {
  const { vault, store, people } = context;

  /** One kind of act over many breaks; those that it would not change are left as they are. */
  function overMany<Item extends { readonly id: string }>(
    kind: string,
    items: readonly Item[],
    caller: Caller,
    toWrite: (row: BreakRecord, item: Item) => ActToWrite | undefined,
  ): number {
    return vault.transaction(() => {
      const acts = items.flatMap((item) => {
        const row = knownBreak(context, item.id);
        requireStanding(row, row.id);
        const act = toWrite(row, item);
        return act === undefined ? [] : [{ row, act }];
      });
      if (acts.length === 0) return 0;
      const record = recordOn(
        context,
        kind,
        caller,
        acts.map(({ row }) => row.id),
        { breaks: acts.map(({ row, act }) => ({ break: row.id.toString(), to: act.value ?? null })) },
      );
      for (const { row, act } of acts) writeEvent(context, row, act, { actor: caller.actor, record });
      return acts.length;
    });
  }

  /** One act with a note on one break. */
  function withNote(
    kind: string,
    id: string,
    act: ActToWrite & { readonly note: string },
    caller: Caller,
    check: (row: BreakRecord) => void,
  ): void {
    vault.transaction(() => {
      const row = knownBreak(context, id);
      check(row);
      const record = recordOn(context, kind, caller, [row.id], { break: row.id.toString(), note: act.note });
      writeEvent(context, row, act, { actor: caller.actor, record });
    });
  }

  function requireWorker(owner: string): void {
    if (people.workers().some(({ actor }) => actor === owner)) return;
    throw new CountersignError(
      'BREAK_OWNER_UNKNOWN',
      'A break is given to a person who is named and works on matches.',
      { path: 'owner', expected: 'one of breaks.settings' },
    );
  }

  return {
    assign(items, caller) {
      for (const owner of new Set(items.map((item) => item.owner))) if (owner !== null) requireWorker(owner);
      return overMany('breaks.assign', items, caller, (row, { owner }) => {
        if (row.owner === owner) return undefined;
        return owner === null ? { action: 'released' } : { action: 'assigned', value: owner };
      });
    },
    setReason: (items, caller) =>
      overMany('breaks.reason', items, caller, (row, { reason }) => {
        // An explanation rests on its reason.
        if (row.status === 'explained') requireReason({ ...row, reason }, row.id);
        return row.reason === reason ? undefined : { action: 'reason', value: reason };
      }),
    note: (id, note, caller) => withNote('breaks.note', id, { action: 'noted', note }, caller, () => {}),
    explain: (id, note, caller) =>
      withNote('breaks.explain', id, { action: 'explained', note }, caller, (row) => {
        requireStanding(row, row.id);
        requireReason(row, row.id);
      }),
    reopen: (id, note, caller) =>
      withNote('breaks.reopen', id, { action: 'reopened', note }, caller, (row) => {
        if (row.status === 'explained') return;
        throw new CountersignError(
          'BREAK_NOT_EXPLAINED',
          'Only a break that is explained can be taken up again.',
          {
            path: `break ${row.id}`,
            actual: row.status,
          },
        );
      }),
    setThreshold(days, note, caller) {
      vault.transaction(() => {
        const from = context.unmatchedAfterDays();
        const record = recordOn(context, 'breaks.threshold', caller, [], { from, to: days, note });
        store.insertSetting(record, days);
      });
    },
  };
}
