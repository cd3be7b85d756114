/** The room's shell: what other rooms and the contract may ask of statements. */

import type { MatchStatus } from '../../contract/statements.ts';
import type { IsoDate, Runtime } from '../base/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { BankTransaction } from '../messages/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import { createAccountBook } from './accounts.ts';
import { createReading, type Reading } from './reading.ts';
import { createSourceReader, type SourceReader } from './source.ts';
import { createStatementsStore, type StatementsStore } from './store.ts';
import {
  createTaking,
  deleteStaged,
  type FileTaking,
  sharedLedgerUnit,
  type TakingOptions,
} from './taking.ts';
import { type BankCheck, createBankCheck } from './verify.ts';

/** What reconciliation knows of transactions; the engine hands it in, since statements imports no desk. */
export interface MatchStatusReader {
  /** The status of each id; one that is left out is unmatched. */
  statusOf(transactionIds: readonly bigint[]): ReadonlyMap<bigint, MatchStatus>;
}

/** The files that statements came in; the engine hands in what intake keeps of them. */
export interface MessageFiles {
  /** The file's name as the person gave it; null where it was erased. */
  fileName(importId: bigint): string | null;
  receivedAtMs(importId: bigint): number;
  encoding(importId: bigint): string | null;
  /**
   * The bytes of a stretch of the file, as it was given; shorter where the file ends before.
   * Errors: STATEMENT_SOURCE_ERASED.
   */
  bytes(importId: bigint, start: number, end: number): Buffer;
}

export interface StatementsOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly ledger: Ledger;
  readonly runtime: Runtime;
  readonly files: MessageFiles;
  readonly matchStatus?: MatchStatusReader;
}

/** What the files of the room share. */
export interface StatementsContext extends Omit<StatementsOptions, 'matchStatus'> {
  readonly store: StatementsStore;
  readonly matchStatus: MatchStatusReader;
}

/** Money in and out of one day and currency, over all own accounts. */
export interface CashMovement {
  readonly date: IsoDate;
  readonly currency: string;
  readonly inMinor: bigint;
  readonly outMinor: bigint;
  readonly transactions: number;
}

/** A break that stands: money on the bank account that no line explains. */
export interface OpenBreak {
  readonly id: bigint;
  readonly statementId: bigint;
  readonly bankAccountId: bigint;
  readonly kind: 'opening' | 'gap' | 'difference';
  readonly date: IsoDate;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly entryId: Buffer;
}

export interface Statements extends Reading, SourceReader {
  /** Begins to take a file in; intake drives it. */
  take(options: TakingOptions): FileTaking;
  /** Takes away what an import wrote that does not count; each step is a transaction of its own. */
  discard(importId: bigint): Generator<void, void, void>;
  /** The law check: the ledger's bank accounts against the closing balances, in statement sequence. */
  readonly verifyBank: BankCheck;
}

const UNMATCHED: MatchStatusReader = { statusOf: () => new Map() };

/** Opens the room on a vault. */
export function createStatements(options: StatementsOptions): Statements {
  const context: StatementsContext = {
    ...options,
    matchStatus: options.matchStatus ?? UNMATCHED,
    store: createStatementsStore(options.vault.db),
  };
  return {
    ...createReading(context),
    ...createSourceReader(context),
    take: (taking) => createTaking(context, createAccountBook(context, taking.fileName), taking),
    discard: (importId) => discardImport(context, importId),
    verifyBank: createBankCheck(context),
  };
}

function* discardImport(context: StatementsContext, importId: bigint): Generator<void, void, void> {
  const { store, vault, ledger, sealing } = context;
  const staged = store.unpublishedStatements(importId);
  const units = new Set([sharedLedgerUnit(importId), ...staged.map(({ ledgerUnit }) => ledgerUnit)]);
  for (const unit of units) while (ledger.discardBatch(unit)) yield;
  for (const statement of staged) {
    yield* deleteStaged(context, statement.id, statement.firstTransactionId);
    vault.transaction(() => sealing.erase(statement.sealedId));
  }
}

/** One line a bank reported, opened, as matching needs it. */
export interface TransactionForMatching {
  readonly id: bigint;
  readonly statementId: bigint;
  readonly bankAccountId: bigint;
  /** The ledger account of the own bank account. */
  readonly ledgerAccountId: bigint;
  readonly currency: string;
  readonly direction: 'credit' | 'debit';
  /** Unsigned. */
  readonly amountMinor: bigint;
  readonly bookingDate: IsoDate;
  readonly valueDate: IsoDate | null;
  readonly reversal: boolean;
  /** The entry that posted the line against Unapplied cash; null for a line of zero. */
  readonly entryId: Buffer | null;
  /** Parties, references, remittance. */
  readonly content: Omit<
    BankTransaction,
    | 'amountMinor'
    | 'currency'
    | 'direction'
    | 'status'
    | 'reversal'
    | 'bookingDate'
    | 'valueDate'
    | 'position'
  >;
}
