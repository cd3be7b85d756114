import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../../src/main/doors/cli/connect.ts';
import { serveSocket } from '../../src/main/doors/socket/index.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { fromBase32, hotp, stepAt } from '../../src/main/operators/totp.ts';
import { connectTo } from '../support/people.ts';
import { commandLine, temporaryFolder } from './support.ts';

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
  await clientOf(engine).vault.create({ name: 'books', passphrase: VAULT, directory: vault });
  // Until officers are named, the command line is the service account and names nobody.
  await expect(clientOf(engine).operators.newSecondFactor({ name: 'Ada' })).rejects.toMatchObject({
    code: 'NOT_PERMITTED',
  });
  const { client } = await connectTo(engine)();
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

const run = commandLine({ dataFolder, runFolder });
const countersign = (...argv: string[]) => run([...argv, '--vault', vault, '--json']);

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

  it('tells who is named, and lends and takes back', async () => {
    const list = JSON.parse((await countersign('operators', 'list')).stdout);
    expect(list).toMatchObject({ named: true, lendings: [] });
    expect(list.operators.map(({ name }: { name: string }) => name)).toEqual(['Ada Weiss', 'Bo Lind']);
    const asked = [
      'operators',
      'break-glass',
      '2',
      'custody-officer',
      '--minutes',
      '5',
      '--reason',
      'a drill',
    ];
    const refused = await countersign(...asked);
    expect([refused.code, JSON.parse(refused.stderr).error.code]).toEqual([6, 'NOT_PERMITTED']);
    for (const words of [
      ['frob'],
      [],
      ['list', 'x'],
      ['break-glass', '2'],
      ['end-break-glass'],
      ['passphrase'],
    ])
      expect((await countersign('operators', ...words)).code, words.join(' ')).toBe(2);
    expect((await countersign(...asked.slice(0, 3), 'nobody', ...asked.slice(4))).code).toBe(2);
  });

  it('changes one’s own passphrase, with the code of this sign-in', async () => {
    const path = join(folder.path, 'next');
    writeFileSync(path, 'granite stairs below a signal tower\n');
    const fd = openSync(path, 'r');
    as(codeOf(SECRETS[0], 1));
    const words = ['operators', 'passphrase', '--operator', 'Ada Weiss', '--new-passphrase-fd', String(fd)];
    const changed = await countersign(...words);
    closeSync(fd);
    expect([changed.code, JSON.parse(changed.stdout)]).toEqual([0, { id: '1', changed: true }]);
    as('000000', 'granite stairs below a signal tower');
    const old = await countersign('keys', 'due', '--operator', 'Ada Weiss');
    expect(JSON.parse(old.stderr).error.code).toBe('SESSION_REFUSED');
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
