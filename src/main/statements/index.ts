/** Own bank accounts, their statements, and what each line of them said. */
export { canonicalAccountNumber } from './account-number.ts';
export type { MatchStatusReader, MessageFiles, SingleMessage, StatementsOptions } from './context.ts';
export type { AccountFacts, DayFacts, StatementFacts } from './facts.ts';
export type { Feed, FeedAccount, FeedLine } from './feed.ts';
export { FEED_FROM } from './feed-ids.ts';
export type { FileTaking, TakingConclusion } from './file-taking.ts';
export { sharedLedgerUnit } from './ledger-unit.ts';
export { statementsProcedures } from './procedures.ts';
export type { MatchingQuery, Page, PageRequest, TransactionQuery } from './reading.ts';
export { statementsSealedColumns } from './sealed-columns.ts';
export { createStatements, type Statements } from './service.ts';
export { counterpartyName, remittanceText } from './shown-content.ts';
export type { CashMovement, OpenBreak, TransactionForMatching } from './values.ts';
export type { BankCheck, ClosingDifference } from './verify.ts';
