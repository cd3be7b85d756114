/**
 * Payments made to mislead: what they seem to pay and what they pay are two things. None has an answer that
 * a machine may give; each is to be asked of a person. Pure.
 */
import { addDays } from '../base/index.ts';
import { scaleOf } from './camt053.ts';
import { inEuro, quoted } from './cross-currency.ts';
import { inWords } from './damage.ts';
import { type Made, type Making, payDay, payerOf, whole } from './making.ts';
import { rateOfDay } from './rates.ts';
import type { CorpusCustomer, CorpusItem, CorpusPayment } from './types.ts';

/** One draw; none where the shelf has no items of the kind it needs. */
export function lookAlike(making: Making): Made[] {
  const item = making.shelf.take();
  if (!item) return [];
  const trick = making.dice.pick([
    sameAmount,
    sisterPays,
    swapped,
    twins,
    otherInvoice,
    twoAccounts,
    sameFigure,
    wrongRate,
  ]);
  return trick(item, making);
}

function made(
  { dice }: Making,
  payer: CorpusCustomer,
  payment: Pick<CorpusPayment, 'amountMinor' | 'bookingDate' | 'text'> & Partial<CorpusPayment>,
  settles: ReadonlyMap<string, bigint>,
): Made[] {
  return [
    {
      payment: { ...payerOf(payer, dice), route: 'camt.053', ...payment },
      truth: { class: 'look-alike', settles, hasAnswer: false },
    },
  ];
}

/** Somebody else's payment has the amount of this item, and names nothing. */
function sameAmount(item: CorpusItem, making: Making): Made[] {
  const { dice, shelf } = making;
  const other = dice.pick(shelf.customers);
  if (other.customerId === item.customerId) return [];
  const payment = { amountMinor: item.amountMinor, bookingDate: payDay(item, dice), text: 'Zahlung' };
  return made(making, other, payment, new Map());
}

/** The sister pays something of her own that has the amount of this item, and names nothing. */
function sisterPays(item: CorpusItem, making: Making): Made[] {
  const { dice, shelf } = making;
  const sister = shelf.sisterOf(shelf.customerOf(item));
  if (!sister) return [];
  const payment = {
    amountMinor: item.amountMinor,
    bookingDate: payDay(item, dice),
    text: dice.pick(['Rechnung', '']),
  };
  return made(making, sister, payment, new Map());
}

/** The text names another customer's invoice; amount and payer say this one. */
function swapped(item: CorpusItem, making: Making): Made[] {
  const { dice, shelf } = making;
  const other = shelf.take((each) => each.customerId !== item.customerId);
  if (!other) return [];
  const payment = {
    amountMinor: item.amountMinor,
    bookingDate: payDay(item, dice),
    text: inWords(other.number, dice),
  };
  return made(making, shelf.customerOf(item), payment, whole(item));
}

/** Two items of one customer have one amount; one of them is paid, and nothing says which. */
function twins(item: CorpusItem, making: Making): Made[] {
  const { shelf } = making;
  const [twin] = shelf.takeBeside(item, 1);
  if (!twin) return [];
  twin.amountMinor = item.amountMinor;
  const last = [item.issuedOn, twin.issuedOn].sort()[1]!;
  const payment = { amountMinor: item.amountMinor, bookingDate: addDays(last, 20), text: 'Rechnung' };
  return made(making, shelf.customerOf(item), payment, whole(item));
}

/** The customer pays an invoice that is not in the books; an open one has the same amount. */
function otherInvoice(item: CorpusItem, making: Making): Made[] {
  const { dice, shelf } = making;
  // Every one of its last digits is another, so that nobody takes it for a typing error.
  const shift = 1 + dice.upTo(9);
  const missing = item.number.replace(/\d{5}$/, (digits) =>
    [...digits].map((digit) => (Number(digit) + shift) % 10).join(''),
  );
  const payment = {
    amountMinor: item.amountMinor,
    bookingDate: payDay(item, dice),
    text: `Rechnung ${missing}`,
  };
  return made(making, shelf.customerOf(item), payment, new Map());
}

/** The sister's account and name, this company's invoice number, an amount that is open with both. */
function twoAccounts(item: CorpusItem, making: Making): Made[] {
  const { dice, shelf } = making;
  const sister = shelf.sisterOf(shelf.customerOf(item));
  const twin = sister && shelf.take((each) => each.customerId === sister.customerId);
  if (!sister || !twin) return [];
  twin.amountMinor = item.amountMinor;
  const payment = {
    amountMinor: item.amountMinor,
    bookingDate: payDay(item, dice),
    text: inWords(item.number, dice),
  };
  return made(making, sister, payment, whole(twin));
}

/**
 * Euro come in the figure of an invoice in another currency, which the text names; nobody says that money was
 * exchanged.
 */
function sameFigure(_: CorpusItem, making: Making): Made[] {
  const { dice, shelf } = making;
  const invoice = shelf.takeForeign();
  if (!invoice) return [];
  const payment = {
    amountMinor: invoice.amountMinor * 10n ** BigInt(2 - scaleOf(invoice.currency)),
    bookingDate: payDay(invoice, dice),
    text: inWords(invoice.number, dice),
  };
  return made(making, shelf.customerOf(invoice), payment, new Map());
}

/**
 * An invoice in another currency is named and its amount instructed; the money is two to five percent off the
 * rate that is stated beside it.
 */
function wrongRate(_: CorpusItem, making: Making): Made[] {
  const { dice, shelf } = making;
  const invoice = shelf.takeForeign();
  if (!invoice) return [];
  const { currency, amountMinor } = invoice;
  const exact = rateOfDay(currency, dice);
  const off = BigInt(20 + dice.upTo(31)) * (dice.chance(50) ? 1n : -1n);
  const payment = {
    amountMinor: (inEuro(amountMinor, currency, exact) * (1_000n + off)) / 1_000n,
    bookingDate: payDay(invoice, dice),
    text: inWords(invoice.number, dice),
    exchange: { currency, instructedMinor: amountMinor, rate: quoted(exact, currency, dice) },
  };
  return made(making, shelf.customerOf(invoice), payment, new Map());
}
