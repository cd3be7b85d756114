/** What screens and scripts read of money that was exchanged. */
import type { z } from 'zod';
import { formatAmount } from '../../contract/money.ts';
import type { MatchLine, reconciliation } from '../../contract/reconciliation.ts';
import type { TransactionForMatching } from '../statements/index.ts';
import type { ReconciliationContext } from './context.ts';
import { exchangeTolerance, toldMoney } from './exchange.ts';
import { toMatchTransaction, withPayment } from './inputs.ts';
import type { MatchExchange } from './types.ts';

type Item = z.infer<(typeof reconciliation.item)['~orpc']['outputSchema'] & z.ZodType>;

/** The money of a transaction as the bank tells it in another currency. */
export function toTold(context: ReconciliationContext, transaction: TransactionForMatching): Item['told'] {
  const told = toldMoney(toMatchTransaction(withPayment(context, transaction)), context.policy);
  if (told === undefined) return null;
  const { currency, amountMinor } = told.transaction;
  const { chargesMinor, quote, isRateStated } = told;
  const toleranceMinor = exchangeTolerance(told.transaction, context.policy);
  return { currency, amountMinor, toleranceMinor, chargesMinor, ...quote, isRateStated };
}

/** An exchange on a line of `matches`; `own` is the currency of the money. */
export function toLineExchange(
  { currency, moneyMinor, chargesMinor, rate, unitCurrency, rateFrom }: MatchExchange,
  own: string,
): NonNullable<MatchLine['exchange']> {
  const amount = formatAmount(moneyMinor < 0n ? -moneyMinor : moneyMinor, own);
  return { currency, amount, charges: formatAmount(chargesMinor, own), rate, unitCurrency, rateFrom };
}
