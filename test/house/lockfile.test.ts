import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agrees } from '../../build/lib/install.mjs';
import { complete, missingOptionals, platformOf } from '../../build/lockfile.mjs';

interface Entry {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Entry> };
const entries = Object.entries(lock.packages).filter(([path]) => path !== '');

describe('the lockfile', () => {
  it('names versions and no addresses', () => {
    expect(entries.length).toBeGreaterThan(300);
    expect(entries.filter(([, entry]) => entry.version === undefined)).toEqual([]);
    expect(entries.filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
    expect(JSON.stringify(lock.packages)).not.toMatch(/"resolved"/);
  });

  it('has a hash for every package that this machine could be given', () => {
    const without = entries.filter(([, entry]) => entry.integrity === undefined);
    expect(without.filter(([, entry]) => entry.optional !== true || entry.cpu === undefined)).toEqual([]);
  });

  it('holds every optional package that it names, so that npm ci accepts it', () => {
    expect(missingOptionals(lock)).toEqual([]);
  });
});

describe('what completes the lockfile', () => {
  it.each([
    ['@biomejs/cli-darwin-arm64', { os: ['darwin'], cpu: ['arm64'] }],
    ['@biomejs/cli-linux-x64-musl', { os: ['linux'], cpu: ['x64'], libc: ['musl'] }],
    ['@rolldown/binding-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'] }],
    ['@node-rs/argon2-win32-ia32-msvc', { os: ['win32'], cpu: ['ia32'] }],
    ['@node-rs/argon2-linux-x64-gnu', { os: ['linux'], cpu: ['x64'], libc: ['glibc'] }],
    ['fsevents', null],
  ])('reads the platform of %s', (name, platform) => {
    expect(platformOf(name)).toEqual(platform);
  });

  it('adds what is missing beside its siblings and nothing twice', () => {
    const small = {
      packages: {
        '': {},
        'node_modules/tool': {
          version: '1.0.0',
          dev: true,
          optionalDependencies: { 'tool-darwin-arm64': '1.0.0' },
        },
      },
    };
    expect(complete(small)).toEqual(['tool-darwin-arm64']);
    expect(small.packages).toHaveProperty('node_modules/tool-darwin-arm64', {
      version: '1.0.0',
      dev: true,
      optional: true,
      os: ['darwin'],
      cpu: ['arm64'],
    });
    expect(complete(small)).toEqual([]);
  });
});

describe('what tells whether everything is installed', () => {
  const wanted = { packages: { '': {}, a: { version: '1.0.0' }, b: { version: '2.0.0', optional: true } } };

  it.each([
    ['the same', { a: { version: '1.0.0' }, b: { version: '2.0.0' } }, true],
    ['an optional package less', { a: { version: '1.0.0' } }, true],
    ['another version', { a: { version: '1.0.1' } }, false],
    ['another version of an optional one', { a: { version: '1.0.0' }, b: { version: '2.0.1' } }, false],
    ['a package less', { b: { version: '2.0.0' } }, false],
  ])('answers for %s', (_, packages, answer) => {
    expect(agrees(wanted, { packages })).toBe(answer);
  });
});
