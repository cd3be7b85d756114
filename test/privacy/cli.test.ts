import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../../src/main/doors/cli/connect.ts';
import { EXIT } from '../../src/main/doors/cli/exit-codes.ts';
import { runProgram } from '../../src/main/doors/cli/program.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { temporaryFolder } from '../doors/support.ts';

const folder = temporaryFolder();
const vault = join(folder.path, 'books.vault');
const dataFolder = join(folder.path, 'vaults');
const runFolder = join(folder.path, 'run');
const list = join(folder.path, 'customers.csv');

async function countersign(...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    ...{ isTTY: false, columns: 80 },
    write: (text: string) => {
      written[name] += text;
      return true;
    },
  });
  const [stdout, stderr] = [stream('stdout') as never, stream('stderr') as never];
  const { signal } = new AbortController();
  const all = [...argv, '--vault', vault, '--json'];
  const code = await runProgram({ argv: all, stdout, stderr, signal, dataFolder, runFolder });
  return { code, json: written.stdout === '' ? null : JSON.parse(written.stdout), stderr: written.stderr };
}

beforeAll(async () => {
  process.env.COUNTERSIGN_PASSPHRASE = 'correct horse battery staple';
  writeFileSync(
    list,
    'customer_id,name,country,ibans,aliases\nC-1,Mara Kessler,DE,DE89370400440532013000,\n',
  );
  const engine = createEngineHost({ dataFolder, vaultDirectory: vault, version: 'test' });
  const passphrase = process.env.COUNTERSIGN_PASSPHRASE;
  await clientOf(engine).vault.create({ name: 'books', passphrase, directory: vault });
  await engine.close();
  expect((await countersign('import', list)).code).toBe(EXIT.done);
}, 60_000);
afterAll(() => {
  delete process.env.COUNTERSIGN_PASSPHRASE;
  folder.remove();
});

describe('countersign privacy', () => {
  it('says what is kept how long', async () => {
    const { code, json } = await countersign('privacy', 'retention');
    expect(code).toBe(EXIT.done);
    expect(json.find(({ id }: { id: string }) => id === 'parties')).toMatchObject({ years: 10, values: 2 });
    expect((await countersign('privacy', 'holds')).json).toEqual([]);
  });

  it('unmasks one thing for a reason, and says afterwards who looked', async () => {
    const shown = await countersign(
      'privacy',
      'unmask',
      'customer',
      '1',
      '--reason',
      'a call of the customer',
    );
    expect(shown.json.values).toContainEqual({ path: ['name'], value: 'Mara Kessler' });
    const { json } = await countersign('privacy', 'looks');
    expect(json).toMatchObject([{ kind: 'customer', thingId: '1', reason: 'a call of the customer' }]);
  });

  it('purges what is due', async () => {
    const { json } = await countersign('privacy', 'purge', '--confirm', 'purge what is due');
    expect(json).toEqual({ purged: [], held: [] });
    expect((await countersign('privacy', 'purge', '--confirm', 'now')).code).toBe(EXIT.rule);
  });

  it.each([
    [[]],
    [['erase']],
    [['unmask', 'customer', '1']],
    [['unmask', 'nothing', '1', '--reason', 'because']],
    [['purge']],
    [['holds', '--reason', 'because']],
  ])('%j is refused before a vault is opened', async (words) => {
    expect((await countersign('privacy', ...words)).code).toBe(EXIT.usage);
  });
});
