import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { connectTo, namePeople } from '../support/people.ts';
import { commandLine, temporaryFolder } from './support.ts';

const PASSPHRASE = 'gravel Orchid 7 window Tuba lantern';
const DEMO = 'resources/demo';
const folder = temporaryFolder();
const vault = join(folder.path, 'books.vault');
const other = join(folder.path, 'other.vault');
const at = (name: string) => join(folder.path, name);

const CUSTOMERS = [
  'customer_id,name,country,ibans,aliases',
  'C-1,Muster GmbH,DE,DE89370400440532013000,Muster',
  'C-2,"Meyer, Sohn & Co",DE,,',
  '',
].join('\n');
const INVOICES = [
  'invoice_number,customer_id,kind,issued_on,due_on,currency,amount,structured_reference,discount_percent,discount_until',
  'I-1,C-1,invoice,2026-11-01,2026-12-01,EUR,120.00,,,',
  '',
].join('\n');

beforeAll(async () => {
  process.env.COUNTERSIGN_PASSPHRASE = PASSPHRASE;
  writeFileSync(at('customers.csv'), CUSTOMERS);
  writeFileSync(at('invoices.csv'), INVOICES);
  const [statement] = readdirSync(DEMO).filter((name) => name.endsWith('.xml'));
  writeFileSync(at('day.xml'), readFileSync(join(DEMO, statement!)));
  // A refused file makes the vault all the same.
  writeFileSync(at('nothing.txt'), 'nothing');
  for (const place of [vault, other]) {
    await run(['import', at('nothing.txt'), '--vault', place]);
    await nameScript(place);
  }
});
afterAll(() => {
  delete process.env.COUNTERSIGN_PASSPHRASE;
  folder.remove();
});

const run = commandLine({ dataFolder: at('vaults'), runFolder: at('run') });
/** A scheduled run that may keep evidence; `cli` alone may not. */
const SCRIPT = { name: 'Nightly evidence', passphrase: 'violet anchors drift past seven lanterns' };
const countersign = (...argv: string[]) => run(argv, SCRIPT);

/** Names two officers and the script in a vault, before the command line comes. */
async function nameScript(vaultDirectory: string): Promise<void> {
  const host = createEngineHost({ version: 'test', dataFolder: at('vaults'), vaultDirectory });
  const connect = connectTo(host);
  await (await connect()).client.vault.open({ directory: vaultDirectory, passphrase: PASSPHRASE });
  const people = await namePeople(connect);
  await people.hireScript(SCRIPT.name, SCRIPT.passphrase, [
    ...(['read', 'see-parties', 'import', 'match', 'verify', 'evidence'] as const),
  ]);
  await host.close();
}

const on = (...argv: string[]) => countersign(...argv, '--vault', vault, '--json');
const json = ({ stdout }: { stdout: string }) => JSON.parse(stdout);
const error = ({ stderr }: { stderr: string }) => JSON.parse(stderr).error;
const leftOver = () => readdirSync(folder.path).filter((name) => name.endsWith('.part'));

describe('seal --columns', () => {
  it('writes a CSV that only its user can read and that import takes as it is', async () => {
    const sealed = await on('seal', at('customers.csv'), '--columns', 'name,ibans,aliases');
    expect(json(sealed)).toEqual({ out: at('customers.sealed.csv'), rows: 2, cells: 6 });
    const text = readFileSync(at('customers.sealed.csv'), 'utf8');
    expect(text).toMatch(/^customer_id,name,country,ibans,aliases\nC-1,csv1:[\w-]+,DE,csv1:/);
    expect(text).not.toContain('Muster');
    expect(statSync(at('customers.sealed.csv')).mode & 0o777).toBe(0o600);
    expect(leftOver()).toEqual([]);

    const imported = await on('import', at('customers.sealed.csv'));
    expect(imported.code).toBe(0);
    expect(json(imported).files[0]).toMatchObject({
      type: 'customers',
      outcome: 'imported',
      transactions: 2,
    });
    const known = json(await on('call', 'receivables.customers', '{}'));
    expect(known.rows.map((row: { name: string }) => row.name)).toEqual(['Muster GmbH', 'Meyer, Sohn & Co']);
    expect(known.rows[0].ibans).toEqual(['DE89370400440532013000']);
    // The plain file says what the sealed one said.
    expect(json(await on('import', at('customers.csv'))).files[0].outcome).toBe('duplicate');
  });

  it('takes sealed columns of invoices too', async () => {
    await on('seal', at('invoices.csv'), '--columns', 'amount,customer_id', '--out', at('i.csv'));
    expect(json(await on('import', at('i.csv'))).files[0]).toMatchObject({
      type: 'invoices',
      outcome: 'imported',
      transactions: 1,
    });
  });

  it('writes over nothing', async () => {
    const before = readFileSync(at('customers.sealed.csv'));
    const again = await on('seal', at('customers.csv'), '--columns', 'name');
    expect([again.code, error(again).message]).toEqual([2, expect.stringContaining('is not overwritten')]);
    expect(readFileSync(at('customers.sealed.csv')).equals(before)).toBe(true);
  });

  it('names the columns that there are, and leaves no file', async () => {
    const wrong = await on('seal', at('customers.csv'), '--columns', 'names', '--out', at('x.csv'));
    expect([wrong.code, error(wrong).code]).toEqual([6, 'SEAL_COLUMN_UNKNOWN']);
    expect(error(wrong).details.expected).toBe('customer_id, name, country, ibans, aliases');
    expect([existsSync(at('x.csv')), leftOver()]).toEqual([false, []]);
  });

  it('comes back byte for byte', async () => {
    const opened = await on('unseal', at('customers.sealed.csv'), '--out', at('back.csv'));
    expect(json(opened)).toMatchObject({ rows: 2, cells: 6 });
    expect(readFileSync(at('back.csv'), 'utf8')).toBe(CUSTOMERS);
  });

  it.each([
    [
      'an edited cell',
      (text: string) =>
        text.replace(
          /(C-2,csv1:[\w-]{40})([\w-])/,
          (_, before: string, one: string) => before + (one === 'A' ? 'B' : 'A'),
        ),
      /^SEALED_CELL_/,
      3,
    ],
    ['cells exchanged', swapNames, /^SEALED_CELL_DAMAGED$/, 2],
    [
      'a plain cell',
      (text: string) => text.replace(/C-2,csv1:[\w-]+/, 'C-2,Eve Ltd'),
      /^SEALED_CELL_MISSING$/,
      3,
    ],
    ['a row less', (text: string) => text.replace(/C-2.*\n/, ''), /^SEALED_ROWS_MISSING$/, 2],
  ])('is refused whole by import with %s', async (_, change, code, line) => {
    const text = readFileSync(at('customers.sealed.csv'), 'utf8');
    writeFileSync(at('changed.csv'), change(text));
    const answer = await on('import', at('changed.csv'));
    expect(answer.code).toBe(4);
    const [file] = json(answer).files;
    expect(file).toMatchObject({ outcome: 'refused', type: 'customers', transactions: 0 });
    expect(file.code).toMatch(code);
    expect(file.message).toContain(`line ${line}`);
    const opened = await on('unseal', at('changed.csv'), '--out', at('never.csv'));
    expect([opened.code, error(opened).code]).toEqual([6, file.code]);
    expect([existsSync(at('never.csv')), leftOver()]).toEqual([false, []]);
  });

  it('is refused by another vault', async () => {
    const answer = await countersign('import', at('customers.sealed.csv'), '--vault', other, '--json');
    expect([answer.code, json(answer).files[0].code]).toEqual([4, 'SEALED_CELL_FOREIGN']);
  });
});

/** Exchanges the names of the two rows. */
function swapNames(text: string): string {
  const [head, first, second] = text.split('\n').map((line) => line.split(','));
  [first![1], second![1]] = [second![1]!, first![1]!];
  return `${[head, first, second].map((line) => line!.join(',')).join('\n')}\n`;
}

describe('seal', () => {
  it('keeps a message with its reference, retention and hold, and gives it back', async () => {
    const sealed = await on('seal', at('day.xml'), '--retention', '7y', '--hold', 'case 7');
    const answer = json(sealed);
    expect(answer).toMatchObject({ id: '1', out: at('day.xml.sealed'), hold: true });
    expect(answer.reference).toMatch(/\S/);
    const original = readFileSync(at('day.xml'));
    expect(original.includes(answer.reference)).toBe(true);
    expect(readFileSync(at('day.xml.sealed')).includes('IBAN')).toBe(false);
    await on('unseal', at('day.xml.sealed'), '--out', at('one.xml'));
    await on('unseal', '1', '--out', at('two.xml'));
    expect(readFileSync(at('one.xml')).equals(original)).toBe(true);
    expect(readFileSync(at('two.xml')).equals(original)).toBe(true);
    const detail = json(await on('call', 'compliance.get', '{"id":"1"}'));
    expect(detail).toMatchObject({ state: 'held', kind: 'bank-message', retentionClass: '7y' });
  });

  it('refuses to remove it before its time', async () => {
    const removal = (id: string) =>
      on('call', 'compliance.remove', JSON.stringify({ id, reason: 'tidy up' }));
    expect(error(await removal('1')).code).toBe('COMPLIANCE_ON_HOLD');
    await on('seal', at('customers.csv'));
    const refused = await removal('2');
    expect([refused.code, error(refused).code]).toEqual([6, 'COMPLIANCE_RETENTION_RUNNING']);
  });

  it.each([
    ['a changed byte', (bytes: Buffer) => bytes.fill(bytes[900]! ^ 1, 900, 901), 'SEALED_FILE_DAMAGED'],
    ['an end that is missing', (bytes: Buffer) => bytes.subarray(0, -40), 'SEALED_FILE_DAMAGED'],
    [
      'another reference',
      (bytes: Buffer) =>
        Buffer.from(bytes.toString('latin1').replace(/"reference":"./, '"reference":"Z'), 'latin1'),
      'SEALED_FILE_DAMAGED',
    ],
  ])('unseals no copy with %s', async (_, change, code) => {
    writeFileSync(at('bad.sealed'), change(readFileSync(at('day.xml.sealed'))));
    const answer = await on('unseal', at('bad.sealed'), '--out', at('never.xml'));
    expect([answer.code, error(answer).code]).toEqual([6, code]);
    expect([existsSync(at('never.xml')), leftOver()]).toEqual([false, []]);
  });

  it('unseals no copy of another vault', async () => {
    const args = ['unseal', at('day.xml.sealed'), '--out', at('never.xml'), '--vault', other, '--json'];
    expect(error(await countersign(...args)).code).toBe('SEALED_FILE_FOREIGN');
  });

  it.each([
    [['seal'], 'Name one file'],
    [['seal', at('customers.csv'), '--columns', ' , '], '--columns takes names'],
    [['seal', at('customers.csv'), '--columns', 'name', '--hold', 'x'], '--hold and --retention'],
    [['seal', at('customers.csv'), '--retention', '8y'], '--retention takes 7y or 10y'],
    [['seal', at('nowhere')], 'cannot be read'],
    [['unseal', '1'], 'Say where to'],
    [['unseal', at('customers.csv')], 'Say where to'],
    [['match', '--columns', 'x'], '--columns belongs to seal'],
    [['seal', folder.path], 'cannot be read'],
  ])('%j is wrong use', async (argv, message) => {
    const answer = await on(...argv);
    expect(answer.code).toBe(2);
    expect(error(answer).message).toContain(message);
  });
});

describe('inventory', () => {
  it('lists algorithms and writes the bill of materials', async () => {
    const inventory = json(await on('inventory'));
    expect(inventory.findings).toEqual([]);
    expect(inventory.algorithms.length).toBeGreaterThan(15);
    const printed = json(await on('inventory', '--cbom', '-'));
    expect(printed.specVersion).toBe('1.6');
    const written = json(await on('inventory', '--cbom', at('cbom.json')));
    const bom = JSON.parse(readFileSync(at('cbom.json'), 'utf8'));
    expect(bom.components).toHaveLength(written.components);
    expect((await on('inventory', '--cbom', at('cbom.json'))).code).toBe(2);
  });
});
