/** Customers and open items as the CSV files that the console takes in. Pure. */
import { decimal, scaleOf } from './camt053.ts';
import type { Corpus } from './types.ts';

const field = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export function customersCsv({ customers }: Pick<Corpus, 'customers'>): string {
  const rows = customers.map(({ customerId, name, country, ibans, aliases }) =>
    [customerId, field(name), country, ibans.join('|'), field(aliases.join('|'))].join(','),
  );
  return `customer_id,name,country,ibans,aliases\n${rows.join('\n')}\n`;
}

export function invoicesCsv({ items }: Pick<Corpus, 'items'>): string {
  const rows = items.map((item) =>
    [
      item.number,
      item.customerId,
      item.kind,
      item.issuedOn,
      item.dueOn,
      item.currency,
      decimal(item.amountMinor, scaleOf(item.currency)),
      item.reference ?? '',
      item.discountPpm === undefined ? '' : item.discountPpm / 10_000,
      item.discountUntil ?? '',
    ].join(','),
  );
  return `invoice_number,customer_id,kind,issued_on,due_on,currency,amount,structured_reference,discount_percent,discount_until\n${rows.join('\n')}\n`;
}
