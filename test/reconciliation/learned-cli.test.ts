import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../../src/main/doors/cli/connect.ts';
import { EXIT } from '../../src/main/doors/cli/exit-codes.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { commandLine, temporaryFolder } from '../doors/support.ts';
import { connectTo, movableRuntime, namePeople } from '../support/people.ts';
import { CUSTOMERS, camt053, INVOICES } from './support.ts';

const folder = temporaryFolder();
const vault = join(folder.path, 'books.vault');
const dataFolder = join(folder.path, 'vaults');
const runtime = movableRuntime();
const run = commandLine({ dataFolder, runFolder: join(folder.path, 'run'), runtime });
const PAYER = { name: 'Zahlstelle Brandt GmbH', iban: 'DE44500105175407324931' };

async function countersign(...argv: string[]) {
  const { code, stdout, stderr } = await run([...argv, '--vault', vault, '--json']);
  return { code, json: stdout === '' ? null : JSON.parse(stdout), stderr };
}

beforeAll(async () => {
  process.env.COUNTERSIGN_PASSPHRASE = 'correct horse battery staple';
  const engine = createEngineHost({ dataFolder, vaultDirectory: vault, version: 'test', runtime });
  const passphrase = process.env.COUNTERSIGN_PASSPHRASE;
  await clientOf(engine).vault.create({ name: 'books', passphrase, directory: vault });
  await namePeople(connectTo(engine), runtime);
  await engine.close();
  const lines = [{ ...PAYER, amount: '755.80', text: 'danke' }];
  const { xml } = camt053({ id: 'S1', date: '2026-11-02', openingMinor: 0n, lines });
  const files = { 'customers.csv': CUSTOMERS, 'invoices.csv': INVOICES, 's1.xml': xml };
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(folder.path, name);
    writeFileSync(path, text);
    return path;
  });
  expect((await countersign('import', ...paths)).code).toBe(EXIT.done);
}, 60_000);
afterAll(() => {
  delete process.env.COUNTERSIGN_PASSPHRASE;
  folder.remove();
});

describe('countersign learned', () => {
  it('lists what decisions taught, with their source, and forgets it', async () => {
    expect((await countersign('learned', 'list')).json).toEqual({ learned: [] });
    const { rows } = (await countersign('call', 'receivables.openItems', '{"text":"INV-2026-1003"}')).json;
    const allocations = [{ openItemId: rows[0].id, allocatedMinor: '75580' }];
    const decision = JSON.stringify({ bankTransactionId: '1', allocations });
    expect((await countersign('call', 'reconciliation.confirm', decision)).code).toBe(EXIT.done);
    const { learned } = (await countersign('learned', 'list', 'C1')).json;
    expect(learned).toMatchObject([
      { what: 'name', name: PAYER.name, decisions: 1, enough: 3, uses: 0, shared: false },
      { what: 'account', account: PAYER.iban, learnedFrom: [{ bankTransactionId: '1' }] },
    ]);
    expect((await countersign('learned', 'list', 'C2')).json).toEqual({ learned: [] });
    const forgotten = await countersign('learned', 'forget', learned[0].id);
    expect(forgotten.json).toEqual({ id: learned[0].id, decisions: 1 });
    expect((await countersign('learned', 'list')).json.learned).toHaveLength(1);
    const again = await countersign('learned', 'forget', learned[0].id);
    expect(again.code).toBe(EXIT.rule);
    expect(again.stderr).toContain('LEARNED_UNKNOWN');
  });

  it.each([[], ['show'], ['forget'], ['list', 'C1', 'C2'], ['forget', '1-name', '2-name']])(
    'does not know "learned %s"',
    async (...words) => {
      const { code, stderr } = await countersign('learned', ...words);
      expect(code).toBe(EXIT.usage);
      expect(stderr).toContain('learned is followed by');
    },
  );
});
