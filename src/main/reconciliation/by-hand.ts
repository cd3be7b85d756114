/** Allocations that a person gives, and the exchange where the items are of another currency than the money. */
import { formatAmount } from '../../contract/money.ts';
import { convertMinor, impliedQuote, type Quote, rateTolerance } from '../../contract/rates.ts';
import { CountersignError } from '../base/index.ts';
import { checkAllocations, checkItems, checkMoney, refuse } from './allocation-check.ts';
import { magnitude, type ReconciliationContext, type TransactionFacts } from './context.ts';
import { exchangeOf, exchangeTolerance, grossOf, type ToldMoney, toldMoney } from './exchange.ts';
import { toMatchTransaction, withPayment } from './inputs.ts';
import type { MatchPolicy } from './policy.ts';
import { moneyOf, moneyUsed, type Settlement } from './reallocation.ts';
import type { AllocationRow } from './store.ts';
import type { MatchExchange } from './types.ts';

/** What a person says of the exchange: one of money and rate. */
export interface GivenExchange {
  /** Money of the transaction that the items use, unsigned. */
  readonly moneyMinor?: bigint | undefined;
  /** What one unit of the items' currency is worth in the transaction's. */
  readonly rate?: string | undefined;
  /** What banks took of the transaction's currency, unsigned. */
  readonly chargesMinor?: bigint | undefined;
}

/** Percent by which a person's rate may differ from what the entry itself tells. */
const MOST_OFF_PERCENT = 5n;
const TOO_LARGE = 10n ** 18n;

/** Errors: INPUT_INVALID, MATCH_CURRENCY, MATCH_CURRENCY_RATE, MATCH_OVER_ALLOCATED, OPEN_ITEM_UNKNOWN. */
export function byHand(
  context: ReconciliationContext,
  facts: TransactionFacts,
  allocations: readonly AllocationRow[],
  exchange: GivenExchange | undefined,
): Settlement & { readonly remainderMinor: bigint } {
  const { receivables } = context;
  const itemOf = (id: bigint) => receivables.openItemForMatching(id);
  const currency = allocations[0] === undefined ? facts.currency : itemOf(allocations[0].openItemId).currency;
  const settlement: Settlement & { exchange?: MatchExchange } = { allocations };
  if (currency === facts.currency) {
    if (exchange !== undefined) refuse('exchange', 'none: the items are of the same currency');
    checkAllocations(facts, allocations, itemOf);
  } else {
    checkItems(currency, allocations, itemOf);
    settlement.exchange = exchangeByHand(
      { facts, currency, usedMinor: moneyUsed(allocations), policy: context.policy },
      toldIn(context, facts, currency),
      exchange,
    );
    checkMoney(facts, settlement.exchange.moneyMinor);
  }
  return { ...settlement, remainderMinor: magnitude(facts.moneyMinor - moneyOf(settlement)) };
}

/** What the entry tells of its money in the items' currency, as it stands now. */
function toldIn(
  context: ReconciliationContext,
  facts: TransactionFacts,
  currency: string,
): ToldMoney | undefined {
  const row = withPayment(context, context.statements.transactionForMatching(facts.id));
  const told = toldMoney(toMatchTransaction(row), context.policy);
  return told?.transaction.currency === currency ? told : undefined;
}

interface HandExchange {
  readonly facts: Pick<TransactionFacts, 'currency' | 'moneyMinor' | 'direction'>;
  /** The items' currency. */
  readonly currency: string;
  /** What the items take, in their currency and signed. */
  readonly usedMinor: bigint;
  readonly policy: MatchPolicy;
}

/**
 * The exchange of a match by hand: by the entry's own rate, or as the person gives it where that is not far
 * from what the entry tells. Errors: INPUT_INVALID, MATCH_CURRENCY, MATCH_CURRENCY_RATE, MATCH_OVER_ALLOCATED.
 */
function exchangeByHand(
  hand: HandExchange,
  told: ToldMoney | undefined,
  given: GivenExchange | undefined,
): MatchExchange {
  const { moneyMinor, rate, chargesMinor = 0n } = given ?? {};
  const { facts } = hand;
  if (hand.usedMinor > 0n !== facts.moneyMinor > 0n) {
    refuse('allocations', 'invoices for money that came in, credit notes for money that went out');
  }
  if (chargesMinor < 0n) refuse('exchange.chargesMinor', 'charges of zero or more');
  if (moneyMinor !== undefined && rate !== undefined) {
    refuse('exchange', 'the money or the rate, not both');
  }
  if (moneyMinor === undefined && rate === undefined) {
    if (given !== undefined) refuse('exchange', 'the money that the items use, or a rate');
    return byOwnRate(hand, told);
  }
  const quoted =
    rate === undefined ? byAmounts(hand, moneyMinor!, chargesMinor) : byTypedRate(hand, rate, chargesMinor);
  if (told !== undefined) checkRate(hand, told, grossMinorOf(hand, quoted.moneyMinor, chargesMinor));
  return {
    currency: hand.currency,
    moneyMinor: facts.moneyMinor > 0n ? quoted.moneyMinor : -quoted.moneyMinor,
    chargesMinor,
    ...quoted.quote,
    rateFrom: rate === undefined ? 'amounts' : 'person',
  };
}

function byOwnRate({ facts, currency, usedMinor, policy }: HandExchange, told: ToldMoney | undefined) {
  if (told === undefined) {
    throw new CountersignError(
      'MATCH_CURRENCY',
      'The open item is in another currency than the money, and the bank tells no amount in it.',
      { path: 'exchange', expected: `${facts.currency}, or the money or the rate given`, actual: currency },
    );
  }
  const { transaction } = told;
  const tolerance = exchangeTolerance(transaction, policy);
  const restMinor = transaction.amountMinor - magnitude(usedMinor);
  if (restMinor < -tolerance) {
    throw new CountersignError('MATCH_OVER_ALLOCATED', 'More would be allocated than the money received.', {
      path: 'allocations',
      expected: `at most ${formatAmount(transaction.amountMinor, currency)} ${currency}`,
      actual: `${formatAmount(magnitude(usedMinor), currency)} ${currency}`,
    });
  }
  const own = { amountMinor: magnitude(facts.moneyMinor), direction: facts.direction };
  const exchange = exchangeOf(told, own, restMinor <= tolerance ? 0n : restMinor);
  return exchange ?? refuseRate('allocations', 'more than the charges that were taken');
}

const grossMinorOf = ({ facts }: HandExchange, moneyMinor: bigint, chargesMinor: bigint): bigint =>
  grossOf({ amountMinor: moneyMinor, direction: facts.direction }, chargesMinor);

interface Quoted {
  readonly moneyMinor: bigint;
  readonly quote: Quote;
}

/** Both amounts are given: what they give is the rate. */
function byAmounts(hand: HandExchange, moneyMinor: bigint, chargesMinor: bigint): Quoted {
  const grossMinor = grossMinorOf(hand, moneyMinor, chargesMinor);
  if (moneyMinor <= 0n || grossMinor <= 0n || moneyMinor >= TOO_LARGE) {
    refuseRate('exchange.moneyMinor', 'an amount greater than zero');
  }
  const unit = { amountMinor: magnitude(hand.usedMinor), currency: hand.currency };
  const quote = impliedQuote(unit, { amountMinor: grossMinor, currency: hand.facts.currency });
  return { moneyMinor, quote };
}

/** The items' amount at a typed rate; all the money where rounding and the rate's last digit leave it open. */
function byTypedRate(
  { facts, currency, usedMinor, policy }: HandExchange,
  rate: string,
  chargesMinor: bigint,
): Quoted {
  const quote = { rate, unitCurrency: currency };
  const unitMinor = magnitude(usedMinor);
  const converted = convertMinor(unitMinor, currency, facts.currency, quote);
  if (converted === undefined) refuseRate('exchange.rate', 'a decimal number greater than zero');
  const isIn = facts.direction === 'credit';
  const moneyMinor = isIn ? converted - chargesMinor : converted + chargesMinor;
  if (moneyMinor <= 0n || moneyMinor >= TOO_LARGE) {
    refuseRate('exchange.rate', 'a rate that leaves money for the items');
  }
  const allMinor = magnitude(facts.moneyMinor);
  const isAll =
    magnitude(moneyMinor - allMinor) <= rateTolerance(converted, unitMinor, rate, policy.exchangePpm);
  return { moneyMinor: isAll ? allMinor : moneyMinor, quote };
}

/** Throws where the rate is far from the one that the entry's own amounts give. */
function checkRate({ facts, currency, usedMinor }: HandExchange, told: ToldMoney, grossMinor: bigint): void {
  const own = { amountMinor: magnitude(facts.moneyMinor), direction: facts.direction };
  const toldGrossMinor = grossOf(own, told.chargesMinor);
  const itemMinor = told.transaction.amountMinor;
  const wanted = magnitude(usedMinor) * toldGrossMinor;
  if (magnitude(grossMinor * itemMinor - wanted) * 100n <= MOST_OFF_PERCENT * wanted) return;
  const unit = { amountMinor: itemMinor, currency };
  const { rate } = impliedQuote(unit, { amountMinor: toldGrossMinor, currency: facts.currency });
  refuseRate(
    'exchange',
    `within ${MOST_OFF_PERCENT} % of the entry's own: 1 ${currency} = ${rate} ${facts.currency}`,
  );
}

function refuseRate(path: string, expected: string): never {
  throw new CountersignError(
    'MATCH_CURRENCY_RATE',
    'The rate of exchange is none, or too far from what the bank tells.',
    { path, expected },
  );
}
