/** What the engine decided, held against the truth. Pure. */
import type { Corpus, PaymentClass } from '../corpus/index.ts';
import type { Outcome } from '../reconciliation/index.ts';
import { type Calibration, createCalibration } from './calibration.ts';
import type { BenchmarkInput } from './input.ts';

export interface ClassReport {
  readonly class: PaymentClass | 'all';
  readonly payments: number;
  /** Payments that have an answer: the denominator of the match rates. */
  readonly withAnswer: number;
  /** Of those with an answer: matched automatically and rightly. */
  readonly matched: number;
  /** `matched` of `withAnswer`, by line and by value; null where none has an answer. */
  readonly matchRate: number | null;
  readonly matchRateByValue: number | null;
  /** Matched automatically and not as the truth says: other items, other amounts, or where there is nothing to match. */
  readonly falseMatches: number;
  /** Share of all payments of the class that people decide. */
  readonly leftToPeople: number;
  /** Of those with an answer left to people: the first proposal is the right one. */
  readonly proposedRightly: number;
  readonly calibration: Calibration;
}

export interface FalseMatch {
  readonly class: PaymentClass;
  readonly bankReference: string;
}

export interface Judgement {
  readonly classes: readonly ClassReport[];
  readonly all: ClassReport;
  readonly falseMatches: readonly FalseMatch[];
}

class Tally {
  payments = 0;
  withAnswer = 0;
  matched = 0;
  answerMinor = 0n;
  matchedMinor = 0n;
  falseMatches = 0;
  left = 0;
  proposedRightly = 0;
  readonly calibration = createCalibration();

  report(name: PaymentClass | 'all'): ClassReport {
    const { payments, withAnswer, matched, falseMatches, proposedRightly } = this;
    return {
      class: name,
      payments,
      withAnswer,
      matched,
      matchRate: withAnswer === 0 ? null : matched / withAnswer,
      matchRateByValue:
        this.answerMinor === 0n ? null : Number((this.matchedMinor * 1_000_000n) / this.answerMinor) / 1e6,
      falseMatches,
      leftToPeople: payments === 0 ? 0 : this.left / payments,
      proposedRightly,
      calibration: this.calibration.report(),
    };
  }
}

/** Judges every decision. */
export function judge(corpus: Corpus, input: BenchmarkInput, outcomes: readonly Outcome[]): Judgement {
  const tallies = new Map<PaymentClass, Tally>();
  const all = new Tally();
  const falseMatches: FalseMatch[] = [];
  const money = new Map(input.transactions.map(({ id, amountMinor }) => [id, amountMinor]));
  for (const { transactionId, status, explanations } of outcomes) {
    const bankReference = input.bankReferences.get(transactionId)!;
    const truth = corpus.truth.get(bankReference)!;
    const own = tallies.get(truth.class) ?? new Tally();
    tallies.set(truth.class, own);
    const best = explanations[0];
    const isRight = best !== undefined && isSettled(truth.settles, best.allocations, input);
    const valueMinor = money.get(transactionId)!;
    if (status === 'auto' && !isRight) falseMatches.push({ class: truth.class, bankReference });
    for (const tally of [own, all]) {
      tally.payments += 1;
      if (status !== 'auto') tally.left += 1;
      if (best) tally.calibration.add(best.probabilityPpm / 1e6, isRight);
      if (status === 'auto' && !isRight) tally.falseMatches += 1;
      if (!truth.hasAnswer) continue;
      tally.withAnswer += 1;
      tally.answerMinor += valueMinor;
      if (status !== 'auto' && isRight) tally.proposedRightly += 1;
      if (status !== 'auto' || !isRight) continue;
      tally.matched += 1;
      tally.matchedMinor += valueMinor;
    }
  }
  const classes = [...tallies].map(([name, tally]) => tally.report(name));
  return { classes, all: all.report('all'), falseMatches };
}

/** The same items by the same amounts. */
export function isSettled(
  settles: ReadonlyMap<string, bigint>,
  allocations: readonly { readonly openItemId: bigint; readonly allocatedMinor: bigint }[],
  { items }: BenchmarkInput,
): boolean {
  return (
    allocations.length === settles.size &&
    allocations.every(
      ({ openItemId, allocatedMinor }) =>
        settles.get(items[Number(openItemId) - 1]!.invoiceNumber) === allocatedMinor,
    )
  );
}
