import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifySigned } from '../../src/main/hsm/index.ts';
import { type Desk, OFFICER, openDesk } from './desk.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const message = Buffer.from('pay nobody');
const make = (name: string, algorithm: 'P-256' | 'ML-DSA-65' = 'P-256') =>
  desk.hsm.generateKey({ name, algorithm, mayMigrate: false }, OFFICER);
const folder = () => join(desk.test.directory, 'softhsm');

test('the embedded token comes back with the vault alone: its keys sign, those destroyed stay away', {
  timeout: 120_000,
}, async () => {
  const kept = await make('Kept');
  const sealed = await make('Sealed', 'ML-DSA-65');
  const gone = await make('Gone');
  desk.hsm.retireKey(gone.keyId, 'its time is over', OFFICER);
  await desk.hsm.destroyKey(gone.keyId, OFFICER);
  await desk.hsm.placed.place('root', 'Root', Buffer.alloc(32, 7));
  const checkValue = await desk.hsm.placed.checkValue('root');

  // A restore brings the encrypted file and its header, and nothing beside them.
  await desk.hsm.close();
  rmSync(folder(), { recursive: true });
  await desk.restart();
  await desk.hsm.opened();
  expect(existsSync(folder())).toBe(true);
  expect(desk.hsm.status().tokens).toMatchObject([{ session: 'open', circuit: 'healthy', keys: 2 }]);
  for (const { keyId, publicKey, algorithm } of [kept, sealed]) {
    const { signature } = await desk.hsm.sign({ keyId, message });
    expect(verifySigned(algorithm, Buffer.from(publicKey, 'base64'), message, signature)).toBe(true);
  }
  expect(await desk.hsm.placed.checkValue('root')).toBe(checkValue);
  const known = desk.hsm.keys().find(({ keyId }) => keyId === gone.keyId);
  expect(known!.copies).toMatchObject([{ state: 'destroyed' }]);
});

test('only files that have changed are sealed anew, and what they were before is erased', {
  timeout: 120_000,
}, async () => {
  await make('One');
  const { vault } = desk.test;
  const ids = () =>
    vault.db.prepare('SELECT path, content_sealed_id FROM hsm_token_file ORDER BY path').raw().all() as [
      string,
      bigint,
    ][];
  const before = ids();
  expect(before.length).toBeGreaterThan(3);
  const lasting = (rows: [string, bigint][]) => rows.filter(([path]) => before.some(([one]) => one === path));
  await make('Two');
  const after = ids();
  expect(after.length).toBeGreaterThan(before.length);
  const same = lasting(after).filter(([path, id]) => before.some(([one, old]) => one === path && old === id));
  // The objects of the first key among them; what counts the generations of the token is not.
  expect(same.length).toBeGreaterThanOrEqual(2);
  // What was sealed before a change is erased with it.
  const replaced = before.filter(([path, id]) => after.some(([one, now]) => one === path && now !== id));
  const stands = vault.db.prepare<[bigint], bigint>('SELECT count(*) FROM sealed_value WHERE id = ?').pluck();
  expect(replaced.map(([, id]) => stands.get(id))).toEqual(replaced.map(() => 0n));
  expect(replaced.length).toBeGreaterThan(0);
});
