import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../../src/main/doors/cli/connect.ts';
import { runProgram } from '../../src/main/doors/cli/program.ts';
import { serveSocket } from '../../src/main/doors/socket/index.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { temporaryFolder } from './support.ts';

const PASSPHRASE = 'correct horse battery staple';
const DEMO = 'resources/demo';

const folder = temporaryFolder();
const vault = join(folder.path, 'books.vault');
const dataFolder = join(folder.path, 'vaults');
const runFolder = join(folder.path, 'run');

beforeAll(() => {
  process.env.COUNTERSIGN_PASSPHRASE = PASSPHRASE;
});
afterAll(() => {
  delete process.env.COUNTERSIGN_PASSPHRASE;
  folder.remove();
});

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function countersign(...argv: string[]): Promise<Run> {
  return run(argv, new AbortController().signal);
}

async function run(argv: readonly string[], signal: AbortSignal): Promise<Run> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY: false,
    columns: 80,
    write: (text: string) => {
      written[name] += text;
      return true;
    },
  });
  const code = await runProgram({
    argv,
    stdout: stream('stdout') as never,
    stderr: stream('stderr') as never,
    signal,
    dataFolder,
    runFolder,
  });
  return { code, ...written };
}

const json = (answer: Run) => JSON.parse(answer.stdout) as Record<string, unknown>;
const statement = () =>
  readdirSync(DEMO)
    .filter((name) => name.endsWith('.xml'))
    .sort()[0]!;

describe('countersign', () => {
  it('refuses what has no vault, and makes none', async () => {
    for (const command of ['match', 'matches', 'trial-balance', 'verify', 'metrics']) {
      const answer = await countersign(command, '--vault', vault);
      expect([answer.code, answer.stdout], command).toEqual([3, '']);
      expect(answer.stderr).toContain('[VAULT_MISSING]');
    }
    expect(existsSync(vault)).toBe(false);
  });

  it('reads nothing where one of the files cannot be read', async () => {
    const answer = await countersign(
      'import',
      join(DEMO, statement()),
      'nowhere.xml',
      '--vault',
      vault,
      '--json',
    );
    expect(answer.code).toBe(2);
    expect(JSON.parse(answer.stderr.slice(answer.stderr.indexOf('{')))).toMatchObject({
      error: { code: 'USAGE' },
    });
  });

  it('imports into a vault that it makes, telling the recovery key aside', async () => {
    const files = ['customers.csv', 'invoices.csv', statement()].map((name) => join(DEMO, name));
    const fresh = join(folder.path, 'fresh.vault');
    const answer = await countersign('import', ...files, '--vault', fresh, '--json');
    expect(answer.stderr).toMatch(/Recovery key/);
    expect(answer.code).toBe(0);
    const { files: lines } = json(answer) as { files: Record<string, unknown>[] };
    expect(lines.map((line) => [line.file, line.type, line.outcome])).toEqual([
      [files[0], 'customers', 'imported'],
      [files[1], 'invoices', 'imported'],
      [files[2], 'camt.053', 'imported'],
    ]);
    for (const line of lines) {
      expect(Object.keys(line)).toEqual([
        'file',
        'type',
        'outcome',
        'warnings',
        'statements',
        'transactions',
      ]);
    }
    expect(lines[2]!.transactions).toBeGreaterThan(0);

    const again = json(await countersign('import', files[2]!, '--vault', fresh, '--json')) as {
      files: object[];
    };
    expect(again.files).toMatchObject([{ outcome: 'duplicate' }]);
  }, 60_000);

  it('refuses a broken file, says where, takes the others in, and ends with 4', async () => {
    const fresh = join(folder.path, 'fresh.vault');
    const bad = join(folder.path, 'bad.csv');
    writeFileSync(bad, 'customer_id,name\nC1,"open');
    const copy = join(folder.path, 'copy.xml');
    copyFileSync(join(DEMO, statement()), copy);
    const answer = await countersign('import', bad, copy, '--vault', fresh, '--json');
    expect(answer.code).toBe(4);
    expect(json(answer)).toMatchObject({
      files: [
        { outcome: 'refused', code: expect.stringMatching(/^CSV_/), statements: 0, transactions: 0 },
        { outcome: 'duplicate' },
      ],
    });
  }, 60_000);

  it('tells matches, balances and verification, in both forms', async () => {
    const fresh = join(folder.path, 'fresh.vault');
    expect((await countersign('match', '--vault', fresh)).stdout).toMatch(/\d+ considered/);
    const { matches } = json(await countersign('matches', '--vault', fresh, '--json')) as {
      matches: Record<string, unknown>[];
    };
    expect(matches.length).toBeGreaterThan(0);
    for (const match of matches) {
      expect(Object.keys(match).sort()).toEqual(
        [
          'accountServicerReference',
          'amount',
          'bankTransactionId',
          'currency',
          'direction',
          'endToEndId',
          'items',
          'probability',
          'reasons',
          'rivals',
          'status',
        ].sort(),
      );
      expect(match.amount).toMatch(/^\d+(\.\d+)?$/);
      expect(match.direction).toMatch(/^(credit|debit)$/);
      expect(match.status).toMatch(/^(auto|confirmed|suggested|unmatched|quarantined)$/);
    }
    const balance = json(await countersign('trial-balance', '--vault', fresh, '--json')) as {
      balanced: boolean;
      rows: { balanceMinor: string }[];
    };
    expect(balance.balanced).toBe(true);
    expect(balance.rows.every((row) => /^-?\d+$/.test(row.balanceMinor))).toBe(true);
    expect((await countersign('trial-balance', '--vault', fresh)).stdout).toMatch(/balanced\n$/);
    expect(json(await countersign('verify', '--vault', fresh, '--json'))).toMatchObject({ verified: true });
    expect((await countersign('metrics', '--vault', fresh)).stdout).toContain(
      '# TYPE transactions_total counter',
    );
  }, 60_000);

  it('calls any procedure, takes decimal text for bigints, and says which rule refused', async () => {
    const fresh = join(folder.path, 'fresh.vault');
    const accounts = json(await countersign('call', 'ledger.accounts', '--vault', fresh)) as unknown;
    expect(Array.isArray(accounts)).toBe(true);
    const record = await countersign('call', 'audit.record', '{"seq":"1"}', '--vault', fresh, '--json');
    expect(json(record)).toMatchObject({ record: { seq: '1' } });
    const missing = await countersign('call', 'audit.record', '{"seq":"999999"}', '--vault', fresh, '--json');
    expect(missing.code).toBe(6);
    expect(JSON.parse(missing.stderr)).toMatchObject({ error: { code: 'AUDIT_RECORD_MISSING' } });
    const invalid = await countersign('call', 'audit.record', '{"seq":"one"}', '--vault', fresh, '--json');
    expect(JSON.parse(invalid.stderr)).toMatchObject({ error: { code: 'INPUT_INVALID' } });
  }, 60_000);

  it('refuses a wrong passphrase and one that is missing', async () => {
    const fresh = join(folder.path, 'fresh.vault');
    process.env.COUNTERSIGN_PASSPHRASE = 'not the passphrase';
    const wrong = await countersign('matches', '--vault', fresh, '--json');
    expect(wrong.code).toBe(3);
    expect(JSON.parse(wrong.stderr)).toMatchObject({ error: { code: 'VAULT_PASSPHRASE_WRONG' } });
    delete process.env.COUNTERSIGN_PASSPHRASE;
    const none = await countersign('matches', '--vault', fresh, '--json');
    process.env.COUNTERSIGN_PASSPHRASE = PASSPHRASE;
    expect(none.code).toBe(3);
    expect(JSON.parse(none.stderr)).toMatchObject({ error: { code: 'VAULT_PASSPHRASE_MISSING' } });
  }, 60_000);

  it('speaks to the app that holds the vault, without a passphrase', async () => {
    const fresh = join(folder.path, 'fresh.vault');
    const host = createEngineHost({ version: '0', vaultDirectory: fresh, dataFolder });
    await clientOf(host).vault.open({ directory: fresh, passphrase: PASSPHRASE });
    const socket = await serveSocket(host, { folder: runFolder });
    delete process.env.COUNTERSIGN_PASSPHRASE;
    try {
      expect(json(await countersign('verify', '--vault', fresh, '--json'))).toMatchObject({ verified: true });
      const copy = join(DEMO, statement());
      const answer = json(await countersign('import', copy, '--vault', fresh, '--json')) as {
        files: object[];
      };
      expect(answer.files).toMatchObject([{ outcome: 'duplicate' }]);
      // The vault is still the app's.
      expect(host.status().state).toBe('open');
    } finally {
      process.env.COUNTERSIGN_PASSPHRASE = PASSPHRASE;
      await socket.close();
      await host.close();
    }
  }, 60_000);

  it('says that the vault is in use where its holder has no socket', async () => {
    const fresh = join(folder.path, 'fresh.vault');
    const host = createEngineHost({ version: '0', vaultDirectory: fresh, dataFolder });
    await clientOf(host).vault.open({ directory: fresh, passphrase: PASSPHRASE });
    const answer = await countersign('verify', '--vault', fresh, '--json');
    await host.close();
    expect(answer.code).toBe(3);
    expect(JSON.parse(answer.stderr)).toMatchObject({ error: { code: 'VAULT_IN_USE' } });
  }, 60_000);

  it('ends with 130 when it is interrupted, and leaves the vault as it was', async () => {
    const fresh = join(folder.path, 'fresh.vault');
    const before = json(await countersign('trial-balance', '--vault', fresh, '--json'));
    const controller = new AbortController();
    controller.abort();
    const files = readdirSync(DEMO)
      .filter((name) => /\.(xml|sta)$/.test(name))
      .map((name) => join(DEMO, name));
    const answer = await run(['import', ...files, '--vault', fresh, '--json'], controller.signal);
    expect(answer.code).toBe(130);
    expect(JSON.parse(answer.stderr)).toMatchObject({ error: { code: 'CANCELLED' } });
    const after = json(await countersign('trial-balance', '--vault', fresh, '--json'));
    expect(after.rows).toEqual(before.rows);
  }, 60_000);

  it('runs the demo in a vault of its own, twice the same', async () => {
    const demo = join(folder.path, 'demo-here.vault');
    const first = json(await countersign('demo', '--vault', demo, '--json'));
    expect(Object.keys(first)).toEqual([
      'imported',
      'matched',
      'suggested',
      'unmatched',
      'posted',
      'verified',
    ]);
    expect(first.verified).toBe(true);
    expect(json(await countersign('demo', '--vault', demo, '--json'))).toEqual(first);
  }, 180_000);

  it('has every procedure it documents', () => {
    const manual = readFileSync(resolve('docs/cli.md'), 'utf8');
    for (const command of [
      'import',
      'match',
      'matches',
      'trial-balance',
      'verify',
      'metrics',
      'demo',
      'call',
      'serve',
    ]) {
      expect(manual).toMatch(new RegExp(`^\\| \`${command}[ \`]`, 'm'));
    }
  });
});
