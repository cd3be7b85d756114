import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './child.mjs';
import { findNode24 } from './node24.mjs';
import { fromRoot, ROOT } from './paths.mjs';
import { say } from './say.mjs';

/** What each build is made from, what it makes, and with which tool. */
const BUILDS = {
  page: {
    what: 'the page',
    sources: ['src/renderer', 'src/contract', 'vite.config.ts', 'package-lock.json'],
    makes: ['out/renderer/index.html'],
    tool: ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'],
  },
  verifier: {
    what: 'the static verifier',
    sources: ['src/verifier', 'src/main/proof', 'build/verifier.mjs', 'package-lock.json'],
    makes: ['out/verifier.html'],
    tool: ['build/verifier.mjs'],
  },
  app: {
    what: 'the desktop app',
    sources: ['src', 'vite.config.ts', 'electron.vite.config.ts', 'package.json', 'package-lock.json'],
    makes: [
      'out/main/electron.js',
      'out/main/engine-process.js',
      'out/preload/index.cjs',
      'out/renderer/index.html',
    ],
    tool: ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn'],
  },
};

function addToHash(hash, place) {
  const path = fromRoot(place);
  if (!existsSync(path)) return;
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  for (const file of entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()) {
    hash.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file)).update('\0');
  }
}

function hashOf(sources) {
  const hash = createHash('sha256');
  for (const source of sources) {
    if (/\.[a-z]+$/.test(source))
      hash.update(existsSync(fromRoot(source)) ? readFileSync(fromRoot(source)) : '');
    else addToHash(hash, source);
  }
  return hash.digest('hex');
}

/** Builds `page`, `app` or `verifier` into `out`, unless what lies there was made from the same sources. */
export async function ensureBuilt(name) {
  mkdirSync(fromRoot('out'), { recursive: true });
  const release = await takeTurn(fromRoot('out', '.building'));
  try {
    await buildIfNeeded(name);
  } finally {
    release();
  }
}

const TURN_WAIT_MS = 200;

/** Two builds at once would empty each other's folder: the second waits, unless the first is dead. */
async function takeTurn(path) {
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isDead(path)) rmSync(path, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, TURN_WAIT_MS));
  }
}

function isDead(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

async function buildIfNeeded(name) {
  const build = BUILDS[name];
  const stamp = fromRoot('out', `.${name}-built`);
  const wanted = hashOf(build.sources);
  const isThere = build.makes.every((path) => existsSync(fromRoot(path)));
  if (isThere && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say(`building ${build.what} …`);
  // What an earlier build left must not pass for what this one made.
  for (const path of build.makes) rmSync(fromRoot(path), { force: true });
  const [script, ...args] = build.tool;
  // A test runner says NODE_ENV=test, and React would be built as for its developers: slower, and what nobody runs.
  const env = { ...process.env, NODE_ENV: 'production' };
  const { code, output } = await runQuietly(findNode24(), [fromRoot(script), ...args], { cwd: ROOT, env });
  if (code !== 0) {
    process.stderr.write(output);
    throw new Error(`${build.what} could not be built; the messages are above.`);
  }
  const missing = build.makes.filter((path) => !existsSync(fromRoot(path)));
  if (missing.length > 0) throw new Error(`the build of ${build.what} made no ${missing.join(', ')}`);
  writeFileSync(stamp, wanted);
  // The app brings the page with it.
  if (name === 'app') writeFileSync(fromRoot('out', '.page-built'), hashOf(BUILDS.page.sources));
}
