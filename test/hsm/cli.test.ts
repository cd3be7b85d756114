import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemRuntime } from '../../src/main/base/index.ts';
import { readArguments } from '../../src/main/doors/cli/arguments.ts';
import { runProgram } from '../../src/main/doors/cli/program.ts';
import { createVault } from '../../src/main/vault/index.ts';

const PASSPHRASE = 'violet anchors drift past seven lanterns';
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-hsm-cli-'));
  const directory = join(folder, 'desk.vault');
  const { vault } = await createVault({ directory, passphrase: PASSPHRASE, runtime: systemRuntime });
  vault.close();
  process.env.COUNTERSIGN_PASSPHRASE = PASSPHRASE;
});
afterAll(() => {
  delete process.env.COUNTERSIGN_PASSPHRASE;
  rmSync(folder, { recursive: true, force: true });
});

async function run(...argv: string[]): Promise<{ code: number; json: unknown }> {
  let out = '';
  const sink = (keep: boolean) => ({
    isTTY: false,
    columns: 80,
    write: (text: string) => {
      if (keep) out += text;
      return true;
    },
  });
  const code = await runProgram({
    argv: ['--json', '--vault', join(folder, 'desk.vault'), ...argv],
    stdout: sink(true),
    stderr: sink(false),
    signal: new AbortController().signal,
    dataFolder: folder,
    runFolder: folder,
  } as never);
  return { code, json: out === '' ? undefined : JSON.parse(out) };
}

test('hsm setup, key, status and keys, each in a run of its own', { timeout: 60_000 }, async () => {
  expect(await run('hsm', 'setup', 'Desk')).toMatchObject({
    code: 0,
    json: { token: { name: 'Desk', session: 'open' } },
  });
  const made = await run('hsm', 'key', 'Ed25519', 'Log head');
  expect(made).toMatchObject({ code: 0, json: { key: { name: 'Log head', algorithm: 'Ed25519' } } });
  expect(await run('hsm', 'status')).toMatchObject({
    json: { queue: { waiting: 0 }, tokens: [{ keys: 1 }] },
  });
  expect(await run('hsm', 'keys')).toMatchObject({ json: { keys: [{ name: 'Log head' }] } });
  expect(await run('hsm', 'migrate', '1', '9')).toMatchObject({ code: 6 });
});

test.each([
  [['hsm']],
  [['hsm', 'nothing']],
  [['hsm', 'key', 'P-256']],
  [['hsm', 'status', '--seconds', '3']],
  [['hsm', 'drill', '--seconds', '0']],
])('words that no command has are refused: %j', (argv) => {
  expect(() => readArguments(argv)).toThrow();
});
