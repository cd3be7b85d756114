import { z } from 'zod';
import { query } from './common.ts';

export const searchErrors = {
  SEARCH_NOT_READY: 'The search index is still being built after unlock.',
} as const;

export const searchHit = z.object({
  kind: z.enum([
    'customer',
    'open-item',
    'bank-transaction',
    'statement',
    'journal-entry',
    'account',
    'audit-record',
  ]),
  id: z.string(),
  title: z.string(),
  subtitle: z.string(),
  score: z.number(),
});
export type SearchHit = z.infer<typeof searchHit>;

export const search = {
  /** Finds by name, remittance, id, IBAN, invoice number or amount. */
  query: query('read')
    .input(
      z.object({ text: z.string().min(1).max(200), limit: z.number().int().min(1).max(100).default(20) }),
    )
    .output(z.object({ ready: z.boolean(), hits: z.array(searchHit) })),
};
