import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CKM } from '../../src/main/hsm/cryptoki.ts';
import { verifierOf } from '../../src/main/hsm/public-keys.ts';
import { addStandIn, type Desk, newDevice, OFFICER, openDesk, openStandInDesk, until } from './desk.ts';
import {
  ALL_MECHANISMS,
  changeDevice,
  type DeviceToken,
  type Fault,
  newToken,
  readDevice,
} from './stand-in.ts';
import { PIN } from './support.ts';

// Processes are started by the dozen; a machine that is busy elsewhere takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let desk: Desk;
let device: ReturnType<typeof newDevice>;
beforeEach(async () => {
  desk = await openStandInDesk();
  device = newDevice();
});
afterEach(async () => {
  await desk.close();
  device.remove();
});

const fault = (name: string, kind?: Fault) =>
  changeDevice(device.path, (one) => {
    if (kind === undefined) delete one.faults[name];
    else one.faults[name] = kind;
  });
const tokens = (change: (list: DeviceToken[]) => void) =>
  changeDevice(device.path, (one) => change(one.tokens));
const makeKey = (algorithm: 'P-256' | 'Ed25519' | 'ML-DSA-65' = 'Ed25519') =>
  desk.hsm.generateKey({ name: 'Desk', algorithm, mayMigrate: false }, OFFICER);
const message = Buffer.from('pay nobody');
const state = () => desk.hsm.status().tokens[0]!;
/** What the log says of refusals of a kind: their codes, the oldest first. */
const told = (kind: string): string[] =>
  desk.test.audit
    .list({ kind, limit: 50 })
    .rows.map(({ seq }) => (JSON.parse(desk.test.audit.get(seq).detail!) as { code: string }).code)
    .reverse();

test('a token of hardware opens with its PIN, signs, and forgets the PIN with the session', async () => {
  const token = await addStandIn(desk, device.path);
  expect(token).toMatchObject({ kind: 'hardware', session: 'open', circuit: 'healthy', serial: 'S1' });
  const key = await makeKey('P-256');
  const { signature } = await desk.hsm.sign({ keyId: key.keyId, message });
  expect(verifierOf('P-256', Buffer.from(key.publicKey, 'base64')).verify(message, signature)).toBe(true);
  await desk.restart();
  expect(state().session).toBe('closed');
  await expect(desk.hsm.openSession(token.id, undefined, OFFICER)).rejects.toMatchObject({
    code: 'HSM_PIN_NEEDED',
  });
  await desk.hsm.openSession(token.id, PIN, OFFICER);
  expect((await desk.hsm.sign({ keyId: key.keyId, message })).signature).toHaveLength(64);
});

test('a wrong PIN is refused, configures nothing, and one later stops every automatic start', async () => {
  const wrong = {
    name: 'One',
    profile: 'utimaco',
    library: device.path,
    label: 'one',
    pin: 'wrong',
  } as const;
  await expect(desk.hsm.addToken(wrong, OFFICER)).rejects.toMatchObject({ code: 'HSM_PIN_WRONG' });
  expect(desk.hsm.status().tokens).toEqual([]);
  expect(told('hsm.token-not-added')).toEqual(['HSM_PIN_WRONG']);

  const token = await addStandIn(desk, device.path);
  tokens(([one]) => {
    one!.pin = 'somebody changed it';
  });
  desk.kill();
  await until(() => state().circuit === 'stopped', 'the PIN is refused');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  // One try and no more: the token locks at three.
  expect(readDevice(device.path).tokens[0]!.wrongPins).toBe(1);
  expect(state()).toMatchObject({ lastError: 'HSM_PIN_WRONG', session: 'lost' });
  expect(desk.incidents.map(({ kind }) => kind)).toContain('hsm.pin-refused');
  expect(told('hsm.token-stopped')).toEqual(['HSM_PIN_WRONG']);
  await desk.hsm.resume(token.id, 'somebody changed it', OFFICER);
  expect(state()).toMatchObject({ session: 'open', circuit: 'healthy' });
});

/** How a token fails, and by which code that is told. */
const FAILURES = [
  ['removed', 'HSM_TOKEN_GONE'],
  ['crash', 'HSM_CRASHED'],
  ['hang', 'HSM_HANGS'],
] as const;

test.each(FAILURES)(
  'a token that is %s in the middle of a signature: the request waits and is answered once',
  async (kind, code) => {
    await addStandIn(desk, device.path);
    const key = await makeKey();
    fault('C_Sign', kind);
    const signed = desk.hsm.sign({ keyId: key.keyId, message, id: 'r1' });
    await until(() => desk.hsm.status().queue.waiting === 1 || state().circuit !== 'healthy', 'it fails');
    fault('C_Sign');
    const { signature, id } = await signed;
    expect(id).toBe('r1');
    expect(verifierOf('Ed25519', Buffer.from(key.publicKey, 'base64')).verify(message, signature)).toBe(true);
    expect(desk.hsm.request('r1')).toMatchObject({
      state: 'answered',
      signature: signature.toString('base64'),
    });
    expect(desk.records()).toEqual(
      expect.arrayContaining(['hsm.token-failed', 'hsm.token-recovered', 'hsm.requests-queued']),
    );
    expect(told('hsm.token-failed')).toContain(code);
  },
);

test('a token that fails while it is added, or while it makes a key, leaves nothing half done', async () => {
  for (const [kind] of FAILURES.slice(1)) {
    fault('C_Login', kind);
    await expect(addStandIn(desk, device.path)).rejects.toMatchObject({
      code: expect.stringMatching(/^HSM_/),
    });
    expect(desk.hsm.status().tokens).toEqual([]);
  }
  fault('C_Login');
  expect(told('hsm.token-not-added')).toEqual(['HSM_CRASHED', 'HSM_HANGS']);
  await addStandIn(desk, device.path);
  // A library is given longer to make a key, so that it is not waited for here until it hangs.
  const failing = FAILURES.slice(0, 2);
  for (const [kind, code] of failing) {
    await until(() => state().session === 'open', 'the token serves');
    fault('C_GenerateKeyPair', kind);
    await expect(makeKey()).rejects.toMatchObject({ code });
    fault('C_GenerateKeyPair');
    expect(desk.hsm.keys()).toEqual([]);
    expect(readDevice(device.path).tokens[0]!.objects).toEqual({});
  }
  expect(told('hsm.key-refused')).toEqual(failing.map(([, code]) => code));
  await until(() => state().session === 'open', 'the token serves again');
  await makeKey();
});

test('while no token answers the queue is seen, outlives a restart, and is worked off once', async () => {
  const token = await addStandIn(desk, device.path);
  const key = await makeKey();
  fault('C_GetSlotList', 'removed');
  desk.kill();
  await until(() => state().circuit === 'open', 'the circuit opens');
  expect(desk.incidents.map(({ kind }) => kind)).toContain('hsm.circuit-open');
  const asked = ['a', 'b', 'c'].map((id) => desk.hsm.sign({ keyId: key.keyId, message, id }));
  const refused = Promise.allSettled(asked);
  await until(() => desk.hsm.status().queue.waiting === 3, 'three wait');
  await expect(
    desk.hsm.sign({ keyId: key.keyId, message: Buffer.from('other'), id: 'a' }),
  ).rejects.toMatchObject({
    code: 'HSM_REQUEST_CONFLICT',
  });
  await desk.restart();
  expect((await refused).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(desk.hsm.request('b')).toMatchObject({ state: 'queued', signature: null });
  fault('C_GetSlotList');
  await desk.hsm.openSession(token.id, PIN, OFFICER);
  await until(() => desk.hsm.status().queue.waiting === 0, 'the queue is worked off');
  const again = await desk.hsm.sign({ keyId: key.keyId, message, id: 'b' });
  expect(again.signature.toString('base64')).toBe(desk.hsm.request('b').signature);
});

test('a wrong signature never leaves: the token is taken out of service for a person to look at', async () => {
  const token = await addStandIn(desk, device.path);
  const key = await makeKey();
  fault('C_Sign', 'wrong');
  const signed = desk.hsm.sign({ keyId: key.keyId, message });
  await until(() => state().circuit === 'stopped', 'it is taken out');
  expect(state().lastError).toBe('HSM_SIGNATURE_WRONG');
  expect(desk.incidents).toMatchObject([{ kind: 'hsm.signature-wrong', severity: 'critical' }]);
  expect(told('hsm.token-stopped')).toEqual(['HSM_SIGNATURE_WRONG']);
  fault('C_Sign');
  await desk.hsm.resume(token.id, undefined, OFFICER);
  expect((await signed).signature).toHaveLength(64);
});

test('a library that lies about a mechanism is found out, and leaves nothing half made', async () => {
  await addStandIn(desk, device.path);
  fault('C_GenerateKeyPair', 'refused');
  await expect(makeKey('P-256')).rejects.toMatchObject({ code: 'HSM_MECHANISM_LIED' });
  fault('C_GenerateKeyPair');
  // The pair is made, but it cannot sign: both halves go again.
  fault('C_SignInit', 'refused');
  await expect(makeKey('P-256')).rejects.toMatchObject({ code: 'HSM_MECHANISM_LIED' });
  fault('C_SignInit');
  expect(readDevice(device.path).tokens[0]!.objects).toEqual({});
  expect(desk.hsm.keys()).toEqual([]);
  expect(told('hsm.key-refused')).toEqual(['HSM_MECHANISM_LIED', 'HSM_MECHANISM_LIED']);
  expect(state().circuit).toBe('healthy');
});

test('a full token, two tokens with one label, one that is configured already: each its own refusal', async () => {
  tokens((list) => {
    list.push(newToken('one', 'S2'), newToken('small', 'S3', { room: 1 }));
  });
  await expect(addStandIn(desk, device.path)).rejects.toMatchObject({ code: 'HSM_TOKEN_AMBIGUOUS' });
  expect(told('hsm.token-not-added')).toEqual(['HSM_TOKEN_AMBIGUOUS']);
  const right = await addStandIn(desk, device.path, 'One', { label: 'one', serial: 'S2' });
  expect(right.serial).toBe('S2');
  await expect(addStandIn(desk, device.path, 'Again', { serial: 'S2' })).rejects.toMatchObject({
    code: 'HSM_TOKEN_EXISTS',
  });
  const small = await addStandIn(desk, device.path, 'Small', { serial: 'S3' });
  const wanted = { tokenId: small.id, name: 'Desk', algorithm: 'P-256', mayMigrate: false } as const;
  await expect(desk.hsm.generateKey(wanted, OFFICER)).rejects.toMatchObject({ code: 'HSM_TOKEN_FULL' });
  expect(readDevice(device.path).tokens[2]!.objects).toEqual({});
  expect(told('hsm.key-refused')).toEqual(['HSM_TOKEN_FULL']);
  await expect(desk.hsm.generateKey({ ...wanted, tokenId: 99 }, OFFICER)).rejects.toMatchObject({
    code: 'HSM_TOKEN_UNKNOWN',
  });
});

test('a token with the mechanisms of PKCS#11 3.2 carries ML-DSA itself', async () => {
  tokens(([one]) => {
    (one as { mechanisms: readonly number[] }).mechanisms = [
      ...ALL_MECHANISMS,
      CKM.ML_DSA,
      CKM.ML_DSA_KEY_PAIR_GEN,
    ];
  });
  await addStandIn(desk, device.path);
  const key = await makeKey('ML-DSA-65');
  expect(key.copies[0]).toMatchObject({ way: 'token' });
  expect((await desk.hsm.sign({ keyId: key.keyId, message })).signature).toHaveLength(3309);
  expect(state().algorithms.find(({ algorithm }) => algorithm === 'ML-DSA-65')!.way).toBe('token');
  expect(state().algorithms.find(({ algorithm }) => algorithm === 'ML-KEM-1024')!.way).toBe('sealed');
});

test('software that calls itself hardware is refused, and so is a library that others may write to', async () => {
  tokens(([one]) => {
    (one as { manufacturer: string }).manufacturer = 'SoftHSM project';
  });
  await expect(addStandIn(desk, device.path)).rejects.toMatchObject({ code: 'HSM_SOFTWARE_REFUSED' });
  const { chmodSync } = await import('node:fs');
  chmodSync(device.path, 0o666);
  await expect(addStandIn(desk, device.path)).rejects.toMatchObject({ code: 'HSM_LIBRARY_REFUSED' });
  await expect(addStandIn(desk, '/none/lib.so')).rejects.toMatchObject({ code: 'HSM_LIBRARY_MISSING' });
});

test('a retired key signs no more, and a token with keys in use is not removed', async () => {
  const token = await addStandIn(desk, device.path);
  const key = await makeKey();
  expect(() => desk.hsm.removeToken(token.id, OFFICER)).toThrow(
    expect.objectContaining({ code: 'HSM_TOKEN_IN_USE' }),
  );
  desk.hsm.retireKey(key.keyId, 'its time is over', OFFICER);
  await expect(desk.hsm.sign({ keyId: key.keyId, message })).rejects.toMatchObject({
    code: 'HSM_KEY_RETIRED',
  });
  await desk.hsm.destroyKey(key.keyId, OFFICER);
  expect(readDevice(device.path).tokens[0]!.objects).toEqual({});
  desk.hsm.removeToken(token.id, OFFICER);
  expect(desk.hsm.status().tokens).toEqual([]);
  await expect(desk.hsm.sign({ keyId: 'f'.repeat(32), message })).rejects.toMatchObject({
    code: 'HSM_KEY_UNKNOWN',
  });
});

test('without a door that starts processes the room says so and refuses', async () => {
  const closed = await openDesk({ spawnHost: undefined } as never);
  expect(closed.hsm.status()).toMatchObject({ available: false, tokens: [] });
  await expect(closed.hsm.setUpSoftware('One', OFFICER)).rejects.toMatchObject({ code: 'HSM_UNAVAILABLE' });
  await closed.close();
});
