/** Lines that settle nothing and that a rule of the desk moves to an account. Pure. */
import type { Account } from '../../contract/ledger.ts';
import { type NamedRule, ruledBy } from './desk-rules.ts';
import type { Outcome } from './outcome.ts';
import { isReturn } from './returns.ts';
import type { Evidence, MatchTransaction } from './types.ts';

/** Where the money of a line goes, and by which rule. */
export interface Booking extends NamedRule {
  readonly accountId: bigint;
}

/** An account that rules may book to: income or expense, open, and without limits that would refuse a line. */
export const isBookable = ({ kind, postable, closed, limit }: Account): boolean =>
  postable &&
  !closed &&
  (kind === 'income' || kind === 'expense') &&
  limit.minMinor === null &&
  limit.maxMinor === null;

/** What is noted of a line that has nothing to do with any item: it names none, settled or open. */
const NOTHING: ReadonlySet<Evidence['code']> = new Set<Evidence['code']>(['no-candidate', 'outgoing']);

/**
 * The outcome of a line after the rules: what settles nothing, and for which nothing is even proposed,
 * is booked where a rule says so. Whatever may pay something, or goes back, stays as it is.
 */
export function withBooking(
  outcome: Outcome,
  transaction: MatchTransaction,
  currencyOf: (accountId: bigint) => string | undefined,
): Outcome {
  const { ruling, amountMinor, currency } = transaction;
  const rule = ruling?.book;
  if (rule === undefined || ruling?.ask || outcome.status !== 'unmatched') return outcome;
  if (amountMinor === 0n || isReturn(transaction)) return outcome;
  if (!outcome.notes.every(({ code }) => NOTHING.has(code))) return outcome;
  if (amountMinor > rule.mostMinor || currencyOf(rule.accountId) !== currency) {
    return { ...outcome, notes: [ruledBy('desk-rule-book-held', rule), ...outcome.notes] };
  }
  return {
    transactionId: outcome.transactionId,
    status: 'auto',
    explanations: [],
    notes: [ruledBy('desk-rule-book', rule)],
    booking: { rule: rule.rule, version: rule.version, accountId: rule.accountId },
  };
}

export function isSameBooking(left: Booking | undefined, right: Booking | undefined): boolean {
  return (
    left?.accountId === right?.accountId && left?.rule === right?.rule && left?.version === right?.version
  );
}
