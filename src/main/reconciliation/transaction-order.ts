/** An order of payments that follows from what they say, not from when they came in. Pure. */
import type { MatchTransaction } from './types.ts';

/** Earlier bookings first; then by content, so that only payments that are the same in everything depend on ids. */
export function inCanonicalOrder(transactions: readonly MatchTransaction[]): MatchTransaction[] {
  return transactions
    .map((transaction) => ({ transaction, key: contentKey(transaction) }))
    .sort((left, right) =>
      left.key < right.key
        ? -1
        : left.key > right.key
          ? 1
          : left.transaction.id < right.transaction.id
            ? -1
            : 1,
    )
    .map(({ transaction }) => transaction);
}

function contentKey(transaction: MatchTransaction): string {
  const { debtor, creditor, ultimateDebtor, remittance } = transaction;
  return [
    transaction.bookingDate,
    transaction.valueDate ?? '',
    transaction.direction,
    transaction.currency,
    transaction.amountMinor.toString().padStart(20, '0'),
    transaction.accountServicerReference ?? '',
    transaction.endToEndId ?? '',
    transaction.uetr ?? '',
    transaction.entryReference ?? '',
    debtor?.name ?? '',
    debtor?.account ?? '',
    creditor?.name ?? '',
    creditor?.account ?? '',
    ultimateDebtor?.name ?? '',
    remittance.unstructured.join('\n'),
    remittance.structured.map((part) => part.reference ?? '').join('\n'),
    transaction.additionalInfo ?? '',
  ].join('\u0001');
}
