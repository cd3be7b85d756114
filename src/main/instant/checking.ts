/** The law check: what stands in In-transit is what waits for a statement's line, to the cent. */
import { formatAmount } from '../../contract/money.ts';
import type { InstantContext } from './context.ts';
import type { ReadingStore } from './store-reading.ts';

export interface TransitCheck {
  readonly ok: boolean;
  readonly examined: number;
  readonly findings: string[];
}

/** Compares In-transit with the open pre-postings, currency by currency. */
export function checkTransit({ ledger }: Pick<InstantContext, 'ledger'>, reads: ReadingStore): TransitCheck {
  const waiting = new Map(
    reads.transitByCurrency().map(({ currency, transitMinor }) => [currency, transitMinor]),
  );
  const held = new Map(
    ledger.roleBalances('in-transit').map(({ currency, amountMinor }) => [currency, amountMinor]),
  );
  const findings: string[] = [];
  for (const currency of new Set([...waiting.keys(), ...held.keys()])) {
    const [open, balance] = [waiting.get(currency) ?? 0n, held.get(currency) ?? 0n];
    if (open === balance) continue;
    const amount = (minor: bigint) => `${formatAmount(minor, currency)} ${currency}`;
    findings.push(`In-transit holds ${amount(balance)}, the open pre-postings are ${amount(open)}.`);
  }
  const wrongSums = reads.wrongSums();
  if (wrongSums > 0n) findings.push(`${wrongSums} sums of what waits are not those of the instant payments.`);
  const wrong = reads.wrongPayments();
  if (wrong > 0n) findings.push(`${wrong} instant payments hold sums that cannot be.`);
  return { ok: findings.length === 0, examined: Number(reads.paymentCount()), findings };
}
