import { CountersignError, isCountersignError } from '../base/index.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const UNREACHABLE = new Set([
  'ENOENT',
  'EACCES',
  'EPERM',
  'EROFS',
  'EIO',
  'EMFILE',
  'ENFILE',
  'EISDIR',
  'ENOTDIR',
  'ENODEV',
  'ENXIO',
  'ESTALE',
  'ETIMEDOUT',
  'EHOSTDOWN',
  'ENAMETOOLONG',
  'ELOOP',
]);

/**
 * What goes wrong with the files of a backup, in the console's words; anything that is not of the
 * file system is answered as it came.
 */
export function backupFileError(error: unknown): unknown {
  if (!(error instanceof Error) || isCountersignError(error)) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (FULL.has(code) || code.startsWith('SQLITE_FULL')) {
    const message = 'The disk that the backup or the restored vault goes to is full.';
    return new CountersignError('BACKUP_DISK_FULL', message, { system: code }, { cause: error });
  }
  if (code === 'EEXIST') return targetExists();
  if (UNREACHABLE.has(code) || code.startsWith('SQLITE_CANTOPEN')) {
    const message = 'The place cannot be read or written, or its folder is gone.';
    return new CountersignError('BACKUP_TARGET_UNREACHABLE', message, { system: code }, { cause: error });
  }
  return error;
}

export function targetExists(): CountersignError {
  const message = 'There is already something at that place; nothing is written over.';
  return new CountersignError('BACKUP_TARGET_EXISTS', message);
}
