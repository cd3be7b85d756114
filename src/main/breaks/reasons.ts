/** The reason codes, as data: what may be written off for which, and to which account. */
import type { BreakKind, BreakReason } from '../../contract/breaks.ts';
import type { AccountRole } from '../ledger/index.ts';

/**
 * The account of a write-off by its reason; null where none is made: what is only a matter of timing passes
 * by itself, and nobody writes off what nobody knows.
 */
export const WRITE_OFF_ACCOUNTS: Readonly<Record<BreakReason, AccountRole | null>> = {
  timing: null,
  'opening-balance': 'opening-balances',
  'bank-error': 'write-offs',
  'missing-remittance': 'write-offs',
  duplicate: 'write-offs',
  fee: 'bank-charges',
  fx: 'write-offs',
  'fraud-suspected': 'write-offs',
  unknown: null,
};

/** The account of a write-off of a kind of break for a reason: what no statement began with is no opening balance. */
export function writeOffAccount(kind: BreakKind, reason: BreakReason): AccountRole | null {
  if (reason === 'opening-balance' && kind !== 'opening') return null;
  return WRITE_OFF_ACCOUNTS[reason];
}
