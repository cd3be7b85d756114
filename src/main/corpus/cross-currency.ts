/** Money that was exchanged on its way: what the entry tells of that, and what has come of it. Pure. */
import { scaleOf } from './camt053.ts';
import { inWords, numberAsWritten } from './damage.ts';
import type { Dice } from './dice.ts';
import { type Made, type Making, payDay, payerOf, whole } from './making.ts';
import { CURRENCIES, rateOfDay, rounded } from './rates.ts';
import type { CorpusExchange, CorpusItem, CorpusPayment, PaymentClass } from './types.ts';

/** Hundred-millionths, in which rates are reckoned. */
const ONE = 100_000_000n;

/**
 * An invoice in euro that was paid in another currency: whole minor units of it, converted at the rate that the
 * entry states, so that a cent may be missing or over.
 */
export function crossCurrency(item: CorpusItem, making: Making): Made {
  const { dice } = making;
  const currency = dice.pick(CURRENCIES);
  const rate = rounded(rateOfDay(currency, dice), 4);
  const instructedMinor = divided(item.amountMinor * rate.value * minorUnits(currency), ONE * 100n);
  return converted('cross-currency', item, making, inEuro(instructedMinor, currency, rate.value), {
    currency,
    instructedMinor,
    rate: { text: rate.text, unit: 'EUR' },
  });
}

/**
 * An invoice in another currency, paid to an account in euro. The bank reckons with more digits than it states,
 * quotes its rate either way round, and tells the instructed amount beside it (60), the rate alone (25) or the
 * amount alone (15).
 */
export function foreignInvoice(making: Making): Made[] {
  const { dice, shelf } = making;
  const item = shelf.takeForeign();
  if (!item) return [];
  const { currency, amountMinor } = item;
  const exact = rateOfDay(currency, dice);
  const told = dice.weighted<Omit<CorpusExchange, 'currency'>>([
    [{ instructedMinor: amountMinor, rate: quoted(exact, currency, dice) }, 60],
    [{ rate: quoted(exact, currency, dice) }, 25],
    [{ instructedMinor: amountMinor }, 15],
  ]);
  const arrived = inEuro(amountMinor, currency, exact);
  return [converted('foreign-invoice', item, making, arrived, { currency, ...told })];
}

/** The rate as a bank states it, of a euro or of the other currency. */
export function quoted(exact: bigint, currency: string, dice: Dice): NonNullable<CorpusExchange['rate']> {
  if (dice.chance(50)) return { text: rounded(exact, 5).text, unit: 'EUR' };
  return { text: rounded(divided(ONE * ONE, exact), currency === 'JPY' ? 8 : 6).text, unit: currency };
}

/** What minor units of another currency are worth in cents, at a rate for one euro. */
export function inEuro(amountMinor: bigint, currency: string, rate: bigint): bigint {
  return divided(amountMinor * ONE * 100n, rate * minorUnits(currency));
}

/** The payment; in every third case banks on the way have taken charges, which the entry states. */
function converted(
  kind: PaymentClass,
  item: CorpusItem,
  { dice, shelf }: Making,
  amountMinor: bigint,
  exchange: CorpusExchange,
): Made {
  const charges = dice.chance(33) ? BigInt(dice.pick([500, 1_000, 1_500])) : 0n;
  const taken: Pick<CorpusPayment, 'chargesMinor'> =
    charges > 0n && amountMinor > charges * 20n ? { chargesMinor: charges } : {};
  return {
    payment: {
      ...payerOf(shelf.customerOf(item), dice),
      route: 'camt.053',
      amountMinor: amountMinor - (taken.chargesMinor ?? 0n),
      bookingDate: payDay(item, dice),
      text: inWords(numberAsWritten(item.number, dice), dice),
      exchange,
      ...taken,
    },
    truth: { class: kind, settles: whole(item), hasAnswer: true },
  };
}

const minorUnits = (currency: string): bigint => 10n ** BigInt(scaleOf(currency));

/** Rounded half up; both are positive. */
function divided(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor);
}
