/**
 * The score of an explanation: log-odds from named evidence, and the obstacles that keep the machine
 * from posting it by itself however high the score is. Pure.
 */
import { amountEvidence } from './amount-evidence.ts';
import type { Candidates } from './candidates.ts';
import type { Draft } from './combinations.ts';
import { byStrength } from './evidence.ts';
import { habitEvidence } from './habit-evidence.ts';
import { dayNumber } from './item-book.ts';
import { withinOneEdit } from './normalise-references.ts';
import { textNumbers } from './number-tails.ts';
import { obstacles } from './obstacles.ts';
import type { MatchIndexes } from './open-indexes.ts';
import { type PayerSupport, payerSupport } from './payer-evidence.ts';
import type { MatchPolicy } from './policy.ts';
import { contradictionEvidence, referenceEvidence } from './reference-evidence.ts';
import { isStrong } from './reference-weight.ts';
import type { Scoring } from './scoring.ts';
import type { Evidence, Explanation } from './types.ts';

/** Log-odds of any explanation before anything speaks for it. */
const PRIOR = -9;
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
  const strong = items.every((item) => {
    const hit = candidates.named.get(item);
    return hit !== undefined && isStrong(hit);
  });
  const habits = strong && payer.certain ? habitEvidence(scoring, customers) : [];
  const others = [amount, dates, contradictions, habits];
  const evidence = [...references.evidence, ...payer.evidence, ...others.flat()].filter(
    (each) => each.weight !== 0 || each.code.startsWith('amount'),
  );
  const score = others.reduce((total, each) => total + sum(each), PRIOR + references.weight + payer.weight);
  return {
    allocations: draft.fit.allocations,
    remainderMinor: draft.fit.remainderMinor,
    score,
    evidence: evidence.sort(byStrength),
    key: draft.key,
    named: strong,
    obstacles: obstacles({ scoring, items, strong, payer, evidence, customers }),
  };
}

function sum(evidence: readonly Evidence[]): number {
  return evidence.reduce((total, each) => total + each.weight, 0);
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

const NO_SUPPORT: PayerSupport = {
  evidence: [],
  weight: 0,
  firmWeight: 0,
  certain: false,
  unlisted: true,
  conflict: false,
  paysFor: false,
  alike: [],
};

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
        code.startsWith('amount-part') ||
        code === 'amount-over' ||
        code === 'amount-charges-guessed' ||
        code === 'desk-rule-shortfall',
    );
  const exact = explanations.filter((each) => !inexact(each));
  return explanations.map((each) => {
    if (!inexact(each) || each.obstacles.includes('part-payment-unsure')) return each;
    const doubtful = exact.some((other) => {
      const payerSpeaks = other.evidence.some(
        ({ code, weight }) => weight >= 2 && /^(iban|debtor|ultimate|learned)/.test(code),
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
