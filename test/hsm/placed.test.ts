import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkValueOf } from '../../src/main/ceremonies/root-key.ts';
import { type Desk, OFFICER, openDesk, until } from './desk.ts';

const VALUE = Buffer.alloc(32, 7);

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

test('a key that was known outside is put on the embedded token, shows its check value, and goes', async () => {
  const { placed } = desk.hsm;
  expect(placed.possible).toBe(true);
  expect(await placed.describe()).toMatch(/^Embedded \(/);
  await placed.place('ceremony-key-1', 'root kek', VALUE);
  expect(await placed.checkValue('ceremony-key-1')).toBe(checkValueOf(VALUE));
  expect(await placed.checkValue('ceremony-key-2')).toBeUndefined();
  // Done again after a crash, there is still one key.
  await placed.place('ceremony-key-1', 'root kek', VALUE);
  expect(await placed.checkValue('ceremony-key-1')).toBe(checkValueOf(VALUE));
  await desk.restart();
  await until(() => desk.hsm.placed.possible, 'the token opens by itself');
  expect(await desk.hsm.placed.checkValue('ceremony-key-1')).toBe(checkValueOf(VALUE));
  await desk.hsm.placed.remove('ceremony-key-1');
  expect(await desk.hsm.placed.checkValue('ceremony-key-1')).toBeUndefined();
});

test('it lies on every token; while one of them does not serve it is not removed', async () => {
  const one = await desk.hsm.setUpSoftware('One', OFFICER);
  await desk.hsm.setUpSoftware('Two', OFFICER);
  const { placed } = desk.hsm;
  expect(await placed.describe()).toMatch(/^One \(.+\), Two \(/);
  await placed.place('ceremony-key-1', 'root kek', VALUE);
  desk.hsm.closeSession(one.id, OFFICER);
  await expect(placed.remove('ceremony-key-1')).rejects.toMatchObject({ code: 'HSM_UNAVAILABLE' });
  await desk.hsm.openSession(one.id, undefined, OFFICER);
  expect(await placed.checkValue('ceremony-key-1')).toBe(checkValueOf(VALUE));
  await placed.place('ceremony-key-1', 'root kek', Buffer.alloc(32, 8));
  expect(await placed.checkValue('ceremony-key-1')).toBe(checkValueOf(Buffer.alloc(32, 8)));
});

test('seeds come under a root key, move to the next one, and open on a token that got the key', async () => {
  const one = await desk.hsm.setUpSoftware('One', OFFICER);
  const two = await desk.hsm.setUpSoftware('Two', OFFICER);
  const { placed } = desk.hsm;
  const make = (name: string) =>
    desk.hsm.generateKey({ name, algorithm: 'ML-DSA-65', mayMigrate: false, tokenId: one.id }, OFFICER);
  const signs = async (keyId: string) =>
    (await desk.hsm.sign({ keyId, message: Buffer.from('countersign') })).signature.length;
  const bring = async (name: string, from: string | null, reach?: 'serving') => {
    const { moved, write } = await placed.bringUnder(name, from, reach);
    desk.test.vault.transaction(write);
    return moved;
  };
  const before = await make('before');
  expect(placed.lyingUnder('first')).toBe(0);
  await placed.place('first', 'root kek', VALUE);
  // One seed is sealed anew, and the other token gets it too.
  expect(await bring('first', null)).toBe(2);
  const after = await make('after');
  expect([placed.lyingUnder('first'), await bring('first', null)]).toEqual([2, 1]);

  await placed.place('second', 'root kek', Buffer.alloc(32, 8));
  // What was prepared and not written counts for nothing.
  await placed.bringUnder('second', 'first');
  expect([placed.lyingUnder('first'), placed.lyingUnder('second')]).toEqual([2, 0]);
  desk.hsm.closeSession(one.id, OFFICER);
  await expect(placed.bringUnder('second', 'first')).rejects.toMatchObject({ code: 'HSM_UNAVAILABLE' });
  await desk.hsm.openSession(one.id, undefined, OFFICER);
  expect(await bring('second', 'first')).toBe(4);
  expect([placed.lyingUnder('first'), placed.lyingUnder('second')]).toEqual([0, 2]);
  await placed.remove('first');

  // Token One is gone for good; with its root key alone another takes its place.
  desk.hsm.closeSession(one.id, OFFICER);
  for (const { keyId } of [before, after]) expect(await signs(keyId)).toBe(3_309);
  for (const { keyId } of [before, after]) desk.hsm.retireCopy(keyId, one.id, OFFICER);
  desk.hsm.removeToken(one.id, OFFICER);
  await desk.hsm.setUpSoftware('Three', OFFICER);
  await placed.place('second', 'root kek', Buffer.alloc(32, 8), 'serving');
  expect(await bring('second', null, 'serving')).toBe(2);
  desk.hsm.closeSession(two.id, OFFICER);
  await desk.restart();
  await until(() => desk.hsm.placed.possible, 'a token opens by itself');
  for (const { keyId } of [before, after]) expect(await signs(keyId)).toBe(3_309);
}, 60_000);

test('where hardware alone is allowed no software token takes it', async () => {
  await desk.hsm.setUpSoftware('One', OFFICER);
  desk.hsm.setPolicy({ hardwareOnly: true }, OFFICER);
  expect(desk.hsm.placed.possible).toBe(false);
  await expect(desk.hsm.placed.place('k', 'label', VALUE)).rejects.toMatchObject({
    code: 'HSM_POLICY_HARDWARE',
  });
});

test('a key of another length is refused', async () => {
  await expect(desk.hsm.placed.place('k', 'label', Buffer.alloc(16))).rejects.toMatchObject({
    code: 'HSM_KEY_CHANGED',
  });
});
