import { isCountersignError } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import type { Vault } from '../vault/index.ts';
import type { Journal } from './journal.ts';
import type { PlannedEntry } from './plan.ts';
import type { Service } from './service.ts';
import type { EntryResult, NewEntry } from './types.ts';

interface Waiting {
  readonly entries: readonly NewEntry[];
  readonly caller: Caller;
  readonly resolve: (results: EntryResult[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Entries that share a commit; about what a turn of 50 ms of the event loop holds. */
const GROUP_ENTRIES = 1_000;

/**
 * Group commit: callers that come while the engine is busy share the next transaction. Each is
 * checked by itself, in the order of coming, and is answered after the commit; what one caller is
 * refused does not touch the others. A record covers the entries of one actor in a group.
 */
export function createGroup(parts: { vault: Vault; journal: Journal; service: Service }) {
  const { vault, journal, service } = parts;
  let waiting: Waiting[] = [];
  let scheduled = false;

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  }

  function takeGroup(): Waiting[] {
    let entries = 0;
    let end = 0;
    while (end < waiting.length && (end === 0 || entries + waiting[end]!.entries.length <= GROUP_ENTRIES)) {
      entries += waiting[end]!.entries.length;
      end += 1;
    }
    const group = waiting.slice(0, end);
    waiting = waiting.slice(end);
    return group;
  }

  function flush(): void {
    scheduled = false;
    const group = takeGroup();
    if (waiting.length > 0) schedule();
    try {
      const answers = vault.transaction(() => byActor(group).flatMap(writeGroup));
      for (const answer of answers) answer();
    } catch (error) {
      for (const member of group) member.reject(error);
    }
  }

  /** Writes the entries of one actor and answers what is to be said after the commit. */
  function writeGroup(members: readonly Waiting[]): (() => void)[] {
    const plan = journal.plan();
    const accepted: { member: Waiting; planned: PlannedEntry[] }[] = [];
    const answers: (() => void)[] = [];
    for (const member of members) {
      try {
        accepted.push({ member, planned: plan.add(member.entries) });
      } catch (error) {
        if (!isCountersignError(error)) throw error;
        answers.push(() => member.reject(error));
      }
    }
    const ids = plan.entries.map((entry) => entry.id);
    const record = journal.writePlan(plan, service.recordBatch('ledger.post', members[0]!.caller, ids));
    for (const { member, planned } of accepted) {
      const results = planned.map((entry) => journal.resultOf(entry, record));
      answers.push(() => member.resolve(results));
    }
    return answers;
  }

  return {
    /** Posts entries, all or none, together with those of other callers. Rejects as `post` throws. */
    post(entries: readonly NewEntry[], caller: Caller): Promise<EntryResult[]> {
      return new Promise((resolve, reject) => {
        waiting.push({ entries, caller, resolve, reject });
        schedule();
      });
    },
  };
}

/** Members of a group by actor, in the order of coming. The trace is the first member's. */
function byActor(group: readonly Waiting[]): Waiting[][] {
  const actors = new Map<string, Waiting[]>();
  for (const member of group) {
    const members = actors.get(member.caller.actor);
    if (members === undefined) actors.set(member.caller.actor, [member]);
    else members.push(member);
  }
  return [...actors.values()];
}
