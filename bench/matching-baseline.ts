/**
 * What matching is held against: the number as it is written and the amount to the cent, and nothing else. It
 * sees what the engine sees and is judged by the same truth.
 */
import { type BenchmarkInput, isSettled } from '../src/main/benchmark/index.ts';
import type { Corpus, CorpusTruth } from '../src/main/corpus/index.ts';
import type { MatchItem, MatchTransaction } from '../src/main/reconciliation/index.ts';

export interface Baseline {
  /** Of a hundred payments with an answer: matched rightly. */
  readonly percent: number;
  readonly isoPercent: number;
  readonly falseMatches: number;
  readonly falseLookAlikes: number;
  readonly tookMs: number;
}

/** Matches and judges every payment. */
export function matchByNumberAlone(corpus: Corpus, input: BenchmarkInput): Baseline {
  const startMs = performance.now();
  const find = createLookUp(input.items);
  const matched = input.transactions.map((transaction) => ({ transaction, item: find(transaction) }));
  const tookMs = performance.now() - startMs;
  const judged = matched.map(({ transaction: { id }, item }) => {
    const truth = corpus.truth.get(input.bankReferences.get(id)!)!;
    const settled = item && [{ openItemId: item.id, allocatedMinor: item.amountMinor }];
    return {
      truth,
      isMatched: item !== undefined,
      isRight: settled !== undefined && isSettled(truth.settles, settled, input),
    };
  });
  const percentOf = (of: (truth: CorpusTruth) => boolean): number => {
    const answered = judged.filter(({ truth }) => truth.hasAnswer && of(truth));
    return (100 * answered.filter(({ isRight }) => isRight).length) / answered.length;
  };
  const wrong = judged.filter(({ isMatched, isRight }) => isMatched && !isRight);
  return {
    percent: percentOf(() => true),
    isoPercent: percentOf((truth) => truth.class.startsWith('iso-')),
    falseMatches: wrong.length,
    falseLookAlikes: wrong.filter(({ truth }) => truth.class === 'look-alike').length,
    tookMs,
  };
}

function createLookUp(items: readonly MatchItem[]): (transaction: MatchTransaction) => MatchItem | undefined {
  const byNumber = new Map<string, MatchItem>();
  for (const item of items) {
    byNumber.set(item.invoiceNumber, item);
    if (item.structuredReference !== undefined) byNumber.set(item.structuredReference, item);
  }
  return ({ remittance, amountMinor, currency }) => {
    const words = [
      ...remittance.structured.flatMap(({ reference }) => reference ?? []),
      ...remittance.unstructured.flatMap((line) => line.split(/[^A-Z0-9-]+/)),
    ];
    return words
      .map((word) => byNumber.get(word))
      .find((item) => item?.amountMinor === amountMinor && item.currency === currency);
  };
}
