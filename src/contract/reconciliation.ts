import { z } from 'zod';
import {
  accountNumber,
  amountMinor,
  command,
  currency,
  filteredPageOf,
  freeText,
  id,
  isoDate,
  money,
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
  MATCH_CURRENCY: 'The open item is in another currency than the money, and the bank tells no amount in it.',
  MATCH_CURRENCY_RATE: 'The rate of exchange is none, or too far from what the bank tells.',
  MATCH_CLEARED: 'The match lies in a closed period and needs a second person to undo it.',
  MATCH_STALE: 'The suggestion is out of date: an open item changed since it was made.',
  MATCH_WRITTEN_OFF: 'The money of the transaction was written off; take that back first.',
  MATCH_DECIDED: 'A person has decided this already.',
  MATCH_UNDO_MACHINE_ONLY: 'Nothing to undo: no match of this transaction stands.',
  LEARNED_UNKNOWN: 'Nothing of that kind is learned from that decision.',
} as const;

/** The decision of a person that something was learned from. */
const learnedFrom = z.object({ bankTransactionId: id, actor: z.string(), atMs: z.number() });

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

/** A rate of exchange: one unit of `unitCurrency` is `rate` of the other currency. */
const quote = { rate: z.string(), unitCurrency: currency };

/** How money settles items of another currency. */
export const matchExchange = z.object({
  /** The items' currency. */
  currency,
  /** Money of the transaction that the items use, in its own currency and signed like it. */
  moneyMinor: amountMinor,
  /** What banks took of the transaction's currency before the money came. */
  chargesMinor: amountMinor,
  ...quote,
  /** The bank states the rate, the two amounts give it, or a person typed it. */
  rateFrom: z.enum(['entry', 'amounts', 'person']),
});
export type MatchExchange = z.infer<typeof matchExchange>;

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
      /** Of what was learned: the first decision that teaches it, while it stands. */
      learnedFrom: learnedFrom.optional(),
    }),
  ),
  allocations: z.array(allocation),
  /** Of items in another currency than the transaction's. */
  exchange: matchExchange.nullable(),
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
  /** Where the items are of another currency: which, what of the line's money they use, and at which rate. */
  exchange: z
    .object({
      ...{ currency, amount: z.string(), charges: z.string() },
      ...{ ...quote, rateFrom: matchExchange.shape.rateFrom },
    })
    .optional(),
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

/** One thing that the engine learned of a customer from people's decisions, and that no list says. */
export const learnedRow = z.object({
  /** By which it is forgotten. */
  id,
  customerId: z.string(),
  customerName: partyName(),
  what: z.enum(['name', 'account', 'late-discount', 'charges']),
  /** How payers of the customer call themselves. */
  name: partyName().nullable(),
  account: accountNumber().nullable(),
  /** By how much payments come short. */
  charges: money.nullable(),
  /** How late a discount was taken at most. */
  lateDays: z.number().int().nullable(),
  /** Decisions that teach it; those about the same item count once. */
  decisions: z.number().int(),
  /** From how many on the machine relies on it; before, it only makes proposals better. */
  enough: z.number().int(),
  /** Learned for several customers: it tells none of them apart. */
  shared: z.boolean(),
  /** Matches of the machine that stand and rest on it. */
  uses: z.number().int(),
  /** The latest first, twenty at most. */
  learnedFrom: z.array(learnedFrom),
});
export type LearnedRow = z.infer<typeof learnedRow>;

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
        /** The money as the bank tells it in another currency; null where it tells of none. */
        told: z
          .object({
            currency,
            amountMinor,
            /** By how much items may differ from that, as the rate leaves it open. */
            toleranceMinor: amountMinor,
            /** What banks took of the transaction's currency before the money came. */
            chargesMinor: amountMinor,
            ...quote,
            isRateStated: z.boolean(),
          })
          .nullable(),
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
        /**
         * Where `allocations` are of items in another currency than the money: what they use of it, or what one
         * unit of their currency is worth in the money's. Left out, the bank's own word counts.
         */
        exchange: z
          .object({
            moneyMinor: amountMinor.optional(),
            rate: z.string().max(40).optional(),
            chargesMinor: amountMinor.optional(),
          })
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
  /** What was learned, by customers; a customer's rows stay on one page. */
  learned: query('read')
    .input(pageInput.extend({ customerId: z.string().max(100).optional() }))
    .output(pageOf(learnedRow)),
  /** The decisions that taught it stand and teach it no more; the next one may teach it again. */
  forget: command('match')
    .input(z.object({ id }))
    .output(z.object({ decisions: z.number().int() })),
  matches: query('read').input(pageInput).output(pageOf(matchLine)),
  /** Matched value and count by day, for the dashboard. */
  rateByDay: query('read').output(
    z.array(z.object({ date: isoDate, transactions: z.number().int(), matched: z.number().int() })),
  ),
};
