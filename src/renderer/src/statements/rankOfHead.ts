/** Lists first: an invoice names its customer, and a statement is matched against invoices. */
export function rankOfHead(head: string): number {
  const firstLine = head.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0] ?? '';
  if (/\binvoice_number\b/i.test(firstLine)) return 1;
  if (/\bcustomer_id\b/i.test(firstLine)) return 0;
  return 2;
}
