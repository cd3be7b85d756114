import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../../src/main/doors/cli/connect.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { connectTo, movableRuntime, namePeople, type Person } from '../support/people.ts';
import { commandLine, temporaryFolder } from './support.ts';

const PASSPHRASE = 'correct horse battery staple';
const folder = temporaryFolder();
const vault = join(folder.path, 'books.vault');
const clock = movableRuntime();
let officer: Person;
let second: Person;
let recoveryKey = '';
let descriptors: number[] = [];

beforeAll(async () => {
  process.env.COUNTERSIGN_PASSPHRASE = PASSPHRASE;
  const host = createEngineHost({ version: 'test', vaultDirectory: vault, runtime: clock });
  const created = await clientOf(host).vault.create({
    name: 'books',
    passphrase: PASSPHRASE,
    directory: vault,
  });
  recoveryKey = created.recoveryKey;
  ({
    officers: [officer, second],
  } = await namePeople(connectTo(host), clock));
  await host.close();
});
afterAll(() => {
  delete process.env.COUNTERSIGN_PASSPHRASE;
  for (const fd of descriptors) closeSync(fd);
  descriptors = [];
  folder.remove();
});

const run = commandLine({
  dataFolder: folder.path,
  runFolder: join(folder.path, 'run'),
  runtime: clock,
});

/** Runs `countersign slots …` as an officer with a passphrase in the environment. */
async function slots(words: readonly string[], passphrase = PASSPHRASE) {
  process.env.COUNTERSIGN_PASSPHRASE = passphrase;
  const written = await run(['slots', ...words, '--vault', vault, '--json'], officer);
  const answer = written.stdout === '' ? {} : JSON.parse(written.stdout);
  const error = written.stderr === '' ? undefined : JSON.parse(written.stderr).error;
  return { code: written.code, answer, error };
}

/** The same where a policy holds it: the second officer agrees, and the first runs it again. */
async function agreed(words: () => readonly string[], passphrase = PASSPHRASE) {
  const held = await slots(words(), passphrase);
  expect(held).toMatchObject({ code: 7, answer: { approvalRequired: { state: 'pending' } } });
  const { requestId } = held.answer.approvalRequired;
  const vote = await run(['approvals', 'approve', requestId, '--vault', vault, '--json'], second);
  // A request keeps no secret, so that whoever asked gives it anew.
  expect([vote.code, JSON.parse(vote.stdout).state]).toEqual([0, 'approved']);
  return slots(words(), passphrase);
}

const list = async () =>
  (await slots(['list'])).answer.slots as { id: string; kind: string; label: string }[];

/** A descriptor that holds a line, as a script hands over a secret. */
function descriptorOf(line: string): string {
  const path = join(folder.path, `secret-${descriptors.length}`);
  writeFileSync(path, `${line}\n`);
  const fd = openSync(path, 'r');
  descriptors.push(fd);
  return String(fd);
}

describe('countersign slots', () => {
  it('lists them', async () => {
    expect(await list()).toMatchObject([{ kind: 'passphrase', revocable: true }, { kind: 'recovery-key' }]);
  });

  it('rehearses one, by the passphrase that opened the vault', async () => {
    const { code, answer } = await slots(['rehearse']);
    expect([code, answer.slot.kind]).toEqual([0, 'passphrase']);
    expect((await list())[0]).toMatchObject({ lastRehearsedAtMs: expect.any(Number) });
  });

  it('adds a quorum, prints its shares once, and revokes it again', async () => {
    const quorum = ['--threshold', '2', '--shares', '3', '--label', 'board'];
    const made = await agreed(() => ['add', 'recovery-quorum', ...quorum]);
    expect(made).toMatchObject({ code: 0, answer: { slot: { label: 'board' }, recoveryKey: null } });
    expect(made.answer.shares).toHaveLength(3);
    const { id } = made.answer.slot;
    const revoked = await agreed(() => ['revoke', id]);
    expect(revoked.code).toBe(0);
    expect(revoked.answer.slots).toHaveLength(2);
  });

  it('replaces the passphrase by one from a descriptor, after which the old one is wrong', async () => {
    const next = 'gravel Orchid 7 window Tuba lantern';
    const { id } = (await list()).find(({ kind }) => kind === 'passphrase')!;
    const by = (secret: string) => ['passphrase', '--new-passphrase-fd', descriptorOf(secret)];
    const replaced = await agreed(() => ['replace', id, ...by(next)]);
    expect(replaced).toMatchObject({ code: 0, answer: { slot: { kind: 'passphrase' } } });
    expect(await slots(['list'])).toMatchObject({ code: 3, error: { code: 'VAULT_PASSPHRASE_WRONG' } });
    const weak = await agreed(() => ['add', ...by('password2026!')], next);
    expect(weak).toMatchObject({ code: 3, error: { code: 'VAULT_PASSPHRASE_WEAK' } });
    const itself = await agreed(() => ['revoke', replaced.answer.slot.id], next);
    expect(itself).toMatchObject({ code: 3, error: { code: 'VAULT_SLOT_PROVES_ITSELF' } });
    const [, printed] = (await slots(['list'], next)).answer.slots as { id: string }[];
    expect((await agreed(() => ['revoke', printed!.id], next)).code).toBe(0);
    expect(await slots(['rehearse', '--with', 'recovery-key'], next)).toMatchObject({ code: 3 });
    expect(recoveryKey).not.toBe('');
  });

  it('are nothing that the service account may see or change', async () => {
    process.env.COUNTERSIGN_PASSPHRASE = 'gravel Orchid 7 window Tuba lantern';
    for (const words of [['list'], ['add', 'recovery-key']]) {
      const { code, stderr } = await run(['slots', ...words, '--vault', vault, '--json']);
      expect([code, JSON.parse(stderr).error.code]).toEqual([6, 'NOT_PERMITTED']);
    }
  });

  it.each([
    [['frob']],
    [[]],
    [['add']],
    [['add', 'door']],
    [['add', 'recovery-quorum']],
    [['add', 'recovery-key', '--threshold', '2']],
    [['list', '--with', 'x', 'y']],
    [['rehearse', '--with', 'charm']],
  ])('refuses %j as wrong use', async (words) => {
    expect((await slots(words, 'gravel Orchid 7 window Tuba lantern')).code).toBe(2);
  });
});
