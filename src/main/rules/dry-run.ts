/** What a change of the rules would do to a month of lines: thought over, and nothing written. */
import type { RuleChange, RuleTrial, TrialEffect, TrialLine } from '../../contract/rules.ts';
import { RULE_LIMITS } from '../../contract/rules.ts';
import type { Runtime } from '../base/index.ts';
import { addDays, CountersignError, dateOfMs, daysBetween, type IsoDate, isIsoDate } from '../base/index.ts';
import type { Jobs } from '../jobs/index.ts';
import type { Reconciliation, TrialOutcome } from '../reconciliation/index.ts';
import type { TransactionForMatching } from '../statements/index.ts';
import { compileConditions } from './conditions.ts';
import { effectOf } from './effects.ts';
import { readLine } from './reading-lines.ts';
import type { Rules } from './service.ts';

/** Days of the month that is looked at where nobody says which. */
const MONTH_DAYS = 30;

export interface DryRunInput {
  readonly change: RuleChange;
  readonly from?: IsoDate | undefined;
  readonly to?: IsoDate | undefined;
}

export interface DryRunResult {
  readonly trial: RuleTrial;
  readonly lines: TrialLine[];
  readonly moreLines: number;
  readonly contradictions: ReturnType<Rules['list']>['contradictions'];
}

export interface DryRunOptions {
  readonly rules: Rules;
  readonly reconciliation: Pick<Reconciliation, 'tryRules'>;
  readonly jobs: Jobs;
  readonly runtime: Pick<Runtime, 'nowMs'>;
  /** The last day on which a line was booked; null while there is none. */
  readonly lastBooked: () => IsoDate | null;
}

export interface Window {
  readonly from: IsoDate;
  readonly to: IsoDate;
}

export interface DryRun {
  /** The month up to the last booked line. */
  lastMonth(): Window;
  /** Errors: those of `Rules.plan`, INPUT_INVALID, CANCELLED. */
  run(input: DryRunInput, signal?: AbortSignal): Promise<DryRunResult>;
}

export function createDryRun({ rules, reconciliation, jobs, runtime, lastBooked }: DryRunOptions): DryRun {
  function windowOf({
    from,
    to = lastBooked() ?? dateOfMs(runtime.nowMs()),
  }: DryRunInput | Record<string, never>): Window {
    const window = { from: from ?? (isIsoDate(to) ? addDays(to, -MONTH_DAYS) : to), to };
    const isWhole = isIsoDate(window.from) && isIsoDate(window.to) && window.from <= window.to;
    if (isWhole && daysBetween(window.from, window.to) < RULE_LIMITS.days) return window;
    throw new CountersignError('INPUT_INVALID', 'The days of the dry run make no span.', {
      path: 'from',
      expected: `two days, the earlier first, at most ${RULE_LIMITS.days} days`,
    });
  }

  async function run(input: DryRunInput, signal?: AbortSignal): Promise<DryRunResult> {
    const window = windowOf(input);
    const { change } = input;
    const { after, rule, contradictions } = rules.plan(change);
    const { bookRecord } = rules.list();
    const holds = rule?.definition ? compileConditions(rule.definition.conditions) : undefined;
    const counts = { considered: 0, holds: 0, untouched: 0, elsewhere: 0 };
    const isWithin = (date: IsoDate) => date >= window.from && date <= window.to;
    const lines: TrialLine[] = [];
    const figures = new Map<string, RuleTrial['figures'][number]>();
    let moreLines = 0;
    const note = ({ transactionId, bookingDate, currency, moneyMinor, ...outcome }: TrialOutcome): void => {
      const effect = effectOf(outcome.before, outcome.after);
      if (effect === undefined) return;
      if (!isWithin(bookingDate)) {
        counts.elsewhere += 1;
        return;
      }
      add(figures, effect, currency, moneyMinor);
      const line = { bankTransactionId: transactionId.toString(), bookingDate, amountMinor: moneyMinor };
      if (lines.length < RULE_LIMITS.lines) lines.push({ ...line, currency, effect });
      else moreLines += 1;
    };
    const see = (row: TransactionForMatching, isLeft: boolean): void => {
      if (!isWithin(row.bookingDate)) return;
      if (!isLeft) counts.considered += 1;
      if (!holds?.(readLine(row))) return;
      if (isLeft) counts.untouched += 1;
      else counts.holds += 1;
    };
    await jobs.run({ kind: 'rules.dry-run', label: 'Dry run of a rule', cancellable: true }, (job) =>
      reconciliation.tryRules(
        { tried: rules.ruler(after), onRow: see, onOutcome: note },
        {
          signal: signal ? AbortSignal.any([signal, job.signal]) : job.signal,
          onProgress: (progress) => job.report(progress),
        },
      ),
    );
    const found = { ...window, ...counts, atMs: runtime.nowMs(), bookRecord };
    const told = { ...found, holds: holds ? counts.holds : null, figures: [...figures.values()] };
    return {
      trial: rules.proof.sign(change, told),
      lines,
      moreLines,
      contradictions: [...contradictions],
    };
  }

  return { lastMonth: () => windowOf({}), run };
}

function add(
  figures: Map<string, RuleTrial['figures'][number]>,
  effect: TrialEffect,
  currency: string,
  moneyMinor: bigint,
): void {
  const key = `${effect} ${currency}`;
  const figure = figures.get(key) ?? { effect, currency, count: 0, amountMinor: 0n };
  const size = moneyMinor < 0n ? -moneyMinor : moneyMinor;
  figures.set(key, { ...figure, count: figure.count + 1, amountMinor: figure.amountMinor + size });
}
