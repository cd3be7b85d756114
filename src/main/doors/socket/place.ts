import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { CountersignError } from '../../base/index.ts';
import { defaultVaultFolder } from '../../vault/index.ts';

/** The folder in which running apps lay their sockets: `run` beside the vaults. */
export function defaultRunFolder(): string {
  return join(dirname(defaultVaultFolder()), 'run');
}

const IS_WINDOWS = process.platform === 'win32';
const OTHERS = 0o077;

/**
 * Makes the folder where it is missing, and refuses it where another user could have laid it or
 * could reach into it: whoever owns the folder could put a socket of their own there and listen.
 */
export function secureRunFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (IS_WINDOWS) return;
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || stat.uid !== userInfo().uid) throw untrusted();
  if ((stat.mode & OTHERS) !== 0) chmodSync(folder, 0o700);
}

/** Whether the folder and the socket in it are ours alone. What is not is never spoken to. */
export function isTrustedSocket(folder: string, path: string): boolean {
  if (IS_WINDOWS) return true;
  const { uid } = userInfo();
  const place = lstatSync(folder, { throwIfNoEntry: false });
  const socket = lstatSync(path, { throwIfNoEntry: false });
  return (
    place?.isDirectory() === true &&
    socket?.isSocket() === true &&
    [place, socket].every((stat) => stat.uid === uid && (stat.mode & OTHERS) === 0)
  );
}

function untrusted(): CountersignError {
  return new CountersignError('NOT_PERMITTED', "The folder for the app's socket belongs to somebody else.");
}
