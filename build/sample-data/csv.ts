/** Writes the customer and invoice files: RFC 4180, UTF-8, the columns the console reads. */
import { formatAmount } from '../../src/contract/money.ts';
import type { Invoice } from './invoices.ts';
import type { Customer } from './world.ts';

export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvRow(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

export const CUSTOMER_COLUMNS = ['customer_id', 'name', 'country', 'ibans', 'aliases'];
export const INVOICE_COLUMNS = [
  'invoice_number',
  'customer_id',
  'kind',
  'issued_on',
  'due_on',
  'currency',
  'amount',
  'structured_reference',
  'discount_percent',
  'discount_until',
];

export function customerRow(
  customer: Pick<Customer, 'customerId' | 'name' | 'country' | 'listedIbans' | 'aliases'>,
): string {
  const { customerId, name, country, listedIbans, aliases } = customer;
  return csvRow([customerId, name, country, listedIbans.join('|'), aliases.join('|')]);
}

export function invoiceRow(invoice: Invoice): string {
  return csvRow([
    invoice.number,
    invoice.customer.customerId,
    invoice.kind,
    invoice.issuedOn,
    invoice.dueOn,
    invoice.currency,
    formatAmount(invoice.amountMinor, invoice.currency),
    invoice.structuredReference,
    invoice.discountPercent ? String(invoice.discountPercent) : '',
    invoice.discountUntil,
  ]);
}

export function writeCustomers(customers: readonly Customer[]): string {
  return csvRow(CUSTOMER_COLUMNS) + customers.map(customerRow).join('');
}

export function writeInvoices(invoices: readonly Invoice[]): string {
  return csvRow(INVOICE_COLUMNS) + invoices.map(invoiceRow).join('');
}
