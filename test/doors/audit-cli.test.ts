import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientOf } from '../../src/main/doors/cli/connect.ts';
import { runProgram } from '../../src/main/doors/cli/program.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { temporaryFolder } from './support.ts';

const PASSPHRASE = 'correct horse battery staple';
const folder = temporaryFolder();
const vault = join(folder.path, 'books.vault');
const place = (name: string) => join(folder.path, name);

beforeAll(async () => {
  process.env.COUNTERSIGN_PASSPHRASE = PASSPHRASE;
  const host = createEngineHost({ version: 'test', vaultDirectory: vault });
  await clientOf(host).vault.create({ name: 'books', passphrase: PASSPHRASE, directory: vault });
  await host.close();
});
afterAll(() => {
  delete process.env.COUNTERSIGN_PASSPHRASE;
  folder.remove();
});

/** Runs `countersign audit …`. */
async function audit(words: readonly string[], withVault = true) {
  let written = '';
  const write = (text: string) => {
    written += text;
    return true;
  };
  const stream = { isTTY: false, columns: 80, write };
  const code = await runProgram({
    argv: ['audit', ...words, ...(withVault ? ['--vault', vault] : []), '--json'],
    stdout: stream as never,
    stderr: stream as never,
    signal: new AbortController().signal,
    dataFolder: folder.path,
    runFolder: place('run'),
  });
  return { code, answer: JSON.parse(written) };
}

it('a vault that was locked has a signed head', async () => {
  const host = createEngineHost({ version: 'test', vaultDirectory: vault });
  const client = clientOf(host);
  await client.vault.open({ directory: vault, passphrase: PASSPHRASE });
  const { rows } = await client.audit.checkpoints({ limit: 9 });
  expect(rows.length).toBeGreaterThan(0);
  await host.close();
}, 60_000);

it('receipt and trust file leave the vault, and are checked without it', async () => {
  const receipt = await audit(['receipt', '1', '--out', place('receipt.json')]);
  expect(receipt).toMatchObject({ code: 0, answer: { file: place('receipt.json') } });
  expect(await audit(['trust', '--out', place('trust.json')])).toMatchObject({ code: 0 });
  const checked = await audit(
    ['verify-receipt', place('receipt.json'), '--trust', place('trust.json')],
    false,
  );
  expect(checked).toMatchObject({ code: 0, answer: { verdict: 'verified', record: { seq: 1 } } });
  const alone = await audit(['verify-receipt', place('receipt.json')], false);
  expect(alone).toMatchObject({ code: 5, answer: { verdict: 'signer-unknown' } });
  const text = readFileSync(place('receipt.json'), 'utf8');
  writeFileSync(place('changed.json'), text.replace('"actor": "', '"actor": "x'));
  const changed = await audit(
    ['verify-receipt', place('changed.json'), '--trust', place('trust.json')],
    false,
  );
  expect(changed).toMatchObject({ code: 5, answer: { verdict: 'not-verified', record: null } });
  // What stands there already is never written over.
  expect((await audit(['trust', '--out', place('trust.json')])).code).toBe(2);
}, 90_000);

it('a checkpoint goes out and comes back, with the tree beside it', async () => {
  expect((await audit(['checkpoint', '--out', place('head.txt')])).code).toBe(0);
  expect(await audit(['witness', place('head.txt')])).toMatchObject({
    code: 0,
    answer: { outcome: 'consistent' },
  });
  expect((await audit(['tiles', place('tiles')])).code).toBe(0);
  expect(existsSync(join(place('tiles'), 'checkpoint'))).toBe(true);
}, 90_000);

it.each([
  [[]],
  [['nonsense']],
  [['receipt']],
  [['receipt', 'x']],
  [['receipt', '1', '--transaction', '2']],
  [['checkpoint', 'extra']],
  [['checkpoint', '--trust', 'x']],
  [['witness', 'x', '--out', 'y']],
  [['verify-receipt', '/none']],
])('audit %j is refused as a mistake of the command line', async (words) => {
  expect((await audit(words, false)).code).toBe(2);
});
