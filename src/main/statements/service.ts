/** The room's shell: what other rooms and the contract may ask of statements. */
import { createAccountBook } from './accounts.ts';
import type { MatchStatusReader, StatementsContext, StatementsOptions } from './context.ts';
import { discardStatements } from './discarding.ts';
import { type AccountFactsReader, createFactsReader } from './facts.ts';
import { createFeed, type Feed } from './feed.ts';
import type { FileTaking } from './file-taking.ts';
import { createReading, type Reading } from './reading.ts';
import { createSourceReader, type SourceReader } from './source.ts';
import { createStatementsStore } from './store.ts';
import { createTaking, type TakingOptions } from './taking.ts';
import { type BankChecker, createBankCheck } from './verify.ts';

/** `verifyBank` is the law check: the ledger's bank accounts against the closing balances, in sequence. */
export interface Statements extends Reading, SourceReader, AccountFactsReader, BankChecker {
  /** Payments that arrive one by one. */
  readonly feed: Feed;
  /** Begins to take a file in; intake drives it. */
  take(options: TakingOptions): FileTaking;
  /** Takes away what an import wrote that does not count; each step is a transaction of its own. */
  discard(importId: bigint): Generator<void, void, void>;
}

const UNMATCHED: MatchStatusReader = { statusOf: () => new Map() };

/** Opens the room on a vault. */
export function createStatements(options: StatementsOptions): Statements {
  const context: StatementsContext = {
    ...options,
    matchStatus: options.matchStatus ?? UNMATCHED,
    store: createStatementsStore(options.vault.db),
  };
  options.ledger.hideAccounts(() => new Set(context.store.unnamedLedgerAccounts()));
  return {
    ...createReading(context),
    ...createSourceReader(context),
    feed: createFeed(context),
    take: (taking) => createTaking(context, createAccountBook(context, taking.fileName), taking),
    discard: (importId) => discardStatements(context, importId),
    ...createFactsReader(context),
    ...createBankCheck(context),
  };
}
