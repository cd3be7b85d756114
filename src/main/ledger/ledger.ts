import type { Account, JournalEntry, LedgerVerification, TrialBalance } from '../../contract/ledger.ts';
import type { Audit, Recorder } from '../audit/index.ts';
import { createIdMaker, type IsoDate, type Metrics, type Runtime } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import type { Vault } from '../vault/index.ts';
import { accountList, accountShown, createChart, isUnused, type NewAccount } from './accounts.ts';
import { createAsOf } from './asof.ts';
import { createGroup } from './group.ts';
import { type AppendResult, createJournal, type RecordBatch } from './journal.ts';
import { createMemory, roleKey } from './memory.ts';
import { createPending } from './pending.ts';
import { createQueries, type EntryPage, type EntryQuery } from './queries.ts';
import { createService, type Reversal } from './service.ts';
import { createSnapshots } from './snapshots.ts';
import { type AccountStatement, createStatements, type StatementQuery } from './statement.ts';
import { createJournalStore } from './store.ts';
import { createAsOfStore } from './store-asof.ts';
import { createImportStore } from './store-imports.ts';
import { createPendingStore } from './store-pending.ts';
import { createReadStore } from './store-read.ts';
import { createSnapshotStore } from './store-snapshots.ts';
import { createStateStore } from './store-state.ts';
import type { AccountRole, BalancePoint, BatchProof, EntryResult, NewEntry } from './types.ts';
import { createVerify, type ExtraCheck, type VerifyOptions } from './verify.ts';

/** The ledger of an open vault. */
export interface Ledger {
  // --- the chart of accounts
  accounts(): Account[];
  /** Throws `LEDGER_ACCOUNT_CODE_TAKEN`, `LEDGER_ACCOUNT_UNKNOWN` (parent), `INPUT_INVALID`. */
  createAccount(input: NewAccount, caller: Caller): Account;
  setLimits(
    accountId: bigint,
    limits: { minMinor: bigint | null; maxMinor: bigint | null },
    caller: Caller,
  ): Account;
  /** Throws `LEDGER_ACCOUNT_NOT_EMPTY`. */
  closeAccount(accountId: bigint, caller: Caller): Account;
  /** The id of the account that has a role in a currency; makes it, with a record of its own, in the caller's transaction. */
  roleAccount(role: AccountRole, currency: string): bigint;
  /** As `roleAccount`, where it exists; makes none. */
  knownRoleAccount(role: AccountRole, currency: string): bigint | undefined;
  /** The ledger account of the `ordinal`-th own bank account, from 1; makes it where it is missing. */
  createBankAccount(currency: string, ordinal: number): bigint;

  // --- writing
  /**
   * Writes a batch in the caller's transaction (or one of its own): all entries or none. `record` is
   * called once with the Merkle root over what is new and answers the number of the audit record,
   * whose detail is to hold `journal: { root, count }`. It is not called where every entry was there
   * before. The outcomes are listed in `posting.ts` and `plan.ts`.
   */
  append(entries: readonly NewEntry[], record: RecordBatch): AppendResult;
  /** `append` with a record `ledger.post` of its own. */
  post(entries: readonly NewEntry[], caller: Caller): EntryResult[];
  /** The same for many callers at once: they share a transaction, and each is answered after its commit. */
  postGrouped(entries: readonly NewEntry[], caller: Caller): Promise<EntryResult[]>;
  /** Throws `LEDGER_ENTRY_UNKNOWN`, `LEDGER_NOT_PENDING`, `LEDGER_PERIOD_CLOSED`. */
  resolvePending(entryId: Buffer, action: 'post' | 'void', caller: Caller): EntryResult;
  /** Lets pending entries expire whose time is over by the clock; answers how many. To be called now and then. */
  expirePending(): number;
  /** Throws `LEDGER_ENTRY_UNKNOWN`, `LEDGER_NOT_POSTED`, `LEDGER_ALREADY_REVERSED`, `LEDGER_PERIOD_CLOSED`, `LEDGER_LIMIT_EXCEEDED`. */
  reverse(reversal: Reversal, caller: Caller): EntryResult;

  // --- large files
  /** Writes entries under an import's id, in the caller's transaction: they count nowhere until it is published. */
  stage(importId: bigint, entries: readonly NewEntry[]): void;
  /** Makes an import count from `record` on. Throws `LEDGER_IMPORT_PUBLISHED`, `LEDGER_PERIOD_CLOSED`, `LEDGER_LIMIT_EXCEEDED` … */
  publish(importId: bigint, record: bigint): void;
  /** Deletes what was staged and not published. Long for many entries: see `discardBatch`. */
  discard(importId: bigint): void;
  /** Deletes up to 2,000 staged entries in one transaction; false where none are left. */
  discardBatch(importId: bigint): boolean;
  /** The Merkle root over the roots of an import's batches, for the detail of the record that publishes it. */
  stagedRoot(importId: bigint): BatchProof;
  /** Imports that were staged and neither published nor discarded, as a crash leaves them. */
  unpublishedImports(): bigint[];

  // --- reading
  entry(id: Buffer): JournalEntry;
  entries(query: EntryQuery): EntryPage;
  /** How many entries count. */
  entryCount(): number;
  trialBalance(point?: BalancePoint): TrialBalance;
  /** The movements of an account by effective date, the earliest first. */
  accountStatement(query: StatementQuery): AccountStatement;
  /** Posted balances, debit positive, of the accounts that have a role: one a currency; of the own bank accounts, one each. */
  roleBalances(role: AccountRole | 'bank-account'): { currency: string; amountMinor: bigint }[];
  /** Posted balance, debit positive; now, or at a point. */
  balanceMinor(accountId: bigint, point?: BalancePoint): bigint;

  // --- periods
  closedThrough(): IsoDate | null;
  /** Throws `LEDGER_PERIOD_ORDER`, `LEDGER_DATE_INVALID`. */
  closePeriod(through: IsoDate, caller: Caller): IsoDate;

  /** Takes an end-of-day snapshot of all that is known; the ledger does so by itself when one is due. False where there is nothing new. */
  takeSnapshot(): Promise<boolean>;

  // --- the laws
  /** Checks the books against the laws, in slices that leave the event loop its turns. Never throws for what it finds. */
  verify(options?: VerifyOptions): Promise<LedgerVerification>;
  /** Adds another room's check to `verify`: the bank's closing balances, for one. */
  addCheck(check: ExtraCheck): void;
  /** Keeps accounts out of the chart and the trial balance while nothing was posted on them. */
  hideAccounts(ids: () => ReadonlySet<bigint>): void;
  /** Ends the work beside the commands. To be called before the vault is closed; the vault may also be closed without. */
  close(): Promise<void>;
}

export interface LedgerOptions {
  readonly vault: Vault;
  /** The audit log. Where it can be read too, `verify` compares the roots it recorded. */
  readonly audit: Recorder | Audit;
  readonly runtime: Runtime;
  readonly metrics?: Pick<Metrics, 'transactionsTotal' | 'accountBalanceUpdatesTotal'>;
}

/** Opens the ledger of a vault. */
export function createLedger({ vault, audit, runtime, metrics }: LedgerOptions): Ledger {
  const { db } = vault;
  const state = createStateStore(db);
  const store = createJournalStore(db);
  const reads = createReadStore(db);
  const imports = createImportStore(db);
  const asOfStore = createAsOfStore(db);
  const memory = createMemory(vault, state);
  const asOf = createAsOf(asOfStore, memory.current);
  const chart = createChart({ vault, audit, memory, store: state });
  let unnamed: () => ReadonlySet<bigint> = () => new Set();
  const queries = createQueries({ memory, reads, asOf, unnamed: () => unnamed() });
  const snapshots = createSnapshots({
    vault,
    runtime,
    memory,
    asOf: asOfStore,
    store: createSnapshotStore(db),
  });
  const journal = createJournal({
    vault,
    runtime,
    memory,
    store,
    reads,
    imports,
    onWritten: ({ entries, balances, staged }) => {
      metrics?.transactionsTotal.inc(
        { kind: 'journal-entry', outcome: staged ? 'staged' : 'posted' },
        entries,
      );
      metrics?.accountBalanceUpdatesTotal.inc(balances);
      if (!staged) vault.onCommit(snapshots.afterCommit);
    },
  });
  const newId = createIdMaker(runtime);
  const service = createService({ vault, audit, runtime, memory, state, journal, queries, newId });
  const pending = createPending({
    vault,
    audit,
    runtime,
    memory,
    store,
    reads,
    pending: createPendingStore(db),
    queries,
  });
  const extraChecks: ExtraCheck[] = [];
  const group = createGroup({ vault, journal, service });

  return {
    accounts() {
      const ids = unnamed();
      return accountList(memory.current().accounts, (account) => isUnused(account, ids));
    },
    hideAccounts(ids) {
      unnamed = ids;
    },
    createAccount: (input, caller) => accountShown(chart.create(input, caller)),
    setLimits: (accountId, limits, caller) => accountShown(chart.setLimits(accountId, limits, caller)),
    closeAccount: (accountId, caller) => accountShown(chart.close(accountId, caller)),
    roleAccount: chart.roleAccount,
    knownRoleAccount: (role, currency) => memory.current().byRole.get(roleKey(role, currency))?.info.id,
    createBankAccount: chart.createBankAccount,
    append: journal.append,
    post: (entries, caller) => [...service.post(entries, caller).results],
    postGrouped: group.post,
    resolvePending: pending.resolve,
    expirePending: pending.expire,
    reverse: service.reverse,
    stage: journal.stage,
    publish: journal.publish,
    discard(importId) {
      while (journal.discardBatch(importId));
    },
    discardBatch: journal.discardBatch,
    stagedRoot: journal.stagedRoot,
    unpublishedImports: journal.unpublished,
    entry: queries.entry,
    entries: queries.entries,
    entryCount: queries.entryCount,
    trialBalance: (point = {}) => queries.trialBalance(point),
    accountStatement: createStatements({ memory, reads, asOf }),
    roleBalances: queries.roleBalances,
    balanceMinor: queries.balanceMinor,
    closedThrough: queries.closedThrough,
    closePeriod(through, caller) {
      const closed = service.closePeriod(through, caller);
      snapshots.soon();
      return closed;
    },
    takeSnapshot: snapshots.take,
    close: snapshots.close,
    verify: createVerify({ vault, audit, runtime, entryCount: queries.entryCount, extraChecks }),
    addCheck: (check) => extraChecks.push(check),
  };
}
