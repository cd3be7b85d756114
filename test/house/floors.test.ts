import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFloors } from '../../build/floors.mjs';

/** One file a rule: what it says, and the rule that must refuse it. */
const WRONG: readonly [rule: string, file: string, text: string][] = [
  ['floor-2-looks-up', 'src/main/vault/bad.ts', "import '../engine/index.ts';"],
  ['floor-4-looks-up', 'src/main/ledger/bad.ts', "import '../intake/index.ts';"],
  ['floor-1-looks-up', 'src/main/base/bad.ts', "import '../vault/index.ts';"],
  ['floor-6-looks-up', 'src/main/engine/bad.ts', "import '../doors/cli/index.ts';"],
  ['face-only', 'src/main/intake/bad.ts', "import '../ledger/store.ts';"],
  ['face-only', 'src/main/engine/bad2.ts', "import '../ledger/store.ts';"],
  ['doors-face-only', 'src/main/doors/cli/bad.ts', "import '../../ledger/store.ts';"],
  ['no-circle', 'src/main/ledger/one.ts', "import './two.ts';\nexport const one = 1;"],
  ['contract-is-words', 'src/contract/bad.ts', "import '../main/base/index.ts';"],
  ['page-knows-the-contract', 'src/renderer/src/bad.ts', "import '../../main/base/index.ts';"],
  ['page-uses-no-builtin', 'src/renderer/src/bad2.ts', "import 'node:fs';"],
  ['preload-is-thin', 'src/preload/bad.ts', "import '../contract/index.ts';"],
  ['electron-in-one-place', 'src/main/engine/bad3.ts', "import { app } from 'electron';\napp.quit();"],
  [
    'sqlite-in-the-vault',
    'src/main/ledger/bad2.ts',
    "import Database from 'better-sqlite3';\nnew Database('x');",
  ],
  ['no-development-package', 'src/main/ledger/bad3.ts', "import 'vitest';"],
  ['not-to-unresolvable', 'src/main/ledger/bad4.ts', "import './nowhere.ts';"],
];

const FACES = ['base', 'vault', 'ledger', 'intake', 'statements', 'engine'].map((room): [string, string] => [
  `src/main/${room}/index.ts`,
  'export {};',
]);
const RIGHT: readonly [file: string, text: string][] = [
  ...FACES,
  ['src/contract/index.ts', 'export {};'],
  ['src/main/ledger/store.ts', "import '../vault/index.ts';\nimport '../base/index.ts';"],
  ['src/main/ledger/two.ts', "import './one.ts';\nexport const two = 2;"],
  ['src/main/doors/cli/index.ts', "import '../../engine/index.ts';"],
  ['src/main/intake/good.ts', "import '../ledger/index.ts';"],
];

let root: string;
let result: Awaited<ReturnType<typeof checkFloors>>;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'countersign-floors-'));
  for (const [file, text] of [...RIGHT, ...WRONG.map(([, file, text]): [string, string] => [file, text])]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), `${text}\n`);
  }
  for (const name of ['tsconfig.base.json', 'package.json']) cpSync(name, join(root, name));
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  result = await checkFloors(root);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the floors', () => {
  it.each(WRONG)('%s refuses %s', (rule, file) => {
    expect(result.violations.some((line: string) => line.startsWith(`${rule}: ${file} `))).toBe(true);
  });

  it('refuse nothing that keeps to them', () => {
    const refused = result.violations.map((line: string) => line.split(' ')[1]!);
    const right = RIGHT.map(([file]) => file).filter((file) => file !== 'src/main/ledger/two.ts');
    expect(refused.filter((file: string) => right.includes(file))).toEqual([]);
  });

  it('are checked by what saw every source', () => {
    expect(result.unseen).toEqual([]);
    expect(result.moduleCount).toBe(RIGHT.length + WRONG.length);
  });
});
