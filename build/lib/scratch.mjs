import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Linux keeps this folder in memory. */
const IN_MEMORY = '/dev/shm';
const PREFIX = 'cs-test-';
const GIB = 2 ** 30;
/** A machine with less keeps what the tests write on its disk. */
const LEAST_ROOM = 4 * GIB;
const LEAST_MEMORY = 6 * GIB;

/** Folders of runs that were killed lie in memory until somebody removes them. */
function removeLeftOvers() {
  for (const name of readdirSync(IN_MEMORY)) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : 0;
    if (pid > 0 && !existsSync(`/proc/${pid}`))
      rmSync(join(IN_MEMORY, name), { recursive: true, force: true });
  }
}

function hasRoom() {
  if (process.platform !== 'linux' || !existsSync(IN_MEMORY)) return false;
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return bavail * bsize >= LEAST_ROOM && freemem() >= LEAST_MEMORY;
}

/**
 * Where the tests keep their thousands of vaults: in memory, where the machine has the room, since each
 * commit waits for the disk otherwise. A process that is killed loses nothing there either, and that
 * commits are asked to reach the disk is what they are on any folder. The caller removes it.
 */
export function makeScratch() {
  try {
    if (hasRoom()) {
      removeLeftOvers();
      return mkdtempSync(join(IN_MEMORY, `${PREFIX}${process.pid}-`));
    }
  } catch {
    // A folder that cannot be written to is no reason not to test.
  }
  return mkdtempSync(join(tmpdir(), PREFIX));
}
