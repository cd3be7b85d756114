/**
 * Opening booked + booked entries = closing booked, per currency of a statement.
 *
 * A currency is checked where both ends are given in it. Where only one end is (a published
 * sample has an opening balance in EUR and a closing balance in SEK), the outcome is
 * `not-given`: neither end proves or disproves the other, so the statement is taken with a
 * warning rather than refused. Intermediate balances (`60M`, `62M`, `ITBD` of a page) check their
 * own page in the same way, since the entries between them are all there.
 */
import type { BalanceCheck, StatementBalance, StatementTotal } from './types.ts';

/**
 * The opening booked balance of one currency. `OPBD` wins over `PRCD` (the close of the day
 * before), which stands in where no opening balance is given, as ISO 20022 allows.
 */
function openingOf(balances: readonly StatementBalance[], currency: string): StatementBalance | undefined {
  const of = (kind: StatementBalance['kind']) =>
    balances.find((balance) => balance.kind === kind && balance.currency === currency);
  return of('opening-booked') ?? of('previously-closed');
}

function closingOf(balances: readonly StatementBalance[], currency: string): StatementBalance | undefined {
  return balances.findLast((balance) => balance.kind === 'closing-booked' && balance.currency === currency);
}

/** Checks every currency in which the statement gives a booked opening or closing balance. */
export function checkBalances(
  balances: readonly StatementBalance[],
  totals: readonly StatementTotal[],
): BalanceCheck[] {
  const currencies = new Set<string>();
  for (const balance of balances) {
    if (balance.kind === 'opening-booked' || balance.kind === 'closing-booked')
      currencies.add(balance.currency);
  }
  return [...currencies].sort().map((currency) => {
    const total = totals.find((candidate) => candidate.currency === currency);
    const bookedMinor = total === undefined ? 0n : total.bookedCreditMinor - total.bookedDebitMinor;
    const opening = openingOf(balances, currency);
    const closing = closingOf(balances, currency);
    const ends = {
      ...(opening === undefined ? {} : { openingMinor: opening.amountMinor }),
      ...(closing === undefined ? {} : { closingMinor: closing.amountMinor }),
    };
    if (opening === undefined || closing === undefined) {
      return { currency, outcome: 'not-given', bookedMinor, ...ends };
    }
    const differenceMinor = closing.amountMinor - opening.amountMinor - bookedMinor;
    const outcome = differenceMinor === 0n ? 'balanced' : 'difference';
    return { currency, outcome, bookedMinor, ...ends, differenceMinor };
  });
}
