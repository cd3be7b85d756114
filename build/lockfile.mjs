// Completes package-lock.json with the optional packages of other platforms.
//
// A registry that mirrors only some platforms leaves their packages out of the lockfile, and
// `npm ci` then refuses the whole lockfile. Each such package is pinned by its parent to one
// exact version and says in its name which platform it is for, so the entry can be written down
// without asking anybody. Run after every change of the dependencies: `npm run lockfile`.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { fromRoot } from './lib/paths.mjs';

const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

/** What `os`, `cpu` and `libc` the name of a platform package speaks of, or null where it names none. */
export function platformOf(name) {
  const words = name.split(/[-/]/).map((word) => (word === 'linuxmusl' ? 'musl' : word));
  const os = words.find((word) => SYSTEMS.includes(word)) ?? (words.includes('musl') ? 'linux' : undefined);
  const cpu = words.find((word) => PROCESSORS.includes(word));
  if (cpu === undefined) return null;
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.includes('gnu')
      ? 'glibc'
      : undefined;
  return {
    cpu: [cpu],
    ...(os === undefined ? {} : { os: [os] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
  };
}

/** Optional dependencies that the lockfile names but has no entry for: [path, version, dev]. */
export function missingOptionals(lock) {
  const missing = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!isFound(lock, path, name)) missing.push({ name, version, parent: path, dev: entry.dev === true });
    }
  }
  return missing;
}

/** Node's resolution: the nearest `node_modules` on the way up. */
function isFound(lock, fromPath, name) {
  let place = fromPath;
  for (;;) {
    const candidate = place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`;
    if (lock.packages[candidate] !== undefined) return true;
    if (place === '') return false;
    const cut = place.lastIndexOf('/node_modules/');
    place = cut === -1 ? '' : place.slice(0, cut);
  }
}

/** Writes the missing entries beside their siblings; returns their names. */
export function complete(lock) {
  const added = [];
  for (const { name, version, parent, dev } of missingOptionals(lock)) {
    const exact = version.replace(/^[\^~]/, '');
    if (!/^\d+\.\d+\.\d+/.test(exact)) continue;
    const top = `node_modules/${name}`;
    const path = lock.packages[top] === undefined ? top : `${parent}/${top}`;
    if (lock.packages[path] !== undefined) continue;
    lock.packages[path] = {
      version: exact,
      ...(dev ? { dev: true } : {}),
      optional: true,
      ...(platformOf(name) ?? {}),
    };
    added.push(name);
  }
  const [root, ...rest] = Object.entries(lock.packages);
  rest.sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries([root, ...rest]);
  return added;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = fromRoot('package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const added = complete(lock);
  if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(
    added.length === 0 ? 'The lockfile is complete.' : `Added ${added.length} packages of other platforms.`,
  );
}
