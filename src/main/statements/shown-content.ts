/** What lists show of a bank transaction's content. */
import type { Remittance, TransactionContent } from '../messages/index.ts';

/** The remittance as one text, for lists: unstructured lines, else what the structured part names. */
export function remittanceText(remittance: Remittance): string | null {
  const structured = remittance.structured.flatMap(({ reference, documents, additional }) => [
    ...(reference === undefined ? [] : [reference]),
    ...(documents ?? []).flatMap(({ number }) => (number === undefined ? [] : [number])),
    ...(additional ?? []),
  ]);
  const text = [...remittance.unstructured, ...structured].join(' ').trim();
  return text === '' ? null : text;
}

/** Who is on the other side: of a credit the debtor, of a debit the creditor, else the ultimate one. */
export function counterpartyName(
  content: Pick<TransactionContent, 'debtor' | 'creditor' | 'ultimateDebtor' | 'ultimateCreditor'>,
  direction: 'credit' | 'debit',
): string | null {
  const [near, far] =
    direction === 'credit'
      ? [content.debtor, content.ultimateDebtor]
      : [content.creditor, content.ultimateCreditor];
  return near?.name ?? far?.name ?? null;
}
