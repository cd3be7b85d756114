/** What a payer does time and again, as people's decisions have let it pass. Pure. */
import { daysLate } from './fit.ts';
import { FIRM_LESSONS, type LearnedPoint } from './learned-index.ts';
import { chargesKey } from './lessons.ts';
import type { Scoring } from './scoring.ts';
import type { Evidence } from './types.ts';

const HABIT_WEIGHT = 4;

/**
 * A late discount or a shortfall that people have let pass for the customer before: the discount of the
 * terms, no later than then; the very sum. For payments whose items are all named and whose payer is certain.
 */
export function habitEvidence(
  { draft, candidates: { transaction }, indexes }: Scoring,
  customers: readonly string[],
): Evidence[] {
  const { kind, allocations } = draft.fit;
  if (customers.length !== 1) return [];
  if (kind === 'discount-late') {
    const habit = indexes.learned.habit(customers[0]!, 'late-discount');
    const days = Math.max(
      ...allocations
        .filter(({ discountMinor }) => discountMinor > 0n)
        .map(({ itemIndex }) => daysLate(indexes.book.item(itemIndex), transaction)),
    );
    const isWithin = habit !== undefined && days <= (habit.days ?? 0);
    return isWithin ? told('learned-late-discount', habit, { days: `${habit.days}` }) : [];
  }
  if (kind !== 'charges-guessed' || allocations.some(({ discountMinor }) => discountMinor > 0n)) return [];
  const chargesMinor = allocations.reduce((sum, each) => sum + each.chargesMinor, 0n);
  const key = chargesKey(transaction.currency, chargesMinor);
  const habit = indexes.learned.habit(customers[0]!, 'charges', key);
  return habit === undefined ? [] : told('learned-charges', habit, {});
}

function told(
  code: 'learned-late-discount' | 'learned-charges',
  { lessons, source }: LearnedPoint,
  values: Readonly<Record<string, string>>,
): Evidence[] {
  if (lessons < FIRM_LESSONS) return [];
  const weight = HABIT_WEIGHT;
  return [{ code, weight, values: { lessons: `${lessons}`, source: `${source}`, ...values } }];
}
