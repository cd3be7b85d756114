/** What the room is given, and what its files share. */
import type { Recorder } from '../audit/index.ts';
import type { Runtime } from '../base/index.ts';
import type { FileSealer, Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import type { ComplianceStore } from './store.ts';

export interface ComplianceOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Recorder;
  readonly runtime: Runtime;
  /** Seals cells of files; one on the vault by default. */
  readonly fileSealer?: FileSealer;
}

export interface ComplianceContext extends Omit<ComplianceOptions, 'fileSealer'> {
  readonly store: ComplianceStore;
  readonly fileSealer: FileSealer;
  /** The id of the next evidence; given once, also to transfers that come to nothing. */
  nextId(): bigint;
}
