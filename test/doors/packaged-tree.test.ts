import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runQuietly } from '../../build/lib/child.mjs';
import { findElectron } from '../../build/lib/electron.mjs';
import { ensureBuilt } from '../../build/lib/page.mjs';
import { FUSES } from '../../build/packaging/fuses.mjs';

/** What marks the fuses in Electron's program; then a version, a count, and one character a fuse. */
const FUSE_MARK = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSE_COUNT = 9;
const FUSE_ON = '1'.charCodeAt(0);
const FUSE_OFF = '0'.charCodeAt(0);

let folder: string;
let unpacked: string;
let packed: string[];

/** A stand-in for Electron's distribution where its program is not to be had: the files that packaging touches. */
function standInDistribution(): string {
  const place = join(folder, 'electron');
  mkdirSync(join(place, 'resources'), { recursive: true });
  mkdirSync(join(place, 'locales'));
  const { version } = JSON.parse(readFileSync('node_modules/electron/package.json', 'utf8')) as {
    version: string;
  };
  writeFileSync(join(place, 'version'), version);
  writeFileSync(join(place, 'locales', 'en-US.pak'), '');
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox', 'chrome_crashpad_handler']) {
    writeFileSync(join(place, name), name);
  }
  const wire = Buffer.concat([
    Buffer.from(FUSE_MARK),
    Buffer.from([1, FUSE_COUNT]),
    Buffer.alloc(FUSE_COUNT, FUSE_ON),
  ]);
  writeFileSync(join(place, 'electron'), Buffer.concat([Buffer.alloc(64), wire, Buffer.alloc(64)]));
  chmodSync(join(place, 'electron'), 0o755);
  return place;
}

/** The program's path inside the archive, one a line, as the archive tool lists it. */
function listArchive(archive: string): string[] {
  // The tool comes with electron-builder, so it is asked for where that would look.
  const require = createRequire(resolve('node_modules/app-builder-lib/package.json'));
  const asar = require('@electron/asar') as { listPackage(path: string, options: object): string[] };
  return asar.listPackage(archive, { isPack: false }).map((path) => path.replaceAll('\\', '/'));
}

beforeAll(async () => {
  await ensureBuilt('app');
  folder = mkdtempSync(join(tmpdir(), 'countersign-packed-'));
  const distribution = findElectron() === null ? standInDistribution() : null;
  const args = [
    resolve('node_modules/electron-builder/cli.js'),
    '--config',
    'electron-builder.config.mjs',
    '--dir',
    '--linux',
    '--x64',
    '--publish',
    'never',
    `-c.directories.output=${join(folder, 'dist')}`,
    ...(distribution === null ? [] : [`-c.electronDist=${distribution}`]),
  ];
  const { code, output } = await runQuietly(process.execPath, args);
  expect(code, output).toBe(0);
  unpacked = join(folder, 'dist', 'linux-unpacked');
  packed = listArchive(join(unpacked, 'resources', 'app.asar'));
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packaged app', () => {
  it('holds the whole build', () => {
    const built = ['out/main', 'out/preload', 'out/renderer'].flatMap((place) =>
      readdirSync(place, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !/\.(map|md)$/.test(entry.name))
        .map((entry) => `/${join(entry.parentPath, entry.name)}`),
    );
    expect(built.length).toBeGreaterThan(10);
    expect(built.filter((path) => !packed.includes(path))).toEqual([]);
    expect(packed).toContain('/package.json');
    expect(packed.filter((path) => path.startsWith('/resources/demo/')).length).toBeGreaterThan(5);
  });

  it('holds no sources, no tests and no tools', () => {
    const tops = new Set(packed.map((path) => path.split('/')[1]));
    expect([...tops].sort()).toEqual(['node_modules', 'out', 'package.json', 'resources']);
    const packages = new Set(
      packed.filter((path) => path.startsWith('/node_modules/')).map((path) => path.split('/')[2]),
    );
    for (const name of ['vite', 'vitest', 'electron', 'electron-builder', 'typescript', 'react', 'node']) {
      expect(packages, name).not.toContain(name);
    }
  });

  it('holds every package that the engine imports', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object };
    for (const name of Object.keys(dependencies)) {
      expect(packed, name).toContain(`/node_modules/${name}/package.json`);
    }
  });

  it('has its native modules beside the archive, where the system can load them', () => {
    const beside = join(unpacked, 'resources', 'app.asar.unpacked', 'node_modules');
    for (const path of [
      'better-sqlite3/prebuilds/linux-x64.node',
      '@node-rs/argon2-linux-x64-gnu/argon2.linux-x64-gnu.node',
    ]) {
      expect(statSync(join(beside, path)).size, path).toBeGreaterThan(100_000);
    }
    const native = packed.filter((path) => path.endsWith('.node'));
    expect(native.length).toBeGreaterThan(1);
    expect(
      native.filter((path) => !existsSync(join(unpacked, 'resources', 'app.asar.unpacked', path))),
    ).toEqual([]);
  });

  it('loads its native modules from there', async () => {
    const beside = join(unpacked, 'resources', 'app.asar.unpacked', 'node_modules');
    const place = join(folder, 'load', 'node_modules');
    cpSync(beside, place, { recursive: true });
    const script = `
      const Database = require('better-sqlite3');
      const db = new Database(':memory:');
      const argon2 = require('@node-rs/argon2');
      console.log(db.prepare('SELECT 40 + 2 AS n').get().n, typeof argon2.hashRaw);`;
    writeFileSync(join(folder, 'load', 'load.cjs'), script);
    const { code, output } = await runQuietly(process.execPath, [join(folder, 'load', 'load.cjs')]);
    expect(output.trim()).toBe('42 function');
    expect(code).toBe(0);
  });

  it('has its fuses burnt', async () => {
    const wire = await getCurrentFuseWire(join(unpacked, 'countersign'));
    expect(wire.version).toBe(FuseVersion.V1);
    const states = Object.fromEntries(Object.entries(wire).filter(([key]) => /^\d+$/.test(key))) as Record<
      string,
      number
    >;
    expect(Object.keys(states)).toHaveLength(FUSE_COUNT);
    for (const [fuse, state] of Object.entries(states)) {
      const wanted = FUSES[Number(fuse) as FuseV1Options] ? FUSE_ON : FUSE_OFF;
      expect(state, FuseV1Options[Number(fuse)]!).toBe(wanted);
    }
  });
});

describe('the fuses', () => {
  it.each([
    [FuseV1Options.RunAsNode, false],
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable, false],
    [FuseV1Options.EnableNodeCliInspectArguments, false],
    [FuseV1Options.GrantFileProtocolExtraPrivileges, false],
    [FuseV1Options.EnableCookieEncryption, true],
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, true],
    [FuseV1Options.OnlyLoadAppFromAsar, true],
  ])('number %i is %s', (fuse, state) => {
    expect(FUSES[fuse]).toBe(state);
  });

  it('are all named, so that a new one fails the build', () => {
    expect(FUSES.strictlyRequireAllFuses).toBe(true);
    const known = Object.values(FuseV1Options).filter((value) => typeof value === 'number');
    expect(known.filter((fuse) => !(fuse in FUSES))).toEqual([]);
  });
});
