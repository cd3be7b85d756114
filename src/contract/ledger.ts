import { z } from 'zod';
import {
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

export const ledgerErrors = {
  LEDGER_UNBALANCED: 'The postings do not sum to zero in each currency.',
  LEDGER_EMPTY_ENTRY: 'A journal entry needs at least two postings.',
  LEDGER_ZERO_POSTING: 'A posting of zero says nothing.',
  LEDGER_AMOUNT_TOO_LARGE: 'The amount or the balance it leads to does not fit the ledger.',
  LEDGER_CURRENCY_MISMATCH: "A posting has another currency than its account's.",
  LEDGER_ACCOUNT_UNKNOWN: 'There is no such account.',
  LEDGER_ACCOUNT_CODE_TAKEN: 'Another account has this code.',
  LEDGER_ACCOUNT_NOT_POSTABLE: 'The account only sums its children and takes no postings.',
  LEDGER_ACCOUNT_CLOSED: 'The account is closed.',
  LEDGER_LIMIT_EXCEEDED: 'The posting would take the account beyond its balance limit.',
  LEDGER_PERIOD_CLOSED: 'The effective date lies in a closed period.',
  LEDGER_DATE_INVALID: 'The effective date does not exist.',
  LEDGER_ID_REUSED: 'The entry id was used before with other content.',
  LEDGER_ENTRY_UNKNOWN: 'There is no such journal entry.',
  LEDGER_NOT_PENDING: 'The entry is not pending any more: it was posted, voided or has expired.',
  LEDGER_ALREADY_REVERSED: 'The entry was reversed before.',
  LEDGER_NOT_POSTED: 'Only a posted entry can be reversed, and only by a posted one.',
  LEDGER_REVERSAL_MISMATCH: "A reversal's postings are not the exact opposite of the entry's.",
  LEDGER_IMPORT_PUBLISHED: 'The import was published before; what counts is never taken back.',
  LEDGER_ACCOUNT_NOT_EMPTY: 'Only an account without balance and pending amounts can be closed.',
  LEDGER_PERIOD_ORDER: 'Periods close in order and only up to a date in the past.',
} as const;

export const accountKinds = ['asset', 'liability', 'equity', 'income', 'expense'] as const;
export const entryStates = ['posted', 'pending', 'voided', 'expired'] as const;

export const account = z.object({
  id,
  code: z.string(),
  /** Ledger accounts carry role names (`Receivables EUR`); never a person's name or an account number. */
  name: z.string(),
  parentId: id.nullable(),
  kind: z.enum(accountKinds),
  normalSide: z.enum(['debit', 'credit']),
  currency: currency.nullable(),
  postable: z.boolean(),
  /** Posted balance on the normal side; null for accounts that only sum children of several currencies. */
  balanceMinor: amountMinor.nullable(),
  /** What pending entries would add to it, on the normal side. */
  pendingMinor: amountMinor.nullable(),
  closed: z.boolean(),
  limit: z.object({ minMinor: amountMinor.nullable(), maxMinor: amountMinor.nullable() }),
});
export type Account = z.infer<typeof account>;

export const posting = z.object({
  accountId: id,
  accountCode: z.string(),
  accountName: z.string(),
  /** Debit positive, credit negative. */
  amountMinor,
  currency,
});

export const journalEntry = z.object({
  id,
  record: recordNumber,
  effectiveDate: isoDate,
  recordedAtMs: z.number(),
  state: z.enum(entryStates),
  /** room.reason: `statement.line`, `match.reallocate`, `invoice`, `adjustment`, `reversal` … */
  reason: z.string(),
  memo: freeText().nullable(),
  /** What the entry came from: a bank transaction, an open item, a match, another entry. */
  source: z.object({ kind: z.string(), id: z.string() }).nullable(),
  reverses: id.nullable(),
  reversedBy: id.nullable(),
  postings: z.array(posting),
});
export type JournalEntry = z.infer<typeof journalEntry>;

export const trialBalanceRow = z.object({
  accountId: id,
  code: z.string(),
  name: z.string(),
  kind: z.enum(accountKinds),
  currency,
  debitMinor: amountMinor,
  creditMinor: amountMinor,
  /** debit − credit */
  balanceMinor: amountMinor,
});
export const trialBalance = z.object({
  asOf: isoDate.nullable(),
  knownAt: recordNumber.nullable(),
  rows: z.array(trialBalanceRow),
  totals: z.array(z.object({ currency, debitMinor: amountMinor, creditMinor: amountMinor })),
  balanced: z.boolean(),
});
export type TrialBalance = z.infer<typeof trialBalance>;

export const ledgerVerification = z.object({
  verified: z.boolean(),
  checks: z.array(
    z.object({
      name: z.string(),
      ok: z.boolean(),
      examined: z.number().int(),
      findings: z.array(z.string()),
    }),
  ),
  durationMs: z.number(),
});
export type LedgerVerification = z.infer<typeof ledgerVerification>;

export const newPosting = z.object({ accountId: id, amountMinor, currency });
export const newEntry = z.object({
  /** The idempotency key: a UUID (version 7 keeps the journal in order). */
  id: z.uuid(),
  effectiveDate: isoDate,
  postings: z.array(newPosting).min(2).max(1000),
  reason: z.string().min(1).max(60).default('adjustment'),
  memo: z.string().max(200).optional(),
  pending: z.boolean().default(false),
  /** A pending entry expires at this time. */
  expiresAtMs: z.number().optional(),
});

const entryResult = z.object({ id, record: recordNumber, repeated: z.boolean() });

export const ledger = {
  accounts: query('read').output(z.array(account)),
  createAccount: command('post')
    .input(
      z.object({
        code: z.string().regex(/^[0-9A-Za-z.-]{1,40}$/),
        name: z.string().min(1).max(80),
        parentId: id.optional(),
        kind: z.enum(accountKinds),
        /** Where it is not the kind's own: debit for assets and expenses, credit for the rest. */
        normalSide: z.enum(['debit', 'credit']).optional(),
        currency: currency.optional(),
        postable: z.boolean().default(true),
        minMinor: amountMinor.optional(),
        maxMinor: amountMinor.optional(),
      }),
    )
    .output(account),
  /** Sets or lifts the limits of an account; they bind from the next posting on. */
  setLimits: command('post')
    .input(z.object({ accountId: id, minMinor: amountMinor.nullable(), maxMinor: amountMinor.nullable() }))
    .output(account),
  /** An account without balance takes no postings any more. */
  closeAccount: command('post')
    .input(z.object({ accountId: id }))
    .output(account),
  /** Posts entries in one batch: all or none. */
  post: command('post')
    .input(z.object({ entries: z.array(newEntry).min(1).max(8190) }))
    .output(z.object({ entries: z.array(entryResult) })),
  resolvePending: command('post')
    .input(z.object({ entryId: id, action: z.enum(['post', 'void']) }))
    .output(entryResult),
  reverse: command('post')
    .input(z.object({ entryId: id, reason: z.string().min(3).max(200), effectiveDate: isoDate.optional() }))
    .output(entryResult),
  entry: query('read').input(z.object({ id })).output(journalEntry),
  entries: query('read')
    .input(
      pageInput.extend({
        accountId: id.optional(),
        reason: z.string().optional(),
        source: z.object({ kind: z.string(), id: z.string() }).optional(),
      }),
    )
    .output(pageOf(journalEntry)),
  trialBalance: query('read')
    .input(z.object({ asOf: isoDate.optional(), knownAt: recordNumber.optional() }).default({}))
    .output(trialBalance),
  /** The movements of an account by effective date, the earliest first; all amounts debit positive. */
  accountStatement: query('read')
    .input(
      pageInput.extend({
        accountId: id,
        from: isoDate.optional(),
        to: isoDate.optional(),
        /** What was known at this record; everything by default. */
        knownAt: recordNumber.optional(),
      }),
    )
    .output(
      z.object({
        account,
        openingMinor: amountMinor,
        closingMinor: amountMinor,
        rows: z.array(
          z.object({
            entryId: id,
            record: recordNumber,
            effectiveDate: isoDate,
            reason: z.string(),
            memo: freeText().nullable(),
            source: z.object({ kind: z.string(), id: z.string() }).nullable(),
            amountMinor,
            runningMinor: amountMinor,
          }),
        ),
        nextCursor: z.string().nullable(),
      }),
    ),
  periods: query('read').output(z.object({ closedThrough: isoDate.nullable() })),
  closePeriod: command('close-period')
    .input(z.object({ through: isoDate }))
    .output(z.object({ closedThrough: isoDate })),
  /** The law checks: entries balance, balances equal postings, indexes and leaves agree, bank equals statements. */
  verify: query('verify').output(ledgerVerification),
};
