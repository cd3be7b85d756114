import { formatAmount, parseAmount } from '../../../contract/money.ts';
import { plainAmount } from '../kit/typed.ts';

/** One line of the hand-made allocation, as it is typed. */
export interface DraftLine {
  readonly openItemId: string;
  readonly invoiceNumber: string;
  readonly customerName: string;
  readonly currency: string;
  readonly openMinor: bigint;
  readonly isCreditNote: boolean;
  readonly settleText: string;
  readonly discountText: string;
  /** Bank charges within what is settled, as they were proposed. */
  readonly chargesMinor: bigint;
}

export type DraftProblem =
  | { readonly kind: 'badAmount'; readonly item: string; readonly text: string; readonly currency: string }
  | { readonly kind: 'tooMuch'; readonly item: string }
  | { readonly kind: 'overMoney' }
  | { readonly kind: 'unused' };

type DraftAllocation = {
  openItemId: string;
  allocatedMinor: bigint;
  discountMinor: bigint;
  chargesMinor: bigint;
};

export interface DraftResult {
  readonly allocations: DraftAllocation[];
  /** Money that is left over, on the side of the money: it changes sign where more is settled than there is. */
  readonly restMinor: bigint;
  readonly problems: DraftProblem[];
}

/** What the typed lines settle, and what that takes of money in their currency. */
export function readLines(lines: readonly DraftLine[]): Omit<DraftResult, 'restMinor'> & {
  /** Signed: negative where more is taken off by credit notes than invoices ask. */
  readonly usedMinor: bigint;
} {
  const problems: DraftProblem[] = [];
  const allocations: DraftAllocation[] = [];
  let usedMinor = 0n;
  for (const line of lines) {
    const settle = parseAmount(plainAmount(line.settleText), line.currency);
    const discount = parseAmount(plainAmount(line.discountText) || '0', line.currency);
    if (!settle.ok || !discount.ok) {
      const text = settle.ok ? line.discountText : line.settleText;
      problems.push({ kind: 'badAmount', item: line.invoiceNumber, text, currency: line.currency });
      continue;
    }
    if (
      settle.amountMinor > line.openMinor ||
      discount.amountMinor + line.chargesMinor > settle.amountMinor
    ) {
      problems.push({ kind: 'tooMuch', item: line.invoiceNumber });
    }
    const sign = line.isCreditNote ? -1n : 1n;
    allocations.push({
      openItemId: line.openItemId,
      allocatedMinor: sign * settle.amountMinor,
      discountMinor: discount.amountMinor,
      chargesMinor: line.chargesMinor,
    });
    usedMinor += sign * settle.amountMinor - discount.amountMinor - line.chargesMinor;
  }
  return { allocations, usedMinor, problems };
}

/** What the typed lines settle of the money (negative where it went out): the same rules the engine applies, so that the rest shows while typing. */
export function evaluateDraft(lines: readonly DraftLine[], moneyMinor: bigint): DraftResult {
  const { allocations, usedMinor, problems } = readLines(lines);
  const restMinor = moneyMinor - usedMinor;
  const isIncoming = moneyMinor > 0n;
  if (isIncoming ? restMinor < 0n : restMinor > 0n) problems.push({ kind: 'overMoney' });
  else if (allocations.length > 0 && (usedMinor === 0n || usedMinor > 0n !== isIncoming))
    problems.push({ kind: 'unused' });
  return { allocations, restMinor, problems };
}

/** What a newly added item is proposed to settle: all of it, or what money is left. */
export function proposedSettlement(openMinor: bigint, restMinor: bigint, currency: string): string {
  const settle = restMinor > 0n && restMinor < openMinor ? restMinor : openMinor;
  return formatAmount(settle, currency);
}
