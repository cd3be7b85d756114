/**
 * Rates of exchange as exact decimals. A rate is quoted: one unit of `unitCurrency` is `rate` of the other
 * currency, whichever way money is converted. No float ever holds one.
 */
import { currencyScale } from './money.ts';

export interface Quote {
  /** Decimal text, as it was given. */
  readonly rate: string;
  readonly unitCurrency: string;
}

/** Whole digits and decimals of a rate, as ISO 20022 and the message readers allow them. */
const RATE = /^\d{1,18}(?:\.(\d{1,17}))?$/;
/** Digits of a rate that follows from two amounts. */
const IMPLIED_DIGITS = 10_000_000n;
const MOST_DECIMALS = 17;
/** Parts per million by which a converted amount may differ at most, however coarse its rate. */
export const MOST_RATE_PPM = 500n;

/** The rate as a fraction; `undefined` where the text is no positive decimal number. */
export function parseRate(text: string): { readonly digits: bigint; readonly scale: number } | undefined {
  const read = RATE.exec(text);
  if (!read) return undefined;
  const digits = BigInt(text.replace('.', ''));
  return digits === 0n ? undefined : { digits, scale: read[1]?.length ?? 0 };
}

/**
 * Minor units of `to` that `amountMinor` of `from` is worth, rounded half away from zero; `undefined` where
 * the rate is none or a currency is not known. One of the two currencies is the quote's unit.
 */
export function convertMinor(
  amountMinor: bigint,
  from: string,
  to: string,
  { rate, unitCurrency }: Quote,
): bigint | undefined {
  const read = parseRate(rate);
  const [fromScale, toScale] = [currencyScale(from), currencyScale(to)];
  if (!read || fromScale === undefined || toScale === undefined) return undefined;
  const isUnit = from === unitCurrency;
  const up = (isUnit ? read.digits : tenTo(read.scale)) * tenTo(toScale);
  const down = (isUnit ? tenTo(read.scale) : read.digits) * tenTo(fromScale);
  return divideRounded(amountMinor * up, down);
}

/** What one unit of `unitCurrency` was worth where `unitMinor` of it was exchanged for `otherMinor`; both positive. */
export function impliedQuote(
  unit: { readonly amountMinor: bigint; readonly currency: string },
  other: { readonly amountMinor: bigint; readonly currency: string },
): Quote {
  const up = other.amountMinor * tenTo(currencyScale(unit.currency) ?? 2);
  const down = unit.amountMinor * tenTo(currencyScale(other.currency) ?? 2);
  let scale = 0;
  while (scale < MOST_DECIMALS && up * tenTo(scale) < down * IMPLIED_DIGITS) scale += 1;
  const digits = divideRounded(up * tenTo(scale), down)
    .toString()
    .padStart(scale + 1, '0');
  const [whole, decimals] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)];
  const kept = decimals.replace(/0+$/, '');
  return { rate: kept === '' ? whole : `${whole}.${kept}`, unitCurrency: unit.currency };
}

/**
 * How far `convertedMinor` may be off where it was made of `fromMinor` at that rate, both unsigned: half a
 * minor unit of the one is missing or over in the other, and a rate with few digits is known to half of its
 * last one only, but never by more than `mostPpm` of the amount.
 */
export function rateTolerance(
  convertedMinor: bigint,
  fromMinor: bigint,
  rate: string,
  mostPpm: bigint,
): bigint {
  const digits = BigInt(rate.replace(/\D/g, '').slice(0, 15) || '0');
  if (digits === 0n || fromMinor <= 0n) return 0n;
  const open = convertedMinor / (2n * fromMinor) + convertedMinor / (2n * digits) + 1n;
  const most = (convertedMinor * mostPpm) / 1_000_000n + 1n;
  return open < most ? open : most;
}

/** `1 USD = 0.92134 EUR`; `currencies` are the two that were exchanged. */
export function writeQuote({ rate, unitCurrency }: Quote, currencies: readonly [string, string]): string {
  const other = currencies[0] === unitCurrency ? currencies[1] : currencies[0];
  return `1 ${unitCurrency} = ${rate} ${other}`;
}

/** Rounded half away from zero; `divisor` is positive. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const size = dividend < 0n ? -dividend : dividend;
  const rounded = (2n * size + divisor) / (2n * divisor);
  return dividend < 0n ? -rounded : rounded;
}

const tenTo = (power: number): bigint => 10n ** BigInt(power);
