import type { DashboardFigures } from '../../contract/dashboard.ts';
import { addDays, type IsoDate } from '../base/index.ts';

export interface CurrencyAmount {
  readonly currency: string;
  readonly amountMinor: bigint;
}

/** What one day moved on the bank accounts of one currency. */
export interface DayMovement {
  readonly date: IsoDate;
  readonly currency: string;
  readonly inMinor: bigint;
  readonly outMinor: bigint;
}

/** Adds up amounts of one currency each. */
export function sumByCurrency(
  amounts: Iterable<CurrencyAmount>,
): { currency: string; amountMinor: bigint }[] {
  const sums = new Map<string, bigint>();
  for (const { currency, amountMinor } of amounts) {
    sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor);
  }
  return [...sums]
    .map(([currency, amountMinor]) => ({ currency, amountMinor }))
    .sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

/**
 * The closing balance of each day of the window, by currency, without gaps: a day on which
 * nothing moved carries the balance of the day before. `openings` is what lay on the
 * accounts at the end of the day before `from`.
 */
export function balancesByDay(options: {
  from: IsoDate;
  to: IsoDate;
  openings: readonly CurrencyAmount[];
  movements: readonly DayMovement[];
}): DashboardFigures['cashByDay'] {
  const byDay = new Map(
    options.movements.map((movement) => [`${movement.currency} ${movement.date}`, movement]),
  );
  const currencies = new Set([...options.openings, ...options.movements].map(({ currency }) => currency));
  const opening = new Map(options.openings.map(({ currency, amountMinor }) => [currency, amountMinor]));
  const days: DashboardFigures['cashByDay'] = [];
  for (const currency of [...currencies].sort()) {
    let balanceMinor = opening.get(currency) ?? 0n;
    for (let date = options.from; date <= options.to; date = addDays(date, 1)) {
      const movement = byDay.get(`${currency} ${date}`);
      const inMinor = movement?.inMinor ?? 0n;
      const outMinor = movement?.outMinor ?? 0n;
      balanceMinor += inMinor - outMinor;
      days.push({ date, currency, balanceMinor, inMinor, outMinor });
    }
  }
  return days;
}
