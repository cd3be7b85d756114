import type { Caller } from '../base/index.ts';
import { type KeysContext, SYSTEM } from './context.ts';
import { keyId } from './inventory.ts';
import { policyOf } from './policies.ts';
import { type Replaced, replaceDeks, replacePair } from './replacing.ts';

/** What a check for due keys did. */
export interface Check {
  readonly ranAtMs: number;
  readonly replaced: Replaced[];
  /** Due under dual control: shown, not replaced. */
  readonly waiting: string[];
  readonly rotationIds: number[];
}

export const CHECK_EVERY_MS = 3_600_000;

/** A check that is late by this much is missed; a little more than it takes to notice. */
const CHECK_LATE_MS = 2 * CHECK_EVERY_MS;

/** Replaces due keys that need no people, and tells of those that do. One transaction. */
export function runCheck(context: KeysContext, caller: Caller = SYSTEM): Check {
  const { options, store, rotations, notices } = context;
  const { vault, runtime } = options;
  const nowMs = runtime.nowMs();
  const check = vault.transaction(() => {
    const replaced: Replaced[] = [];
    const waiting: string[] = [];
    const rotationIds: number[] = [];
    const due = store.due(nowMs);
    for (const row of due) {
      const id = keyId(row.type, row.number);
      if (!policyOf(row.type).unattended) {
        waiting.push(id);
        options.onDualControlDue?.({ keyId: id, urgent: false });
      } else if (row.type === 'transport') {
        replaced.push(
          ...replacePair(context, caller, 'due', { type: row.type, number: row.number }).replaced,
        );
      }
    }
    for (const purpose of new Set(due.flatMap((row) => row.purpose ?? []))) {
      const deks = due.filter((row) => row.purpose === purpose).map(({ number }) => number);
      const answer = replaceDeks(context, caller, 'due', purpose, deks);
      replaced.push(...answer.replaced);
      rotationIds.push(...answer.rotations);
    }
    options.beat?.({
      source: 'keys.rotation-check',
      ok: true,
      message: `${replaced.length} keys were replaced, ${waiting.length} wait for people.`,
      facts: { replaced: replaced.length, waiting: waiting.length },
      nextWithinMs: CHECK_LATE_MS,
    });
    return { ranAtMs: nowMs, replaced, waiting, rotationIds };
  });
  // What a full disk or a webhook that was down left standing goes on with the next check.
  rotations.wake();
  void notices.deliver();
  return check;
}
