import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npmCommand, runQuietly } from './child.mjs';
import { fromRoot } from './paths.mjs';
import { say } from './say.mjs';

/**
 * The binding to PKCS#11 is C++ that its package does not bring compiled. Scripts of packages are
 * off, so it is built here, by name. It speaks Node-API alone, so any Node's headers will do.
 */
const FOLDER = fromRoot('node_modules', 'pkcs11js');
const BUILD_MS = 5 * 60_000;

/** Whether the binding lies there, built. */
export const isBindingBuilt = (folder = FOLDER) =>
  existsSync(join(folder, 'build', 'Release', 'pkcs11.node'));

/** npm carries node-gyp with it. */
function findNodeGyp() {
  const [script] = npmCommand().args;
  const npmFolders = [
    ...(script === undefined ? [] : [dirname(dirname(script))]),
    join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm'),
    '/usr/share/nodejs/npm',
    '/usr/lib/node_modules/npm',
  ];
  const places = [
    ...npmFolders.map((folder) => join(folder, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js')),
    '/usr/share/nodejs/node-gyp/bin/node-gyp.js',
  ];
  return places.find((path) => existsSync(path)) ?? null;
}

/** A folder with Node's headers; without one node-gyp fetches them. */
function findHeaders() {
  const prefixes = [dirname(dirname(process.execPath)), '/usr', '/usr/local'];
  return prefixes.find((prefix) => existsSync(join(prefix, 'include', 'node', 'node_api.h'))) ?? null;
}

/** Builds the binding; answers whether it is there afterwards. */
export async function buildBinding(folder = FOLDER) {
  if (isBindingBuilt(folder)) return true;
  const nodeGyp = existsSync(folder) ? findNodeGyp() : null;
  if (nodeGyp === null) return false;
  const headers = findHeaders();
  const args = [nodeGyp, 'rebuild', ...(headers === null ? [] : [`--nodedir=${headers}`])];
  await runQuietly(process.execPath, args, { cwd: folder, timeoutMs: BUILD_MS });
  return isBindingBuilt(folder);
}

/** Builds the binding where a compiler is there; else says in one line what to install. The app starts without it. */
export async function ensureBinding() {
  if (isBindingBuilt() || !existsSync(FOLDER)) return;
  say('building the binding to hardware tokens (some seconds, once) …');
  if (await buildBinding()) return;
  say('no tokens can be used: please install a C++ compiler — Debian: sudo apt-get install g++ make python3');
}
