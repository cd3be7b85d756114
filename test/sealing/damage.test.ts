import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CountersignError, silentLogger } from '../../src/main/base/index.ts';
import { createKeys } from '../../src/main/keys/index.ts';
import type { SealedColumn } from '../../src/main/sealing/index.ts';
import { FAST } from '../keys/support.ts';
import { openTestVault } from '../support/vault.ts';

const PAGE_BYTES = 4_096;
const VALUES = 1_200;

/** Flips a bit in the middle of a page. */
function flip(path: string, page: number): void {
  const handle = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  const at = page * PAGE_BYTES + 2_000;
  readSync(handle, byte, 0, 1, at);
  byte[0]! ^= 1;
  writeSync(handle, byte, 0, 1, at);
  closeSync(handle);
}

const placeOf = (number: number) => ({ table: 'owner', column: 'name', applicationId: String(number) });

const column: SealedColumn = {
  purpose: 'customer_pii',
  table: 'owner',
  column: 'name',
  sealedId: 'sealed_id',
  key: ['id'],
  applicationId: 'id',
};

test('a damaged page of sealed values takes no other value along, one by one or many at once', async () => {
  let t = await openTestVault();
  try {
    t.vault.db.exec('CREATE TABLE owner (id INTEGER PRIMARY KEY, sealed_id INTEGER NOT NULL) STRICT');
    const first = t.vault.transaction(() =>
      t.sealing.sealBatch(
        'customer_pii',
        'owner',
        'name',
        Array.from({ length: VALUES }, (_, number) => ({
          applicationId: String(number),
          plaintext: `customer ${number} ${'x'.repeat(300)}`,
        })),
      ),
    );
    const owns = t.vault.db.prepare('INSERT INTO owner VALUES (?, ?)');
    t.vault.transaction(() => {
      for (let number = 0; number < VALUES; number += 1) owns.run(number, first + BigInt(number));
    });
    const path = join(t.vault.directory, 'vault.db');
    t.vault.db.pragma('wal_checkpoint(TRUNCATE)');
    // The values were written last, so the middle of the file's end holds nothing but them.
    const pages = statSync(path).size / PAGE_BYTES;
    const root = t.vault.db
      .prepare<[], bigint>("SELECT rootpage FROM sqlite_schema WHERE name = 'sealed_value'")
      .pluck()
      .get()!;
    const hit = pages - 40;
    expect(Number(root)).toBeLessThan(hit);
    const directory = t.vault.directory;
    t.vault.close();
    flip(join(directory, 'vault.db'), hit);
    t = await t.reopen();
    const refs = Array.from({ length: VALUES }, (_, number) => ({
      id: first + BigInt(number),
      ...placeOf(number),
    }));
    const opened = t.sealing.openMany(refs);
    const failed = opened.flatMap((value, number) => (value instanceof Error ? [number] : []));
    expect(failed.length).toBeGreaterThan(0);
    // A page holds about ten values of this size.
    expect(failed.length).toBeLessThan(20);
    for (const number of failed) {
      expect(opened[number]).toBeInstanceOf(CountersignError);
      expect(() => t.sealing.open(refs[number]!)).toThrow(expect.objectContaining({ code: 'VAULT_DAMAGED' }));
    }
    opened.forEach((value, number) => {
      if (!(value instanceof Error)) expect(value.toString('utf8')).toContain(`customer ${number} `);
    });
    expect((await t.vault.checkIntegrity()).length).toBeGreaterThan(0);
    // Sealed anew, the same values stay as they are and every other one moves.
    const { vault, sealing, audit } = t;
    const keys = createKeys({
      ...{ vault, sealing, audit, runtime: vault.runtime, log: silentLogger },
      ...{ sealedColumns: [column], pace: FAST },
    });
    keys.rotate({ actor: 'ada', traceId: 'trace' }, { purpose: 'customer_pii' });
    await keys.idle();
    const [rotation] = keys.rotations();
    expect(rotation).toMatchObject({ state: 'incomplete', done: VALUES - failed.length });
    expect(rotation!.failed).toBe(failed.length);
    await keys.close();
  } finally {
    t.close();
  }
});
