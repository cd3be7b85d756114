import type { Runtime } from '../base/index.ts';
import type { Connection, ReaderKey } from './connection.ts';
import type { IntegrityFinding } from './integrity.ts';
import type { Transactions } from './transaction.ts';
import type { VaultSlots } from './vault-slots.ts';

/** An open vault. Everything the console keeps goes through it. */
export interface Vault extends Transactions {
  /** The engine's own connection: keyed, safe integers, the only one that writes. */
  readonly db: Connection;
  readonly vaultId: string;
  readonly directory: string;
  /** Generation of the header in place; grows with every change of the slots. */
  readonly generation: number;
  /** Number of the newest migration applied. */
  readonly schemaVersion: number;
  readonly runtime: Runtime;
  /** Wrong passphrases that were tried before this opening, since the last right one. */
  readonly failedAttempts: number;
  /** Wraps the private half of the KEK and the blind-index keys; for the sealing room alone. */
  readonly wrappingKey: Buffer;
  /** A second, read-only connection on this thread, for long reads. The caller closes it. */
  openReader(): Connection;
  /** What a worker thread needs for `openReaderFromKey` and for opening sealed values. */
  readerKey(): ReaderKey;
  /** Reads header and database through in a worker. An empty list means both are whole. */
  checkIntegrity(): Promise<IntegrityFinding[]>;
  /** The key slots: listing, rehearsing, adding; `rekeyVault` replaces and revokes. */
  readonly slots: VaultSlots;
  /** Value of a line of `vault_meta`; `undefined` where there is none. */
  meta(name: string): string | undefined;
  /** Sets a line of `vault_meta`, in the caller's transaction. */
  setMeta(name: string, value: string): void;
  /**
   * Where long work takes breath between two of its transactions: waits, without holding the loop,
   * while a checkpoint needs a pause. What was provisional goes to the disk meanwhile.
   */
  breathe(): Promise<void>;
  /**
   * Settles when all that was committed lies on the disk, without holding the loop. A lasting
   * commit after much `provisional` work would otherwise wait for all of it at once.
   */
  settled(): Promise<void>;
  /**
   * Settles when all that was committed before the call lies on the disk, without holding the loop; rejects where
   * the disk refuses. Who commits with `provisional` and waits for this may say then that it is done.
   */
  lasting(): Promise<void>;
  /** Forgets the keys, closes the file and lets go of the lock. May be called more than once. */
  close(): void;
}
