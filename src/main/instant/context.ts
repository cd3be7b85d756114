/** What the room is given, and what its files share. */
import type { Logger, RaiseIncident, Runtime } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import type { Ledger } from '../ledger/index.ts';
import type { RailId } from '../messages/index.ts';
import type { Reconciliation } from '../reconciliation/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Statements } from '../statements/index.ts';
import type { Vault } from '../vault/index.ts';
import type { PaymentBook } from './payment-book.ts';
import type { InstantStore } from './store.ts';

/** A payment that no statement has confirmed in time. */
export interface OverduePrePost {
  readonly paymentId: bigint;
  /** The line of the payment is missing, or that of its return. */
  readonly leg: 'payment' | 'return';
  readonly bankAccountId: bigint;
  readonly currency: string;
  /** Signed: what stands in In-transit. */
  readonly transitMinor: bigint;
  readonly rail: RailId | null;
  readonly receivedAtMs: number;
  readonly dueAtMs: number;
}

export interface InstantOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly ledger: Ledger;
  readonly statements: Statements;
  readonly reconciliation: Reconciliation;
  /** The same that reconciliation was given. */
  readonly book: PaymentBook;
  readonly runtime: Runtime;
  readonly log?: Logger;
  readonly raise?: RaiseIncident;
  /** Whether a line's money was written off by people: then it confirms nothing until that is taken back. */
  readonly isWrittenOff?: (lineId: bigint) => boolean;
}

export interface InstantContext extends InstantOptions {
  readonly store: InstantStore;
}

/** In whose name the console itself acts. */
export const SYSTEM: Caller = { actor: 'system', traceId: '' };
