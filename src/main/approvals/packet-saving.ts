import { statSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { CountersignError } from '../base/index.ts';

const refuse = (expected: string) =>
  new CountersignError('PACKET_NOT_SAVED', 'The file could not be written into that folder.', {
    path: 'folder',
    expected,
  });

/**
 * Writes a file that only its user can read into a folder that is there, and never over another.
 * Throws `PACKET_NOT_SAVED`.
 */
export function saveInto(folder: string, name: string, text: string): string {
  if (!isAbsolute(folder)) throw refuse('the full path of a folder');
  if (!isFolder(folder)) throw refuse('a folder that is there');
  const path = join(folder, name);
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw refuse(isThere ? 'a folder in which the file is not yet' : 'a folder that can be written to');
  }
  return path;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
