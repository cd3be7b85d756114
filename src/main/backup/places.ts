import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { CountersignError } from '../base/index.ts';
import { vaultName } from '../vault/index.ts';
import { targetExists } from './file-errors.ts';

function invalid(expected: string): CountersignError {
  const message = 'The place is none that a backup or a restored vault may have.';
  return new CountersignError('BACKUP_TARGET_INVALID', message, { expected });
}

/** The place with the links of what exists of it followed. */
function realPlace(path: string): string {
  const rest: string[] = [];
  for (let place = resolve(path); ; place = dirname(place)) {
    try {
      return join(realpathSync(place), ...rest);
    } catch {
      if (dirname(place) === place) return resolve(path);
      rest.unshift(basename(place));
    }
  }
}

/** Whether a path is a folder or lies in it. */
function liesIn(path: string, folder: string): boolean {
  const way = relative(realPlace(folder), realPlace(path));
  return way === '' || !(way.startsWith('..') || isAbsolute(way));
}

/** A path as a person gave it: absolute, and outside the vault that is open. Throws `BACKUP_TARGET_INVALID`. */
export function placeOutside(path: string, vaultDirectory: string | undefined): string {
  if (!isAbsolute(path) || path.includes('\0')) throw invalid('an absolute path');
  if (vaultDirectory !== undefined && liesIn(path, vaultDirectory)) {
    throw invalid('a place outside the folder of the vault');
  }
  return resolve(path);
}

const exists = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;

/** A place where nothing is yet, in a folder that is there. Throws `BACKUP_TARGET_*`. */
export function freePlace(path: string, vaultDirectory: string | undefined): string {
  const place = placeOutside(path, vaultDirectory);
  if (exists(place)) throw targetExists();
  if (statSync(dirname(place), { throwIfNoEntry: false })?.isDirectory()) return place;
  throw new CountersignError('BACKUP_TARGET_UNREACHABLE', 'The folder that it is to lie in does not exist.');
}

/** Where a backup goes unless a place is named: a folder beside the vault. */
export function suggestedFile(vaultDirectory: string, nowMs: number): string {
  const name = vaultName(vaultDirectory);
  const [day = '', time = ''] = new Date(nowMs).toISOString().split('T');
  const stamp = `${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}`;
  const folder = join(dirname(vaultDirectory), `${name}.backups`);
  for (let again = 1; ; again += 1) {
    const file = join(folder, `${name}-${stamp}${again === 1 ? '' : `-${again}`}.bkup`);
    if (!exists(file)) return file;
  }
}
