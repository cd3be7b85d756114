/** The double-entry ledger: the chart of accounts, the journal, balances at any date as known at any record. */

export type { LedgerCheck } from './findings.ts';
export type { AppendResult, RecordBatch } from './journal.ts';
export { createLedger, type Ledger, type LedgerOptions } from './ledger.ts';
export { ledgerProcedures } from './procedures.ts';
export type { EntryPage, EntryQuery } from './queries.ts';
export type { AccountStatement, StatementQuery } from './statement.ts';
export type {
  AccountKind,
  AccountRole,
  BalancePoint,
  BatchProof,
  EntryResult,
  EntrySource,
  EntryState,
  NewEntry,
  NewPosting,
} from './types.ts';
export { checkInWorker as checkBooksAt, type ExtraCheck, type VerifyOptions } from './verify.ts';
