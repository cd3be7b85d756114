import Database from 'better-sqlite3';
import { CountersignError } from '../base/index.ts';

/**
 * What SQLite says, in the console's words. The first prefix that fits the extended result code
 * wins, so narrower ones stand first.
 */
const MEANINGS = [
  ['SQLITE_FULL', 'VAULT_DISK_FULL', 'The disk that holds the vault is full; nothing was written.'],
  ['SQLITE_IOERR_SHMSIZE', 'VAULT_DISK_FULL', 'The disk that holds the vault is full; nothing was written.'],
  ['SQLITE_BUSY', 'VAULT_IN_USE', 'The vault is held by another process or a longer piece of work.'],
  ['SQLITE_NOTADB', 'VAULT_DAMAGED', 'The first page of the database does not authenticate.'],
  ['SQLITE_CORRUPT', 'VAULT_DAMAGED', 'A page of the database does not authenticate or is not whole.'],
  ['SQLITE_READONLY', 'VAULT_UNREADABLE', 'The vault cannot be written: its file or its disk is read-only.'],
  ['SQLITE_CANTOPEN', 'VAULT_UNREADABLE', 'The operating system refuses to open the database file.'],
  ['SQLITE_PERM', 'VAULT_UNREADABLE', 'The operating system refuses access to the database file.'],
  ['SQLITE_IOERR', 'VAULT_UNREADABLE', 'The disk that holds the vault reports an error.'],
] as const;

/**
 * Turns a storage error of SQLite into a typed one; any other error (a constraint, one of ours)
 * is answered as it came, for the room above knows what it means there.
 */
export function storageError(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return fileError(error);
  for (const [prefix, code, message] of MEANINGS) {
    if (error.code.startsWith(prefix)) {
      return new CountersignError(code, message, { sqlite: error.code }, { cause: error });
    }
  }
  return error;
}

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const REFUSED = new Set(['EACCES', 'EPERM', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'EISDIR', 'ENOTDIR']);

/** The same for errors of the file system. */
function fileError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CountersignError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (FULL.has(code)) {
    const message = 'The disk that holds the vault is full; nothing was written.';
    return new CountersignError('VAULT_DISK_FULL', message, { system: code }, { cause: error });
  }
  if (REFUSED.has(code)) {
    const message = 'The operating system refuses access to the vault.';
    return new CountersignError('VAULT_UNREADABLE', message, { system: code }, { cause: error });
  }
  return error;
}
