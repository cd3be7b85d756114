/** Thresholds and tolerances of the engine, as data. A desk may set its own; these are the defaults. */

import { currencyScale } from '../../contract/money.ts';
import { MOST_RATE_PPM } from '../../contract/rates.ts';

export interface MatchPolicy {
  /** Least probability at which the machine posts without a person. */
  readonly autoProbability: number;
  /** Least probability at which an explanation is shown at all. */
  readonly suggestProbability: number;
  /** Explanations within this many nats of the best one are its rivals. */
  readonly rivalMargin: number;
  /** Days after the last day of a discount at which it still counts as taken in time. */
  readonly discountGraceDays: number;
  /** Days after which a discount is not even proposed. */
  readonly discountLateDays: number;
  /** Share of the amount (parts per million) that unstated bank charges may at most be to be proposed. */
  readonly chargesPpm: bigint;
  /** The same, to be posted without a person where the money crossed a border. */
  readonly postedChargesPpm: bigint;
  /** Most that unstated bank charges may be, in major units of a currency like the euro. */
  readonly chargesMajor: bigint;
  /** Share (parts per million) by which a converted amount may differ at most, however coarse its rate. */
  readonly exchangePpm: bigint;
  /** Steps of one search for a sum. */
  readonly searchWork: number;
  /** Explanations kept of one transaction. */
  readonly keepExplanations: number;
}

export const defaultPolicy: MatchPolicy = {
  autoProbability: 0.98,
  suggestProbability: 0.05,
  rivalMargin: 5,
  discountGraceDays: 3,
  discountLateDays: 21,
  chargesPpm: 150_000n,
  postedChargesPpm: 50_000n,
  chargesMajor: 40n,
  exchangePpm: MOST_RATE_PPM,
  searchWork: 20_000,
  keepExplanations: 8,
};

/** Major units that are worth about one euro, for currencies where that is far from one. */
const UNITS_PER_EURO: Readonly<Record<string, bigint>> = {
  JPY: 160n,
  KRW: 1_500n,
  HUF: 400n,
  CZK: 25n,
  SEK: 11n,
  NOK: 11n,
  DKK: 7n,
  PLN: 4n,
  TRY: 35n,
  INR: 90n,
  CNY: 8n,
  HKD: 8n,
  ZAR: 20n,
  MXN: 20n,
  THB: 38n,
  VND: 27_000n,
  IDR: 17_000n,
  ISK: 150n,
  CLP: 1_000n,
};

/** Major units of a currency that are worth about one euro, to the order of magnitude. */
export const unitsPerEuro = (currency: string): bigint => UNITS_PER_EURO[currency] ?? 1n;

/** Most that unstated charges may be of an amount in `currency`, in minor units. */
export function chargesCeiling(policy: MatchPolicy, currency: string): bigint {
  const scale = BigInt(currencyScale(currency) ?? 2);
  return policy.chargesMajor * unitsPerEuro(currency) * 10n ** scale;
}

/** Most that unstated charges may be of `amountMinor`, as a share of it too. */
export function chargesLimit(policy: MatchPolicy, currency: string, amountMinor: bigint): bigint {
  const most = chargesCeiling(policy, currency);
  const share = (amountMinor * policy.chargesPpm) / 1_000_000n;
  return share < most ? share : most;
}

/** Banks charge round sums: whole halves of a unit, or of ten units where a currency has no minor ones. */
export function isRoundCharge(currency: string, amountMinor: bigint): boolean {
  const scale = BigInt(currencyScale(currency) ?? 2);
  return amountMinor % (scale === 0n ? 5n : 5n * 10n ** (scale - 1n)) === 0n;
}
