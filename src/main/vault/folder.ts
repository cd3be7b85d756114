import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CountersignError, isCountersignError, type Runtime } from '../base/index.ts';
import { fsyncDirectory, HEADER_FILE } from './header.ts';
import { LOCK_FILE, takeLock } from './lock.ts';
import { FILE_SALT_BYTES } from './root-keys.ts';

export const DATABASE_FILE = 'vault.db';

const PAGE_BYTES = 4096;

/** The place a vault is built in before it gets its name: hidden, beside its later folder. */
const draftPrefix = (directory: string) => `.${basename(directory)}.creating-`;

/** A draft that is younger than this may belong to a creation that has not taken its lock yet. */
const DRAFT_START_MS = 5_000;

/** Removes drafts that a killed creation left. One whose lock is held is being built right now. */
function sweepDrafts(directory: string): void {
  const parent = dirname(directory);
  for (const entry of readdirSync(parent)) {
    if (!entry.startsWith(draftPrefix(directory))) continue;
    const draft = join(parent, entry);
    const locked = statSync(join(draft, LOCK_FILE), { throwIfNoEntry: false }) !== undefined;
    if (!locked && Date.now() - statSync(draft).mtimeMs < DRAFT_START_MS) continue;
    try {
      if (locked) takeLock(join(draft, LOCK_FILE)).release();
    } catch (error) {
      if (isCountersignError(error, 'VAULT_IN_USE')) continue;
    }
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Whether a vault may be created at a place: nothing is there, or a folder with nothing in it. */
function isFree(directory: string): boolean {
  const stat = statSync(directory, { throwIfNoEntry: false });
  return stat === undefined || (stat.isDirectory() && readdirSync(directory).length === 0);
}

/**
 * Builds a vault's folder in one step as others see it: `build` fills a hidden draft, which then
 * takes its name. Whatever fails, nothing is left. Throws `VAULT_EXISTS` where the name is taken by
 * anything but an empty folder.
 */
export async function createFolder(
  directory: string,
  runtime: Runtime,
  build: (draft: string) => Promise<void>,
): Promise<void> {
  const taken = () =>
    new CountersignError(
      'VAULT_EXISTS',
      'There is already something at that place; a vault is never created over it.',
    );
  if (!isFree(directory)) throw taken();
  const parent = dirname(directory);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  sweepDrafts(directory);
  const draft = join(parent, draftPrefix(directory) + runtime.randomBytes(8).toString('hex'));
  mkdirSync(draft, { mode: 0o700 });
  try {
    // The lock marks the draft as being built, so that a second creation does not sweep it.
    const lock = takeLock(join(draft, LOCK_FILE));
    try {
      await build(draft);
      fsyncDirectory(draft);
    } finally {
      lock.release();
    }
    if (!isFree(directory)) throw taken();
    // An empty folder makes room; one that was filled in the meantime is refused by rmdir.
    if (statSync(directory, { throwIfNoEntry: false }) !== undefined) rmdirSync(directory);
    renameSync(draft, directory);
    fsyncDirectory(parent);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Throws `VAULT_MISSING` where there is nothing or an empty folder, `VAULT_FOREIGN` where there is something else,
 * `VAULT_TRUNCATED` where the database is too short to have a first page.
 */
export function requireVaultFolder(directory: string): void {
  const stat = statSync(directory, { throwIfNoEntry: false });
  if (stat === undefined || isFree(directory)) {
    throw new CountersignError('VAULT_MISSING', 'There is no vault at that place.');
  }
  const header = statSync(join(directory, HEADER_FILE), { throwIfNoEntry: false });
  const database = statSync(join(directory, DATABASE_FILE), { throwIfNoEntry: false });
  if (!stat.isDirectory() || !header?.isFile() || !database?.isFile()) {
    throw new CountersignError('VAULT_FOREIGN', 'What lies at that place is not a vault.', {
      expected: `a folder with ${HEADER_FILE} and ${DATABASE_FILE}`,
    });
  }
  if (database.size < PAGE_BYTES) throw truncated(database.size);
}

/**
 * Throws `VAULT_TRUNCATED` where the database ends inside a page. A file whose WAL is still there is
 * passed over: a crash may have cut a checkpoint short, and the WAL holds what is missing.
 */
export function requireWholePages(path: string): void {
  const { size } = statSync(path);
  const walSize = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (size % PAGE_BYTES !== 0 && walSize === 0) throw truncated(size);
}

export function truncated(sizeBytes: number): CountersignError {
  return new CountersignError('VAULT_TRUNCATED', 'The database file is shorter than it must be.', {
    file: DATABASE_FILE,
    actual: `${sizeBytes} bytes`,
  });
}

/** The salt in the first bytes of a database, from which `originOf` reads whose it is. */
export function readSalt(path: string): Buffer {
  const head = Buffer.alloc(FILE_SALT_BYTES);
  const handle = openSync(path, 'r');
  try {
    readSync(handle, head, 0, FILE_SALT_BYTES, 0);
  } finally {
    closeSync(handle);
  }
  return head;
}
