import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { clientOf } from '../../src/main/doors/cli/connect.ts';
import { runProgram } from '../../src/main/doors/cli/program.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { fromBase32, hotp, stepAt } from '../../src/main/operators/totp.ts';
import { temporaryFolder } from '../doors/support.ts';

const VAULT = 'correct horse battery staple';
const PASSPHRASE = 'violet anchors drift past seven lanterns';
const SECRETS: Readonly<Record<string, string>> = {
  'Ada Weiss': 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  'Bo Lind': 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJR',
};
const folder = temporaryFolder();
const vault = join(folder.path, 'books.vault');
const codeOf = (secret: string, ahead = 0) => hotp(fromBase32(secret)!, stepAt(Date.now()) + ahead);

beforeAll(async () => {
  process.env.COUNTERSIGN_PASSPHRASE = VAULT;
  const engine = createEngineHost({
    ...{ dataFolder: join(folder.path, 'vaults'), vaultDirectory: vault, version: 'test' },
  });
  const client = clientOf(engine);
  await client.vault.create({ name: 'books', passphrase: VAULT, directory: vault });
  await client.operators.nameOfficers({
    // The oldest code that is taken, which leaves those of now and of next for signing in.
    officers: Object.entries(SECRETS).map(([name, secret]) => ({
      ...{ name, passphrase: PASSPHRASE },
      secondFactor: { secret, code: codeOf(secret, -1) },
    })),
  });
  await engine.close();
}, 60_000);
afterEach(() => {
  delete process.env.COUNTERSIGN_OPERATOR_PASSPHRASE;
  delete process.env.COUNTERSIGN_TOTP;
});
afterAll(() => {
  delete process.env.COUNTERSIGN_PASSPHRASE;
  folder.remove();
});

/** Runs one line as somebody, or as nobody; answers its exit code and what it printed. */
async function run(who: string | undefined, ahead: number, ...words: string[]) {
  if (who !== undefined) {
    process.env.COUNTERSIGN_OPERATOR_PASSPHRASE = PASSPHRASE;
    process.env.COUNTERSIGN_TOTP = codeOf(SECRETS[who]!, ahead);
  }
  const said = { out: '', err: '' };
  const into = (name: keyof typeof said) => (text: string) => {
    said[name] += text;
    return true;
  };
  const exitCode = await runProgram({
    argv: [...words, '--json', '--vault', vault, ...(who === undefined ? [] : ['--operator', who])],
    stdout: { write: into('out') },
    stderr: { write: into('err'), isTTY: false, columns: 80 } as never,
    signal: new AbortController().signal,
    dataFolder: join(folder.path, 'vaults'),
    runFolder: join(folder.path, 'run'),
  });
  return { exitCode, ...said };
}

it('a command is held with a code of its own, shown, and agreed to by another', async () => {
  const held = await run('Ada Weiss', 0, 'keys', 'rotate', '--key', 'kek-1');
  expect(held).toMatchObject({ exitCode: 7, err: '' });
  const { requestId, state, quorum } = JSON.parse(held.out).approvalRequired;
  expect({ state, quorum }).toEqual({ state: 'pending', quorum: 1 });
  const listed = await run(undefined, 0, 'approvals', 'list');
  expect(JSON.parse(listed.out).requests).toMatchObject([{ id: requestId, mine: 'look' }]);
  const shown = await run(undefined, 0, 'approvals', 'show', requestId);
  expect(JSON.parse(shown.out).raw).toContain('"kek-1"');
  const nobody = await run(undefined, 0, 'approvals', 'approve', requestId);
  expect(nobody).toMatchObject({ exitCode: 6, out: '' });
  const agreed = await run('Bo Lind', 0, 'approvals', 'approve', requestId, '--reason', 'it is due');
  expect(agreed.exitCode).toBe(0);
  expect(JSON.parse(agreed.out)).toMatchObject({ state: 'executed', votes: [{ reason: 'it is due' }] });
  const late = await run('Bo Lind', 1, 'approvals', 'veto', requestId, '--reason', 'too late');
  expect(late.exitCode).toBe(6);
  expect(JSON.parse(late.err).error.code).toBe('APPROVAL_RUN_ALREADY');
}, 120_000);

it.each([
  ['approvals'],
  ['approvals', 'approve'],
  ['approvals', 'list', 'x'],
  ['approvals', 'show', 'x', '--reason', 'why'],
  ['demo', 'two-eyes'],
  ['demo', '--out', 'x'],
])('%s %s is wrong use', async (...words) => {
  expect((await run(undefined, 0, ...words)).exitCode).toBe(2);
});
