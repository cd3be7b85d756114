import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Desk, OFFICER, openDesk, until } from './desk.ts';

// Processes are started by the dozen; a machine that is busy elsewhere takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let desk: Desk;
let from: number;
let to: number;
beforeEach(async () => {
  desk = await openDesk();
  from = (await desk.hsm.setUpSoftware('Old', OFFICER)).id;
  to = (await desk.hsm.setUpSoftware('New', OFFICER)).id;
});
afterEach(() => desk.close());

const make = (algorithm: 'P-256' | 'Ed25519' | 'RSA-2048' | 'AES-256' | 'ML-DSA-65', mayMigrate = true) =>
  desk.hsm.generateKey({ tokenId: from, name: algorithm, algorithm, mayMigrate }, OFFICER);
const run = (more = {}) =>
  desk.hsm.migration.start(
    { sourceId: from, targetId: to, purpose: 'migration', kem: 'ML-KEM-1024', ...more },
    OFFICER,
  );
const key = (keyId: string) => desk.hsm.keys().find((one) => one.keyId === keyId)!;

test('a whole token: what may migrate moves under a trusted key, the rest is replaced with an overlap', async () => {
  const moves = [await make('P-256'), await make('RSA-2048'), await make('ML-DSA-65')];
  const secret = await make('AES-256');
  const stays = await make('P-256', false);
  // SoftHSM cannot wrap Ed25519, whatever the key says.
  const cannot = await make('Ed25519');
  const sealed = await desk.hsm.encrypt(secret.keyId, Buffer.from('before'));
  const signing = desk.hsm.sign({ keyId: moves[0]!.keyId, message: Buffer.from('meanwhile') });

  const done = await run();
  expect(done).toMatchObject({ state: 'done', wrappingKeyDeleted: true });
  const outcomes = Object.fromEntries(done.keys.map(({ keyId, outcome }) => [keyId, outcome]));
  for (const { keyId } of [...moves, secret]) expect(outcomes[keyId]).toBe('moved');
  for (const { keyId } of [stays, cannot]) expect(outcomes[keyId]).toBe('replaced');
  expect((await signing).signature.length).toBe(64);

  const arrived = key(moves[0]!.keyId).copies.find(({ tokenId }) => tokenId === to)!;
  expect(arrived).toMatchObject({
    state: 'active',
    origin: { tokenId: from, run: done.id, wrappedWith: 'ML-KEM-1024' },
  });
  const ninety = 90 * 86_400_000;
  expect(Math.abs(key(moves[0]!.keyId).rotateByMs - desk.hsm.status().nowMs - ninety)).toBeLessThan(60_000);
  const successor = key(stays.keyId).replacedBy!;
  expect(key(successor).copies.map(({ tokenId }) => tokenId)).toEqual([to]);
  expect(key(stays.keyId).state).toBe('active');

  // The old copies go; what moved serves from the new token.
  for (const { keyId } of [...moves, secret]) desk.hsm.retireCopy(keyId, from, OFFICER);
  for (const { keyId } of moves) await desk.hsm.sign({ keyId, message: Buffer.from('after') });
  expect((await desk.hsm.decrypt(secret.keyId, sealed)).toString()).toBe('before');
  expect(() => desk.hsm.retireCopy(secret.keyId, to, OFFICER)).toThrow();
  await desk.hsm.destroyKey(secret.keyId, OFFICER);
  expect(key(secret.keyId).copies.find(({ tokenId }) => tokenId === from)!.state).toBe('destroyed');
  expect(desk.records()).toEqual(
    expect.arrayContaining(['hsm.run-started', 'hsm.key-moved', 'hsm.run-done', 'hsm.copy-destroyed']),
  );
});

test('a run stops between two keys, survives a restart, and goes on where it stood', async () => {
  for (let i = 0; i < 6; i += 1) await make('P-256');
  const going = run();
  await until(
    () => desk.hsm.migration.list()[0]?.keys.some(({ outcome }) => outcome === 'moved') === true,
    'the first key has moved',
    40_000,
  );
  const { id } = desk.hsm.migration.list()[0]!;
  let stopped: Awaited<typeof going>;
  try {
    desk.hsm.migration.stop(id);
  } finally {
    stopped = await going;
  }
  const moved = stopped.keys.filter(({ outcome }) => outcome === 'moved').length;
  expect(stopped.wrappingKeyDeleted).toBe(true);
  if (stopped.state === 'stopped') {
    expect(moved).toBeLessThan(6);
    await desk.restart();
    await until(
      () => desk.hsm.status().tokens.every(({ session }) => session === 'open'),
      'both open',
      40_000,
    );
    await expect(run()).rejects.toMatchObject({ code: 'HSM_MIGRATION_STATE' });
    expect((await desk.hsm.migration.resume(id, undefined, OFFICER)).state).toBe('done');
  }
  expect(desk.hsm.keys().every(({ copies }) => copies.length === 2)).toBe(true);
});

test('a backup takes ML-KEM-768 and replaces nothing; a migration does not', async () => {
  const stays = await make('P-256', false);
  await expect(run({ kem: 'ML-KEM-768' })).rejects.toMatchObject({ code: 'HSM_MIGRATION_STATE' });
  const done = await run({ purpose: 'backup', kem: 'ML-KEM-768' });
  expect(done.keys).toMatchObject([{ keyId: stays.keyId, outcome: 'stays', code: 'HSM_KEY_STAYS' }]);
  expect(key(stays.keyId).replacedBy).toBeNull();
});

test('the officer’s PIN that is wrong starts nothing and leaves nothing', async () => {
  await make('P-256');
  await expect(run({ soPin: 'not the officer' })).rejects.toMatchObject({ code: 'HSM_PIN_WRONG' });
  expect(desk.hsm.migration.list()[0]).toMatchObject({ state: 'stopped' });
  expect(desk.hsm.keys()[0]!.copies).toHaveLength(1);
});

test('a run that a crash cut short has stopped, and its wrapping key is told', async () => {
  await make('P-256');
  const { id } = await run();
  // As a power cut leaves it: nobody wrote how it ended.
  desk.test.vault.db.prepare("UPDATE hsm_run SET state = 'running', ended_at_ms = NULL WHERE id = ?").run(id);
  await desk.restart();
  expect(desk.hsm.migration.list()[0]).toMatchObject({ id, state: 'stopped' });
  expect(desk.incidents).toMatchObject([{ kind: 'hsm.wrapping-key-left', severity: 'high' }]);
  expect(await desk.hsm.migration.resume(id, undefined, OFFICER)).toMatchObject({
    state: 'done',
    wrappingKeyDeleted: true,
  });
});
