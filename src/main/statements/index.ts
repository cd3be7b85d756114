/** Own bank accounts, their statements, and what each line of them said. */
export { canonicalAccountNumber } from './account-number.ts';
export { statementsProcedures } from './procedures.ts';
export type { MatchingQuery, Page, PageRequest, TransactionQuery } from './reading.ts';
export {
  type CashMovement,
  createStatements,
  type MatchStatusReader,
  type MessageFiles,
  type OpenBreak,
  type Statements,
  type StatementsOptions,
  type TransactionForMatching,
} from './service.ts';
export { counterpartyName, remittanceText } from './stored-transaction.ts';
export type { FileTaking, TakingConclusion } from './taking.ts';
export type { BankCheck } from './verify.ts';
