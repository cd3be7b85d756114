/** What the room is given, and what its files share. */
import type { Runtime } from '../base/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import type { ReceivablesStore } from './store.ts';

/** Finds rows by names and references; the engine hands the search room's index in. */
export interface ReceivablesTextSearch {
  /** Row ids of customers; `undefined` while the index is not ready. */
  customers(text: string): readonly bigint[] | undefined;
  openItems(text: string): readonly bigint[] | undefined;
}

export interface ReceivablesOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly ledger: Ledger;
  readonly runtime: Runtime;
  readonly textSearch?: ReceivablesTextSearch;
}

export interface ReceivablesContext extends ReceivablesOptions {
  readonly store: ReceivablesStore;
}
