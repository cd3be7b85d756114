/** Options that are numbers. Each throws `UsageError` where what was given is none. */
import { UsageError } from './exit-codes.ts';

export function numberOf(option: string, text: string | undefined, largest: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text) || Number(text) > largest) {
    throw new UsageError(`--${option} takes a whole number up to ${largest}.`);
  }
  return Number(text);
}

export function recordOf(option: string, text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,18}$/.test(text)) throw new UsageError(`--${option} takes a record number.`);
  return BigInt(text);
}
