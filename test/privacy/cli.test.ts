import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../../src/main/doors/cli/connect.ts';
import { EXIT } from '../../src/main/doors/cli/exit-codes.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { commandLine, temporaryFolder } from '../doors/support.ts';
import { connectTo, movableRuntime, namePeople, type Person } from '../support/people.ts';

const folder = temporaryFolder();
const vault = join(folder.path, 'books.vault');
const dataFolder = join(folder.path, 'vaults');
const runFolder = join(folder.path, 'run');
const list = join(folder.path, 'customers.csv');

const runtime = movableRuntime();
const run = commandLine({ dataFolder, runFolder, runtime });
let officer: Person;

/** One command line as the service account, or as somebody. */
async function countersign(argv: readonly string[], as?: Person) {
  const { code, stdout, stderr } = await run([...argv, '--vault', vault, '--json'], as);
  return { code, json: stdout === '' ? null : JSON.parse(stdout), stderr };
}

beforeAll(async () => {
  process.env.COUNTERSIGN_PASSPHRASE = 'correct horse battery staple';
  writeFileSync(
    list,
    'customer_id,name,country,ibans,aliases\nC-1,Mara Kessler,DE,DE89370400440532013000,\n',
  );
  const engine = createEngineHost({ dataFolder, vaultDirectory: vault, version: 'test', runtime });
  const passphrase = process.env.COUNTERSIGN_PASSPHRASE;
  await clientOf(engine).vault.create({ name: 'books', passphrase, directory: vault });
  const people = await namePeople(connectTo(engine), runtime);
  officer = await people.hire('Mei Tran', ['compliance-officer']);
  await engine.close();
  expect((await countersign(['import', list])).code).toBe(EXIT.done);
}, 60_000);
afterAll(() => {
  delete process.env.COUNTERSIGN_PASSPHRASE;
  folder.remove();
});

describe('countersign privacy', () => {
  it('says what is kept how long', async () => {
    const { code, json } = await countersign(['privacy', 'retention']);
    expect(code).toBe(EXIT.done);
    expect(json.find(({ id }: { id: string }) => id === 'parties')).toMatchObject({ years: 10, values: 2 });
    expect((await countersign(['privacy', 'holds'])).json).toEqual([]);
  });

  it('unmasks one thing for a reason, and says afterwards who looked', async () => {
    const words = ['privacy', 'unmask', 'customer', '1', '--reason', 'a call of the customer'];
    const shown = await countersign(words, officer);
    expect(shown.json.values).toContainEqual({ path: ['name'], value: 'Mara Kessler' });
    const { json } = await countersign(['privacy', 'looks'], officer);
    expect(json).toMatchObject([{ kind: 'customer', thingId: '1', reason: 'a call of the customer' }]);
  });

  it('purges what is due', async () => {
    const { json } = await countersign(['privacy', 'purge', '--confirm', 'purge what is due'], officer);
    expect(json).toEqual({ purged: [], held: [] });
    expect((await countersign(['privacy', 'purge', '--confirm', 'now'], officer)).code).toBe(EXIT.rule);
  });

  it.each([
    [[]],
    [['erase']],
    [['unmask', 'customer', '1']],
    [['unmask', 'nothing', '1', '--reason', 'because']],
    [['purge']],
    [['holds', '--reason', 'because']],
  ])('%j is refused before a vault is opened', async (words) => {
    expect((await countersign(['privacy', ...words])).code).toBe(EXIT.usage);
  });
});
