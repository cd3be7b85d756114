/** What is sealed of customers and open items, and when two rows say the same. */
import type { CustomerRow as CustomerFileRow, InvoiceRow as InvoiceFileRow } from '../messages/index.ts';
import type { OpenItemRow } from './store.ts';

export interface CustomerContent {
  readonly name: string;
  readonly ibans: readonly string[];
  readonly aliases: readonly string[];
}

/** The text that is sealed for a customer: keys in a fixed order, so that equal content is equal text. */
export function customerText({ name, ibans, aliases }: CustomerContent): string {
  return JSON.stringify({ name, ibans, aliases });
}

/** The fields in which an invoice row of a file differs from the item that is known under its number. */
export function invoiceDifferences(
  known: OpenItemRow,
  knownReference: string | null,
  row: InvoiceFileRow,
): string[] {
  const pairs: readonly (readonly [field: string, known: unknown, given: unknown])[] = [
    ['customer_id', known.customerId, row.customerId],
    ['kind', known.kind, row.kind],
    ['issued_on', known.issuedOn, row.issuedOn],
    ['due_on', known.dueOn, row.dueOn],
    ['currency', known.currency, row.currency],
    ['amount', known.amountMinor, row.amountMinor],
    ['structured_reference', knownReference, row.structuredReference ?? null],
    ['discount_percent', known.discountPpm, row.discountPpm === undefined ? null : BigInt(row.discountPpm)],
    ['discount_until', known.discountUntil, row.discountUntil ?? null],
  ];
  return pairs.filter(([, before, after]) => before !== after).map(([field]) => field);
}

/** True where a customer row of a file says what is known already. */
export function sameCustomer(
  known: { readonly country: string | null; readonly text: string },
  row: CustomerFileRow,
): boolean {
  return known.country === (row.country ?? null) && known.text === customerText(row);
}
