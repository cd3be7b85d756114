/** What is kept how long, what is due when, and what a hold keeps. */
import type { DataClassId, RetentionLine } from '../../contract/privacy.ts';
import { type Caller, CountersignError, dateOfMs } from '../base/index.ts';
import { classOfLine, DATA_CLASSES, type DataClass, dataClass, dueOn } from './classes.ts';
import type { PrivacyContext } from './context.ts';
import type { HoldLine } from './store.ts';

export interface DueLine {
  readonly dataClass: DataClass;
  readonly quarter: string;
  readonly values: number;
  readonly holdIds: readonly string[];
}

/** Years of a class as they stand. */
export interface Years {
  readonly minimum: number | null;
  readonly now: number | null;
}

export function yearsOf(context: PrivacyContext, one: DataClass, set = context.store.years()): Years {
  if (one.defaultYears === null) return { minimum: null, now: null };
  const minimum = Math.max(one.lawYears, context.minimumYears?.(one.id) ?? 0);
  // What was set before a policy asked for more counts no longer.
  return { minimum, now: Math.max(minimum, set.get(one.id) ?? one.defaultYears) };
}

/** Every class with its quarters, as it stands now. */
export function retentionLines(context: PrivacyContext): RetentionLine[] {
  const { sealing, store, runtime } = context;
  const today = dateOfMs(runtime.nowMs());
  const set = store.years();
  const holds = store.holdLines();
  const lines = sealing.keeping.lines();
  return DATA_CLASSES.map((one) => {
    const { minimum, now } = yearsOf(context, one, set);
    const quarters = lines
      .filter((line) => classOfLine(line) === one && line.values > 0)
      .map(({ quarter, values }) => {
        const due = now === null ? null : dueOn(quarter, now);
        const holdIds = holdsOf(holds, one.id, quarter);
        const isDue = due !== null && due <= today;
        const state = holdIds.length > 0 ? 'held' : isDue ? 'due' : 'kept';
        return { quarter, values, dueOn: due, state: state as 'kept' | 'held' | 'due', holdIds };
      });
    return {
      id: one.id,
      years: now,
      defaultYears: one.defaultYears,
      minimumYears: minimum,
      values: quarters.reduce((sum, { values }) => sum + values, 0),
      quarters,
    };
  });
}

const holdsOf = (holds: readonly HoldLine[], id: DataClassId, quarter: string): string[] =>
  holds
    .filter((hold) => hold.dataClass === id && hold.quarter === quarter)
    .map(({ holdId }) => holdId.toString());

/** Lines whose time has come, held ones too. */
export function dueLines(context: PrivacyContext): DueLine[] {
  const today = dateOfMs(context.runtime.nowMs());
  return retentionLines(context).flatMap(({ id, quarters }) =>
    quarters
      .filter((one) => one.dueOn !== null && one.dueOn <= today)
      .map(({ quarter, values, holdIds }) => ({ dataClass: dataClass(id), quarter, values, holdIds })),
  );
}

/** Throws `PRIVACY_CLASS_FIXED`, `PRIVACY_YEARS_TOO_FEW`. */
export function setRetention(
  context: PrivacyContext,
  caller: Caller,
  input: { readonly dataClass: DataClassId; readonly years: number | null; readonly reason: string },
): RetentionLine {
  const { vault, audit, store, runtime } = context;
  const one = dataClass(input.dataClass);
  const { minimum, now } = yearsOf(context, one);
  if (minimum === null) {
    throw new CountersignError('PRIVACY_CLASS_FIXED', 'This is kept as long as the vault stands.', {
      path: one.id,
    });
  }
  if (input.years !== null && input.years < minimum) {
    throw new CountersignError('PRIVACY_YEARS_TOO_FEW', `This must be kept for ${minimum} years at least.`, {
      path: one.id,
      expected: `at least ${minimum} years`,
      actual: `${input.years} years`,
    });
  }
  vault.transaction(() => {
    const { reason, years } = input;
    const detail = { dataClass: one.id, before: now, after: years, reason };
    const record = audit.record({ kind: 'privacy.set-retention', ...caller, detail });
    if (years === null) store.clearYears(one.id);
    else store.setYears(one.id, years, { atMs: runtime.nowMs(), by: caller.actor, record });
  });
  return retentionLines(context).find(({ id }) => id === one.id)!;
}
