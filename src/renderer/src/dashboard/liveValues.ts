/** What the Live Feed makes of the engine's figures before it shows them. */
import type { LiveFigures } from '../../../contract/connectors.ts';

type Value = LiveFigures['valueToday'][number];

export interface ValueLine extends Value {
  /** The sum over the rails of a currency, where it has several. */
  readonly isTotal: boolean;
}

const byAmount = (a: Value, b: Value) =>
  b.amountMinor > a.amountMinor ? 1 : b.amountMinor < a.amountMinor ? -1 : a.rail < b.rail ? -1 : 1;

/** Today's value, currency by currency: the sum first where there are several rails, then rails by amount. */
export function valueLines(values: readonly Value[]): ValueLine[] {
  const currencies = new Map<string, Value[]>();
  for (const value of values)
    currencies.set(value.currency, [...(currencies.get(value.currency) ?? []), value]);
  return [...currencies]
    .sort(([a, ones], [b, others]) => others.length - ones.length || (a < b ? -1 : 1))
    .flatMap(([currency, ones]) => {
      const lines = ones.toSorted(byAmount).map((one) => ({ ...one, isTotal: false }));
      if (ones.length === 1) return lines;
      const sum = (of: (one: Value) => bigint) => ones.reduce((so, one) => so + of(one), 0n);
      const total = {
        rail: '',
        currency,
        amountMinor: sum((one) => one.amountMinor),
        matchedMinor: sum((one) => one.matchedMinor),
        isTotal: true,
      };
      return [total, ...lines];
    });
}

/** How much of an amount is matched, as a share of 1; null where there is nothing to match. */
export function shareMatched({
  amountMinor,
  matchedMinor,
}: Pick<Value, 'amountMinor' | 'matchedMinor'>): number | null {
  // Ten thousandths are as fine as a share is shown; a float of the amounts themselves could lose minor units.
  return amountMinor === 0n ? null : Number((matchedMinor * 10_000n) / amountMinor) / 10_000;
}
