import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArguments } from '../../src/main/doors/cli/arguments.ts';
import { clientOf } from '../../src/main/doors/cli/connect.ts';
import { EXIT, UsageError } from '../../src/main/doors/cli/exit-codes.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { commandLine, temporaryFolder } from '../doors/support.ts';
import { cheapStretch, connectTo, movableRuntime, namePeople } from '../support/people.ts';
import { camt053, OWN_IBAN } from '../support/statement-files.ts';

const folder = temporaryFolder();
const vault = join(folder.path, 'books.vault');
const runtime = movableRuntime();
const places = { dataFolder: join(folder.path, 'vaults'), runFolder: join(folder.path, 'run') };
const run = commandLine({ ...places, runtime });

async function countersign(...argv: string[]) {
  const { code, stdout, stderr } = await run([...argv, '--vault', vault, '--json']);
  return { code, json: stdout === '' ? null : JSON.parse(stdout), stderr };
}

const statement = (number: string, day: number, opening: string, closing: string, amount: string) => {
  const date = `2024-02-0${day}`;
  return camt053({
    ...{ number, id: `ST-${number}`, opening: [date, opening], closing: [date, closing] },
    lines: [{ date, amount, text: `nobody knows ${number}` }],
  });
};

beforeAll(async () => {
  process.env.COUNTERSIGN_PASSPHRASE = 'correct horse battery staple';
  const { dataFolder } = places;
  const engine = createEngineHost({
    ...{ dataFolder, vaultDirectory: vault, version: 'test', runtime },
    stretchOfOperatorsInTests: cheapStretch,
  });
  const passphrase = process.env.COUNTERSIGN_PASSPHRASE;
  await clientOf(engine).vault.create({ name: 'books', passphrase, directory: vault });
  await namePeople(connectTo(engine), runtime);
  await engine.close();
  const files = {
    '1.xml': ['1', 1, '100.00', '150.00', '50.00'],
    '3.xml': ['3', 5, '400.00', '390.00', '-10.00'],
  };
  for (const [name, args] of Object.entries(files)) {
    const file = join(folder.path, name);
    writeFileSync(file, statement(...(args as Parameters<typeof statement>)));
    expect((await countersign('import', file)).code).toBe(EXIT.done);
  }
}, 120_000);
afterAll(() => {
  delete process.env.COUNTERSIGN_PASSPHRASE;
  folder.remove();
});

describe('countersign breaks', () => {
  it('lists what stands, the oldest first', async () => {
    const { code, json } = await countersign('breaks', 'list');
    expect(code).toBe(EXIT.done);
    expect(json.breaks).toMatchObject([
      { kind: 'opening', amountMinor: '10000', currency: 'EUR', status: 'open', accountNumber: OWN_IBAN },
      { kind: 'gap', amountMinor: '25000', sinceDate: '2024-02-05', owner: null },
    ]);
    expect(json.counts).toMatchObject({ open: 2, closed: 0 });
    const { stdout } = await run(['breaks', '--vault', vault]);
    expect(stdout).toMatch(/gap +250\.00 +EUR +2024-02-05/);
  });
});

describe('countersign proof', () => {
  it('proves one account on a day, by its number or its id, with lines that add up to the gap', async () => {
    const { code, json } = await countersign('proof', '--account', OWN_IBAN, '--date', '2024-02-05');
    expect(code).toBe(EXIT.done);
    expect(json).toMatchObject({
      ...{ proven: true, ledgerMinor: '39000', bankMinor: '39000', breaksMinor: '25000' },
      ...{ booksMinor: '14000', gapMinor: '-25000', explainedMinor: '-25000', unexplainedMinor: '0' },
    });
    expect(json.lines).toMatchObject([{ kind: 'gap', amountMinor: '-25000', source: { kind: 'statement' } }]);
    const again = await countersign('proof', '--account', json.bankAccountId, '--date', '2024-02-05');
    expect(again.json.lines).toEqual(json.lines);
  });

  it('proves every account, and has nothing to prove before the first statement', async () => {
    const { code, json } = await countersign('proof', '--date', '2024-01-01');
    expect([code, json.proven]).toEqual([EXIT.done, true]);
    expect(json.accounts).toMatchObject([{ bankMinor: null, gapMinor: null }]);
    const { stdout } = await run(['proof', '--date', '2024-02-05', '--account', '1', '--vault', vault]);
    expect(stdout).toMatch(/left unexplained +0\.00/);
  });

  it('refuses an account that is not there and a day that is none', async () => {
    expect((await countersign('proof', '--account', '99', '--date', '2024-02-05')).code).toBe(EXIT.usage);
    const { code, stderr } = await countersign('proof', '--date', '2024-02-31');
    expect([code, stderr]).toEqual([EXIT.rule, expect.stringContaining('PROOF_DATE_INVALID')]);
  });

  it.each([
    [['proof']],
    [['proof', '--date', 'today']],
    [['proof', 'x', '--date', '2024-02-05']],
    [['breaks', 'show']],
    [['breaks', '--date', '2024-02-05']],
    [['matches', '--account', '1']],
  ])('%j makes no sense', (argv) => {
    expect(() => readArguments(argv)).toThrow(UsageError);
  });
});
