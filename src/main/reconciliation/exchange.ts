/** Money that was converted on its way: how far the entry's own rate lets it differ from what it pays. Pure. */
import type { MatchPolicy } from './policy.ts';
import type { MatchTransaction } from './types.ts';

/**
 * Minor units by which converted money may differ from the amount it was meant for; 0 where nothing was
 * converted. A payer who meant an amount of ours instructs whole minor units of another currency, so half
 * of one of them may be missing or over; and a rate with few digits is known to half of its last one only.
 */
export function exchangeTolerance(
  { amountMinor, currency, instructed, exchange }: MatchTransaction,
  policy: MatchPolicy,
): bigint {
  if (!exchange || !instructed || instructed.currency === currency || instructed.amountMinor <= 0n) return 0n;
  const digits = BigInt(exchange.rate.replace(/\D/g, '').slice(0, 15) || '0');
  if (digits === 0n) return 0n;
  const open = amountMinor / (2n * instructed.amountMinor) + amountMinor / (2n * digits) + 1n;
  const most = (amountMinor * policy.exchangePpm) / 1_000_000n + 1n;
  return open < most ? open : most;
}
