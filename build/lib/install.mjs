import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { npmCommand, runQuietly, runToEnd } from './child.mjs';
import { findNode24 } from './node24.mjs';
import { fromRoot, ROOT } from './paths.mjs';
import { say } from './say.mjs';

const STAMP = fromRoot('node_modules', '.countersign-installed');

/**
 * What an installation is made from. The platform is part of it, since a folder that was copied
 * from another machine holds that machine's binaries.
 */
function wantedStamp() {
  const lock = readFileSync(fromRoot('package-lock.json'));
  return createHash('sha256').update(lock).update(`${process.platform}-${process.arch}`).digest('hex');
}

/** npm's own list of what it installed agrees with the lockfile in every package that is not optional. */
export function agrees(lock, installed) {
  return Object.entries(lock.packages).every(([path, entry]) => {
    if (path === '' || entry.link) return true;
    const found = installed.packages[path];
    if (found === undefined)
      return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return found.version === entry.version;
  });
}

function isInstalled() {
  if (!existsSync(fromRoot('node_modules')) || findNode24() === null) return false;
  const wanted = wantedStamp();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return true;
  // Somebody ran npm by hand: what counts is what lies there.
  const hidden = fromRoot('node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const lock = JSON.parse(readFileSync(fromRoot('package-lock.json'), 'utf8'));
  if (!agrees(lock, JSON.parse(readFileSync(hidden, 'utf8')))) return false;
  writeFileSync(STAMP, wanted);
  return true;
}

async function npm(args) {
  const { command, args: first, options } = npmCommand();
  return runQuietly(command, [...first, ...args], { ...options, cwd: ROOT });
}

/**
 * The `node` package brings its binary by an install script. Scripts are off for the packages as
 * a whole, and newer npm blocks them anyway, so this one is run here, by name.
 */
async function installNode24() {
  if (findNode24() !== null) return;
  say('installing Node 24 for this folder only …');
  const script = fromRoot('node_modules', 'node', 'installArchSpecificPackage.js');
  const { npm_config_ignore_scripts: _, ...env } = process.env;
  const { output } = await runQuietly(process.execPath, [script], {
    cwd: fromRoot('node_modules', 'node'),
    env,
  });
  if (findNode24() === null) {
    process.stderr.write(output);
    throw new Error('Node 24 could not be installed; install Node 24 on this machine and start again.');
  }
  linkNode24();
}

/** npm links a package's program only where it is there already, so this one is linked afterwards. */
function linkNode24() {
  const link = fromRoot('node_modules', '.bin', 'node');
  if (process.platform === 'win32' || existsSync(link)) return;
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), findNode24()), link);
}

/** Installs what the lockfile names, where it is not there yet. Quick when it is. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  say('installing the packages of the lockfile (about a minute, once) …');
  const startedAtMs = Date.now();
  const common = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev'];
  let result = await npm(['ci', ...common]);
  if (result.code !== 0) {
    // A registry that lacks packages of other platforms makes `npm ci` refuse the lockfile;
    // `npm install --no-save` takes the same versions from it and leaves it as it is.
    say('npm ci refused the lockfile; trying npm install with the same versions …');
    const first = result.output;
    result = await npm(['install', '--no-save', ...common]);
    if (result.code !== 0) process.stderr.write(`${first}\n${result.output}\n`);
  }
  if (result.code !== 0) throw new Error('npm could not install the packages; its messages are above.');
  await installNode24();
  writeFileSync(STAMP, wantedStamp());
  say(`packages installed in ${Math.round((Date.now() - startedAtMs) / 1000)} s.`);
}

/** Runs one of our own scripts on Node 24 with our streams; answers its exit code. */
export async function runOnNode24(args, options = {}) {
  const node = findNode24();
  if (node === null) throw new Error('Node 24 is not installed.');
  return runToEnd(node, args, { cwd: ROOT, ...options });
}
