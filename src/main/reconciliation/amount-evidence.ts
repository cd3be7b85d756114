/** What the amount says for an explanation, and how much of that may be chance. Pure. */
import { ruledBy } from './desk-rules.ts';
import type { EvidenceCode } from './evidence.ts';
import type { FitKind } from './fit.ts';
import { chargesLimit, isRoundCharge } from './policy.ts';
import type { Scoring } from './scoring.ts';
import type { Evidence } from './types.ts';

const MOST_AMOUNT_WEIGHT = 6.5;
/** A shortfall that a rule accepts says little: many amounts lie within its limit. */
const RULED_WEIGHT = 1;

/** Natural log of how many amounts of this size there are, its round digits left out. */
export function amountInformation(amountMinor: bigint): number {
  let value = amountMinor < 0n ? -amountMinor : amountMinor;
  for (let step = 0; step < 6 && value % 10n === 0n && value > 0n; step += 1) value /= 10n;
  return Math.log(Math.max(1, Number(value)));
}

const FIT_EVIDENCE: Readonly<
  Record<Exclude<FitKind, 'exact' | 'ruled'>, { code: EvidenceCode; offset: number; fixed?: number }>
> = {
  discount: { code: 'amount-discount', offset: -0.7 },
  'discount-grace': { code: 'amount-discount-grace', offset: -1.5 },
  'discount-late': { code: 'amount-discount-late', offset: -3 },
  'discount-and-charges': { code: 'amount-discount', offset: -1 },
  'charges-stated': { code: 'amount-charges-stated', offset: -0.5 },
  instructed: { code: 'amount-instructed', offset: -0.2 },
  exchange: { code: 'amount-exchange', offset: -0.2 },
  documents: { code: 'amount-documents', offset: 0 },
  'charges-guessed': { code: 'amount-charges-guessed', offset: 0, fixed: 1 },
  part: { code: 'amount-part', offset: 0, fixed: -0.7 },
  over: { code: 'amount-over', offset: 0, fixed: -1.5 },
};

/** The amount's own evidence: one reason, by how the money fits the items. */
export function amountEvidence(scoring: Scoring, items: readonly number[], named: number): Evidence[] {
  const { draft, candidates, indexes } = scoring;
  const { kind } = draft.fit;
  const information = amountInformation(candidates.transaction.amountMinor);
  const plain = Math.min(MOST_AMOUNT_WEIGHT, 3 + information / 2);
  if (kind === 'part') {
    if (candidates.remittance.words.partPayment) return [{ code: 'amount-part-said', weight: 1 }];
    return [{ code: 'amount-part', weight: leavesLittle(scoring) ? -3.5 : -0.7 }];
  }
  const unnamed = items.length - named;
  const byChance = unnamed >= 1 && items.length > 1;
  const whole = byChance ? Math.max(-4, Math.min(plain, -sumByChance(scoring, items, unnamed) - 1)) : plain;
  const count = { items: `${items.length}` };
  if (kind === 'ruled') {
    return [ruledBy('desk-rule-shortfall', candidates.transaction.ruling!.shortfall!, RULED_WEIGHT)];
  }
  if (kind !== 'exact') {
    const { code, offset, fixed } = FIT_EVIDENCE[kind];
    const said =
      (kind.startsWith('discount') && candidates.remittance.words.discount) ||
      (kind === 'charges-guessed' && expectsCharges(scoring));
    return [{ code, weight: (fixed ?? Math.min(5.5, whole + offset)) + (said ? 1 : 0), values: count }];
  }
  const hasCredit = items.some((item) => indexes.book.available(item) < 0n);
  const code = hasCredit ? 'amount-credit-note' : items.length > 1 ? 'amount-sum' : 'amount-exact';
  return [{ code, weight: whole, values: count }];
}

/** A part payment that leaves no more than charges might have taken hardly is one. */
export function leavesLittle({ draft, indexes, candidates, policy }: Scoring): boolean {
  const last = draft.fit.allocations.at(-1)!;
  const available = indexes.book.available(last.itemIndex);
  const left = available - last.allocatedMinor;
  return left > 0n && left <= chargesLimit(policy, candidates.transaction.currency, available);
}

/** The text speaks of charges, or the money crossed a border, where banks on the way take some. */
function expectsCharges({ candidates }: Scoring): boolean {
  const code = candidates.transaction.bankTransactionCode?.toUpperCase() ?? '';
  return candidates.remittance.words.charges || /\bXBCT\b/.test(code);
}

/** Charges that nobody states may be posted where they are expected, round and small. */
export function mayPostCharges(scoring: Scoring): boolean {
  const { draft, candidates, policy } = scoring;
  const charges = draft.fit.allocations.reduce((sum, each) => sum + each.chargesMinor, 0n);
  const { amountMinor, currency } = candidates.transaction;
  const isSmall = charges * 1_000_000n <= amountMinor * policy.postedChargesPpm;
  return expectsCharges(scoring) && isSmall && isRoundCharge(currency, charges);
}

/**
 * Natural log of how many subsets up to this size give the sum by chance alone: the number of subsets
 * over the number of amounts of that size. Well below 0 where a sum proves something.
 */
export function sumByChance(scoring: Scoring, items: readonly number[], unnamed: number): number {
  const pool = Math.max(poolSize(scoring, items), unnamed);
  return logSubsets(pool, unnamed) - amountInformation(scoring.candidates.transaction.amountMinor);
}

function poolSize(scoring: Scoring, items: readonly number[]): number {
  const customers = new Set(items.map((item) => scoring.indexes.book.item(item).customerId));
  const { currency } = scoring.candidates.transaction;
  let size = 0;
  for (const customerId of customers) size += scoring.indexes.book.openCountOf(customerId, currency);
  return size;
}

/** Natural log of the number of subsets of `n` with up to `k` items; with `k` or more where that is over half. */
export function logSubsets(n: number, k: number): number {
  const least = Math.min(k, n - k);
  let logChoices = 0;
  let sum = least < k || least === 0 ? 1 : 0;
  for (let size = 1; size <= least; size += 1) {
    logChoices += Math.log((n - size + 1) / size);
    sum += Math.exp(logChoices);
  }
  return Math.log(sum);
}
