/**
 * Money that was converted on its way: what the entry itself tells it to be in the other currency, and how
 * far its own rate lets the amounts differ. A rate that the entry does not state is never supposed. Pure.
 */
import { currencyScale } from '../../contract/money.ts';
import {
  convertMinor,
  divideRounded,
  impliedQuote,
  parseRate,
  type Quote,
  rateTolerance,
} from '../../contract/rates.ts';
import type { EvidenceCode } from './evidence.ts';
import { chargesLimit, type MatchPolicy, unitsPerEuro } from './policy.ts';
import type { Evidence, MatchExchange, MatchTransaction } from './types.ts';

/** Amounts from here on are none. */
const TOO_LARGE = 10n ** 18n;

/** What speaks for the money that an entry tells in another currency. */
export type ExchangeProof =
  /** Instructed amount, rate and money agree, the charges that are stated taken into account. */
  | 'agreed'
  /** No instructed amount, but a rate. */
  | 'rate'
  /** An instructed amount without a rate that ties it to the money. */
  | 'unproved'
  /** Less money than the rate gives, by no more than banks on the way may have taken. */
  | 'charges-guessed'
  /** Instructed amount, rate and money contradict each other: the money is reckoned by the rate. */
  | 'contradicted'
  /** They agree, but at a rate that such currencies never have. */
  | 'implausible';

/** The money of an entry as the entry tells it in another currency than the account's. */
export interface ToldMoney {
  /** The transaction as a message in that currency would tell it, so that the stages read it like every other. */
  readonly transaction: MatchTransaction;
  /** What banks took of the account's currency before the money came, unsigned. */
  readonly chargesMinor: bigint;
  /** The entry's own rate; what the two amounts give where it states none. */
  readonly quote: Quote;
  readonly isRateStated: boolean;
  readonly proof: ExchangeProof;
}

/**
 * Minor units by which converted money may differ from the amount it was meant for; 0 where nothing was
 * converted. A payer who meant an amount of ours instructs whole minor units of another currency, so half
 * of one of them may be missing or over; and a rate with few digits is known to half of its last one only.
 */
export function exchangeTolerance(
  { amountMinor, currency, instructed, exchange }: MatchTransaction,
  policy: MatchPolicy,
): bigint {
  if (!exchange || !instructed || instructed.currency === currency) return 0n;
  return rateTolerance(amountMinor, instructed.amountMinor, exchange.rate, policy.exchangePpm);
}

/** What the entry says its money is in another currency; `undefined` where it does not say. */
export function toldMoney(transaction: MatchTransaction, policy: MatchPolicy): ToldMoney | undefined {
  const { instructed, exchange, amountMinor } = transaction;
  if (instructed === undefined && exchange === undefined) return undefined;
  const other = otherCurrency(transaction);
  if (other === undefined || currencyScale(other) === undefined || amountMinor <= 0n) return undefined;
  const isInstructed = instructed?.currency === other && instructed.amountMinor > 0n;
  const rate = rateBetween(transaction, other);
  if (isInstructed && rate === undefined) return unproved(transaction, instructed);
  if (isInstructed) return compared(transaction, instructed, rate!, policy);
  return rate === undefined ? undefined : byRate(transaction, other, statedQuote(transaction, other), 'rate');
}

/** The currency beside the account's that the entry speaks of; `undefined` where there is none, or more than one. */
function otherCurrency({ instructed, exchange, currency }: MatchTransaction): string | undefined {
  if (instructed !== undefined && instructed.currency !== currency) return instructed.currency;
  if (exchange === undefined) return undefined;
  const others = exchangedCurrencies(exchange).filter((each) => each !== currency);
  return new Set(others).size === 1 ? others[0] : undefined;
}

const exchangedCurrencies = ({
  sourceCurrency,
  targetCurrency,
  unitCurrency,
}: NonNullable<MatchTransaction['exchange']>): string[] =>
  [sourceCurrency, targetCurrency, unitCurrency].filter((each) => each !== undefined);

/** The stated rate, where it is one, and one between the account's currency and the other. */
function rateBetween({ exchange, currency }: MatchTransaction, other: string): string | undefined {
  if (exchange === undefined || parseRate(exchange.rate) === undefined) return undefined;
  const isOfThese = exchangedCurrencies(exchange).every((each) => each === currency || each === other);
  return isOfThese ? exchange.rate : undefined;
}

/** How ISO 20022 means the rate: of the unit it names, else of the currency that was converted. */
function statedQuote({ exchange }: MatchTransaction, other: string): Quote {
  const { rate, unitCurrency, sourceCurrency } = exchange!;
  return { rate, unitCurrency: unitCurrency ?? sourceCurrency ?? other };
}

/** Charges that the bank states in one currency, those it gives back taken off; never negative. */
function statedIn({ charges }: MatchTransaction, currency: string): bigint {
  let sum = 0n;
  for (const charge of charges ?? []) {
    if (charge.currency === currency) {
      sum += charge.direction === 'debit' ? charge.amountMinor : -charge.amountMinor;
    }
  }
  return sum > 0n ? sum : 0n;
}

/** Money before banks took their charges of it: more than came in, or less than went out. */
export function grossOf(
  { amountMinor, direction }: Pick<MatchTransaction, 'amountMinor' | 'direction'>,
  chargesMinor: bigint,
): bigint {
  return direction === 'credit' ? amountMinor + chargesMinor : amountMinor - chargesMinor;
}

type Instructed = NonNullable<MatchTransaction['instructed']>;

/** The instructed amount with no rate beside it: what the two amounts give is the rate, and nobody vouches for it. */
function unproved(transaction: MatchTransaction, instructed: Instructed): ToldMoney | undefined {
  const chargesMinor = statedIn(transaction, transaction.currency);
  const itemCharges = chargesWithin(transaction, instructed);
  const unit = { amountMinor: instructed.amountMinor - itemCharges, currency: instructed.currency };
  const other = { amountMinor: grossOf(transaction, chargesMinor), currency: transaction.currency };
  if (other.amountMinor <= 0n) return undefined;
  return told(transaction, unit, itemCharges, {
    chargesMinor,
    quote: impliedQuote(unit, other),
    isRateStated: false,
    proof: 'unproved',
  });
}

/** Charges stated in the instructed amount's own currency; none where they would leave nothing of it. */
function chargesWithin(transaction: MatchTransaction, { amountMinor, currency }: Instructed): bigint {
  const stated = statedIn(transaction, currency);
  return stated < amountMinor ? stated : 0n;
}

/**
 * Instructed amount, rate and money held against each other. Banks quote a rate either way round and take
 * charges before or after the exchange, or beside it, so what comes closest to the money is what is meant.
 */
function compared(
  transaction: MatchTransaction,
  instructed: Instructed,
  rate: string,
  policy: MatchPolicy,
): ToldMoney | undefined {
  const { amountMinor, currency, direction } = transaction;
  let closest: { off: bigint; tolerance: bigint; own: bigint; within: bigint; quote: Quote } | undefined;
  for (const unitCurrency of [instructed.currency, currency]) {
    const quote = { rate, unitCurrency };
    for (const within of either(chargesWithin(transaction, instructed))) {
      for (const own of either(statedIn(transaction, currency))) {
        const net = instructed.amountMinor - within;
        const expected = convertMinor(net, instructed.currency, currency, quote)!;
        const off = magnitude(expected - grossOf(transaction, own));
        if (closest !== undefined && off >= closest.off) continue;
        closest = {
          off,
          tolerance: rateTolerance(expected, net, rate, policy.exchangePpm),
          own,
          within,
          quote,
        };
      }
    }
  }
  const { off, tolerance, own, within, quote } = closest!;
  const money = { currency: instructed.currency, amountMinor: instructed.amountMinor - within };
  const stated = { quote, isRateStated: true };
  if (off <= tolerance) {
    return told(transaction, money, within, { ...stated, chargesMinor: own, proof: 'agreed' });
  }
  const expected = convertMinor(instructed.amountMinor, instructed.currency, currency, quote)!;
  const missing = expected - amountMinor;
  if (missing > 0n && direction === 'credit' && missing <= chargesLimit(policy, currency, expected)) {
    return told(transaction, instructed, 0n, { ...stated, chargesMinor: missing, proof: 'charges-guessed' });
  }
  return byRate(transaction, instructed.currency, quote, 'contradicted');
}

const either = (chargesMinor: bigint): readonly bigint[] => (chargesMinor === 0n ? [0n] : [chargesMinor, 0n]);

/** The money that came, and what the bank says it took of it, converted at the entry's own rate. */
function byRate(
  transaction: MatchTransaction,
  other: string,
  quote: Quote,
  proof: 'rate' | 'contradicted',
): ToldMoney | undefined {
  const { currency } = transaction;
  const chargesMinor = proof === 'rate' ? statedIn(transaction, currency) : 0n;
  const converted = convertMinor(grossOf(transaction, chargesMinor), currency, other, quote);
  if (converted === undefined) return undefined;
  const itemCharges = proof === 'rate' ? statedIn(transaction, other) : 0n;
  const money = { amountMinor: converted, currency: other };
  return told(transaction, money, itemCharges, { chargesMinor, quote, isRateStated: true, proof });
}

/**
 * The transaction in the other currency. Where only the rate tells the money, the money that came stands as
 * what it was made of, so that the rate leaves the same tolerance open as it does for converted money of ours.
 */
function told(
  transaction: MatchTransaction,
  money: { readonly amountMinor: bigint; readonly currency: string },
  itemChargesMinor: bigint,
  how: Omit<ToldMoney, 'transaction'>,
): ToldMoney | undefined {
  if (money.amountMinor <= 0n || money.amountMinor >= TOO_LARGE) return undefined;
  const { instructed: _instructed, exchange, charges: _charges, ruling, ...said } = transaction;
  // A rule of the desk accepts a shortfall in the account's currency, and says nothing of another.
  const { shortfall: _shortfall, ...rulingThere } = ruling ?? {};
  const { currency, amountMinor } = money;
  const charge = { amountMinor: itemChargesMinor, currency, direction: 'debit' as const };
  const isReckoned = how.proof === 'rate' || how.proof === 'contradicted';
  const from = { amountMinor: transaction.amountMinor, currency: transaction.currency };
  const isSettled = how.proof === 'rate' || how.proof === 'agreed';
  return {
    ...how,
    proof: isSettled && isFarOff(money, from) ? 'implausible' : how.proof,
    transaction: {
      ...said,
      currency,
      amountMinor,
      ...(itemChargesMinor > 0n ? { charges: [charge] } : {}),
      ...(isReckoned ? { instructed: from, exchange: exchange! } : {}),
      ...(ruling === undefined ? {} : { ruling: rulingThere }),
    },
  };
}

/** Times by which amounts may differ from what their currencies are worth, to the order of magnitude. */
const MOST_TIMES_OFF = 4n;

/** A rate that says a dollar is a cent is a typing error, or meant to take an invoice for next to nothing. */
function isFarOff(money: Instructed, from: Instructed): boolean {
  const worth = (one: Instructed, other: Instructed): bigint =>
    one.amountMinor * 10n ** BigInt(currencyScale(other.currency) ?? 2) * unitsPerEuro(other.currency);
  const [told, came] = [worth(money, from), worth(from, money)];
  return told > came * MOST_TIMES_OFF || came > told * MOST_TIMES_OFF;
}

/**
 * What a match of told money keeps of its exchange. `restMinor` is what the items leave of it, in their own
 * currency: as much of the money is left. `undefined` where the charges are more than the items' share.
 */
export function exchangeOf(
  { transaction, chargesMinor, quote, isRateStated }: ToldMoney,
  own: Pick<MatchTransaction, 'amountMinor' | 'direction'>,
  restMinor: bigint,
): MatchExchange | undefined {
  const shareMinor = divideRounded(
    grossOf(own, chargesMinor) * (transaction.amountMinor - restMinor),
    transaction.amountMinor,
  );
  const isIn = own.direction === 'credit';
  const moneyMinor = isIn ? shareMinor - chargesMinor : shareMinor + chargesMinor;
  if (moneyMinor <= 0n) return undefined;
  return {
    currency: transaction.currency,
    moneyMinor: isIn ? moneyMinor : -moneyMinor,
    chargesMinor,
    ...quote,
    rateFrom: isRateStated ? 'entry' : 'amounts',
  };
}

const EXCHANGE_EVIDENCE: Readonly<Record<ExchangeProof, { code: EvidenceCode; weight: number }>> = {
  agreed: { code: 'exchange-agreed', weight: 0 },
  rate: { code: 'exchange-rate', weight: 0 },
  unproved: { code: 'exchange-unproved', weight: -1 },
  'charges-guessed': { code: 'exchange-charges-guessed', weight: -1 },
  contradicted: { code: 'exchange-contradicted', weight: -3 },
  implausible: { code: 'exchange-implausible', weight: -3 },
};

/** What the exchange says for or against an explanation of told money. */
export function exchangeEvidence({ transaction, quote, proof }: ToldMoney): Evidence {
  return {
    ...EXCHANGE_EVIDENCE[proof],
    values: { currency: transaction.currency, rate: quote.rate },
  };
}

const magnitude = (amountMinor: bigint): bigint => (amountMinor < 0n ? -amountMinor : amountMinor);
