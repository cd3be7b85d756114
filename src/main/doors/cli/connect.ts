import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { ORPCError } from '@orpc/client';
import { createRouterClient } from '@orpc/server';
import type { Runtime } from '../../base/index.ts';
import { createEngineHost, DEMO_PASSPHRASE, type EngineHost } from '../../engine/index.ts';
import type { Client } from '../shared/client.ts';
import { forkHost } from '../shared/fork-host.ts';
import { programLog } from '../shared/log.ts';
import { engineSettings } from '../shared/settings.ts';
import { programVersion } from '../shared/version.ts';
import { findHolder } from '../socket/index.ts';
import { PassphraseNeeded, UsageError } from './exit-codes.ts';
import {
  askNewPassphrase,
  askPassphrase,
  NO_PASSPHRASE,
  type PassphraseSource,
  tokenPin,
} from './passphrase.ts';

/** The contract with a vault open behind it, in this process or in the app that holds the vault. */
export interface Connection {
  readonly client: Client;
  /** Whether a running app does the work. */
  readonly isRemote: boolean;
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly vault: string | undefined;
  readonly passphrases: PassphraseSource;
  /** What to do where there is no vault: refuse, or make one. */
  readonly missing: 'refuse' | 'create' | 'create-demo';
  /** Tells the person something that is no result: the recovery key of a new vault. */
  tell(line: string): void;
  readonly dataFolder?: string;
  readonly runFolder?: string;
  readonly runtime?: Runtime;
}

const NEW_VAULT_NAME = 'main';
const HANDOVER_TRIES = 10;
const HANDOVER_WAIT_MS = 200;

/**
 * Opens the vault that the command line means. While an app holds it, its socket is used and no
 * passphrase is asked for: only this user can open that socket, and the vault is open already.
 */
export async function openConnection(options: ConnectOptions): Promise<Connection> {
  const host = createEngineHost({
    version: programVersion(),
    ...engineSettings(),
    log: programLog(),
    spawnHost: forkHost,
    ...(options.dataFolder === undefined ? {} : { dataFolder: options.dataFolder }),
    ...(options.runtime === undefined ? {} : { runtime: options.runtime }),
    ...(options.vault === undefined ? {} : { vaultDirectory: resolve(options.vault) }),
  });
  try {
    const local = clientOf(host);
    const directory = await directoryOf(local, options);
    const remote = directory === null ? null : await findHolder(directory, options.runFolder);
    if (remote !== null) {
      await host.close();
      return { client: remote.client, isRemote: true, close: async () => remote.close() };
    }
    if (directory === null || !existsSync(directory)) await createVault(local, directory, options);
    else {
      const holder = await openVault(local, directory, options);
      if (holder !== null) {
        await host.close();
        return holder;
      }
    }
    return { client: local, isRemote: false, close: () => host.close() };
  } catch (error) {
    await host.close();
    throw error;
  }
}

export function clientOf(host: EngineHost): Client {
  // One value for all calls: a sign-in belongs to it.
  const context = host.contextFor('cli');
  return createRouterClient(host.router, { context: () => context });
}

/** The vault that is meant, or null where there is none in the data folder. */
async function directoryOf(client: Client, options: ConnectOptions): Promise<string | null> {
  if (options.vault !== undefined) return resolve(options.vault);
  const { vaults } = await client.vault.list();
  if (options.missing === 'create-demo') return vaults.find((vault) => vault.demo)?.directory ?? null;
  if (vaults.length > 1) {
    throw new UsageError(
      `There are several vaults: ${vaults.map((vault) => vault.name).join(', ')}. Say --vault DIR.`,
    );
  }
  return vaults[0]?.directory ?? null;
}

async function createVault(client: Client, directory: string | null, options: ConnectOptions): Promise<void> {
  if (options.missing === 'refuse') {
    throw new ORPCError('VAULT_MISSING', { message: 'There is no vault at that place.' });
  }
  const { given } = options.passphrases;
  if (options.missing === 'create-demo' && (given === undefined || directory === null)) {
    const { recoveryKey, status } = await client.vault.openDemo();
    options.tell(`Made the demo vault ${status.directory}. Its passphrase: ${DEMO_PASSPHRASE}`);
    if (recoveryKey !== null) options.tell(`Recovery key: ${recoveryKey}`);
    return;
  }
  const passphrase = given ?? (await askNewPassphrase(options.passphrases));
  const name = directory === null ? NEW_VAULT_NAME : nameOf(directory);
  const { recoveryKey, status } = await client.vault.create({
    name,
    passphrase,
    ...(directory === null ? {} : { directory }),
  });
  options.tell(`Made the vault ${status.directory}.`);
  options.tell(`Recovery key, shown this once: ${recoveryKey}`);
}

function nameOf(directory: string): string {
  return basename(directory, '.vault').slice(0, 60) || NEW_VAULT_NAME;
}

/** Opens the vault here. Answers the app's connection where one took the vault in the meantime. */
async function openVault(
  client: Client,
  directory: string,
  options: ConnectOptions,
): Promise<Connection | null> {
  for await (const secret of secretsFor(client, directory, options)) {
    const failure = await tryToOpen(client, directory, secret);
    if (failure === null) return null;
    if (failure.code === 'VAULT_IN_USE') return waitForHolder(directory, options, failure);
    if (failure.code !== 'VAULT_PASSPHRASE_WRONG' && failure.code !== 'VAULT_TOKEN_MISSING') throw failure;
  }
  if (options.passphrases.terminal === null && options.passphrases.given === undefined) {
    throw new PassphraseNeeded(NO_PASSPHRASE);
  }
  throw new ORPCError('VAULT_PASSPHRASE_WRONG', { message: 'No key slot opens with that passphrase.' });
}

type Secret = { readonly passphrase: string } | { readonly token: true; readonly pin?: string };

/** The token of this workstation, where its settings name one and nothing else was given; else passphrases. */
async function* secretsFor(
  client: Client,
  directory: string,
  options: ConnectOptions,
): AsyncGenerator<Secret> {
  const { passphrases } = options;
  if (engineSettings().token !== undefined && passphrases.given === undefined) {
    yield { token: true, ...(await tokenPin(passphrases)) };
  }
  for (const passphrase of await passphrasesFor(client, directory, options)) yield { passphrase };
}

/**
 * What to try, in this order: what was given, then the demo vault's own, which is no secret. Only
 * where neither can be it is a person asked.
 */
async function passphrasesFor(client: Client, directory: string, options: ConnectOptions): Promise<string[]> {
  const { given } = options.passphrases;
  const { vaults } = await client.vault.list();
  const isDemo =
    options.missing === 'create-demo' ||
    vaults.some((vault) => vault.demo && resolve(vault.directory) === directory);
  if (given !== undefined) return isDemo ? [given, DEMO_PASSPHRASE] : [given];
  if (isDemo || options.passphrases.terminal === null) return [DEMO_PASSPHRASE];
  return [await askPassphrase(options.passphrases, 'Passphrase')];
}

async function tryToOpen(
  client: Client,
  directory: string,
  secret: Secret,
): Promise<ORPCError<string, unknown> | null> {
  try {
    await client.vault.open({ directory, ...secret });
    return null;
  } catch (error) {
    if (error instanceof ORPCError) return error;
    throw error;
  }
}

/** The process that holds the vault may be an app that is just starting: its socket comes a moment later. */
async function waitForHolder(
  directory: string,
  options: ConnectOptions,
  failure: ORPCError<string, unknown>,
): Promise<Connection> {
  for (let i = 0; i < HANDOVER_TRIES; i += 1) {
    const remote = await findHolder(directory, options.runFolder);
    if (remote) return { client: remote.client, isRemote: true, close: async () => remote.close() };
    await new Promise((done) => setTimeout(done, HANDOVER_WAIT_MS));
  }
  throw failure;
}
