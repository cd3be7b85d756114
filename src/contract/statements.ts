import { z } from 'zod';
import {
  accountNumber,
  amountMinor,
  currency,
  freeText,
  id,
  isoDate,
  pageInput,
  pageOf,
  partyName,
  query,
  quotingText,
} from './common.ts';

export const statementsErrors = {
  STATEMENT_DUPLICATE: 'The statement is known already, in this format or another.',
  STATEMENT_DOES_NOT_ADD_UP: 'Opening balance plus booked entries is not the closing balance.',
  STATEMENT_ACCOUNT_MISSING: 'The statement names no account.',
  STATEMENT_UNKNOWN: 'There is no such statement.',
  TRANSACTION_UNKNOWN: 'There is no such bank transaction.',
  STATEMENT_SOURCE_ERASED: 'The bytes of the message were erased when their retention ended.',
} as const;

export const matchStatus = z.enum(['auto', 'confirmed', 'suggested', 'unmatched', 'quarantined']);
export type MatchStatus = z.infer<typeof matchStatus>;

export const bankAccount = z.object({
  id,
  ledgerAccountId: id,
  /** IBAN or the bank's own number, opened for this screen. */
  number: accountNumber(),
  ownerName: partyName().nullable(),
  currency,
  ledgerMinor: amountMinor,
  /** The bank's closing balance of the latest statement, and the ledger's as of that statement. */
  bankMinor: amountMinor.nullable(),
  bankDate: isoDate.nullable(),
  differenceMinor: amountMinor.nullable(),
});

export const statementRow = z.object({
  id,
  bankAccountId: id,
  accountNumber: accountNumber(),
  type: z.string(),
  statementId: quotingText(),
  sequenceNumber: z.string().nullable(),
  fileName: quotingText(),
  importId: id,
  currency,
  openingMinor: amountMinor.nullable(),
  openingDate: isoDate.nullable(),
  closingMinor: amountMinor.nullable(),
  closingDate: isoDate.nullable(),
  transactions: z.number().int(),
  /** Money not explained: against the last statement (gap) and within this one. */
  gapMinor: amountMinor,
  differenceMinor: amountMinor,
  receivedAtMs: z.number(),
});
export type StatementRow = z.infer<typeof statementRow>;

export const transactionRow = z.object({
  id,
  statementId: id,
  bankAccountId: id,
  accountNumber: accountNumber(),
  bookingDate: isoDate,
  valueDate: isoDate.nullable(),
  direction: z.enum(['credit', 'debit']),
  /** Unsigned. */
  amountMinor,
  currency,
  reversal: z.boolean(),
  /** Only booked lines post; `info` also stands for every line of a message that only informs. */
  booking: z.enum(['booked', 'pending', 'info', 'future']),
  counterparty: partyName().nullable(),
  remittance: freeText().nullable(),
  endToEndId: quotingText().nullable(),
  accountServicerReference: quotingText().nullable(),
  status: matchStatus,
});
export type TransactionRow = z.infer<typeof transactionRow>;

const party = z.object({
  name: partyName().nullable(),
  account: accountNumber().nullable(),
  bic: z.string().nullable(),
  country: z.string().nullable(),
});

export const transactionDetail = transactionRow.extend({
  fileName: quotingText(),
  messageType: z.string(),
  entryNumber: z.number().int(),
  debtor: party.nullable(),
  creditor: party.nullable(),
  ultimateDebtor: party.nullable(),
  ultimateCreditor: party.nullable(),
  uetr: z.string().nullable(),
  mandateId: freeText().nullable(),
  bankTransactionCode: z.string().nullable(),
  structuredReferences: z.array(freeText()),
  charges: z.array(
    z.object({ amountMinor, currency, direction: z.enum(['credit', 'debit']), included: z.boolean() }),
  ),
  instructed: z.object({ amountMinor, currency }).nullable(),
  exchangeRate: z.string().nullable(),
  additionalInfo: freeText().nullable(),
  journalEntryIds: z.array(id),
});
export type TransactionDetail = z.infer<typeof transactionDetail>;

/** A window of the message's own bytes, as text, with the field marked. */
export const sourceExcerpt = z.object({
  fileName: quotingText(),
  messageType: z.string(),
  field: z.string(),
  path: z.string(),
  firstLine: z.number().int(),
  text: freeText(),
  /** Offsets into `text`. */
  markStart: z.number().int(),
  markEnd: z.number().int(),
  byteStart: z.number().int(),
  byteEnd: z.number().int(),
});

export const statements = {
  bankAccounts: query('read').output(z.array(bankAccount)),
  list: query('read')
    .input(pageInput.extend({ bankAccountId: id.optional() }))
    .output(pageOf(statementRow)),
  get: query('read').input(z.object({ id })).output(statementRow),
  transactions: query('read')
    .input(
      pageInput.extend({
        statementId: id.optional(),
        bankAccountId: id.optional(),
        bookingDate: isoDate.optional(),
      }),
    )
    .output(pageOf(transactionRow)),
  transaction: query('read').input(z.object({ id })).output(transactionDetail),
  /** Bytes as the bank sent them: no mask covers these. */
  source: query('see-parties')
    .input(z.object({ transactionId: id, field: z.string().default('amount') }))
    .output(sourceExcerpt),
};
