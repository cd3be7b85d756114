/** What a run would decide under other rules than those that stand: read, thought, and nothing written. */
import type { IsoDate } from '../base/index.ts';
import type { TransactionForMatching } from '../statements/index.ts';
import type { ReconciliationContext } from './context.ts';
import type { Ruler, Ruling } from './desk-rules.ts';
import { createPacer, readInputs } from './inputs.ts';
import type { Outcome } from './outcome.ts';
import { type RunProgress, think } from './run.ts';
import type { MatchTransaction } from './types.ts';

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

export interface TrialRules {
  /** What is tried in the place of the rules that stand. */
  readonly tried: Ruler;
  /** Hears of every transaction: `isLeft` of those that the machine leaves alone. */
  readonly onRow: (row: TransactionForMatching, isLeft: boolean) => void;
  /** Hears of every outcome, in the order of a run. */
  readonly onOutcome: (outcome: TrialOutcome) => void;
}

/** Thinks twice over one reading of the vault; hands out what it found one by one. Errors: CANCELLED. */
export async function tryRules(
  context: ReconciliationContext,
  { tried, onRow, onOutcome }: TrialRules,
  options: TrialOptions = {},
): Promise<void> {
  const { signal, onProgress } = options;
  const rulings = new Map<bigint, Ruling | undefined>();
  const ruler = context.rules.current();
  const both: Ruler = (row) => {
    onRow(row, false);
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
    (row) => onRow(row, true),
  );
  const before = await think(context, inputs, options);
  const pace = createPacer(context, signal);
  const transactions: MatchTransaction[] = [];
  for (const { ruling: _, ...transaction } of inputs.transactions) {
    const ruling = rulings.get(transaction.id);
    transactions.push(ruling === undefined ? transaction : { ...transaction, ruling });
    await pace();
  }
  const after = new Map<bigint, Outcome>();
  for (const outcome of await think(context, { ...inputs, transactions }, options)) {
    after.set(outcome.transactionId, outcome);
  }
  for (const outcome of before) {
    const { bookingDate, currency, moneyMinor } = inputs.facts.get(outcome.transactionId)!;
    const { transactionId } = outcome;
    const now = after.get(transactionId)!;
    onOutcome({ transactionId, bookingDate, currency, moneyMinor, before: outcome, after: now });
    await pace();
  }
}
