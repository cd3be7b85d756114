import { z } from 'zod';
import {
  accountNumber,
  amountMinor,
  currency,
  filteredPageOf,
  freeText,
  id,
  isoDate,
  pageInput,
  partyName,
  query,
} from './common.ts';

export const receivablesErrors = {
  CUSTOMER_UNKNOWN: 'There is no customer under that id.',
  OPEN_ITEM_UNKNOWN: 'There is no open item under that number.',
  INVOICE_CONFLICT: 'The invoice number is known already with other content.',
} as const;

export const customer = z.object({
  id,
  customerId: z.string(),
  name: partyName(),
  country: z.string().nullable(),
  ibans: z.array(accountNumber()),
  aliases: z.array(partyName()),
  openMinor: z.array(z.object({ currency, amountMinor })),
});

export const openItem = z.object({
  id,
  invoiceNumber: z.string(),
  customerId: z.string(),
  customerName: partyName(),
  kind: z.enum(['invoice', 'credit_note']),
  issuedOn: isoDate,
  dueOn: isoDate,
  currency,
  /** Original amount, positive. */
  amountMinor,
  /** What remains, positive. */
  openMinor: amountMinor,
  structuredReference: freeText().nullable(),
  discountPercent: z.string().nullable(),
  discountUntil: isoDate.nullable(),
  state: z.enum(['open', 'part-paid', 'paid']),
  ageDays: z.number().int(),
});
export type OpenItem = z.infer<typeof openItem>;

export const receivables = {
  customers: query('read')
    .input(pageInput.extend({ text: z.string().max(100).optional() }))
    .output(filteredPageOf(customer)),
  openItems: query('read')
    .input(
      pageInput.extend({
        text: z.string().max(100).optional(),
        customerId: z.string().optional(),
        state: z.enum(['open', 'part-paid', 'paid']).optional(),
        bucket: z.enum(['not-due', '1-30', '31-60', '61-90', 'over-90']).optional(),
      }),
    )
    .output(filteredPageOf(openItem)),
  openItem: query('read').input(z.object({ id })).output(openItem),
};
