import type { Audit } from '../audit/index.ts';
import type { Beat, Caller, Logger, RaiseIncident, Runtime } from '../base/index.ts';
import type { SealedColumn, Sealing, SealingPurpose } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import type { History } from './history.ts';
import type { KeyPairs } from './key-pairs.ts';
import type { Notices } from './notices.ts';
import type { Rotations } from './rotations.ts';
import type { InventoryStore } from './store.ts';

/** A key under dual control whose time has come: from here approvals will raise a request. */
export interface DualControlDue {
  readonly keyId: string;
  /** True where it is compromised and must be replaced at once. */
  readonly urgent: boolean;
}

export interface KeysOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Audit;
  readonly runtime: Runtime;
  readonly log: Logger;
  /** Every column of the console that holds sealed values: where re-sealing finds them. */
  readonly sealedColumns: readonly SealedColumn[];
  readonly raiseIncident?: RaiseIncident;
  readonly beat?: Beat;
  /** Asked of each due KEK and signing key by every check; approvals raise their requests from it. */
  readonly onDualControlDue?: (due: DualControlDue) => void;
  /** Whether something of a retention class and quarter is under a legal hold. */
  readonly isHeld?: (retentionClass: string, quarter: string, purpose?: SealingPurpose) => boolean;
  /** Where notices are posted to, on this machine alone. */
  readonly noticeWebhook?: string;
  /** Hears that what the room shows has changed outside a command. */
  readonly onChanged?: () => void;
  /** Milliseconds that re-sealing works and rests; see `rotations.ts`. */
  readonly pace?: Pace;
}

/** How background work shares the thread with the desk. */
export interface Pace {
  /** A step ends with the first value after this time. */
  readonly workMs: number;
  readonly restMs: number;
  /** The rest where the desk committed something during the last one. */
  readonly busyRestMs: number;
}

/** What the parts of the room share. */
export interface KeysContext {
  readonly options: KeysOptions;
  readonly store: InventoryStore;
  readonly history: History;
  readonly pairs: KeyPairs;
  readonly notices: Notices;
  readonly rotations: Rotations;
}

/** Who acts where no person does. */
export const SYSTEM: Caller = { actor: 'system', traceId: '' };
