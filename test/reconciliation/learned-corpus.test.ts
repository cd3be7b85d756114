/**
 * Learning on the published corpus, where every fifth customer stands on the list under another name and
 * without an account: what people's decisions on the first half of the payments do to the second.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { type BenchmarkInput, benchmarkInput, isSettled } from '../../src/main/benchmark/index.ts';
import { type Corpus, makeCorpus, withIncompleteList } from '../../src/main/corpus/index.ts';
import { type EngineResult, runEngine } from '../../src/main/reconciliation/engine.ts';
import type { CustomerLearning } from '../../src/main/reconciliation/learned-index.ts';
import {
  type Lesson,
  learnedFrom,
  lessonPoints,
  type SettledItem,
} from '../../src/main/reconciliation/lessons.ts';
import { defaultPolicy } from '../../src/main/reconciliation/policy.ts';
import type { Decision, MatchTransaction } from '../../src/main/reconciliation/types.ts';

let corpus: Corpus;
let input: BenchmarkInput;
let first: EngineResult;

beforeAll(() => {
  const made = makeCorpus({ seed: 1_003, customers: 80, items: 3_000, payments: 3_000 });
  corpus = withIncompleteList(made);
  input = benchmarkInput(corpus);
  first = runEngine(input);
}, 60_000);

const truthOf = ({ id }: MatchTransaction) => corpus.truth.get(input.bankReferences.get(id)!)!;
const proposed = ({ explanations }: Decision, { items }: EngineResult): SettledItem[] =>
  (explanations[0]?.explanation.allocations ?? []).map(({ itemIndex, ...amounts }) => ({
    ...amounts,
    item: items[itemIndex]!,
  }));
const isRight = (transaction: MatchTransaction, settled: readonly SettledItem[]): boolean =>
  isSettled(
    truthOf(transaction).settles,
    settled.map(({ item, allocatedMinor }) => ({ openItemId: item.id, allocatedMinor })),
    input,
  );

/** A person decides what the machine left of the first half; `decide` says by which items. */
function afterDecisions(decide: (transaction: MatchTransaction, decision: Decision) => SettledItem[]) {
  const lessons: Lesson[] = [];
  const decided = new Set<bigint>();
  const taken = new Map<bigint, bigint>();
  let wrong = 0;
  const decisions = new Map(first.decisions.map((each) => [each.transactionId, each]));
  for (const transaction of input.transactions.slice(0, input.transactions.length / 2)) {
    const decision = decisions.get(transaction.id)!;
    const settled = decision.status === 'auto' ? [] : decide(transaction, decision);
    if (settled.length === 0) continue;
    decided.add(transaction.id);
    if (!isRight(transaction, settled)) wrong += 1;
    for (const { item, allocatedMinor } of settled) {
      const minor = allocatedMinor < 0n ? -allocatedMinor : allocatedMinor;
      taken.set(item.id, (taken.get(item.id) ?? 0n) + minor);
    }
    const customers = new Set(settled.map(({ item }) => item.customerId));
    if (customers.size > 1) continue;
    lessons.push({
      transactionId: transaction.id,
      matchId: transaction.id,
      customerId: [...customers][0]!,
      customerRow: 0n,
      itemIds: settled.map(({ item }) => item.id),
      actor: 'somebody',
      decidedAtMs: 0n,
      points: lessonPoints(transaction, settled, defaultPolicy),
    });
  }
  const items = input.items.map((item) => {
    const left = item.availableMinor - (taken.get(item.id) ?? 0n);
    return { ...item, availableMinor: left > 0n ? left : 0n };
  });
  const transactions = input.transactions.filter(({ id }) => !decided.has(id));
  const learned = [...Map.groupBy(lessons, ({ customerId }) => customerId)].map(
    ([customerId, of]): CustomerLearning => ({ customerId, points: learnedFrom(of) }),
  );
  const run = (known: readonly CustomerLearning[]) => {
    const result = runEngine({ ...input, transactions, items, learned: known });
    const auto = result.decisions.filter(({ status }) => status === 'auto');
    const falseIds = auto
      .filter((each) => !isRight(input.transactions[Number(each.transactionId) - 1]!, proposed(each, result)))
      .map(({ transactionId }) => transactionId);
    return { auto: auto.length, falseIds };
  };
  return { wrong, decided: decided.size, without: run([]), taught: run(learned) };
}

describe('what people teach on the corpus', () => {
  test('by deciding rightly: more is matched, and nothing more falsely', () => {
    const { wrong, without, taught } = afterDecisions((transaction) => {
      const { hasAnswer, settles } = truthOf(transaction);
      const items = new Map(input.items.map((item) => [item.invoiceNumber, item]));
      return [...(hasAnswer ? settles : [])].map(([invoiceNumber, allocatedMinor]) => ({
        item: items.get(invoiceNumber)!,
        allocatedMinor,
        discountMinor: 0n,
        chargesMinor: 0n,
      }));
    });
    expect(wrong).toBe(0);
    expect(taught.auto).toBeGreaterThan(without.auto);
    expect(taught.falseIds.filter((id) => !without.falseIds.includes(id))).toEqual([]);
  });

  test('by confirming whatever is proposed first, right or wrong: nothing more is matched falsely', () => {
    const { wrong, decided, without, taught } = afterDecisions((_, decision) => proposed(decision, first));
    expect(wrong).toBeGreaterThan(decided / 10);
    expect(taught.falseIds.filter((id) => !without.falseIds.includes(id))).toEqual([]);
  });
});
