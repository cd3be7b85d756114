import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { DATABASE_FILE } from './folder.ts';
import { HEADER_FILE } from './header.ts';

export const VAULT_SUFFIX = '.vault';

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of the user's application data that holds the vaults, by the platform's custom. */
export function defaultVaultFolder(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (platform === 'win32') {
    return join(environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Countersign', 'vaults');
  }
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Countersign', 'vaults');
  // The XDG specification has relative values ignored.
  const data = environment.XDG_DATA_HOME;
  const folder = data?.startsWith('/') ? data : join(home, '.local', 'share');
  return join(folder, 'countersign', 'vaults');
}

/** The folder of a vault called `name`. The name is one plain path component, else a `TypeError`. */
export function vaultDirectory(folder: string, name: string): string {
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u.test(name) || name.endsWith('.')) {
    throw new TypeError('vaultDirectory: a name of letters, digits, spaces, dots, hyphens expected');
  }
  return join(folder, `${name}${VAULT_SUFFIX}`);
}

/** The name a person knows a vault by: its folder's name without the suffix. */
export function vaultName(directory: string): string {
  return basename(directory, VAULT_SUFFIX);
}

export interface ListedVault {
  readonly name: string;
  readonly directory: string;
  /** When the database or its WAL was last written. */
  readonly modifiedAtMs: number;
}

/** The vaults of a folder, newest first; none where the folder does not exist. Opens nothing. */
export function listVaults(folder: string): ListedVault[] {
  const modifiedAtMs = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const vaults: ListedVault[] = [];
  for (const entry of entries) {
    if (!entry.endsWith(VAULT_SUFFIX) || entry.startsWith('.')) continue;
    const directory = join(folder, entry);
    const database = modifiedAtMs(join(directory, DATABASE_FILE));
    if (database === undefined || modifiedAtMs(join(directory, HEADER_FILE)) === undefined) continue;
    const wal = modifiedAtMs(join(directory, `${DATABASE_FILE}-wal`)) ?? 0;
    vaults.push({ name: vaultName(directory), directory, modifiedAtMs: Math.max(database, wal) });
  }
  return vaults.sort((a, b) => b.modifiedAtMs - a.modifiedAtMs);
}
