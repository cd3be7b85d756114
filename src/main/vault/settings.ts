import type { Runtime } from '../base/index.ts';
import type { Connection } from './connection.ts';
import type { Migration } from './migrations.ts';
import type { SlotOpener } from './slot-keys.ts';

/**
 * Wraps anew what a room keeps under the vault's wrapping key. It runs on the file that takes the
 * place of the vault's, in the transaction that makes it whole, and throws where something does not
 * open under the old key: the rekey then ends with the vault as it was.
 */
export type Rewrap = (options: {
  readonly db: Connection;
  readonly vaultId: string;
  readonly oldKey: Uint8Array;
  readonly newKey: Uint8Array;
  readonly runtime: Runtime;
}) => void;

/** What differs between the real program and tests, and what the vault needs of higher rooms. */
export interface VaultSettings {
  readonly runtime: Runtime;
  /** The schema's history; by default what this program carries. */
  readonly migrations?: readonly Migration[];
  /**
   * Who moves WAL pages into the database: a worker thread (the default), or the commit that finds
   * the WAL long, which holds the engine and is meant for short-lived vaults.
   */
  readonly checkpoints?: 'worker' | 'commit';
  /**
   * Every room's way to wrap its keys anew. They are handed in with the opening, because a rekey
   * that a crash interrupted is finished before the rooms exist. A vault that is never rekeyed
   * (a test, the simulation) may go without.
   */
  readonly rewraps?: readonly Rewrap[];
  /** Opens slots of kind `token`, where there is a token. */
  readonly slotOpener?: SlotOpener;
  /** A passphrase that is no secret (the demo vault's); to try it is no guess. */
  readonly publicPassphrase?: string;
}

/** The settings alone, of options that hold more. */
export function settingsOf(options: VaultSettings): VaultSettings {
  const { runtime, migrations, checkpoints, rewraps, slotOpener, publicPassphrase } = options;
  return {
    runtime,
    ...(migrations === undefined ? {} : { migrations }),
    ...(checkpoints === undefined ? {} : { checkpoints }),
    ...(rewraps === undefined ? {} : { rewraps }),
    ...(slotOpener === undefined ? {} : { slotOpener }),
    ...(publicPassphrase === undefined ? {} : { publicPassphrase }),
  };
}
