import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Desk, newDevice, OFFICER, openStandInDesk, until } from './desk.ts';
import { changeDevice, type Fault, readDevice } from './stand-in.ts';
import { PIN } from './support.ts';

let desk: Desk;
let device: ReturnType<typeof newDevice>;
beforeEach(async () => {
  device = newDevice();
  desk = await openStandInDesk();
});
afterEach(async () => {
  await desk.close();
  device.remove();
});

/** Lets an engine of its own make a key; answers how it ended. */
async function makeKeyElsewhere(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  await desk.hsm.close();
  desk.test.vault.close();
  const child = new URL('./power.child.ts', import.meta.url).pathname;
  const words = [child, desk.test.directory, device.path];
  const engine = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code, signal] = (await once(engine, 'exit')) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}

const objects = () => Object.keys(readDevice(device.path).tokens[0]!.objects).length;
const fault = (name: string, kind: Fault) =>
  changeDevice(device.path, (one) => {
    one.faults = { [name]: kind };
  });

/** Where the power goes: the step, and how many objects of the key it leaves on the token. */
const STEPS = [
  ['C_GenerateKeyPair', 'power', 0],
  ['C_GenerateKeyPair', 'power-after', 2],
  ['C_GetAttributeValue', 'power', 2],
  ['C_SignInit', 'power', 2],
  ['C_Sign', 'power', 2],
] as const;

test('a key whose row never came is found on the token by its id, and destroyed, whenever the power went', {
  timeout: 240_000,
}, async () => {
  expect(await makeKeyElsewhere()).toMatchObject({ code: 0 });
  await desk.restart();
  const [kept] = desk.hsm.keys();
  const before = objects();
  for (const [name, kind, left] of STEPS) {
    fault(name, kind);
    expect([name, kind, (await makeKeyElsewhere()).signal]).toEqual([name, kind, 'SIGKILL']);
    changeDevice(device.path, (one) => {
      one.faults = {};
    });
    expect([name, kind, objects() - before]).toEqual([name, kind, left]);
    await desk.restart();
    const seen = desk.records().length;
    const [token] = desk.hsm.status().tokens;
    await desk.hsm.openSession(token!.id, PIN, OFFICER);
    const told = left > 0 ? 'hsm.orphan-destroyed' : 'hsm.intent-dropped';
    await until(() => desk.records().slice(seen).includes(told), told);
    expect(objects()).toBe(before);
    // Nothing but what had its row is known, and it signs as ever.
    expect(desk.hsm.keys().map(({ keyId }) => keyId)).toEqual([kept!.keyId]);
    const { signature } = await desk.hsm.sign({ keyId: kept!.keyId, message: Buffer.from('pay nobody') });
    expect(signature).toHaveLength(64);
  }
});
