import { z } from 'zod';
import { leadingPartyName, partyName, query } from './common.ts';

export const searchErrors = {
  SEARCH_NOT_READY: 'The search index is still being built after unlock.',
} as const;

const found = { id: z.string(), score: z.number() };
const plain = { title: z.string(), subtitle: z.string() };

export const searchHit = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('customer'), ...found, title: partyName(), subtitle: z.string() }),
  z.object({ kind: z.literal('open-item'), ...found, title: z.string(), subtitle: leadingPartyName() }),
  /** The title is the counterparty, or the booking date where there is none. */
  z.object({ kind: z.literal('bank-transaction'), ...found, title: partyName(), subtitle: z.string() }),
  z.object({ kind: z.enum(['statement', 'journal-entry', 'account', 'audit-record']), ...found, ...plain }),
]);
export type SearchHit = z.infer<typeof searchHit>;

export const search = {
  /** Finds by name, remittance, id, IBAN, invoice number or amount. */
  query: query('read')
    .input(
      z.object({ text: z.string().min(1).max(200), limit: z.number().int().min(1).max(100).default(20) }),
    )
    .output(z.object({ ready: z.boolean(), hits: z.array(searchHit) })),
};
