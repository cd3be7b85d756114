import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fromRoot } from './paths.mjs';

/** The generation of Node inside the Electron we ship. */
const WANTED_MAJOR = 24;

export function majorOf(version) {
  return Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0);
}

/** Where the `node` package puts the binary: its own `bin`, or the platform package that it installs. */
function candidates() {
  const exe = process.platform === 'win32' ? 'node.exe' : 'node';
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const platform = [`node-${system}-${process.arch}`, `node-bin-${system}-${process.arch}`];
  return [
    fromRoot('node_modules', 'node', 'bin', exe),
    ...platform.flatMap((name) => [
      fromRoot('node_modules', 'node', 'node_modules', name, 'bin', exe),
      fromRoot('node_modules', name, 'bin', exe),
    ]),
  ];
}

function isWanted(path) {
  if (!existsSync(path)) return false;
  try {
    return majorOf(execFileSync(path, ['--version'], { encoding: 'utf8' })) >= WANTED_MAJOR;
  } catch {
    return false;
  }
}

/** The Node that runs our sources, or null where none is installed yet. */
export function findNode24() {
  const installed = candidates().find(isWanted);
  if (installed) return installed;
  return majorOf(process.version) >= WANTED_MAJOR ? process.execPath : null;
}
