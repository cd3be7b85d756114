import type { Transactions } from '../vault/index.ts';
import type { AccountState } from './balances.ts';
import type { StagedImport, StateStore } from './store-state.ts';

/** Numbers from `first` to `last`, both included. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/** What the ledger keeps in memory; all of it can be read again from the vault. */
export interface LedgerState {
  /** By the number of their id. */
  readonly accounts: (AccountState | undefined)[];
  readonly byCode: Map<string, AccountState>;
  /** By role and currency; see `roleKey`. */
  readonly byRole: Map<string, AccountState>;
  /** Imports that are staged and not published. */
  readonly imports: Map<bigint, StagedImport>;
  nextNumber: number;
  /** No entry has an id above this one, as latin1 text: such an id needs no look-up. */
  greatestKey: string;
  closedThroughDay: number | null;
  /** How many entries count; counted when it is first asked for. */
  entryCount?: number;
  /** The record of the newest batch that came with no import; later ones are never below it. */
  lastRecord: bigint;
  /** The greatest number there was when the newest snapshot was taken. */
  snapshotTop: number;
  snapshotRows: number;
}

export function roleKey(role: string, currency: string | null): string {
  return `${role} ${currency ?? ''}`;
}

/**
 * The state in memory, which follows the transactions of the vault: whoever changes it calls
 * `changing()` first, and after a rollback it is read again at the next use.
 */
export function createMemory(transactions: Transactions, store: StateStore) {
  let state: LedgerState | undefined;
  let watchedScope = 0;
  let hidden: readonly NumberRange[] | undefined;
  const forget = () => {
    state = undefined;
    hidden = undefined;
    watchedScope = 0;
  };

  function load(): LedgerState {
    const loaded: LedgerState = {
      accounts: [],
      byCode: new Map(),
      byRole: new Map(),
      imports: store.stagedImports(),
      ...headState(store),
    };
    for (const account of store.accounts()) register(loaded, account);
    return loaded;
  }

  const current = (): LedgerState => {
    state ??= load();
    return state;
  };

  return {
    current,
    find: (id: bigint): AccountState | undefined => current().accounts[Number(id)],
    /** To be called in a transaction, before the state is changed. */
    changing(): LedgerState {
      const scope = transactions.scope();
      if (scope === 0) throw new Error('the ledger changes in a transaction only');
      if (scope !== watchedScope) {
        transactions.onRollback(forget);
        watchedScope = scope;
      }
      hidden = undefined;
      return current();
    },
    /** Numbers of entries that belong to unpublished imports, ascending. */
    hidden(): readonly NumberRange[] {
      hidden ??= [...current().imports.values()]
        .flatMap((staged) => staged.ranges)
        .sort((a, b) => a.first - b.first);
      return hidden;
    },
    register: (account: AccountState) => register(current(), account),
    forget,
  };
}

export type Memory = ReturnType<typeof createMemory>;

function headState(store: StateStore) {
  const { lastNumber, ...head } = store.head();
  return { ...head, nextNumber: lastNumber + 1 };
}

function register(state: LedgerState, account: AccountState): void {
  const { id, code, role, currency } = account.info;
  state.accounts[Number(id)] = account;
  state.byCode.set(code, account);
  if (role !== null) state.byRole.set(roleKey(role, currency), account);
}
