import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemRuntime } from '../../src/main/base/index.ts';
import { forkHost } from '../../src/main/doors/shared/fork-host.ts';
import { createTokenSlotOpener, type TokenSetting } from '../../src/main/hsm/index.ts';
import { openVault } from '../../src/main/vault/index.ts';
import { type Desk, newDevice, OFFICER, openStandInDesk } from './desk.ts';
import { changeDevice, newToken, readDevice } from './stand-in.ts';
import { PIN, STAND_IN } from './support.ts';

// Processes are started by the dozen; a machine that is busy elsewhere takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let desk: Desk;
let device: ReturnType<typeof newDevice>;
beforeEach(async () => {
  desk = await openStandInDesk();
  device = newDevice(newToken('one', 'S1'), newToken('two', 'S2'));
});
afterEach(async () => {
  await desk.close();
  device.remove();
});

const atHand = (serial = 'S1', pin = PIN) =>
  ({ profile: 'utimaco', library: device.path, serial, pin }) as const;
const opener = (token: TokenSetting | null = atHand()) =>
  createTokenSlotOpener({
    spawnHost: forkHost,
    runtime: systemRuntime,
    entry: STAND_IN,
    token: () => token ?? undefined,
  });

test('a token of hardware opens the vault it was given a slot of, and no other token does', async () => {
  const { vault } = desk.test;
  const slotKey = systemRuntime.randomBytes(32);
  const place = { vaultId: vault.vaultId, slotId: 'slot-1' };
  const sealed = await opener().seal({ ...place, slotKey });
  expect(sealed.reference).toMatch(/^hsm1:S1:[0-9a-f]{32}$/);
  expect(Buffer.from(sealed.sealedKey).includes(slotKey)).toBe(false);
  expect(Buffer.from((await opener().open({ ...place, ...sealed }))!)).toEqual(slotKey);
  // What was sealed for one slot opens no other, though the token can open it.
  expect(await opener().open({ ...place, slotId: 'slot-2', ...sealed })).toBeUndefined();
  expect(await opener(atHand('S2')).open({ ...place, ...sealed })).toBeUndefined();
  expect(await opener(null).open({ ...place, ...sealed })).toBeUndefined();
  await expect(opener(atHand('S1', 'wrong')).open({ ...place, ...sealed })).rejects.toMatchObject({
    code: 'HSM_PIN_WRONG',
  });
});

test('the vault itself opens by the token', async () => {
  const { vault, directory, rootKey } = desk.test;
  const slotOpener = opener();
  await desk.hsm.close();
  vault.close();
  const withToken = await openVault({ runtime: systemRuntime, directory, rootKey, slotOpener });
  await withToken.slots.add(
    { proof: { rootKey }, slot: { kind: 'token' }, label: 'Token', ...OFFICER },
    () => {},
  );
  withToken.close();
  const opened = await openVault({ runtime: systemRuntime, directory, slotOpener, token: true });
  expect(opened.vaultId).toBe(withToken.vaultId);
  opened.close();
  await expect(
    openVault({ runtime: systemRuntime, directory, slotOpener: opener(null), token: true }),
  ).rejects.toThrow();
});

test('the PIN is typed where the settings bring none, is tried once, and nothing is asked without it', async () => {
  const { vault } = desk.test;
  const { pin: _, ...silent } = atHand();
  const place = { vaultId: vault.vaultId, slotId: 'slot-1' };
  const slotKey = systemRuntime.randomBytes(32);
  await expect(opener(silent).seal({ ...place, slotKey })).rejects.toMatchObject({ code: 'HSM_PIN_NEEDED' });
  const sealed = await opener(silent).seal({ ...place, slotKey, pin: PIN });
  const open = (pin?: string) => opener(silent).open({ ...place, ...sealed, pin });
  expect(Buffer.from((await open(PIN))!)).toEqual(slotKey);
  await expect(open()).rejects.toMatchObject({ code: 'HSM_PIN_NEEDED' });
  await expect(open('guess')).rejects.toMatchObject({ code: 'HSM_PIN_WRONG' });
  expect(readDevice(device.path).tokens[0]!.wrongPins).toBe(1);
});

test('software backs no slot of the vault, by whatever name it goes', async () => {
  const request = { vaultId: 'v', slotId: 's', slotKey: Buffer.alloc(32) };
  await expect(opener({ ...atHand(), profile: 'softhsm' as never }).seal(request)).rejects.toMatchObject({
    code: 'HSM_SOFTWARE_REFUSED',
  });
  changeDevice(device.path, ({ tokens }) => {
    (tokens[0] as { manufacturer: string }).manufacturer = 'SoftHSM project';
  });
  await expect(opener().seal(request)).rejects.toMatchObject({ code: 'HSM_SOFTWARE_REFUSED' });
  expect(readDevice(device.path).tokens[0]!.objects).toEqual({});
});
