import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { verifierOf } from '../../src/main/hsm/public-keys.ts';
import { type Desk, OFFICER, openDesk, until } from './desk.ts';

// Processes are started by the dozen; a machine that is busy elsewhere takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const holds = (
  key: { algorithm: 'Ed25519' | 'P-256'; publicKey: string },
  message: Buffer,
  signature: Buffer,
) => verifierOf(key.algorithm, Buffer.from(key.publicKey, 'base64')).verify(message, signature);

test('the embedded token sets itself up with the first key, and opens by itself after a restart', async () => {
  const key = await desk.hsm.generateKey({ name: 'Log', algorithm: 'Ed25519', mayMigrate: false }, OFFICER);
  const message = Buffer.from('a head of the log');
  const first = await desk.hsm.sign({ keyId: key.keyId, message });
  expect(holds(key as never, message, first.signature)).toBe(true);
  const folder = join(desk.test.directory, 'softhsm');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const configuration = readFileSync(join(folder, 'softhsm2.conf'), 'utf8');
  expect(configuration).toContain(join(folder, 'tokens'));

  await desk.restart();
  await until(() => desk.hsm.status().tokens[0]?.session === 'open', 'the token opens by itself');
  const second = await desk.hsm.sign({ keyId: key.keyId, message });
  expect(holds(key as never, message, second.signature)).toBe(true);
  expect(desk.records().slice(0, 3)).toEqual(['hsm.token-added', 'hsm.token-opened', 'hsm.key-made']);
  // The PIN lies sealed in the vault and nowhere else.
  expect(existsSync(join(folder, 'pin'))).toBe(false);
});

test('two tokens: the one that is killed comes back, and nothing is lost or answered twice', async () => {
  const one = await desk.hsm.setUpSoftware('One', OFFICER);
  const two = await desk.hsm.setUpSoftware('Two', OFFICER);
  const key = await desk.hsm.generateKey(
    { tokenId: one.id, name: 'Desk', algorithm: 'P-256', mayMigrate: true },
    OFFICER,
  );
  await desk.hsm.migration.start(
    { sourceId: one.id, targetId: two.id, purpose: 'migration', kem: 'ML-KEM-1024' },
    OFFICER,
  );
  const answered = new Map<string, Buffer>();
  const asked = Array.from({ length: 400 }, (_, i) => Buffer.from(`payment ${i}`));
  const all = asked.map(async (message, i) => {
    const { id, signature } = await desk.hsm.sign({ keyId: key.keyId, message, id: `r${i}` });
    expect(answered.has(id)).toBe(false);
    answered.set(id, signature);
    expect(holds(key as never, message, signature)).toBe(true);
  });
  desk.kill();
  await Promise.all(all);
  expect(answered.size).toBe(400);
  await until(
    () => desk.hsm.status().tokens.every(({ session }) => session === 'open'),
    'the killed token is back',
  );
  // The other served meanwhile, so nothing had to wait.
  expect(desk.records()).not.toContain('hsm.requests-queued');
  const again = await desk.hsm.sign({ keyId: key.keyId, message: asked[7]!, id: 'r7' });
  expect(again.signature).toEqual(answered.get('r7'));
});

test('one token, killed under load: requests wait in the vault and each is answered once', async () => {
  const one = await desk.hsm.setUpSoftware('One', OFFICER);
  const key = await desk.hsm.generateKey(
    { tokenId: one.id, name: 'Desk', algorithm: 'Ed25519', mayMigrate: false },
    OFFICER,
  );
  let answers = 0;
  const startedMs = performance.now();
  let waited = 0;
  const load = Array.from({ length: 64 }, async (_, i) => {
    while (performance.now() - startedMs < 2_500) {
      const message = Buffer.from(`${i} ${answers}`);
      const signed = await desk.hsm.sign({ keyId: key.keyId, message });
      if (signed.waited) waited += 1;
      answers += 1;
    }
  });
  for (let i = 0; i < 4; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    desk.kill();
  }
  await Promise.all(load);
  expect(answers).toBeGreaterThan(64);
  expect(waited).toBeGreaterThan(0);
  expect(desk.hsm.status().queue.waiting).toBe(0);
  expect(desk.hsm.requests({ limit: 500 }).rows.every(({ state }) => state === 'answered')).toBe(true);
});

test('the policy of hardware only refuses software tokens', async () => {
  const one = await desk.hsm.setUpSoftware('One', OFFICER);
  desk.hsm.setPolicy({ hardwareOnly: true }, OFFICER);
  await expect(desk.hsm.setUpSoftware('Two', OFFICER)).rejects.toMatchObject({ code: 'HSM_POLICY_HARDWARE' });
  const key = { tokenId: one.id, name: 'Desk', algorithm: 'P-256', mayMigrate: false } as const;
  await expect(desk.hsm.generateKey(key, OFFICER)).rejects.toMatchObject({ code: 'HSM_POLICY_HARDWARE' });
});
