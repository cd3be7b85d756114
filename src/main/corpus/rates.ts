/** Currencies beside the euro, and what one euro is worth in them. Pure. */
import type { Dice } from './dice.ts';

/** With what one euro was worth, in hundred-millionths. */
const WORTH: Readonly<Record<string, bigint>> = {
  USD: 108_430_000n,
  GBP: 84_210_000n,
  CHF: 93_870_000n,
  JPY: 16_234_500_000n,
  SEK: 1_124_750_000n,
};
export const CURRENCIES = Object.keys(WORTH);

/** A rate of the day, within one percent of what the currency was worth: hundred-millionths of it for a euro. */
export function rateOfDay(currency: string, dice: Dice): bigint {
  const worth = WORTH[currency]!;
  return worth + (worth * BigInt(dice.upTo(20_000) - 10_000)) / 1_000_000n;
}

/** A number of hundred-millionths, rounded to so many decimals. */
export function rounded(hundredMillionths: bigint, decimals: number): { text: string; value: bigint } {
  const step = 10n ** BigInt(8 - decimals);
  const steps = (hundredMillionths + step / 2n) / step;
  const digits = steps.toString().padStart(decimals + 1, '0');
  return { text: `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`, value: steps * step };
}
