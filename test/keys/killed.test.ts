import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger, systemRuntime } from '../../src/main/base/index.ts';
import { createVault } from '../../src/main/vault/index.ts';
import { KILLED_ROOT_KEY, openKilledVault } from './killed-support.ts';

const CHILD = fileURLToPath(new URL('./rotate.child.ts', import.meta.url));
const CUSTOMERS = 12;
const folder = mkdtempSync(join(tmpdir(), 'countersign-killed-'));
const template = join(folder, 'template.vault');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const placeOf = (id: number) => ({ table: 'test_customer', column: 'name', applicationId: String(id) });

beforeAll(async () => {
  const options = { directory: template, rootKey: KILLED_ROOT_KEY, runtime: systemRuntime };
  const created = await createVault({ ...options, checkpoints: 'commit' });
  created.vault.db.exec(
    'CREATE TABLE test_customer (id INTEGER PRIMARY KEY, sealed_id INTEGER NOT NULL) STRICT',
  );
  created.vault.close();
  const { vault, sealing, keys } = await openKilledVault(template, systemRuntime, silentLogger);
  vault.transaction(() => {
    const insert = vault.db.prepare('INSERT INTO test_customer (id, sealed_id) VALUES (?, ?)');
    for (let id = 1; id <= CUSTOMERS; id += 1) {
      const plaintext = `customer ${id}`;
      insert.run(id, sealing.seal({ purpose: 'customer_pii', ...placeOf(id), plaintext }));
    }
  });
  await keys.close();
  vault.close();
});

/** Rotates in a process that dies after so many writes; answers whether it did. */
function rotateAndDie(directory: string, what: string, writes: number): boolean {
  const child = spawnSync(process.execPath, ['--no-warnings', CHILD, directory, what, String(writes)], {
    encoding: 'utf8',
  });
  if (child.signal !== 'SIGKILL' && child.status !== 0) throw new Error(child.stderr);
  return child.signal === 'SIGKILL';
}

/** Opens what the kill left, lets it complete, and holds it against what must be there. */
async function reopenAndCheck(directory: string): Promise<{ begun: boolean; halfWay: boolean }> {
  const { vault, sealing, audit, keys } = await openKilledVault(directory, systemRuntime, silentLogger);
  try {
    const nameOf = (id: number) => {
      const row = vault.db.prepare<[number], bigint>('SELECT sealed_id FROM test_customer WHERE id = ?');
      return sealing.openText({ id: row.pluck().get(id)!, ...placeOf(id) });
    };
    const names = () => Array.from({ length: CUSTOMERS }, (_, at) => nameOf(at + 1));
    const expected = Array.from({ length: CUSTOMERS }, (_, at) => `customer ${at + 1}`);
    // Half-way everything opens too: some values under the old key, some under the new one.
    expect(names()).toEqual(expected);
    const before = keys.rotations()[0];
    await keys.idle();
    expect(names()).toEqual(expected);
    expect((await audit.verify()).findings).toEqual([]);
    for (const rotation of keys.rotations()) expect(rotation).toMatchObject({ state: 'done', failed: 0 });
    const wrong = vault.db
      .prepare(
        `SELECT count(*) FROM sealing_dek d
         WHERE value_count <> (SELECT count(*) FROM sealed_value v WHERE v.dek_id = d.id)`,
      )
      .pluck();
    expect(wrong.get()).toBe(0n);
    const kek = keys.get('kek-1').key.state;
    expect(kek).toBe(before?.fromKeys.includes('kek-1') ? 'destroyed' : 'active');
    if (before === undefined) return { begun: false, halfWay: false };
    for (const id of before.fromKeys) {
      expect(['retired', 'destroyed']).toContain(keys.get(id).key.state);
      expect(keys.get(id).key.protects).toBe(0);
    }
    return { begun: true, halfWay: before.done > 0 && before.endedAtMs === null };
  } finally {
    await keys.close();
    vault.close();
  }
}

describe('a process that is killed while it', () => {
  it.each([
    ['seals values anew', 'customer_pii', [3, 12, 20, 31, 44, 57, 70, 85]],
    ['wraps DEKs anew under another KEK', 'kek', [2, 9, 16, 20, 24, 28, 33, 38]],
  ] as const)('%s leaves a vault that opens, reads, and completes', { timeout: 60_000 }, async (...row) => {
    const [, what, points] = row;
    const seen = { killed: 0, begun: 0, halfWay: 0 };
    for (const writes of points) {
      const directory = join(folder, `${what}-${writes}.vault`);
      cpSync(template, directory, { recursive: true });
      if (rotateAndDie(directory, what, writes)) seen.killed += 1;
      const { begun, halfWay } = await reopenAndCheck(directory);
      if (begun) seen.begun += 1;
      if (halfWay) seen.halfWay += 1;
    }
    // Without a kill half-way nothing would have been tested.
    expect(seen.killed).toBeGreaterThan(points.length / 2);
    expect(seen.begun).toBeGreaterThan(0);
    expect(seen.halfWay).toBeGreaterThan(0);
  });
});
