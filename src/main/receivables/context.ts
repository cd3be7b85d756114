/** What the room is given, and what its files share. */
import type { Runtime } from '../base/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import type { ReceivablesStore } from './store.ts';

export interface ReceivablesOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly ledger: Ledger;
  readonly runtime: Runtime;
}

export interface ReceivablesContext extends ReceivablesOptions {
  readonly store: ReceivablesStore;
}
