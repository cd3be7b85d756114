import { existsSync, readFileSync } from 'node:fs';
import { runQuietly } from './child.mjs';
import { findNode24 } from './node24.mjs';
import { fromRoot } from './paths.mjs';
import { say } from './say.mjs';

/** A download that is still running after this has no future; one that cannot connect fails at once. */
const DOWNLOAD_LIMIT_MS = 10 * 60_000;

/** Where Electron's program is, or null where it was not fetched yet. */
export function findElectron() {
  const pathFile = fromRoot('node_modules', 'electron', 'path.txt');
  if (!existsSync(pathFile)) return null;
  const path = fromRoot('node_modules', 'electron', 'dist', readFileSync(pathFile, 'utf8'));
  return existsSync(path) ? path : null;
}

/** Electron's program, fetched where it is missing; null where it cannot be had. */
export async function ensureElectron() {
  const found = findElectron();
  if (found) return found;
  say("fetching Electron's program (once) …");
  const script = fromRoot('node_modules', 'electron', 'install.js');
  await runQuietly(findNode24(), [script], { timeoutMs: DOWNLOAD_LIMIT_MS });
  return findElectron();
}

/** Whether a window can be shown at all. */
export function hasDisplay() {
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}
