/** What the decision of a person teaches of a payer, and what several of them teach together. Pure. */
import { daysLate, discountOf } from './fit.ts';
import { type LearnedKind, type LearnedPoint, nameKey, payerTold } from './learned-index.ts';
import { readRemittance } from './normalise-remittance.ts';
import type { MatchPolicy } from './policy.ts';
import { isReturn } from './returns.ts';
import type { Allocation, MatchItem, MatchTransaction } from './types.ts';

export interface LessonPoint extends Pick<LearnedPoint, 'what' | 'key' | 'days'> {
  /** As the payment wrote it. */
  readonly text: string;
}

/** What one decision that stands teaches. */
export interface Lesson {
  readonly transactionId: bigint;
  readonly matchId: bigint;
  readonly customerId: string;
  readonly customerRow: bigint;
  readonly itemIds: readonly bigint[];
  readonly actor: string;
  readonly decidedAtMs: bigint;
  readonly points: readonly LessonPoint[];
}

/** What a decision settled of one item of the customer. */
export interface SettledItem extends Omit<Allocation, 'itemIndex'> {
  readonly item: MatchItem;
}

/** What incoming money that a person has settled on items of one customer says of that customer. */
export function lessonPoints(
  transaction: MatchTransaction,
  settled: readonly SettledItem[],
  policy: MatchPolicy,
): LessonPoint[] {
  if (transaction.direction !== 'credit' || isReturn(transaction)) return [];
  const { name, account } = payerTold(transaction, readRemittance(transaction));
  return [
    ...(name === undefined ? [] : [{ what: 'name' as const, key: nameKey(name), text: name }]),
    ...(account === undefined ? [] : [{ what: 'account' as const, key: account, text: account }]),
    ...lateDiscount(transaction, settled, policy),
    ...charges(transaction, settled),
  ];
}

/** Discounts as the terms have them, of which one at least was taken when its time was over. */
function lateDiscount(
  transaction: MatchTransaction,
  settled: readonly SettledItem[],
  policy: MatchPolicy,
): LessonPoint[] {
  const taken = settled.filter(({ discountMinor }) => discountMinor !== 0n);
  const isOfTerms = taken.every(({ item, allocatedMinor, discountMinor }) => {
    const difference = discountOf(item, allocatedMinor) - discountMinor;
    return difference >= -1n && difference <= 1n;
  });
  const days = Math.max(0, ...taken.map(({ item }) => daysLate(item, transaction)));
  if (!isOfTerms || days <= policy.discountGraceDays) return [];
  return [{ what: 'late-discount', key: '', text: '', days }];
}

/** A sum by which the money came short, which nobody stated. */
function charges(transaction: MatchTransaction, settled: readonly SettledItem[]): LessonPoint[] {
  const isStated = (transaction.charges?.length ?? 0) > 0 || transaction.instructed !== undefined;
  const total = settled.reduce((sum, { chargesMinor }) => sum + chargesMinor, 0n);
  if (isStated || total <= 0n || settled.some(({ discountMinor }) => discountMinor !== 0n)) return [];
  const key = chargesKey(transaction.currency, total);
  return [{ what: 'charges', key, text: key }];
}

/** By which equal shortfalls are known. */
export const chargesKey = (currency: string, amountMinor: bigint): string => `${currency} ${amountMinor}`;

/** One thing that was learned of a customer, with the decisions that teach it, the first one first. */
export interface LearnedThing extends LearnedPoint {
  readonly text: string;
  readonly from: readonly Lesson[];
}

/** What the decisions about one customer teach together. */
export function learnedFrom(lessons: Iterable<Lesson>): LearnedThing[] {
  const gathered = new Map<string, { lesson: Lesson; point: LessonPoint }[]>();
  const inOrder = [...lessons].sort((left, right) => (left.transactionId < right.transactionId ? -1 : 1));
  for (const lesson of inOrder) {
    for (const point of lesson.points) {
      const key = `${point.what} ${point.key}`;
      const same = gathered.get(key);
      if (same) same.push({ lesson, point });
      else gathered.set(key, [{ lesson, point }]);
    }
  }
  return [...gathered.values()].map((taught) => {
    const { lesson, point } = taught[0]!;
    const from = taught.map((each) => each.lesson);
    const days = Math.max(...taught.map((each) => each.point.days ?? 0));
    return {
      ...{ what: point.what, key: point.key, text: point.text },
      ...(days > 0 ? { days } : {}),
      lessons: distinct(from),
      source: lesson.transactionId,
      from,
    };
  });
}

/**
 * How many decisions there are where those about the same item are one: several payments of one invoice
 * that are settled together are looked at once, and teach once.
 */
function distinct(lessons: readonly Lesson[]): number {
  /** Each lesson points to one that it belongs with, the first of them to itself. */
  const belongs: number[] = [];
  const first = (at: number): number => {
    let found = at;
    while (belongs[found] !== found) found = belongs[found]!;
    return found;
  };
  const lessonOf = new Map<bigint, number>();
  let count = 0;
  for (const { itemIds } of lessons) {
    let own = belongs.length;
    belongs.push(own);
    count += 1;
    for (const item of itemIds) {
      const other = first(lessonOf.get(item) ?? own);
      if (other !== own) {
        belongs[own] = other;
        own = other;
        count -= 1;
      }
      lessonOf.set(item, own);
    }
  }
  return count;
}

/** How a thing that was learned is named by a person: the first decision that teaches it, and what. */
export function learnedId({ from, what }: Pick<LearnedThing, 'from' | 'what'>): string {
  return `${from[0]!.matchId}-${what}`;
}

/** Reads what `learnedId` wrote; undefined where it is nothing of the kind. */
export function parseLearnedId(text: string): { matchId: bigint; what: LearnedKind } | undefined {
  const parts = /^(\d{1,18})-(name|account|late-discount|charges)$/.exec(text);
  return parts ? { matchId: BigInt(parts[1]!), what: parts[2] as LearnedKind } : undefined;
}
