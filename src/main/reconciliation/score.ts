/**
 * The score of an explanation: log-odds from named evidence, and the obstacles that keep the machine
 * from posting it by itself however high the score is. Pure.
 */
import type { Candidates, MatchIndexes } from './candidates.ts';
import { type Draft, fitKey, isTailNamed, textNumbers } from './combinations.ts';
import type { EvidenceCode } from './evidence.ts';
import { byStrength } from './evidence.ts';
import type { FitKind } from './fit.ts';
import { dayNumber } from './item-book.ts';
import { withinOneEdit } from './normalise-references.ts';
import { type PayerSupport, payerSupport } from './payer-evidence.ts';
import { chargesCeiling, isRoundCharge, type MatchPolicy } from './policy.ts';
import { hitCode, hitWeight, isStrong } from './reference-weight.ts';
import type { Evidence, Explanation, Obstacle } from './types.ts';

/** Log-odds of any explanation before anything speaks for it. */
const PRIOR = -9;
const MOST_AMOUNT_WEIGHT = 6.5;
const TAIL_WEIGHT = 3;
/** Natural log of the most sums by chance at which a unique one is still posted without a person. */
const MOST_CHANCE = -8.5;
/** Amounts rounder than this (1,750.00, 490.00) are prices that come again: alone they name no invoice. */
const LEAST_INFORMATION = 6;
const LEFT_OUT_WEIGHT = -5;
const DAYS_BEFORE_INVOICE = 5;
const DAYS_LONG_AFTER = 365;

/** Scores every draft of one payment; best first. */
export function scoreDrafts(
  indexes: MatchIndexes,
  candidates: Candidates,
  drafts: readonly Draft[],
  policy: MatchPolicy,
): Explanation[] {
  const supports = new Map<number, PayerSupport>();
  const numbers = drafts.length > 0 ? textNumbers(candidates) : new Set<string>();
  const scored = drafts.map((draft) => scoreDraft({ indexes, candidates, draft, supports, numbers, policy }));
  return withDoubtfulParts(indexes, candidates, scored).sort(
    (left, right) => right.score - left.score || (left.key < right.key ? -1 : 1),
  );
}

interface Scoring {
  readonly indexes: MatchIndexes;
  readonly candidates: Candidates;
  readonly draft: Draft;
  readonly supports: Map<number, PayerSupport>;
  readonly numbers: ReadonlySet<string>;
  readonly policy: MatchPolicy;
}

function scoreDraft(scoring: Scoring): Explanation {
  const { indexes, candidates, draft } = scoring;
  const items = draft.fit.allocations.map((allocation) => allocation.itemIndex);
  const named = items.filter((item) => candidates.named.has(item));
  const customers = [...new Set(items.map((item) => indexes.book.item(item).customerId))];
  const references = referenceEvidence(scoring, items);
  const amount = amountEvidence(scoring, items, named.length);
  const payer = weakestSupport(scoring, customers);
  const dates = dateEvidence(scoring, items);
  const contradictions = contradictionEvidence(scoring, items, named.length === items.length);
  const evidence = [...references.evidence, ...amount, ...payer.evidence, ...dates, ...contradictions].filter(
    (each) => each.weight !== 0 || each.code.startsWith('amount'),
  );
  const score = PRIOR + references.weight + payer.weight + sum(amount) + sum(dates) + sum(contradictions);
  const strong = items.every((item) => {
    const hit = candidates.named.get(item);
    return hit !== undefined && isStrong(hit);
  });
  return {
    allocations: draft.fit.allocations,
    remainderMinor: draft.fit.remainderMinor,
    score,
    evidence: evidence.sort(byStrength),
    key: fitKey(indexes.book, draft.fit),
    named: strong,
    obstacles: obstacles({ scoring, items, strong, payer, evidence, customers }),
  };
}

function sum(evidence: readonly Evidence[]): number {
  return evidence.reduce((total, each) => total + each.weight, 0);
}

/** The text's hits, averaged over the items. */
function referenceEvidence(
  scoring: Scoring,
  items: readonly number[],
): { weight: number; evidence: Evidence[] } {
  const { candidates, indexes } = scoring;
  let total = 0;
  let named = 0;
  let weakest: { weight: number; code: EvidenceCode } | undefined;
  for (const item of items) {
    const hit = candidates.named.get(item);
    const near = !hit && isNearLeftOut(scoring, items, item);
    const tail = !hit && !near && isTailNamed(indexes, scoring.numbers, item);
    if (!hit && !near && !tail) continue;
    const weight = hit ? Math.max(0, hitWeight(hit)) : TAIL_WEIGHT;
    named += 1;
    total += weight;
    const code = hit ? hitCode(hit) : near ? 'reference-near' : 'reference-tail';
    if (!weakest || weight < weakest.weight) weakest = { weight, code };
  }
  if (!weakest) return { weight: 0, evidence: [] };
  // What one name says of the others that complete the sum is less than a name, and more than nothing.
  const carried = named < items.length ? 0.75 * weakest.weight : 0;
  const weight = Math.max(carried, total / items.length) + Math.min(2, 0.5 * (named - 1));
  const evidence: Evidence[] =
    named === items.length
      ? [{ code: weakest.code, weight }]
      : [{ code: 'reference-some', weight, values: { named: `${named}`, items: `${items.length}` } }];
  return { weight, evidence };
}

/** Natural log of how many amounts of this size there are, its round digits left out. */
export function amountInformation(amountMinor: bigint): number {
  let value = amountMinor < 0n ? -amountMinor : amountMinor;
  for (let step = 0; step < 6 && value % 10n === 0n && value > 0n; step += 1) value /= 10n;
  return Math.log(Math.max(1, Number(value)));
}

const FIT_EVIDENCE: Readonly<
  Record<Exclude<FitKind, 'exact'>, { code: EvidenceCode; offset: number; fixed?: number }>
> = {
  discount: { code: 'amount-discount', offset: -0.7 },
  'discount-grace': { code: 'amount-discount-grace', offset: -1.5 },
  'discount-late': { code: 'amount-discount-late', offset: -3 },
  'discount-and-charges': { code: 'amount-discount', offset: -1 },
  'charges-stated': { code: 'amount-charges-stated', offset: -0.5 },
  instructed: { code: 'amount-instructed', offset: -0.2 },
  documents: { code: 'amount-documents', offset: 0 },
  'charges-guessed': { code: 'amount-charges-guessed', offset: 0, fixed: 1 },
  part: { code: 'amount-part', offset: 0, fixed: -0.7 },
  over: { code: 'amount-over', offset: 0, fixed: -1.5 },
};

function amountEvidence(scoring: Scoring, items: readonly number[], named: number): Evidence[] {
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
function leavesLittle({ draft, indexes, candidates, policy }: Scoring): boolean {
  const last = draft.fit.allocations.at(-1)!;
  const left = indexes.book.available(last.itemIndex) - last.allocatedMinor;
  return left > 0n && left <= chargesCeiling(policy, candidates.transaction.currency);
}

/** The text speaks of charges, or the money crossed a border, where banks on the way take some. */
function expectsCharges({ candidates }: Scoring): boolean {
  const code = candidates.transaction.bankTransactionCode?.toUpperCase() ?? '';
  return candidates.remittance.words.charges || /\bXBCT\b/.test(code);
}

/** Charges that nobody states may be posted where they are expected, round and small. */
function mayPostCharges(scoring: Scoring): boolean {
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
function sumByChance(scoring: Scoring, items: readonly number[], unnamed: number): number {
  const pool = Math.max(poolSize(scoring, items), unnamed);
  return logSubsets(pool, unnamed) - amountInformation(scoring.candidates.transaction.amountMinor);
}

function poolSize(scoring: Scoring, items: readonly number[]): number {
  const customers = new Set(items.map((item) => scoring.indexes.book.item(item).customerId));
  const { currency } = scoring.candidates.transaction;
  let size = 0;
  for (const customerId of customers) size += scoring.indexes.book.openOf(customerId, currency, 400).length;
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

/** Several customers in one payment: what speaks for the least supported of them counts. */
function weakestSupport(scoring: Scoring, customers: readonly string[]): PayerSupport {
  const found = customers.map((customerId) => {
    const customerIndex = scoring.indexes.customerIndex.get(customerId);
    if (customerIndex === undefined) return NO_SUPPORT;
    let support = scoring.supports.get(customerIndex);
    if (!support) {
      const { payers, remittance } = scoring.candidates;
      const named = scoring.indexes.parties.isNamedIn(customerIndex, remittance.squeezedText);
      support = payerSupport(payers, customerIndex, named);
      scoring.supports.set(customerIndex, support);
    }
    return support;
  });
  return found.reduce(
    (weakest, each) => (each.weight < weakest.weight ? each : weakest),
    found[0] ?? NO_SUPPORT,
  );
}

const NO_SUPPORT: PayerSupport = { evidence: [], weight: 0, certain: false, conflict: false };

function dateEvidence(scoring: Scoring, items: readonly number[]): Evidence[] {
  const { bookingDate } = scoring.candidates.transaction;
  const { book } = scoring.indexes;
  const paidDay = dayNumber(bookingDate);
  const latestIssueDay = Math.max(...items.map((item) => book.issuedDay(item)));
  const earliestDueDay = Math.min(...items.map((item) => book.dueDay(item)));
  if (latestIssueDay - paidDay > DAYS_BEFORE_INVOICE) return [{ code: 'date-before-invoice', weight: -3 }];
  if (paidDay - earliestDueDay > DAYS_LONG_AFTER) return [{ code: 'date-long-after', weight: -1 }];
  return [{ code: 'date-window', weight: 0.5 }];
}

function contradictionEvidence(scoring: Scoring, items: readonly number[], allNamed: boolean): Evidence[] {
  const found: Evidence[] = [];
  const leftOut = leftOutCount(scoring, items);
  if (leftOut > 0) {
    found.push({ code: 'leaves-named-out', weight: LEFT_OUT_WEIGHT * Math.min(2, leftOut) });
  }
  if (!allNamed && namesAnother(scoring, items)) found.push({ code: 'names-other-invoice', weight: -3 });
  return found;
}

/**
 * How many items the text names beyond doubt that the explanation leaves out. One that is settled
 * already counts too: who names it pays it again, and nothing else.
 */
function leftOutCount(scoring: Scoring, items: readonly number[]): number {
  return leftOut(scoring, items).filter((named) => !isMistakenFor(scoring, named, items)).length;
}

/** Items that the text names beyond doubt and the explanation does not settle, one for each place. */
function leftOut(scoring: Scoring, items: readonly number[]): number[] {
  const found: number[] = [];
  for (const slot of scoring.candidates.references.slots) {
    const hits = slot.hits.filter((hit) => isStrong(hit));
    if (hits.length === 0 || hits.some((hit) => items.includes(hit.itemIndex))) continue;
    found.push(hits[0]!.itemIndex);
  }
  return found;
}

/** One wrong digit can turn a number into that of another item: the text then names the wrong one. */
function isNearLeftOut(scoring: Scoring, items: readonly number[], item: number): boolean {
  return leftOut(scoring, items).some((named) => isOneDigitAway(scoring.indexes, named, item));
}

function isMistakenFor(scoring: Scoring, named: number, items: readonly number[]): boolean {
  return items.some(
    (item) => !scoring.candidates.named.has(item) && isOneDigitAway(scoring.indexes, named, item),
  );
}

function isOneDigitAway(indexes: MatchIndexes, left: number, right: number): boolean {
  const [a, b] = [indexes.references.forms(left), indexes.references.forms(right)];
  return (
    a.digits.length >= 5 &&
    a.prefix === b.prefix &&
    a.digits !== b.digits &&
    withinOneEdit(a.digits, b.digits)
  );
}

/** The text has a number of the same form as these items' numbers, and it is none of them nor near. */
function namesAnother(scoring: Scoring, items: readonly number[]): boolean {
  const { candidates, indexes } = scoring;
  return candidates.references.unknownNumbers.some(({ digits, letters }) =>
    items.some((item) => {
      const forms = indexes.references.forms(item);
      const sameForm =
        digits.length === forms.digits.length &&
        (digits.length >= 6 || (forms.prefix !== '' && letters.endsWith(forms.prefix)));
      return (
        sameForm && !items.some((other) => withinOneEdit(indexes.references.forms(other).digits, digits))
      );
    }),
  );
}

interface Judging {
  readonly scoring: Scoring;
  readonly items: readonly number[];
  readonly strong: boolean;
  readonly payer: PayerSupport;
  readonly evidence: readonly Evidence[];
  readonly customers: readonly string[];
}

/** What a person must look at, whatever the odds. */
function obstacles(judging: Judging): Obstacle[] {
  const { scoring, items, strong, payer, evidence, customers } = judging;
  const { candidates, draft, indexes } = scoring;
  const { kind } = draft.fit;
  const has = (code: EvidenceCode): boolean => evidence.some((each) => each.code === code);
  const found: Obstacle[] = [];
  const amountFits =
    kind !== 'part' && kind !== 'over' && kind !== 'charges-guessed' && kind !== 'discount-late';
  const anyNamed = items.some((item) =>
    candidates.named.has(item) ? hitWeight(candidates.named.get(item)!) > 0 : false,
  );
  if (payer.conflict) found.push('payer-is-another-customer');
  if (strong && !amountFits && payer.weight < 2) found.push('reference-alone');
  if (!strong && anyNamed && payer.weight < 2) found.push('reference-damaged-payer-unknown');
  if (!strong && !anyNamed && !payer.certain) found.push('payer-not-certain');
  const isCommon = amountInformation(candidates.transaction.amountMinor) < LEAST_INFORMATION;
  if (!anyNamed && isCommon) found.push('amount-common');
  if (has('names-other-invoice')) found.push('names-another-invoice');
  if (has('leaves-named-out')) found.push('leaves-named-item-out');
  if (has('date-before-invoice')) found.push('before-invoice');
  if (!draft.searchComplete) found.push('search-not-complete');
  const unnamed = items.filter((item) => !candidates.named.has(item)).length;
  if (unnamed > 0 && items.length > 1 && sumByChance(scoring, items, unnamed) > MOST_CHANCE) {
    found.push('sum-may-be-chance');
  }
  if (kind === 'charges-guessed' && !(strong && payer.certain && mayPostCharges(scoring))) {
    found.push('shortfall-unexplained');
  }
  if (kind === 'discount-late') found.push('discount-late');
  if (kind === 'over' && !(strong && payer.certain && candidates.references.unknownNumbers.length === 0)) {
    found.push('overpaid');
  }
  if (kind === 'part' && !(strong && items.length === 1 && payer.weight >= 2))
    found.push('part-payment-unsure');
  if (customers.length > 1 && !strong) found.push('many-customers');
  if (candidates.transaction.direction === 'debit') {
    const refund = strong && items.every((item) => indexes.book.item(item).kind === 'credit_note');
    if (!refund || payer.weight < 2) found.push('outgoing');
  }
  return found;
}

/**
 * A part payment or overpayment of a named item is doubtful where the same money pays another item
 * exactly: one of the payer's own, or one whose number is a single digit away from the one named.
 */
function withDoubtfulParts(
  indexes: MatchIndexes,
  candidates: Candidates,
  explanations: readonly Explanation[],
): Explanation[] {
  const inexact = (each: Explanation): boolean =>
    each.evidence.some(
      ({ code }) =>
        code.startsWith('amount-part') || code === 'amount-over' || code === 'amount-charges-guessed',
    );
  const exact = explanations.filter((each) => !inexact(each));
  return explanations.map((each) => {
    if (!inexact(each) || each.obstacles.includes('part-payment-unsure')) return each;
    const doubtful = exact.some((other) => {
      const payerSpeaks = other.evidence.some(
        ({ code, weight }) => weight >= 2 && /^(iban|debtor|ultimate)/.test(code),
      );
      return payerSpeaks || isNear(indexes, candidates, each, other);
    });
    return doubtful ? { ...each, obstacles: [...each.obstacles, 'part-payment-unsure' as const] } : each;
  });
}

function isNear(
  indexes: MatchIndexes,
  candidates: Candidates,
  named: Explanation,
  other: Explanation,
): boolean {
  if (named.allocations.length !== 1 || other.allocations.length !== 1) return false;
  if (!candidates.named.has(named.allocations[0]!.itemIndex)) return false;
  const left = indexes.references.forms(named.allocations[0]!.itemIndex).digits;
  const right = indexes.references.forms(other.allocations[0]!.itemIndex).digits;
  return left !== '' && withinOneEdit(left, right);
}
