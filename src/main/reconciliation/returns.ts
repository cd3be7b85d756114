/** Money that comes back: returns, reversals and rejections, which the machine never matches. Pure. */
import type { MatchTransaction } from './types.ts';

/**
 * German business transaction codes (GVC) of returns: direct debits returned (108, 109, 181, 182,
 * 183, 184) and credit transfers returned (059, 159, 160).
 */
const RETURN_GVC: ReadonlySet<string> = new Set([
  '059',
  '108',
  '109',
  '159',
  '160',
  '181',
  '182',
  '183',
  '184',
]);
/** ISO 20022 sub-families of returns, reversals and rejections. */
const RETURN_SUBFAMILIES: ReadonlySet<string> = new Set([
  'RRTN',
  'UPDD',
  'PRDD',
  'UPCQ',
  'RPCR',
  'ARET',
  'RIMB',
  'RVSL',
]);

/**
 * True where the message says that the line takes an earlier payment back or is money of ours coming
 * back. Words in its text only make it doubtful: see `obstacles`.
 */
export function isReturn(
  transaction: Pick<MatchTransaction, 'reversal' | 'returnReason' | 'bankTransactionCode'>,
): boolean {
  if (transaction.reversal || transaction.returnReason !== undefined) return true;
  const codes = (transaction.bankTransactionCode ?? '').toUpperCase().split(/[^A-Z0-9]+/);
  return codes.some((code) => RETURN_GVC.has(code) || RETURN_SUBFAMILIES.has(code));
}
