import { os } from '../base/procedures.ts';
import type { Statements } from './service.ts';

/** The contract's procedures bound to the room. */
export const statementsProcedures = (statements: Statements) =>
  os.statements.router({
    bankAccounts: os.statements.bankAccounts.handler(() => statements.bankAccounts()),
    list: os.statements.list.handler(({ input }) => statements.list(input)),
    get: os.statements.get.handler(({ input }) => statements.get(input.id)),
    transactions: os.statements.transactions.handler(({ input }) => statements.transactions(input)),
    transaction: os.statements.transaction.handler(({ input }) => statements.transaction(input.id)),
    source: os.statements.source.handler(({ input }) => statements.source(input.transactionId, input.field)),
  });
