import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readArguments } from '../../src/main/doors/cli/arguments.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { commandLine, temporaryFolder } from '../doors/support.ts';
import { connectTo, movableRuntime, namePeople, type Person } from '../support/people.ts';

const PASSPHRASE = 'violet anchors drift past seven lanterns';
const folder = temporaryFolder();
const directory = join(folder.path, 'desk.vault');
const runtime = movableRuntime();
const surroundings = { dataFolder: folder.path, runFolder: folder.path, runtime };
const line = commandLine(surroundings);
let officer: Person;

beforeAll(async () => {
  process.env.COUNTERSIGN_PASSPHRASE = PASSPHRASE;
  const host = createEngineHost({ ...surroundings, vaultDirectory: directory, version: 'test' });
  const window = host.contextFor('loopback');
  const client = createRouterClient(host.router, { context: () => window });
  await client.vault.create({ name: 'desk', passphrase: PASSPHRASE, directory });
  [officer] = (await namePeople(connectTo(host), runtime)).officers;
  await host.close();
}, 60_000);
afterAll(() => {
  delete process.env.COUNTERSIGN_PASSPHRASE;
  folder.remove();
});

async function run(...argv: string[]): Promise<{ code: number; json: unknown }> {
  const { code, stdout } = await line(['--json', '--vault', directory, ...argv], officer);
  return { code, json: stdout === '' ? undefined : JSON.parse(stdout) };
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
  // Moving keys to another token needs a second person, and a card in the hand of both.
  const moved = await line(['--json', '--vault', directory, 'hsm', 'migrate', '1', '9'], officer);
  expect([moved.code, JSON.parse(moved.stderr).error.code]).toEqual([6, 'APPROVAL_FACTOR_WEAK']);
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
