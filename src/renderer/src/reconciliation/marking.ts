/** What the marked lines of the queue add up to, and what can be done with them together. Pure. */
import type { Money } from '../../../contract/common.ts';
import type { QueueRow } from '../../../contract/reconciliation.ts';

export type ManyAct = 'confirm' | 'reject' | 'undo';

/** Money of lines by currency, what went out negative, in the order of the currencies. */
export function totalsOf(rows: readonly Pick<QueueRow, 'amountMinor' | 'currency' | 'direction'>[]): Money[] {
  const sums = new Map<string, bigint>();
  for (const { amountMinor, currency, direction } of rows) {
    const signed = direction === 'credit' ? amountMinor : -amountMinor;
    sums.set(currency, (sums.get(currency) ?? 0n) + signed);
  }
  return [...sums]
    .map(([currency, amountMinor]) => ({ currency, amountMinor }))
    .sort((a, b) => a.currency.localeCompare(b.currency));
}

/** Whether an act means something for a line as it stands. */
export function isFor(
  act: ManyAct,
  { status, suggestionId }: Pick<QueueRow, 'status' | 'suggestionId'>,
): boolean {
  switch (act) {
    case 'confirm':
      return status === 'auto' || (status === 'suggested' && suggestionId !== null);
    case 'reject':
      return status === 'auto' || status === 'suggested';
    case 'undo':
      return status === 'auto' || status === 'confirmed';
  }
}

/** The least probability among lines that say one; null where none does. */
export function leastProbability(rows: readonly Pick<QueueRow, 'probability'>[]): number | null {
  const said = rows.flatMap(({ probability }) => (probability === null ? [] : [probability]));
  return said.length === 0 ? null : Math.min(...said);
}

export type CombineObstacle = 'few' | 'outgoing' | 'currencies' | 'matched';

/** Why these lines cannot be allocated together; null where they can. */
export function whyNotCombined(
  rows: readonly Pick<QueueRow, 'status' | 'currency' | 'direction'>[],
): CombineObstacle | null {
  if (rows.length < 2) return 'few';
  if (rows.some(({ direction }) => direction === 'debit')) return 'outgoing';
  if (new Set(rows.map(({ currency }) => currency)).size > 1) return 'currencies';
  const isOpen = ({ status }: (typeof rows)[number]) => status === 'suggested' || status === 'unmatched';
  return rows.every(isOpen) ? null : 'matched';
}
