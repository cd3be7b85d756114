import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemRuntime } from '../../src/main/base/index.ts';
import { CHALLENGE_MS } from '../../src/main/hsm/challenges.ts';
import { type Desk, newDevice, OFFICER, openDesk, until } from './desk.ts';
import { changeDevice, type Fault, newToken, readDevice } from './stand-in.ts';
import { PIN, STAND_IN } from './support.ts';

// Processes are started by the dozen; a machine that is busy elsewhere takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let desk: Desk;
let device: ReturnType<typeof newDevice>;
let aheadMs = 0;
let reads = true;
const runtime = { ...systemRuntime, monotonicMs: () => systemRuntime.monotonicMs() + aheadMs };

beforeEach(async () => {
  device = newDevice(newToken('one', 'S1'), newToken('two', 'S2'));
  reads = true;
  const reader = () => (reads ? ({ profile: 'smart-card', library: device.path } as const) : undefined);
  desk = await openDesk({ entry: STAND_IN, runtime, cardReading: { reads: true, reader } });
  // The issuer puts a key on each card.
  for (const serial of ['S1', 'S2']) {
    const token = { name: serial, profile: 'utimaco', library: device.path, serial, pin: PIN } as const;
    const { id } = await desk.hsm.addToken(token, OFFICER);
    await desk.hsm.generateKey({ tokenId: id, name: 'Card', algorithm: 'P-256', mayMigrate: false }, OFFICER);
    desk.hsm.closeSession(id, OFFICER);
  }
});
afterEach(async () => {
  await desk.close();
  device.remove();
});

const connection = {};
const enrol = (operatorId = '7', serial = 'S1', pin = PIN) =>
  desk.hsm.cards.enrol({ operatorId, serial, pin, connection }, OFFICER);
const prove = (pin = PIN, operatorId = '7') => desk.hsm.cards.prove({ operatorId, pin, connection }, OFFICER);
const fault = (name: string, kind: Fault) =>
  changeDevice(device.path, (one) => {
    one.faults = { [name]: kind };
  });
const heal = () =>
  changeDevice(device.path, (one) => {
    one.faults = {};
  });
const wrongPins = () => readDevice(device.path).tokens.map((token) => token.wrongPins);
/** The codes of the refusals in the log, the oldest first. */
const refusals = () =>
  desk.test.audit
    .list({ limit: 100 })
    .rows.filter(({ kind }) => kind === 'hsm.card-refused')
    .map(({ seq }) => (JSON.parse(desk.test.audit.get(seq).detail!) as { code: string }).code)
    .reverse();

test('a card is enrolled once it has signed, and is shown with whom it belongs to', async () => {
  const { cards } = desk.hsm;
  expect([cards.offered, cards.of('7')]).toEqual([false, undefined]);
  expect(await cards.inReader()).toEqual([
    { serial: 'S1', label: 'one', operatorId: null },
    { serial: 'S2', label: 'two', operatorId: null },
  ]);
  expect(await enrol()).toMatchObject({ serial: 'S1', algorithm: 'P-256', kind: 'hardware' });
  expect(cards.offered).toBe(true);
  expect((await cards.inReader()).map(({ operatorId }) => operatorId)).toEqual(['7', null]);
  await prove();
  // A card is one person's: its PIN is not even tried for another.
  await expect(enrol('8', 'S1', 'guess')).rejects.toMatchObject({ code: 'HSM_TOKEN_EXISTS' });
  expect(wrongPins()).toEqual([0, 0]);
  cards.remove('7', OFFICER);
  expect(() => cards.remove('7', OFFICER)).toThrow(expect.objectContaining({ code: 'HSM_CARD_UNKNOWN' }));
  await expect(prove()).rejects.toMatchObject({ code: 'HSM_CARD_UNKNOWN' });
  expect(desk.records().filter((kind) => kind.startsWith('hsm.card-'))).toEqual([
    'hsm.card-enrolled',
    'hsm.card-proven',
    'hsm.card-refused',
    'hsm.card-removed',
    'hsm.card-refused',
  ]);
});

test('software is no card outside the demo vault, whatever it calls itself', async () => {
  changeDevice(device.path, ({ tokens }) => {
    (tokens[0] as { manufacturer: string }).manufacturer = 'SoftHSM project';
  });
  await expect(enrol()).rejects.toMatchObject({ code: 'HSM_SOFTWARE_REFUSED' });
  const demo = { operatorId: '7', pin: PIN };
  await expect(desk.hsm.cards.issueInDemo(demo, OFFICER)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
  desk.test.vault.transaction(() => desk.test.vault.setMeta('demo', 'true'));
  expect(await enrol()).toMatchObject({ kind: 'software' });
});

test('no reader, no card and another card each have their own refusal', async () => {
  await enrol();
  reads = false;
  await expect(prove()).rejects.toMatchObject({ code: 'HSM_CARD_READER_MISSING' });
  reads = true;
  const all = readDevice(device.path).tokens;
  changeDevice(device.path, (one) => {
    one.tokens = one.tokens.filter(({ serial }) => serial === 'S2');
  });
  await expect(prove('guess')).rejects.toMatchObject({ code: 'HSM_CARD_OTHER' });
  expect(wrongPins()).toEqual([0]);
  changeDevice(device.path, (one) => {
    one.tokens = [];
  });
  await expect(prove()).rejects.toMatchObject({ code: 'HSM_CARD_MISSING' });
  changeDevice(device.path, (one) => {
    one.tokens = all;
  });
  await prove();
  expect(refusals()).toEqual(['HSM_CARD_READER_MISSING', 'HSM_CARD_OTHER', 'HSM_CARD_MISSING']);
});

test('a wrong PIN is tried once and never again by the program, until the card locks', async () => {
  await enrol();
  await expect(prove('guess')).rejects.toMatchObject({ code: 'HSM_PIN_WRONG' });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(wrongPins()).toEqual([1, 0]);
  await expect(prove('guess')).rejects.toMatchObject({ code: 'HSM_PIN_WRONG' });
  await expect(prove('guess')).rejects.toMatchObject({ code: 'HSM_PIN_WRONG' });
  await expect(prove()).rejects.toMatchObject({ code: 'HSM_PIN_LOCKED' });
  expect(refusals()).toEqual(['HSM_PIN_WRONG', 'HSM_PIN_WRONG', 'HSM_PIN_WRONG', 'HSM_PIN_LOCKED']);
});

const WHILE_IT_SIGNS = [
  ['removed', 'HSM_CARD_PULLED'],
  ['wrong', 'HSM_CARD_REFUSED'],
  ['replay', 'HSM_CARD_REPLAYED'],
  ['crash', 'HSM_CRASHED'],
  ['refused', 'HSM_MECHANISM_LIED'],
] as const;

test('a card that is pulled, lies, repeats itself or takes its library along has each its own refusal', async () => {
  await enrol();
  for (const [kind, code] of WHILE_IT_SIGNS) {
    fault('C_Sign', kind);
    await expect(prove()).rejects.toMatchObject({ code });
  }
  heal();
  await prove();
  expect(refusals()).toEqual(WHILE_IT_SIGNS.map(([, code]) => code));
});

test('an answer that comes too late opens nothing', async () => {
  await enrol();
  fault('C_Sign', 'slow');
  const refused = expect(prove()).rejects.toMatchObject({ code: 'HSM_CARD_EXPIRED' });
  // While the card thinks, more time passes than an answer is given.
  await until(() => existsSync(`${device.path}.slow`), 'the card thinks');
  aheadMs += CHALLENGE_MS;
  await refused;
  heal();
  await prove();
  expect(refusals()).toEqual(['HSM_CARD_EXPIRED']);
});
