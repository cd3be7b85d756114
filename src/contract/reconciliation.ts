import { z } from 'zod';
import {
  amountMinor,
  command,
  currency,
  filteredPageOf,
  freeText,
  id,
  isoDate,
  pageInput,
  pageOf,
  partyName,
  query,
  quotingText,
} from './common.ts';
import { matchStatus, transactionRow } from './statements.ts';

export const reconciliationErrors = {
  MATCH_UNKNOWN: 'There is no such match.',
  MATCH_NOT_OPEN: 'The transaction is matched already; undo that match first.',
  MATCH_OVER_ALLOCATED:
    'More would be allocated to an open item than remains of it, or than the money received.',
  MATCH_CURRENCY: 'The open item is in another currency than the money.',
  MATCH_CLEARED: 'The match lies in a closed period and needs a second person to undo it.',
  MATCH_STALE: 'The suggestion is out of date: an open item changed since it was made.',
  MATCH_WRITTEN_OFF: 'The money of the transaction was written off; take that back first.',
  MATCH_DECIDED: 'A person has decided this already.',
  MATCH_UNDO_MACHINE_ONLY: 'Nothing to undo: no match of this transaction stands.',
} as const;

export const allocation = z.object({
  openItemId: id,
  invoiceNumber: z.string(),
  customerId: z.string(),
  customerName: partyName(),
  currency,
  openMinor: amountMinor,
  /** What the match settles of the item, discount and charges included; negative for a credit note. */
  allocatedMinor: amountMinor,
  /** Of that, what discount and bank charges took. */
  discountMinor: amountMinor,
  chargesMinor: amountMinor,
});

export const suggestion = z.object({
  id,
  probability: z.number().min(0).max(1),
  /** How many other explanations lie within tolerance. */
  rivals: z.number().int(),
  /** Strongest first, in words. */
  reasons: z.array(
    z.object({
      code: z.string(),
      text: z.string(),
      weight: z.number(),
      /** The number of the desk's rule that is the reason. */
      rule: z.number().int().optional(),
    }),
  ),
  allocations: z.array(allocation),
  /** Money of the transaction that the allocations leave: goes to Unapplied cash. */
  remainderMinor: amountMinor,
});
export type Suggestion = z.infer<typeof suggestion>;

/** What `countersign matches --json` prints for one booked bank transaction. */
export const matchLine = z.object({
  bankTransactionId: id,
  accountServicerReference: quotingText().nullable(),
  endToEndId: quotingText().nullable(),
  direction: z.enum(['credit', 'debit']),
  /** Unsigned decimal text. */
  amount: z.string(),
  currency,
  status: matchStatus,
  probability: z.number().nullable(),
  rivals: z.number().int(),
  reasons: z.array(z.string()),
  items: z.array(z.object({ invoiceNumber: z.string(), allocated: z.string() })),
});
export type MatchLine = z.infer<typeof matchLine>;

export const queueRow = transactionRow.extend({
  probability: z.number().nullable(),
  rivals: z.number().int(),
  /** The strongest reason, in words. */
  reason: z.string().nullable(),
  invoiceNumbers: z.array(z.string()),
  /** What `invoiceNumbers` come from where nothing is matched: what a confirmation of the line would mean. */
  suggestionId: id.nullable(),
});
export type QueueRow = z.infer<typeof queueRow>;

export const runResult = z.object({
  considered: z.number().int(),
  matched: z.number().int(),
  suggested: z.number().int(),
  unmatched: z.number().int(),
  durationMs: z.number(),
});
export type RunResult = z.infer<typeof runResult>;

const decisionResult = z.object({ bankTransactionId: id, status: matchStatus, matchId: id.nullable() });

export const reconciliation = {
  /** Matches everything that no person has decided. Long work: watch the job. */
  run: command('match').output(runResult),
  counts: query('read').output(
    z.object({
      all: z.number().int(),
      auto: z.number().int(),
      confirmed: z.number().int(),
      suggested: z.number().int(),
      unmatched: z.number().int(),
      quarantined: z.number().int(),
    }),
  ),
  queue: query('read')
    .input(
      pageInput.extend({
        status: matchStatus.optional(),
        direction: z.enum(['credit', 'debit']).optional(),
        currency: currency.optional(),
        /** Lines of at least this much, either way. */
        leastMinor: amountMinor.min(0n).optional(),
        text: z.string().max(100).optional(),
      }),
    )
    .output(filteredPageOf(queueRow)),
  /** One bank transaction with the match that stands, or the suggestions and their rivals. */
  item: query('read')
    .input(z.object({ bankTransactionId: id }))
    .output(
      z.object({
        transaction: queueRow,
        match: suggestion
          .extend({
            decidedBy: z.enum(['machine', 'person']),
            actor: z.string(),
            decidedAtMs: z.number(),
            journalEntryId: id.nullable(),
            cleared: z.boolean(),
          })
          .nullable(),
        suggestions: z.array(suggestion),
        history: z.array(
          z.object({
            atMs: z.number(),
            actor: z.string(),
            action: z.string(),
            record: z.bigint(),
            note: freeText().nullable(),
          }),
        ),
      }),
    ),
  /** A person confirms a suggestion, or allocates by hand. */
  confirm: command('match')
    .input(
      z.object({
        bankTransactionId: id,
        suggestionId: id.optional(),
        allocations: z
          .array(
            z.object({
              openItemId: id,
              allocatedMinor: amountMinor,
              discountMinor: amountMinor.default(0n),
              chargesMinor: amountMinor.default(0n),
            }),
          )
          .max(500)
          .optional(),
        note: z.string().max(400).optional(),
      }),
    )
    .output(decisionResult),
  /** A person says that none of the suggestions (or this one) is right; the machine does not propose it again. */
  reject: command('match')
    .input(
      z.object({ bankTransactionId: id, suggestionId: id.optional(), note: z.string().max(400).optional() }),
    )
    .output(decisionResult),
  /** Takes back the match, confirmation or rejection that stands, by reallocation. */
  undo: command('match')
    .input(z.object({ bankTransactionId: id, note: z.string().max(400).optional() }))
    .output(decisionResult),
  matches: query('read').input(pageInput).output(pageOf(matchLine)),
  /** Matched value and count by day, for the dashboard. */
  rateByDay: query('read').output(
    z.array(z.object({ date: isoDate, transactions: z.number().int(), matched: z.number().int() })),
  ),
};
