/**
 * Several payments that pay the same open items together: the money of one after another is laid onto the
 * items in their order, so that each payment has a match of its own. Pure.
 */

export interface MoneyIn {
  readonly id: string;
  readonly bookingDate: string;
  /** Unsigned; all of one currency. */
  readonly amountMinor: bigint;
}

export interface ItemToPay {
  readonly openItemId: string;
  readonly openMinor: bigint;
  readonly isCreditNote: boolean;
}

export interface CombinedLine {
  readonly bankTransactionId: string;
  /** Negative for a credit note. */
  readonly allocations: readonly { readonly openItemId: string; readonly allocatedMinor: bigint }[];
  /** Money of this payment that stays on Unapplied cash. */
  readonly restMinor: bigint;
}

export interface Combined {
  /** Oldest first. */
  readonly lines: readonly CombinedLine[];
  /** Money of all payments that nothing takes. */
  readonly restMinor: bigint;
  /** What stays open of the items. */
  readonly openMinor: bigint;
  /** Payments that would settle nothing; they must be left out, or items added. */
  readonly idle: readonly string[];
}

const least = (a: bigint, b: bigint) => (a < b ? a : b);

/** Lays payments onto items. Credit notes are spent with the first payments, as they make money go further. */
export function combine(money: readonly MoneyIn[], items: readonly ItemToPay[]): Combined {
  const invoices = items
    .filter(({ isCreditNote }) => !isCreditNote)
    .map(({ openItemId, openMinor }) => ({ openItemId, leftMinor: openMinor }));
  const notes = items
    .filter(({ isCreditNote }) => isCreditNote)
    .map(({ openItemId, openMinor }) => ({ openItemId, leftMinor: openMinor }));
  const oldestFirst = [...money].sort(
    (a, b) => a.bookingDate.localeCompare(b.bookingDate) || a.id.localeCompare(b.id, 'en', { numeric: true }),
  );
  const lines = oldestFirst.map(({ id, amountMinor }): CombinedLine => {
    const allocations: { openItemId: string; allocatedMinor: bigint }[] = [];
    let spareMinor = amountMinor;
    // A note counts only as far as invoices are left for it, beyond what the money itself pays.
    const owedMinor = invoices.reduce((sum, { leftMinor }) => sum + leftMinor, 0n);
    let wantedMinor = owedMinor > amountMinor ? owedMinor - amountMinor : 0n;
    for (const note of notes) {
      const take = least(note.leftMinor, wantedMinor);
      if (take === 0n) continue;
      allocations.push({ openItemId: note.openItemId, allocatedMinor: -take });
      note.leftMinor -= take;
      wantedMinor -= take;
      spareMinor += take;
    }
    for (const invoice of invoices) {
      const take = least(invoice.leftMinor, spareMinor);
      if (take === 0n) continue;
      allocations.push({ openItemId: invoice.openItemId, allocatedMinor: take });
      invoice.leftMinor -= take;
      spareMinor -= take;
    }
    return { bankTransactionId: id, allocations, restMinor: spareMinor };
  });
  return {
    lines,
    restMinor: lines.reduce((sum, { restMinor }) => sum + restMinor, 0n),
    openMinor: invoices.reduce((sum, { leftMinor }) => sum + leftMinor, 0n),
    idle: lines.filter(({ allocations }) => allocations.length === 0).map((line) => line.bankTransactionId),
  };
}
