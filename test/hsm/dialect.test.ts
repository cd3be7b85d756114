import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CKM } from '../../src/main/hsm/cryptoki.ts';
import { verifySigned } from '../../src/main/hsm/index.ts';
import { type Desk, newDevice, OFFICER, openStandInDesk } from './desk.ts';
import { ALL_MECHANISMS, newToken, OWN_EDWARDS } from './stand-in.ts';
import { PIN } from './support.ts';

// Processes are started by the dozen; a machine that is busy elsewhere takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** A token that had Ed25519 before the standard did. */
const mechanisms = [
  ...ALL_MECHANISMS.filter((one) => one !== CKM.EDDSA && one !== CKM.EDWARDS_KEY_PAIR_GEN),
  OWN_EDWARDS.generate,
  OWN_EDWARDS.sign,
];
let desk: Desk;
let device: ReturnType<typeof newDevice>;
beforeEach(async () => {
  device = newDevice(newToken('one', 'S1', { mechanisms }), newToken('two', 'S2'));
  desk = await openStandInDesk();
});
afterEach(async () => {
  await desk.close();
  device.remove();
});

const add = (profile: 'thales-luna' | 'utimaco' | 'google-cloud-kms', serial: string) =>
  desk.hsm.addToken({ name: serial, profile, library: device.path, serial, pin: PIN }, OFFICER);
const make = (
  tokenId: number,
  algorithm: 'Ed25519' | 'AES-256' | 'ML-DSA-65' | 'P-256',
  mayMigrate = false,
) => desk.hsm.generateKey({ tokenId, name: 'Desk', algorithm, mayMigrate }, OFFICER);
const message = Buffer.from('pay nobody');

test('a maker’s own numbers are used where the token names them and not the standard’s', async () => {
  const { id, algorithms } = await add('thales-luna', 'S1');
  expect(algorithms.find(({ algorithm }) => algorithm === 'Ed25519')!.way).toBe('token');
  const { keyId, publicKey } = await make(id, 'Ed25519');
  const { signature } = await desk.hsm.sign({ keyId, message });
  expect(verifySigned('Ed25519', Buffer.from(publicKey, 'base64'), message, signature)).toBe(true);
  // A newer firmware names the standard's, which then hold.
  const newer = await add('thales-luna', 'S2');
  const other = await make(newer.id, 'Ed25519');
  expect((await desk.hsm.sign({ keyId: other.keyId, message })).signature).toHaveLength(64);
});

test('where the profile knows no such numbers the mechanism is missing', async () => {
  const { id } = await add('utimaco', 'S1');
  await expect(make(id, 'Ed25519')).rejects.toMatchObject({ code: 'HSM_MECHANISM_MISSING' });
});

test('a token that chooses its own nonces seals nothing here, and says so before anything is made', async () => {
  const { id, algorithms, mechanisms: named } = await add('thales-luna', 'S1');
  expect(named.map(({ number }) => number)).not.toContain(CKM.AES_GCM);
  expect(algorithms.find(({ algorithm }) => algorithm === 'ML-DSA-65')!.way).toBe('none');
  for (const algorithm of ['AES-256', 'ML-DSA-65'] as const)
    await expect(make(id, algorithm)).rejects.toMatchObject({ code: 'HSM_MECHANISM_MISSING' });
  expect(desk.records()).toContain('hsm.key-refused');
});

test('where nobody can mark a wrapping key trusted no key is promised to leave, and a run replaces them', async () => {
  const source = await add('google-cloud-kms', 'S2');
  const target = await add('utimaco', 'S1');
  await expect(make(source.id, 'P-256', true)).rejects.toMatchObject({ code: 'HSM_KEY_STAYS' });
  const key = await make(source.id, 'P-256');
  const ends = {
    sourceId: source.id,
    targetId: target.id,
    kem: 'ML-KEM-1024',
    soPin: 'officer-pin-0815',
  } as const;
  const run = await desk.hsm.migration.start({ ...ends, purpose: 'migration' }, OFFICER);
  expect(run).toMatchObject({ state: 'done', keys: [{ keyId: key.keyId, outcome: 'replaced' }] });
});
