/**
 * The process that the simulation kills: it opens vaults with their root key, does what the
 * parent says through the contract, and answers after each commit. Forked by `driver.ts`.
 */
import { dirname, join } from 'node:path';
import { restore } from '../../src/main/backup/index.ts';
import { createLogger, isCountersignError, type Runtime, systemRuntime } from '../../src/main/base/index.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost, type EngineHost } from '../../src/main/engine/index.ts';
import { booksChecker } from '../../src/main/engine/restore-vault.ts';
import { openVault, type Vault } from '../../src/main/vault/index.ts';
import { injectedClient } from '../support/people.ts';
import { installCrashSwitch } from './crash.ts';
import { dumpOf } from './dump.ts';
import type { FromChild, Head, ToChild } from './protocol.ts';
import { SIMULATION_ROOT_KEY } from './root-key.ts';
import { keysIdle } from './vault-work.ts';
import { ensureManualAccounts, perform } from './work.ts';

interface OpenVaultOfChild {
  readonly host: EngineHost;
  readonly client: Client;
  readonly vault: Vault;
  readonly accounts: ReadonlyMap<string, string>;
}

/** The last lines of the engine's log: a fault's own message says nothing, on purpose. */
const logged: string[] = [];
const log = createLogger((line) => {
  logged.push(line);
  if (logged.length > 5) logged.shift();
}, Date.now);

const crash = installCrashSwitch();
const vaults = new Map<number, OpenVaultOfChild>();

/** What each look at the clock adds where the child is slow: more than a batch may take. */
const SLOW_STEP_MS = 60;

let offsetMs = 0;
let slowByMs = 0;
let lagMs = 0;

/** The real clock, moved and stretched as the parent says; the randomness is real. */
const runtime: Runtime = {
  ...systemRuntime,
  nowMs: () => systemRuntime.nowMs() + offsetMs,
  monotonicMs: () => {
    lagMs += slowByMs;
    return systemRuntime.monotonicMs() + lagMs;
  },
};

function send(message: FromChild): void {
  process.send?.(message);
}

async function open(directory: string): Promise<OpenVaultOfChild> {
  let vault: Vault | undefined;
  const host = createEngineHost({
    version: '0.0.0-simulation',
    dataFolder: directory,
    vaultDirectory: directory,
    log,
    runtime,
    openVault: async () => {
      vault = await openVault({ directory, runtime, rootKey: SIMULATION_ROOT_KEY, checkpoints: 'commit' });
      return vault;
    },
  });
  const client = injectedClient(host);
  await client.vault.open({ directory, passphrase: 'the root key is injected' });
  if (!vault) throw new Error('The engine opened no vault.');
  return { host, client, vault, accounts: await ensureManualAccounts(client) };
}

/** Imports that a crash cut off and that nobody has ended since. */
function unfinishedImports(vault: Vault): number {
  const count = vault.db.prepare<[], bigint>('SELECT count(*) FROM import WHERE outcome IS NULL').pluck();
  return Number(count.get());
}

/**
 * Restores a backup and opens what came of it beside the vault it is of. A record inside a commit
 * cannot be restored to; the last one always can.
 */
async function restoreTrial(message: Extract<ToChild, { type: 'restore' }>): Promise<void> {
  const { key, id, source, heads, perMille } = message;
  const { client } = vaults.get(key)!;
  const { firstRecord, lastRecord } = await client.backup.inspect({ source });
  const wanted = firstRecord + ((lastRecord - firstRecord) * BigInt(perMille ?? 1_000)) / 1_000n;
  const options = (name: string, record: bigint) => ({
    source,
    record,
    target: join(dirname(vaults.get(key)!.vault.directory), `${key}-${id}-${name}.vault`),
    secret: { rootKey: SIMULATION_ROOT_KEY },
    runtime,
    caller: { actor: 'simulation', traceId: '' },
    checkBooks: booksChecker(runtime),
  });
  const { directory, record } = await restore(options('wanted', wanted)).catch((error: unknown) => {
    if (!isCountersignError(error, 'BACKUP_RECORD_UNREACHABLE')) throw error;
    return restore(options('last', lastRecord));
  });
  const restored = await open(directory);
  try {
    await keysIdle(restored.client);
    const unfinished = unfinishedImports(restored.vault);
    const kept = heads.filter((seq) => seq <= record);
    const dump = await dumpOf(restored.client, restored.vault, {
      heads: kept,
      verify: true,
      unfinishedImports: unfinished,
    });
    send({ type: 'restore', key, id, record, dump });
  } finally {
    await restored.host.close();
  }
}

async function headOf(client: Client): Promise<Head | null> {
  const head = await client.audit.head();
  return head && { seq: head.seq, leaf: head.leaf };
}

async function answer(message: ToChild): Promise<void> {
  if (message.type === 'open') {
    offsetMs = message.clock.offsetMs;
    slowByMs = message.clock.slow ? SLOW_STEP_MS : 0;
    if (message.crash) crash.arm(message.crash);
    for (const { key, directory } of message.vaults) vaults.set(key, await open(directory));
    return send({ type: 'opened', id: message.id, writes: crash.writes() });
  }
  if (message.type === 'close') {
    for (const { host } of vaults.values()) await host.close();
    send({ type: 'closed', writes: crash.writes() });
    return process.disconnect();
  }
  const { key, id } = message;
  const vault = vaults.get(key);
  if (!vault) throw new Error(`Vault ${key} is not open.`);
  if (message.type === 'dump') {
    const { heads, verify, atRest } = message;
    if (atRest) await keysIdle(vault.client);
    const options = { heads, verify, unfinishedImports: unfinishedImports(vault.vault) };
    return send({ type: 'dump', key, id, dump: await dumpOf(vault.client, vault.vault, options) });
  }
  if (message.type === 'restore') return restoreTrial(message);
  if (message.crash) crash.arm(message.crash);
  const outcome = await perform(message.operation, {
    client: vault.client,
    accounts: vault.accounts,
    directory: vault.vault.directory,
    bytes: Buffer.from(message.bytes ?? []),
    announce: (decision) => send({ type: 'intent', key, id, decision }),
  });
  return send({ type: 'done', key, id, outcome, head: await headOf(vault.client), writes: crash.writes() });
}

process.on('message', (message: ToChild) => {
  answer(message).catch((error: unknown) => {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    send({ type: 'fault', message: `${what}\n${logged.join('')}` });
  });
});
send({ type: 'ready' });
