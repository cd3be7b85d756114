import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/main/base/index.ts';
import { clientOf } from '../../src/main/doors/cli/connect.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost, type EngineHost } from '../../src/main/engine/index.ts';
import {
  cheapStretch,
  connectTo,
  movableRuntime,
  namePeople,
  OPERATOR_PASSPHRASE,
  type Person,
  staffOf,
} from '../support/people.ts';
import { BAD_FILES, GOOD_FILES, MARKS, marksIn, marksUnder, vaultMarks } from './marks.ts';

const CLI = resolve(import.meta.dirname, '../../src/main/doors/cli/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'countersign-secrets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = (value: unknown): Buffer =>
  Buffer.from(
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}` : inner)) ?? '',
    'utf8',
  );

async function upload(client: Client, name: string, content: string) {
  const bytes = Buffer.from(content, 'utf8');
  const { uploadId } = await client.intake.begin({ fileName: name, sizeBytes: bytes.length });
  await client.intake.write({ uploadId, offset: 0, bytes: new Blob([bytes]) });
  return client.intake.finish({ uploadId });
}

describe('the search for marks', () => {
  it('finds each of them, in other letters and encodings too', () => {
    for (const [name, mark] of Object.entries(MARKS)) {
      expect(marksIn(Buffer.from(`…${mark}…`, 'utf8')), name).toContain(name);
      expect(marksIn(Buffer.from(mark.toUpperCase(), 'utf16le')), name).toContain(name);
    }
    expect(marksIn(Buffer.from('nothing of note', 'utf8'))).toEqual([]);
  });

  it('has files that hold them all', () => {
    const all = Buffer.from([...GOOD_FILES, ...BAD_FILES].map((file) => file.text).join('\n'), 'utf8');
    const elsewhere = ['passphrase', 'wrongPassphrase', ...Object.keys(vaultMarks)];
    expect(marksIn(all).sort()).toEqual(
      Object.keys(MARKS)
        .filter((name) => !elsewhere.includes(name))
        .sort(),
    );
  });
});

describe('an engine with the vault open', () => {
  const logLines: string[] = [];
  const runtime = movableRuntime();
  let host: EngineHost;
  let client: Client;
  let directory = '';
  let recoveryKey = '';

  beforeAll(async () => {
    host = createEngineHost({
      version: '0.0.0-test',
      dataFolder: join(folder, 'data'),
      log: createLogger((line) => logLines.push(line), Date.now),
      runtime,
      stretchOfOperatorsInTests: cheapStretch,
    });
    const created = await clientOf(host).vault.create({ name: 'marked', passphrase: MARKS.passphrase });
    ({ client } = await staffOf(connectTo(host), runtime));
    directory = created.status.directory!;
    recoveryKey = created.recoveryKey;
    for (const file of GOOD_FILES) {
      const result = await upload(client, file.name, file.text);
      expect(result.outcome, `${file.name}: ${result.code}`).toBe('imported');
    }
    await client.reconciliation.run();
  });
  afterAll(() => host.close());

  it('shows what it holds to whoever may see it', async () => {
    const items = await client.receivables.customers({});
    expect(items.rows[0]).toMatchObject({ name: MARKS.customerName, ibans: [MARKS.customerIban] });
    const { rows } = await client.statements.transactions({});
    expect(marksIn(text(rows))).toContain('remittance');
  });

  it('keeps it out of every file of the vault, the log before a checkpoint among them', () => {
    const { files, bytes, found } = marksUnder(join(folder, 'data'));
    expect(found).toEqual([]);
    expect(files).toBeGreaterThanOrEqual(3);
    expect(bytes).toBeGreaterThan(100_000);
  });

  it('keeps it out of refusals', async () => {
    for (const file of BAD_FILES) {
      const result = await upload(client, file.name, file.text);
      expect(result.outcome, file.name).toBe('refused');
      expect(result.code, file.name).toMatch(/^[A-Z_]+$/);
      expect(marksIn(text(result)), `${file.name}: ${result.message}`).toEqual([]);
    }
  });

  it('keeps it out of errors, metrics, health, jobs, audit lists, the log and the ledger', async () => {
    const errors: unknown[] = [];
    const attempts = [
      () => client.vault.open({ directory, passphrase: MARKS.wrongPassphrase }),
      () => client.ledger.entry({ id: MARKS.remittance }),
      () => client.receivables.openItem({ id: MARKS.customerIban }),
      () => client.reconciliation.item({ bankTransactionId: MARKS.payerName.slice(0, 60) }),
      () => client.ledger.createAccount({ code: MARKS.brokenName, name: MARKS.brokenName, kind: 'asset' }),
      () => client.intake.finish({ uploadId: MARKS.customerName }),
    ];
    for (const attempt of attempts) {
      await attempt().catch((error: unknown) => {
        const { code, message, data } = error as { code: string; message: string; data: unknown };
        errors.push({ code, message, data });
      });
    }
    expect(errors.length).toBe(attempts.length);
    expect(marksIn(text(errors)), JSON.stringify(errors)).toEqual([]);
    const state = await client.vault.status();
    if (state.state === 'closed') await client.vault.open({ directory, passphrase: MARKS.passphrase });
    const shown = [
      await client.system.metrics(),
      await client.system.health(),
      await client.system.verify(),
      await client.jobs.list(),
      await client.intake.imports({}),
      await client.audit.records({}),
      await client.ledger.entries({}),
      await client.ledger.accounts(),
      await client.ledger.trialBalance({}),
      await client.dashboard.figures(),
      await client.reconciliation.matches({}),
    ];
    for (const each of shown)
      expect(marksIn(text(each)), text(each).toString('utf8').slice(0, 300)).toEqual([]);
    expect(marksIn(Buffer.from(logLines.join(''), 'utf8'))).toEqual([]);
  });

  it('leaves nothing behind when it is locked, and no key', async () => {
    await client.vault.lock();
    const { found } = marksUnder(join(folder, 'data'));
    expect(found).toEqual([]);
    const plain = recoveryKey.replaceAll(/[^A-Za-z0-9]/g, '');
    const header = readFileSync(join(directory, 'slots.json'), 'utf8');
    expect(header.includes(recoveryKey) || header.includes(plain)).toBe(false);
  });
});

describe('the command line', () => {
  const temporary = join(folder, 'tmp');
  const log = join(folder, 'program.log');
  const input = join(folder, 'input');
  const vault = join(folder, 'cli.vault');

  /** A scheduled run signs in without a code; what people must do is done by an officer. */
  const SCRIPT = { name: 'Nightly', passphrase: OPERATOR_PASSPHRASE };

  async function namePeopleInVault(): Promise<Person> {
    const host = createEngineHost({ version: '0.0.0-test', vaultDirectory: vault });
    await clientOf(host).vault.open({ directory: vault, passphrase: MARKS.passphrase });
    const people = await namePeople(connectTo(host));
    await people.hireScript(SCRIPT.name, SCRIPT.passphrase, ['read', 'evidence', 'backup']);
    await host.close();
    return people.officers[0];
  }

  function run(
    args: readonly string[],
    passphrase: string = MARKS.passphrase,
    as?: { readonly name: string; readonly passphrase: string; code?(): string },
  ) {
    const signIn = as === undefined ? [] : ['--operator', as.name];
    const all = ['--no-warnings', CLI, ...args, '--vault', vault, ...signIn];
    const done = spawnSync(process.execPath, all, {
      encoding: 'buffer',
      cwd: temporary,
      env: {
        PATH: process.env.PATH,
        HOME: join(folder, 'home'),
        TMPDIR: temporary,
        SQLITE_TMPDIR: temporary,
        COUNTERSIGN_LOG: log,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        COUNTERSIGN_PASSPHRASE: passphrase,
        ...(as === undefined ? {} : { COUNTERSIGN_OPERATOR_PASSPHRASE: as.passphrase }),
        ...(as?.code === undefined ? {} : { COUNTERSIGN_TOTP: as.code() }),
      },
    });
    return { code: done.status, stdout: done.stdout, stderr: done.stderr };
  }

  beforeAll(() => {
    for (const path of [temporary, input, join(folder, 'home')]) mkdirSync(path, { recursive: true });
    for (const file of [...GOOD_FILES, ...BAD_FILES]) writeFileSync(join(input, file.name), file.text);
  });

  it('says nothing it should not, and leaves nothing in its folders', { timeout: 240_000 }, async () => {
    const good = run(['import', ...GOOD_FILES.map((file) => join(input, file.name)), '--json']);
    expect(good.code, good.stderr.toString('utf8')).toBe(0);
    const bad = run(['import', ...BAD_FILES.map((file) => join(input, file.name)), '--json']);
    expect(bad.code).toBe(4);
    const said = [good, bad];
    const officer = await namePeopleInVault();
    const needs: Record<string, Parameters<typeof run>[2]> = { seal: SCRIPT, backup: SCRIPT, keys: officer };
    for (const args of [
      ['match', '--json'],
      ['matches', '--json'],
      ['trial-balance'],
      ['verify'],
      ['metrics'],
      ['seal', join(input, 'customers.csv'), '--columns', 'name,ibans,aliases'],
      ['keys', 'rotate', '--purpose', 'customer_pii', '--json'],
      ['heartbeat', '--json'],
      ['backup', 'create', join(input, 'one.bkup'), '--json'],
    ]) {
      const done = run(args, MARKS.passphrase, needs[args[0]!]);
      expect(done.code, `${args}: ${done.stderr.toString('utf8')}`).toBe(0);
      said.push(done);
    }
    const wrong = run(['verify', '--json'], MARKS.wrongPassphrase);
    expect(wrong.code).toBe(3);
    said.push(wrong, run(['call', 'ledger.entry', JSON.stringify({ id: MARKS.remittance })]));
    for (const { stdout, stderr } of said) {
      expect(marksIn(stdout), stdout.toString('utf8')).toEqual([]);
      expect(marksIn(stderr), stderr.toString('utf8')).toEqual([]);
    }
    for (const name of ['customers.sealed.csv', 'one.bkup']) {
      const bytes = readFileSync(join(input, name));
      expect(bytes.length, name).toBeGreaterThan(100);
      expect(marksIn(bytes), name).toEqual([]);
    }
    expect(marksUnder(temporary).found).toEqual([]);
    expect(marksUnder(join(folder, 'home')).found).toEqual([]);
    const kept = marksUnder(vault);
    expect(kept.found).toEqual([]);
    expect(kept.bytes).toBeGreaterThan(100_000);
    expect(marksIn(readFileSync(log))).toEqual([]);
  });
});
