import { z } from 'zod';
import {
  accountNumber,
  amountMinor,
  command,
  currency,
  freeText,
  id,
  isoDate,
  pageInput,
  pageOf,
  query,
  recordNumber,
} from './common.ts';
import { matchStatus, transactionRow } from './statements.ts';

export const instantErrors = {
  INSTANT_NOT_READY: 'What is owed is still being read into memory; the message waits.',
  INSTANT_MESSAGE_REUSED: 'A message of that id came before and said something else.',
  INSTANT_ACCOUNT_UNKNOWN: 'The payment is on no account that a statement has named as ours.',
  INSTANT_RETURN_EXCEEDS: 'More would go back than the payment has brought.',
  INSTANT_RETURN_OF_RETURN: 'The message takes back a return: what came in again is for people to explain.',
  INSTANT_SEVERAL_PAYMENTS: 'The references are those of several payments.',
  INSTANT_PAYMENT_UNKNOWN: 'There is no such instant payment.',
  INSTANT_MESSAGE_UNKNOWN: 'No single message was taken in under that number.',
  INSTANT_CONFIRMED: 'A line of a statement has confirmed the payment already.',
  INSTANT_NOT_CONFIRMED: 'No line of a statement has confirmed the payment.',
  INSTANT_WENT_BACK: 'Money of the payment went back since: what its line is cannot be taken back any more.',
  INSTANT_LINE_UNFIT: 'The line is not one that can be this payment.',
  INSTANT_DECIDED_APART: 'People have matched the payment and the line apart; undo one of the two first.',
} as const;

/**
 * `waiting`: nothing is posted, because the machine was not sure; `pre-posted`: In-transit against
 * Receivables; `cleared`: a statement has confirmed it; `overdue`: none did in time.
 */
export const instantStates = [
  'waiting',
  'pre-posted',
  'cleared',
  'returned',
  'rejected',
  'recalled',
  'overdue',
] as const;
export const instantState = z.enum(instantStates);
export type InstantState = z.infer<typeof instantState>;

/** How long ago a payment came: within the hour, the day, three days, or before that. */
export const instantAges = ['hour', 'day', 'three-days', 'older'] as const;
export type InstantAge = (typeof instantAges)[number];

/** Rails by their id, `other` for what names none, and what they call themselves everywhere. */
export const railNames: Readonly<Record<string, string>> = {
  fednow: 'FedNow',
  rtp: 'RTP',
  'sepa-instant': 'SEPA Instant',
  'faster-payments': 'Faster Payments',
  pix: 'Pix',
  fedwire: 'Fedwire',
  'swift-gpi': 'SWIFT gpi',
};

export const instantPayment = transactionRow.extend({
  state: instantState,
  rail: z.string().nullable(),
  receivedAtMs: z.number(),
  /** When a statement should have confirmed it. */
  dueAtMs: z.number(),
  /** Signed: what stands of it in In-transit. */
  transitMinor: amountMinor,
  /** What returns took back, unsigned. */
  returnedMinor: amountMinor,
  recalled: z.boolean(),
  /** The statement's line that confirmed it. */
  lineId: id.nullable(),
  /** What is unusual about it, as codes: `end-to-end-id-reused`, `amount-differs`. */
  notes: z.array(z.string()),
});
export type InstantPaymentRow = z.infer<typeof instantPayment>;

const legs = z.object({
  paymentId: id,
  /** `payment`: its line is missing; `return`: the line of its return is. */
  leg: z.enum(['payment', 'return']),
  bankAccountId: id,
  accountNumber: accountNumber(),
  currency,
  /** Signed. */
  transitMinor: amountMinor,
  rail: z.string().nullable(),
  receivedAtMs: z.number(),
  dueAtMs: z.number(),
  overdue: z.boolean(),
});

const storedMessage = z.object({
  messageNumber: id,
  kind: z.string(),
  version: z.string().nullable(),
  form: z.enum(['json', 'xml']),
  rail: z.string().nullable(),
  /** The connector that brought it, or who did. */
  source: z.string(),
  receivedAtMs: z.number(),
  record: recordNumber,
});
export type StoredMessage = z.infer<typeof storedMessage>;

/** Times of arrival: from the first on, before the second. */
const paymentFilter = z.object({
  state: instantState.optional(),
  bankAccountId: id.optional(),
  /** `other`: those that name no rail. */
  rail: z.string().max(30).optional(),
  currency: currency.optional(),
  direction: z.enum(['credit', 'debit']).optional(),
  age: z.enum(instantAges).optional(),
  receivedFromMs: z.number().int().optional(),
  receivedBeforeMs: z.number().int().optional(),
  /** Only what was matched when it came, wherever it stands now. */
  matchedAtOnce: z.boolean().optional(),
  /** Only what stands in In-transit, of the payment or of its return; `dueAtMs`: of that deadline. */
  inTransit: z.boolean().optional(),
  dueAtMs: z.number().int().optional(),
  /** Only those that one message told of. */
  messageNumber: id.optional(),
  text: z.string().max(200).optional(),
});
export type PaymentFilter = z.infer<typeof paymentFilter>;

export const instant = {
  /**
   * Instant payments, the newest first. A page looks at so many payments and no more, so it may have fewer rows
   * than it was asked for, or none, and a cursor all the same.
   */
  payments: query('read').input(pageInput.extend(paymentFilter.shape)).output(pageOf(instantPayment)),
  /** How many payments are in each state; none is counted further than `mostCounted`. */
  counts: query('read').output(
    z.object({ counts: z.record(instantState, z.number().int()), mostCounted: z.number().int() }),
  ),
  /** One message that was taken in. */
  message: query('read')
    .input(z.object({ messageNumber: id }))
    .output(storedMessage),
  /** Its bytes as they came: no mask covers these. */
  messageSource: query('see-parties')
    .input(z.object({ messageNumber: id }))
    .output(z.object({ text: freeText(), sizeBytes: z.number().int() })),
  /** One payment: the messages that told of it, what was said of it since, its entries and its line. */
  payment: query('read')
    .input(z.object({ paymentId: id }))
    .output(
      z.object({
        payment: instantPayment,
        uetr: z.string().nullable(),
        line: transactionRow.nullable(),
        /** Lines that it may be where nothing says which one is: a person decides. */
        candidates: z.array(transactionRow),
        /** In the order in which they came. */
        messages: z.array(storedMessage),
        notices: z.array(
          z.object({
            kind: z.enum(['status', 'return', 'recall']),
            status: z.string().nullable(),
            reason: z.string().nullable(),
            amountMinor: amountMinor.nullable(),
            currency: currency.nullable(),
            datedOn: isoDate,
            /** `0` where no message told of a return, and a statement's line did. */
            messageNumber: id,
            /** The statement's line of a return. */
            lineId: id.nullable(),
          }),
        ),
        events: z.array(
          z.object({
            atMs: z.number(),
            action: z.string(),
            messageNumber: id.nullable(),
            lineId: id.nullable(),
            record: recordNumber,
          }),
        ),
        entries: z.array(
          z.object({
            id,
            reason: z.string(),
            effectiveDate: isoDate,
            record: recordNumber,
            reverses: id.nullable(),
            postings: z.array(z.object({ accountName: z.string(), amountMinor, currency })),
          }),
        ),
      }),
    ),
  /** A person says which line of a statement is the payment, where nothing else tells. */
  confirm: command('match')
    .input(z.object({ paymentId: id, bankTransactionId: id }))
    .output(z.object({ paymentId: id, bankTransactionId: id, status: matchStatus })),
  /**
   * A person says that the line which has confirmed a payment is not the payment: each stands by itself again.
   * Where the match lies in a closed period two people must agree.
   */
  undo: command('match')
    .input(z.object({ paymentId: id }))
    .output(z.object({ paymentId: id, bankTransactionId: id, status: matchStatus })),
  /** What stands in In-transit, the one due first, first. */
  openPrePosts: query('read')
    .input(pageInput.extend({ overdueOnly: z.boolean().default(false) }))
    .output(pageOf(legs)),
  /** The day of each own account: what is booked, what is on its way, by hour, and when that should be booked. */
  position: query('read')
    .input(z.object({ date: isoDate.optional() }))
    .output(
      z.object({
        date: isoDate,
        accounts: z.array(
          z.object({
            bankAccountId: id,
            accountNumber: accountNumber(),
            currency,
            bookedMinor: amountMinor,
            inTransitMinor: amountMinor,
            /** Came or went, and nobody has explained it yet: neither booked nor in In-transit. */
            waitingMinor: amountMinor,
            /** Hours of the day (UTC) in which money came or went. */
            hours: z.array(
              z.object({
                hour: z.number().int().min(0).max(23),
                inMinor: amountMinor,
                outMinor: amountMinor,
                payments: z.number().int(),
              }),
            ),
            /** What open pre-postings should add to the booked balance, by the time it is due. */
            forecast: z.array(
              z.object({ dueAtMs: z.number(), transitMinor: amountMinor, bookedMinor: amountMinor }),
            ),
          }),
        ),
      }),
    ),
};
