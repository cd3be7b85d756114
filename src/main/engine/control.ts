import type { VaultStatus } from '../../contract/vault.ts';
import type { Logger, Metrics, Runtime, Seat, SpawnHost } from '../base/index.ts';
import type { TokenSetting } from '../hsm/index.ts';
import type { Notifier } from '../incidents/index.ts';
import type { Feed, Jobs } from '../jobs/index.ts';
import type { Stretch } from '../operators/index.ts';
import type { MadeSlot, openVault, SlotOpener, SlotSecret } from '../vault/index.ts';
import type { CardSettings } from './cards.ts';
import type { Console } from './console.ts';
import type { SessionLock } from './session-lock.ts';
import type { RekeyRequest } from './slots.ts';

export interface EngineHostOptions {
  /** Folder in which vaults lie; the user's application-data folder by default. */
  readonly dataFolder?: string;
  /** The vault the program was started for; it is listed even outside the data folder. */
  readonly vaultDirectory?: string;
  readonly runtime?: Runtime;
  readonly log?: Logger;
  readonly version: string;
  /** Shows what is urgent by the operating system, where the door can. */
  readonly notifier?: Notifier;
  /** How a process of its own is started, as the door can; for what may crash its host. */
  readonly spawnHost?: SpawnHost;
  /** How a vault is opened; the simulation injects the root key here, past the key slots. */
  readonly openVault?: typeof openVault;
  /** Tests in this process bring a cheap stand-in for Argon2id over operators' passphrases; no door does. */
  readonly stretchOfOperatorsInTests?: Stretch;
  /** Where notices of key rotations are posted to, on this machine alone. */
  readonly noticeWebhook?: string;
  /** Whether connectors start with the vault: in programs that stay open, not in a command that ends. */
  readonly connects?: boolean;
  /** The token that key slots of the vault may lie on, with its PIN where nobody types it. */
  readonly token?: TokenSetting;
  /** How this workstation reads operators' cards. */
  readonly card?: CardSettings;
  /** Opens key slots of tokens; made from `token` where it is left out. */
  readonly slotOpener?: SlotOpener;
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
  /** The open vault's rooms. Throws `VAULT_REKEYING` while it is being given new keys. */
  current(): Console | undefined;
  status(): VaultStatus;
  create(directory: string, passphrase: string, demo: boolean): Promise<string>;
  open(directory: string, secret: SlotSecret): Promise<void>;
  lock(): Promise<void>;
  readonly sessionLock: SessionLock;
  /** Somebody is there on a connection: the idle time of its session starts again. */
  touch(seat: Seat): void;
  /** Runs work that no opening, locking or rekey may come between. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Gives the open vault new keys; answers the slot that took a place, where one did. */
  rekey(request: RekeyRequest): Promise<MadeSlot | null>;
}
