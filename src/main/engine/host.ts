import { resolve } from 'node:path';
import { permissions } from '../../contract/common.ts';
import type { VaultStatus } from '../../contract/vault.ts';
import { createIdMaker, createMetrics, idToText, silentLogger, systemRuntime } from '../base/index.ts';
import type { CallContext, Session } from '../base/procedures.ts';
import { createFeed, createJobs, type Feed } from '../jobs/index.ts';
import { createVault, defaultVaultFolder, openVault, type Vault, vaultName } from '../vault/index.ts';
import { type Console, openConsole } from './console.ts';
import type { EngineHostOptions, HostControl } from './control.ts';
import { createRouter, type EngineRouter } from './router.ts';

/** How somebody got in. */
export type DoorName = 'electron' | 'loopback' | 'cli' | 'socket';

/** The engine of one process: it serves the contract, with a vault open or without. */
export interface EngineHost {
  readonly router: EngineRouter;
  readonly feed: Feed;
  /** What a door passes with every call. One value serves a whole connection. */
  contextFor(door: DoorName): CallContext;
  status(): VaultStatus;
  close(): Promise<void>;
}

/** Creates the engine with no vault open. */
export function createEngineHost(options: EngineHostOptions): EngineHost {
  const runtime = options.runtime ?? systemRuntime;
  const log = options.log ?? silentLogger;
  const metrics = createMetrics();
  const feed = createFeed();
  const jobs = createJobs({ runtime, feed, metrics });
  const newId = createIdMaker(runtime);
  let console: Console | undefined;
  /** Opening and locking wait for each other, so that two windows never open one vault twice. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };

  const lockNow = async () => {
    const closing = console;
    console = undefined;
    if (!closing) return;
    feed.publish({ type: 'locked' });
    await closing.close();
  };
  const enter = async (vault: Vault) => {
    await lockNow();
    try {
      console = await openConsole({ vault, runtime, log, metrics, jobs, feed });
    } catch (error) {
      vault.close();
      throw error;
    }
    feed.changed('vault');
  };

  const control: HostControl = {
    options,
    dataFolder: options.dataFolder ?? defaultVaultFolder(),
    runtime,
    log,
    metrics,
    jobs,
    feed,
    startedAtMs: runtime.nowMs(),
    current: () => console,
    status: () => statusOf(console),
    create: (directory, passphrase, demo) =>
      inTurn(async () => {
        const { vault, recoveryKey } = await createVault({ directory, passphrase, runtime });
        if (demo) vault.transaction(() => vault.setMeta('demo', 'true'));
        await enter(vault);
        return recoveryKey;
      }),
    open: (directory, secret) =>
      inTurn(async () => {
        if (console && resolve(console.vault.directory) === resolve(directory)) await lockNow();
        await enter(await (options.openVault ?? openVault)({ directory, runtime, ...secret }));
      }),
    lock: () => inTurn(lockNow),
  };

  return {
    router: createRouter(control),
    feed,
    status: control.status,
    contextFor: (door) =>
      contextOf(
        door,
        () => console !== undefined,
        () => idToText(newId()),
      ),
    close: async () => {
      await jobs.settle();
      await control.lock();
      feed.close();
      metrics.close();
    },
  };
}

/** Until operators sign in, whoever opened the vault may do everything that one person may do. */
function contextOf(door: DoorName, isOpen: () => boolean, newTraceId: () => string): CallContext {
  const actor = door === 'cli' || door === 'socket' ? 'cli' : 'owner';
  const session: Session = { actor, permissions: new Set(permissions) };
  return {
    get session() {
      return isOpen() ? session : null;
    },
    get traceId() {
      return newTraceId();
    },
    // No command is under a policy yet; policies arrive with the operators.
    gate: () => {},
  };
}

function statusOf(console: Console | undefined): VaultStatus {
  if (!console) {
    return {
      state: 'closed',
      name: null,
      directory: null,
      vaultId: null,
      demo: false,
      generation: null,
      schemaVersion: null,
    };
  }
  const { vault } = console;
  return {
    state: 'open',
    name: vaultName(vault.directory),
    directory: vault.directory,
    vaultId: vault.vaultId,
    demo: vault.meta('demo') === 'true',
    generation: vault.generation,
    schemaVersion: vault.schemaVersion,
  };
}
