import type { VaultStatus } from '../../contract/vault.ts';
import type { Logger, Metrics, Runtime } from '../base/index.ts';
import type { Feed, Jobs } from '../jobs/index.ts';
import type { openVault } from '../vault/index.ts';
import type { Console } from './console.ts';

export interface EngineHostOptions {
  /** Folder in which vaults lie; the user's application-data folder by default. */
  readonly dataFolder?: string;
  /** The vault the program was started for; it is listed even outside the data folder. */
  readonly vaultDirectory?: string;
  readonly runtime?: Runtime;
  readonly log?: Logger;
  readonly version: string;
  /** How a vault is opened; the simulation injects the root key here, past the key slots. */
  readonly openVault?: typeof openVault;
}

/** What the engine's own procedures work on; made by `host.ts`. */
export interface HostControl {
  readonly options: EngineHostOptions;
  readonly dataFolder: string;
  readonly runtime: Runtime;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly jobs: Jobs;
  readonly feed: Feed;
  readonly startedAtMs: number;
  current(): Console | undefined;
  status(): VaultStatus;
  create(directory: string, passphrase: string, demo: boolean): Promise<string>;
  open(directory: string, secret: { passphrase: string } | { recoveryKey: string }): Promise<void>;
  lock(): Promise<void>;
}
