import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../../src/main/doors/cli/connect.ts';
import { runProgram } from '../../src/main/doors/cli/program.ts';
import { serveSocket } from '../../src/main/doors/socket/index.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { fromBase32, hotp, stepAt } from '../../src/main/operators/totp.ts';
import { temporaryFolder } from './support.ts';

const VAULT = 'correct horse battery staple';
const PASSPHRASE = 'violet anchors drift past seven lanterns';
const SECRETS = ['GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJR'] as const;

const folder = temporaryFolder();
const vault = join(folder.path, 'books.vault');
const dataFolder = join(folder.path, 'vaults');
const runFolder = join(folder.path, 'run');
const host = () => createEngineHost({ dataFolder, vaultDirectory: vault, version: 'test' });

/** The code of a step beside that of now, so that no test waits half a minute for the next. */
const codeOf = (secret: string, ahead = 0) => hotp(fromBase32(secret)!, stepAt(Date.now()) + ahead);

beforeAll(async () => {
  process.env.COUNTERSIGN_PASSPHRASE = VAULT;
  const engine = host();
  const client = clientOf(engine);
  await client.vault.create({ name: 'books', passphrase: VAULT, directory: vault });
  await client.operators.nameOfficers({
    officers: SECRETS.map((secret, i) => ({
      name: ['Ada Weiss', 'Bo Lind'][i]!,
      passphrase: PASSPHRASE,
      // The oldest code that is taken, which leaves those of now and of next for signing in.
      secondFactor: { secret, code: codeOf(secret, -1) },
    })),
  });
  await engine.close();
});
afterEach(() => {
  delete process.env.COUNTERSIGN_OPERATOR_PASSPHRASE;
  delete process.env.COUNTERSIGN_TOTP;
});
afterAll(() => {
  delete process.env.COUNTERSIGN_PASSPHRASE;
  folder.remove();
});

async function countersign(...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY: false,
    columns: 80,
    write: (text: string) => {
      written[name] += text;
      return true;
    },
  });
  const [stdout, stderr] = [stream('stdout') as never, stream('stderr') as never];
  const signal = new AbortController().signal;
  const all = [...argv, '--vault', vault, '--json'];
  const code = await runProgram({ argv: all, stdout, stderr, signal, dataFolder, runFolder });
  return { code, ...written };
}

function as(code: string, passphrase = PASSPHRASE): void {
  process.env.COUNTERSIGN_OPERATOR_PASSPHRASE = passphrase;
  process.env.COUNTERSIGN_TOTP = code;
}

describe('the command line, once operators are named', () => {
  it('runs as the service account, which reads, imports and matches, and no more', async () => {
    expect((await countersign('trial-balance')).code).toBe(0);
    const keys = await countersign('keys', 'due');
    expect([keys.code, JSON.parse(keys.stderr).error.code]).toEqual([6, 'NOT_PERMITTED']);
  });

  it('asks for what --operator needs', async () => {
    const answer = await countersign('keys', 'due', '--operator', 'Ada Weiss');
    expect([answer.code, JSON.parse(answer.stderr).error.code]).toEqual([2, 'USAGE']);
    as('000000');
    const wrong = await countersign('keys', 'due', '--operator', 'Ada Weiss');
    expect([wrong.code, JSON.parse(wrong.stderr).error.code]).toEqual([6, 'SESSION_REFUSED']);
  });

  it('does what the roles permit, and takes a code once', async () => {
    as(codeOf(SECRETS[0]));
    const done = await countersign('keys', 'due', '--operator', 'ada weiss');
    expect([done.code, done.stderr]).toEqual([0, '']);
    const again = await countersign('keys', 'due', '--operator', 'Ada Weiss');
    expect(JSON.parse(again.stderr).error.code).toBe('SESSION_REFUSED');
  });

  it('does so over the socket of an app that holds the vault, for this one command', async () => {
    const app = host();
    await clientOf(app).vault.open({ directory: vault, passphrase: VAULT });
    const socket = await serveSocket(app, { folder: runFolder });
    try {
      as(codeOf(SECRETS[1]));
      expect((await countersign('keys', 'due', '--operator', 'Bo Lind')).code).toBe(0);
      const after = await countersign('keys', 'due');
      expect([after.code, JSON.parse(after.stderr).error.code]).toEqual([6, 'NOT_PERMITTED']);
      // The connection's end is on record.
      await expect
        .poll(async () => (await clientOf(app).audit.records({ kind: 'session.end' })).rows[0]?.actor)
        .toBe('operator-2');
    } finally {
      await socket.close();
      await app.close();
    }
  });
});
