/** SoftHSM inside the vault's folder: its own configuration, its own tokens, nobody else's. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Runtime } from '../base/index.ts';
import type { LibraryChoice } from './calls.ts';
import { findLibrary } from './library.ts';

/** Where the embedded tokens lie, below the vault's folder. */
export const TOKENS_FOLDER = ['softhsm', 'tokens'] as const;

/** Bytes of a PIN that no person types. */
const PIN_BYTES = 24;

/** Writes the configuration where it is missing or the vault was moved; answers how to load the library. `name`: the folder. */
export function prepareSoftHsm(vaultDirectory: string, name = 'softhsm'): LibraryChoice {
  const path = findLibrary('softhsm');
  const folder = join(vaultDirectory, name);
  const tokens = join(folder, 'tokens');
  mkdirSync(tokens, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const configuration = join(folder, 'softhsm2.conf');
  const lines = [
    `directories.tokendir = ${tokens}`,
    'objectstore.backend = file',
    'objectstore.umask = 0077',
    'log.level = ERROR',
    'slots.removable = false',
  ];
  writeFileSync(configuration, `${lines.join('\n')}\n`, { mode: 0o600 });
  return { path, environment: { SOFTHSM2_CONF: configuration } };
}

/** Whether SoftHSM is installed on this machine. */
export function hasSoftHsm(): boolean {
  try {
    findLibrary('softhsm');
    return true;
  } catch {
    return false;
  }
}

/** A random PIN. It lies in the vault, which is why a software token never guards the vault itself. */
export function newPin(runtime: Runtime): string {
  return runtime.randomBytes(PIN_BYTES).toString('base64url');
}
