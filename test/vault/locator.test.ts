import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultVaultFolder, listVaults, vaultDirectory, vaultName } from '../../src/main/vault/index.ts';

test.each([
  ['linux', {}, '/home/ada/.local/share/countersign/vaults'],
  ['linux', { XDG_DATA_HOME: '/data' }, '/data/countersign/vaults'],
  ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada/.local/share/countersign/vaults'],
  ['darwin', {}, '/home/ada/Library/Application Support/Countersign/vaults'],
] as const)('vaults lie in the application data: %s %j', (platform, environment, folder) => {
  expect(defaultVaultFolder(environment, platform, '/home/ada')).toBe(folder);
});

test('on Windows under the local application data', () => {
  const folder = defaultVaultFolder(
    { LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' },
    'win32',
    'C:\\Users\\ada',
  );
  expect(folder).toMatch(/^C:\\Users\\ada\\AppData\\Local.Countersign.vaults$/);
});

test.each(['../up', 'a/b', '.hidden', '', ' lead', 'x'.repeat(61), 'dot.', 'a\0b'])(
  'refuses %j as a name',
  (name) => {
    expect(() => vaultDirectory('/data', name)).toThrow(TypeError);
  },
);

test('a name leads to a folder and back', () => {
  const directory = vaultDirectory('/data', 'Zürich desk 2');
  expect(directory).toBe('/data/Zürich desk 2.vault');
  expect(vaultName(directory)).toBe('Zürich desk 2');
});

test('lists the vaults of a folder, newest first, and nothing else', () => {
  const parent = mkdtempSync(join(tmpdir(), 'countersign-list-'));
  const make = (name: string, atSeconds: number, files = ['vault.db', 'slots.json']) => {
    mkdirSync(join(parent, name));
    for (const file of files) {
      writeFileSync(join(parent, name, file), '');
      utimesSync(join(parent, name, file), atSeconds, atSeconds);
    }
  };
  make('old.vault', 1_000);
  make('new.vault', 3_000);
  make('worked-on.vault', 500, ['vault.db', 'slots.json', 'vault.db-wal']);
  utimesSync(join(parent, 'worked-on.vault', 'vault.db-wal'), 2_000, 2_000);
  make('.half.vault.creating-00', 9_000);
  make('empty.vault', 9_000, []);
  make('notes', 9_000);
  writeFileSync(join(parent, 'file.vault'), '');
  expect(listVaults(parent).map(({ name, modifiedAtMs }) => [name, modifiedAtMs])).toEqual([
    ['new', 3_000_000],
    ['worked-on', 2_000_000],
    ['old', 1_000_000],
  ]);
  expect(listVaults(join(parent, 'nowhere'))).toEqual([]);
  rmSync(parent, { recursive: true, force: true });
});
