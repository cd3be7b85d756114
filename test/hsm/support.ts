import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRuntime } from '../../src/main/base/index.ts';
import { forkHost } from '../../src/main/doors/shared/fork-host.ts';
import type { LibraryChoice } from '../../src/main/hsm/calls.ts';
import { type HsmClient, type HsmClientOptions, startHsmClient } from '../../src/main/hsm/client.ts';

export const ENTRY = new URL('../../src/main/hsm/hsm.process.ts', import.meta.url);
export const STAND_IN = new URL('./stand-in.process.ts', import.meta.url);
export const SOFTHSM = '/usr/lib/softhsm/libsofthsm2.so';
export const PIN = 'user-pin-4711';
export const SO_PIN = 'officer-pin-0815';

/** A folder of SoftHSM's own, and the choice that leads a library there. */
export interface SoftFolder {
  readonly choice: LibraryChoice;
  readonly folder: string;
  remove(): void;
}

export function softFolder(): SoftFolder {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-hsm-'));
  const tokens = join(folder, 'tokens');
  mkdirSync(tokens);
  const config = join(folder, 'softhsm2.conf');
  writeFileSync(config, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  return {
    folder,
    choice: { path: SOFTHSM, environment: { SOFTHSM2_CONF: config } },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Makes a token in a process of its own, as the product does. */
export async function makeToken(choice: LibraryChoice, label: string): Promise<string> {
  const client = startClient();
  try {
    const { token } = await client.call('initialise', { ...choice, label, soPin: SO_PIN, pin: PIN });
    return token.serial;
  } finally {
    client.kill();
  }
}

export function startClient(options: Partial<HsmClientOptions> = {}): HsmClient {
  return startHsmClient({ spawnHost: forkHost, entry: ENTRY, runtime: systemRuntime, ...options });
}

/** A client that is logged in on a token. */
export async function openToken(
  choice: LibraryChoice,
  label: string,
  options: Partial<HsmClientOptions> = {},
): Promise<HsmClient> {
  const client = startClient(options);
  await client.call('open', { ...choice, token: { label } });
  await client.call('login', { pin: PIN });
  return client;
}

export const keyId = (name: string): string => Buffer.from(name).toString('hex');
