import type { Audit } from '../audit/index.ts';
import type { Beat, Caller, Logger, RaiseIncident, Runtime, SpawnHost } from '../base/index.ts';
import type { Feed, Jobs } from '../jobs/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import type { CardReading } from './cards.ts';
import type { Store } from './store.ts';

export interface HsmOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Audit;
  readonly runtime: Runtime;
  readonly log: Logger;
  readonly feed: Feed;
  readonly jobs: Jobs;
  readonly raise: RaiseIncident;
  readonly beat: Beat;
  /** Without it no process can be started, and every token stays closed. */
  readonly spawnHost?: SpawnHost | undefined;
  /** How this workstation reads operators' cards; nothing where it reads none. */
  readonly cardReading?: CardReading | undefined;
  /** The entry of the process; a test's stand-in. */
  readonly entry?: URL;
  /** A library that answers nothing for so long hangs; the profile's time where it is left out. */
  readonly silentMs?: number;
  /** Whether a process waits beside each that serves, so that a crash costs no start; it does where this is left out. */
  readonly keepsSpare?: boolean;
}

/** What the parts of the room share. */
export interface HsmContext extends HsmOptions {
  readonly entry: URL;
  readonly store: Store;
  /** Screens ask again after the commit, or now where none runs. */
  readonly changed: () => void;
}

/** A vault remembers under this name which ceremony's root key the seeds of new keys lie under. */
const SEALING_ROOT = 'hsm_sealing_root';

/** Hex of CKA_ID of that root key; null where no ceremony made one. */
export const sealingRoot = (vault: Pick<Vault, 'meta'>): string | null => vault.meta(SEALING_ROOT) || null;

/** In a transaction. */
export const setSealingRoot = (vault: Pick<Vault, 'setMeta'>, id: string | null): void =>
  vault.setMeta(SEALING_ROOT, id ?? '');

/** The room itself, where no person is behind a change. */
export const SYSTEM: Caller = { actor: 'system', traceId: '' };

export const tokenSubject = (id: number) => ({ kind: 'hsm-token', id: String(id) });
export const keySubject = (keyId: string) => ({ kind: 'hsm-key', id: keyId });
