/** What the room is given, and what its files share. */
import type { AnySchema } from '@orpc/contract';
import type { DataClassId, UnmaskKind } from '../../contract/privacy.ts';
import type { Audit } from '../audit/index.ts';
import type { Caller, IsoDate, Logger, Runtime } from '../base/index.ts';
import type { Feed, Jobs } from '../jobs/index.ts';
import type { KeyLine, SealedColumn, SealedRef, Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import type { PrivacyStore } from './store.ts';

/** A customer as the desks know them. */
export interface KnownCustomer {
  readonly id: bigint;
  readonly customerId: string;
  readonly name: string;
  readonly ibans: readonly string[];
  readonly aliases: readonly string[];
}

/** An item of a customer, as far as it binds. */
export interface KnownItem {
  readonly id: bigint;
  readonly customer: bigint;
  readonly openMinor: bigint;
  readonly issuedOn: IsoDate;
}

/** What the desks tell of whom they know; the engine hands it in. */
export interface PartySources {
  customers(): Iterable<KnownCustomer>;
  /** Every name and account that lists ever said of a customer, and where all of it lies. */
  sealedOf(customer: bigint): {
    readonly contents: readonly Omit<KnownCustomer, 'id' | 'customerId'>[];
    readonly refs: readonly SealedRef[];
  };
  items(): Iterable<KnownItem>;
  /** Numbers of our own accounts, without blanks. */
  ownAccounts(): readonly string[];
  /** Whether an import was a list of ours, and no message of a bank. */
  isList(importId: bigint): boolean;
  /** A stretch of an import's bytes, empty behind its end; null where it was erased. */
  bytes(importId: bigint, start: number, end: number): Buffer | null;
}

export interface BackupShown {
  readonly path: string;
  readonly atMs: number;
  readonly record: bigint;
}

export interface PrivacyOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Audit;
  readonly runtime: Runtime;
  readonly log: Logger;
  readonly jobs: Jobs;
  readonly feed: Feed;
  /** Every column of the console that holds sealed values. */
  readonly sealedColumns: readonly SealedColumn[];
  readonly sources: PartySources;
  /** Destroys the keys of a line, in the caller's transaction; answers how many. Refuses as the keys room does. */
  readonly destroyKeys: (caller: Caller, line: KeyLine) => number;
  /** Removes evidence whose own day has passed and that no hold keeps. */
  readonly removeDueEvidence: (caller: Caller) => void;
  /** Years that the policies in force ask for. */
  readonly minimumYears?: (dataClass: DataClassId) => number;
  /** Backups that still lie where they were written. */
  readonly backups: () => readonly BackupShown[];
  /** The search index forgets everything and is built anew. */
  readonly forgetInSearch: () => Promise<void>;
  /** One thing as its room answers it, with the schema of the answer; the room's own errors where it is unknown. */
  readonly things: Readonly<Record<UnmaskKind, (id: string) => { schema: AnySchema; value: unknown }>>;
}

export interface PrivacyContext extends PrivacyOptions {
  readonly store: PrivacyStore;
}
