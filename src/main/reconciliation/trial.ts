/** What a run would decide under other rules than those that stand: read, thought, and nothing written. */
import type { IsoDate } from '../base/index.ts';
import type { TransactionForMatching } from '../statements/index.ts';
import type { ReconciliationContext } from './context.ts';
import type { Ruler, Ruling } from './desk-rules.ts';
import { createPacer, readInputs } from './inputs.ts';
import type { Outcome } from './outcome.ts';
import { type RunProgress, think } from './run.ts';

export interface TrialOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
  /** Sets larger than this are thought about on a worker thread. */
  readonly workerFrom?: number;
}

/** One transaction under the rules that stand and under the others. */
export interface TrialOutcome {
  readonly transactionId: bigint;
  readonly bookingDate: IsoDate;
  readonly currency: string;
  /** Signed: credit is positive. */
  readonly moneyMinor: bigint;
  readonly before: Outcome;
  readonly after: Outcome;
}

export interface Trial {
  readonly outcomes: readonly TrialOutcome[];
}

export interface TrialRules {
  /** What is tried in the place of the rules that stand. */
  readonly tried: Ruler;
  /** Hears of every transaction: `isLeft` of those that the machine leaves alone. */
  readonly onRow?: (row: TransactionForMatching, isLeft: boolean) => void;
}

/** Thinks twice over one reading of the vault. Errors: CANCELLED. */
export async function tryRules(
  context: ReconciliationContext,
  { tried, onRow }: TrialRules,
  options: TrialOptions = {},
): Promise<Trial> {
  const { signal, onProgress } = options;
  const rulings = new Map<bigint, Ruling | undefined>();
  const ruler = context.rules.current();
  const both: Ruler = (row) => {
    onRow?.(row, false);
    rulings.set(row.id, tried(row));
    return ruler(row);
  };
  const inputs = await readInputs(
    { ...context, rules: { current: () => both } },
    signal,
    (doneCount) => {
      const totalCount = Math.max(doneCount, context.statements.bookedTransactionCount());
      onProgress?.({ stage: 'read', doneCount, totalCount });
    },
    (row) => onRow?.(row, true),
  );
  const before = await think(context, inputs, options);
  const transactions = inputs.transactions.map(({ ruling: _, ...transaction }) => {
    const ruling = rulings.get(transaction.id);
    return ruling === undefined ? transaction : { ...transaction, ruling };
  });
  const after = new Map<bigint, Outcome>();
  const pace = createPacer(context, signal);
  for (const outcome of await think(context, { ...inputs, transactions }, options)) {
    after.set(outcome.transactionId, outcome);
  }
  const outcomes: TrialOutcome[] = [];
  for (const outcome of before) {
    const { bookingDate, currency, moneyMinor } = inputs.facts.get(outcome.transactionId)!;
    const { transactionId } = outcome;
    const now = after.get(transactionId)!;
    outcomes.push({ transactionId, bookingDate, currency, moneyMinor, before: outcome, after: now });
    await pace();
  }
  return { outcomes };
}
