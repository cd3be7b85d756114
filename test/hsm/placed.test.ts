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
