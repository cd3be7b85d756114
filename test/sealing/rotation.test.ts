import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSealing, type SealedColumn } from '../../src/main/sealing/index.ts';
import { createColumnWalk } from '../../src/main/sealing/store-columns.ts';
import { codeOf } from '../support/refusal.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';

let t: TestVault;
beforeEach(async () => {
  t = await openTestVault({ runtime: fixedClockRuntime(Date.UTC(2026, 4, 15)) });
  t.vault.db.exec('CREATE TABLE person (id INTEGER PRIMARY KEY, sealed_id INTEGER) STRICT');
});
afterEach(() => t.close());

const column: SealedColumn = {
  purpose: 'customer_pii',
  table: 'person',
  column: 'name',
  sealedId: 'sealed_id',
  key: ['id'],
  applicationId: "'p-' || id",
};

function add(count: number, sealing = t.sealing): bigint[] {
  return t.vault.transaction(() =>
    Array.from({ length: count }, (_, at) => {
      const place = { table: 'person', column: 'name', applicationId: `p-${at + 1}` };
      const id = sealing.seal({ purpose: 'customer_pii', ...place, plaintext: `name ${at + 1}` });
      t.vault.db.prepare('INSERT INTO person VALUES (?, ?)').run(at + 1, id);
      return id;
    }),
  );
}

const nameOf = (id: bigint, at: number) =>
  t.sealing.openText({ id, table: 'person', column: 'name', applicationId: `p-${at + 1}` });
const counts = () =>
  t.vault.db
    .prepare('SELECT id, version, state, value_count, seal_count FROM sealing_dek ORDER BY id')
    .raw()
    .safeIntegers(false)
    .all();
const rotate = (dekId: number) => t.vault.transaction(() => t.sealing.control.rotateDek(dekId));
const reseal = (cursor: string | null, mostRows = 100) =>
  t.vault.provisional(() =>
    t.sealing.control.reseal({ column, cursor, from: new Set([1]), mostRows, budgetMs: 1_000 }),
  );

describe('a step of re-sealing', () => {
  test('moves values, counts them at both keys, and says where to go on', () => {
    const ids = add(5);
    rotate(1);
    expect(reseal(null, 2)).toEqual({ cursor: '2', examined: 2, moved: 2, failed: 0 });
    expect(counts()).toEqual([
      [1, 1, 'retired', 3, 5],
      [2, 2, 'active', 2, 2],
    ]);
    expect(reseal('2', 3)).toEqual({ cursor: '5', examined: 3, moved: 3, failed: 0 });
    expect(reseal('5', 3)).toEqual({ cursor: null, examined: 0, moved: 0, failed: 0 });
    expect(ids.map(nameOf)).toEqual(ids.map((_, at) => `name ${at + 1}`));
  });

  test('seals each value with another nonce, under a binding that names the new version', () => {
    const [id] = add(1);
    const bytes = () =>
      t.vault.db.prepare('SELECT sealed FROM sealed_value WHERE id = ?').pluck().get(id) as Buffer;
    const before = bytes();
    rotate(1);
    reseal(null);
    expect(bytes().subarray(0, 12).equals(before.subarray(0, 12))).toBe(false);
    // The old bytes put back under the new key open nothing.
    t.vault.db.prepare('UPDATE sealed_value SET sealed = ? WHERE id = ?').run(before, id);
    expect(codeOf(() => nameOf(id!, 0))).toBe('SEALED_VALUE_DAMAGED');
  });

  test('passes over what was erased', () => {
    const ids = add(3);
    t.vault.transaction(() => t.sealing.erase(ids[1]!));
    rotate(1);
    expect(reseal(null)).toMatchObject({ examined: 3, moved: 2, failed: 0 });
  });

  test('that rolls back leaves values, counts and keys as they were', () => {
    const ids = add(3);
    const before = counts();
    const attempt = () =>
      t.vault.transaction(() => {
        t.sealing.control.rotateDek(1);
        t.sealing.control.reseal({ column, cursor: null, from: new Set([1]), mostRows: 9, budgetMs: 1_000 });
        throw new Error('no');
      });
    expect(attempt).toThrow('no');
    expect(counts()).toEqual(before);
    expect(ids.map(nameOf)).toHaveLength(3);
    expect(t.vault.transaction(() => t.sealing.control.newestOf(1))).toBe(1);
  });

  test('goes to a further version where the new one reaches its limit', () => {
    const sealing = createSealing(t.vault, t.runtime, { sealLimit: 2 });
    add(4, sealing);
    expect(counts().map((row) => (row as number[])[3])).toEqual([2, 2]);
    t.vault.transaction(() => sealing.control.rotateDek(2));
    const step = (cursor: string | null) =>
      t.vault.provisional(() =>
        sealing.control.reseal({ column, cursor, from: new Set([1, 2]), mostRows: 2, budgetMs: 1_000 }),
      ).cursor;
    expect(step(step(step(null)))).toBeNull();
    expect(counts().map((row) => (row as number[])[3])).toEqual([0, 0, 2, 2]);
  });
});

describe('counts of values', () => {
  test('follow erasure, one by one and by range', () => {
    const ids = add(6);
    t.vault.transaction(() => t.sealing.erase(ids[0]!));
    t.vault.transaction(() => t.sealing.erase(ids[0]!));
    t.vault.transaction(() => t.sealing.eraseRange(ids[3]!, ids[5]!));
    expect(counts()).toEqual([[1, 1, 'active', 2, 6]]);
  });
});

describe('a destroyed DEK', () => {
  test('opens nothing, here or in a worker, and leaves its row', () => {
    const ids = add(2);
    t.vault.transaction(() => {
      t.sealing.control.endDek(1, 'retired');
      t.sealing.control.destroyDek(1);
    });
    expect(codeOf(() => nameOf(ids[0]!, 0))).toBe('SEALING_KEY_MISSING');
    const refs = ids.map((id, at) => ({ id, table: 'person', column: 'name', applicationId: `p-${at + 1}` }));
    expect(t.sealing.openMany(refs)).toMatchObject(refs.map(() => ({ code: 'SEALING_KEY_MISSING' })));
    expect(counts()).toEqual([[1, 1, 'destroyed', 2, 2]]);
    expect(add(0)).toEqual([]);
    const id = t.vault.transaction(() =>
      t.sealing.seal({ ...column, applicationId: 'p-9', plaintext: 'new' }),
    );
    expect(t.sealing.openText({ id, table: 'person', column: 'name', applicationId: 'p-9' })).toBe('new');
  });
});

describe('a KEK', () => {
  test('is not destroyed while a DEK lies under it', () => {
    add(1);
    expect(codeOf(() => t.vault.transaction(() => t.sealing.control.destroyKek(1)))).toBe('KEY_STILL_NEEDED');
  });

  test('that is destroyed takes no value along whose DEK was wrapped anew', async () => {
    const ids = add(2);
    t.vault.transaction(() => {
      expect(t.sealing.control.nextKek(1)).toBe(2);
      expect(t.sealing.control.rewrap(1, 0, 1_000)).toEqual({ moved: 1, failed: 0, cursor: 1 });
      expect(t.sealing.control.rewrap(1, 1, 1_000).cursor).toBeNull();
      t.sealing.control.destroyKek(1);
    });
    t = await t.reopen();
    expect(ids.map(nameOf)).toEqual(['name 1', 'name 2']);
  });
});

test('a walk takes only plain names, and several columns as its key', () => {
  const odd = { ...column, table: 'person; DROP TABLE person' };
  expect(() => createColumnWalk(t.vault.db, odd)).toThrow('no name of a table');
  t.vault.db.exec(`CREATE TABLE part (a INTEGER, b INTEGER, sealed_id INTEGER, PRIMARY KEY (a, b)) STRICT;
    INSERT INTO part VALUES (1, 0, 10), (1, 5, 11), (2, 0, 12), (2, 1, NULL)`);
  const parts = { ...column, table: 'part', key: ['a', 'b'], applicationId: "a || '/' || b" };
  const walk = createColumnWalk(t.vault.db, parts);
  expect(walk(null, 2)).toEqual([
    { sealedId: 10n, applicationId: '1/0', cursor: '1,0' },
    { sealedId: 11n, applicationId: '1/5', cursor: '1,5' },
  ]);
  expect(walk('1,5', 2)).toEqual([{ sealedId: 12n, applicationId: '2/0', cursor: '2,0' }]);
});
