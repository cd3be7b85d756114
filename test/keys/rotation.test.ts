import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ada, codeOf, DAY_MS, dekOf, type KeysWorld, openKeysWorld } from './support.ts';

let w: KeysWorld;
beforeEach(async () => {
  w = await openKeysWorld();
});
afterEach(() => w.close());

const kinds = () => w.t.audit.list({ limit: 100 }).rows.map(({ kind }) => kind);
const lyingUnder = (dekId: string) =>
  Number(
    w.t.vault.db
      .prepare('SELECT count(*) FROM sealed_value WHERE dek_id = ?')
      .pluck()
      .get(Number(dekId.slice(4))),
  );

describe('the rotation of a purpose', () => {
  test('makes the next version, moves every value, and says so once at each end', async () => {
    const ids = w.addCustomers(700);
    const old = dekOf(w);
    const { replaced, rotations } = w.keys.rotate(ada, { purpose: 'customer_pii' });
    expect(replaced).toEqual([{ from: old.id, to: expect.stringMatching(/^dek-\d+$/) }]);
    expect(rotations).toMatchObject([{ kind: 're-seal', total: 700, done: 0, state: 'running' }]);
    expect(w.keys.get(old.id).key.state).toBe('rotating');
    await w.keys.idle();
    const next = w.keys.get(replaced[0]!.to).key;
    expect(next).toMatchObject({ state: 'active', version: 2, quarter: old.quarter, protects: 700 });
    expect(w.keys.get(old.id).key).toMatchObject({ state: 'retired', protects: 0 });
    expect([lyingUnder(old.id), lyingUnder(next.id)]).toEqual([0, 700]);
    expect(w.keys.rotations()[0]).toMatchObject({ state: 'done', done: 700, failed: 0 });
    expect(ids.map(w.nameOf)).toEqual(ids.map((id) => `customer ${id}`));
    expect(kinds().filter((kind) => kind.startsWith('keys.rotation'))).toEqual([
      'keys.rotation-ended',
      'keys.rotation-started',
    ]);
  });

  test('seals under the new version from the very next value on', () => {
    w.addCustomers(1);
    const { replaced } = w.keys.rotate(ada, { purpose: 'customer_pii' });
    w.addCustomers(3);
    expect(lyingUnder(replaced[0]!.to)).toBe(3);
  });

  test('keeps the quarter of creation', async () => {
    w.addCustomers(2);
    w.runtime.advance(100 * DAY_MS);
    w.addCustomers(3);
    w.keys.rotate(ada, { purpose: 'customer_pii' });
    await w.keys.idle();
    const active = w.keys.list({ limit: 100, purpose: 'customer_pii', state: 'active' }).rows;
    expect(active.map(({ quarter, version, protects }) => [quarter, version, protects])).toEqual([
      ['2026Q3', 2, 3],
      ['2026Q2', 2, 2],
    ]);
  });

  test('moves the details of the audit log, and the log still verifies', async () => {
    for (let round = 0; round < 3; round += 1) w.keys.rotate(ada, { purpose: 'audit_detail' });
    await w.keys.idle();
    expect((await w.t.audit.verify()).findings).toEqual([]);
    expect(w.keys.rotations().every(({ state }) => state === 'done')).toBe(true);
  });

  test('moves private keys, and they still sign', async () => {
    w.keys.rotate(ada, { purpose: 'compliance_vault' });
    await w.keys.idle();
    expect(w.keys.pairs.sign('test', Buffer.from('x')).signature.length).toBeGreaterThan(3_000);
  });

  test('keeps blind-index tags, so that equality is still found', async () => {
    const { vault, sealing } = w.t;
    const id = vault.transaction(() => {
      vault.db.prepare('INSERT INTO test_customer (id, sealed_id) VALUES (9, 0)').run();
      const place = { table: 'test_customer', column: 'name', applicationId: '9' };
      const blindIndex = { column: 'test_customer.name', normalised: 'nine' };
      const sealedId = sealing.seal({ purpose: 'customer_pii', ...place, plaintext: 'Nine', blindIndex });
      vault.db.prepare('UPDATE test_customer SET sealed_id = ? WHERE id = 9').run(sealedId);
      return sealedId;
    });
    w.keys.rotate(ada, { purpose: 'customer_pii' });
    await w.keys.idle();
    const column = 'test_customer.name';
    expect(sealing.findByTag(column, sealing.blindTag(column, 'nine'))).toEqual([id]);
  });

  test.each([['no_such_purpose'], ['invoice']])('is refused for %s, of which there is no key', (purpose) => {
    expect(codeOf(() => w.keys.rotate(ada, { purpose }))).toBe('KEY_UNKNOWN');
    expect(kinds()).not.toContain('keys.rotation-started');
  });
});

describe('re-sealing', () => {
  test('goes on where a crash cut it short', async () => {
    await w.close();
    w = await openKeysWorld({ pace: { workMs: 0, restMs: 0, busyRestMs: 0 } });
    const ids = w.addCustomers(40);
    w.keys.rotate(ada, { purpose: 'customer_pii' });
    while (w.keys.rotations()[0]!.done < 15) await new Promise((resolve) => setTimeout(resolve, 1));
    await w.reopen();
    const { done, state } = w.keys.rotations()[0]!;
    expect({ state, isHalfWay: done >= 15 && done < 40 }).toEqual({ state: 'running', isHalfWay: true });
    await w.keys.idle();
    expect(w.keys.rotations()[0]).toMatchObject({ state: 'done', done: 40 });
    expect(ids.map(w.nameOf)).toEqual(ids.map((id) => `customer ${id}`));
  });

  test('and the wrapping of DEKs complete, though the vault is shut after every single step', async () => {
    await w.close();
    w = await openKeysWorld({ pace: { workMs: 0, restMs: 0, busyRestMs: 0 } });
    const ids = w.addCustomers(4);
    w.keys.rotate(ada, { purpose: 'customer_pii' });
    w.keys.rotate(ada, { keyId: 'kek-1' });
    const stand = () => JSON.stringify(w.keys.rotations().map(({ done, state }) => [done, state]));
    const stands = new Set<string>();
    while (w.keys.rotations().some(({ endedAtMs }) => endedAtMs === null)) {
      const before = stand();
      while (stand() === before) await new Promise((resolve) => setTimeout(resolve, 0));
      stands.add(stand());
      await w.reopen();
      expect(ids.map(w.nameOf)).toEqual(ids.map((id) => `customer ${id}`));
    }
    expect(stands.size).toBeGreaterThan(4);
    expect(w.keys.rotations().map(({ state, failed }) => [state, failed])).toEqual([
      ['done', 0],
      ['done', 0],
    ]);
    expect(w.keys.get('kek-1').key.state).toBe('destroyed');
  });

  test('pauses and goes on', async () => {
    w.addCustomers(10);
    const { rotations } = w.keys.rotate(ada, { purpose: 'customer_pii' });
    const id = rotations[0]!.id;
    expect(w.keys.pauseRotation(ada, id).state).toBe('paused');
    await w.keys.idle();
    expect(w.keys.rotations()[0]).toMatchObject({ state: 'paused', done: 0, ratePerSecond: 0 });
    expect(codeOf(() => w.keys.pauseRotation(ada, id))).toBe('ROTATION_STATE_REFUSED');
    w.keys.resumeRotation(ada, id);
    await w.keys.idle();
    expect(w.keys.rotations()[0]).toMatchObject({ state: 'done', done: 10 });
    expect(codeOf(() => w.keys.resumeRotation(ada, id))).toBe('ROTATION_STATE_REFUSED');
    expect(codeOf(() => w.keys.resumeRotation(ada, 99))).toBe('ROTATION_UNKNOWN');
  });

  test('leaves alone what does not open, moves the rest, and raises an incident', async () => {
    const ids = w.addCustomers(5);
    // The value of the second customer is moved to another row: its place does not fit any more.
    const orphan = w.t.vault.db.prepare('SELECT sealed_id FROM test_customer WHERE id = 2').pluck().get();
    w.t.vault.db.exec(`UPDATE test_customer SET sealed_id = (SELECT sealed_id FROM test_customer WHERE id = 3)
      WHERE id = 2`);
    const bytesOf = () =>
      w.t.vault.db.prepare('SELECT sealed FROM sealed_value WHERE id = ?').pluck().get(orphan) as Buffer;
    const before = bytesOf();
    w.keys.rotate(ada, { purpose: 'customer_pii' });
    await w.keys.idle();
    expect(w.keys.rotations()[0]).toMatchObject({ state: 'incomplete', done: 4, failed: 1 });
    expect(w.incidents).toMatchObject([{ kind: 'keys.rotation-incomplete', severity: 'high' }]);
    expect(codeOf(() => w.nameOf(2))).toBe('SEALED_VALUE_DAMAGED');
    expect(ids.filter((id) => id !== 2).map(w.nameOf)).toHaveLength(4);
    expect(bytesOf().equals(before)).toBe(true);
    expect(w.keys.get(w.keys.rotations()[0]!.fromKeys[0]!).key.findings).toMatchObject([
      { code: 'STILL_PROTECTS' },
    ]);
  });
});

test('a step that fails pauses its rotation and tells; resumed, it moves everything', async () => {
  w.addCustomers(3);
  w.t.vault.db.exec(
    "CREATE TRIGGER fault BEFORE UPDATE ON sealed_value BEGIN SELECT RAISE(ABORT, 'a fault'); END",
  );
  w.keys.rotate(ada, { purpose: 'customer_pii' });
  await w.keys.idle();
  const [stopped] = w.keys.rotations();
  expect(stopped).toMatchObject({ state: 'paused', done: 0, endedAtMs: null });
  expect(w.incidents).toMatchObject([{ kind: 'keys.rotation-incomplete', severity: 'high' }]);
  w.t.vault.db.exec('DROP TRIGGER fault');
  w.keys.resumeRotation(ada, stopped!.id);
  await w.keys.idle();
  expect(w.keys.rotations()[0]).toMatchObject({ state: 'done', done: 3, failed: 0 });
});

describe('the rotation of a KEK', () => {
  test('wraps every DEK anew, erases the old private half, and all values still open', async () => {
    const ids = w.addCustomers(3);
    const { replaced } = w.keys.rotate(ada, { keyId: 'kek-1' });
    expect(replaced).toEqual([{ from: 'kek-1', to: 'kek-2' }]);
    await w.keys.idle();
    expect(w.keys.get('kek-1').key).toMatchObject({ state: 'destroyed', protects: 0 });
    expect(w.keys.get('kek-1').history.map(({ event, toState }) => [event, toState])).toEqual([
      ['created', 'pre-active'],
      ['activated', 'active'],
      ['rotated', 'rotating'],
      ['retired', 'retired'],
      ['destroyed', 'destroyed'],
    ]);
    const left = w.t.vault.db
      .prepare('SELECT sealed_private_key FROM sealing_kek WHERE id = 1')
      .pluck()
      .get();
    expect(left).toBeNull();
    await w.reopen();
    expect(ids.map(w.nameOf)).toEqual(['customer 1', 'customer 2', 'customer 3']);
    expect((await w.t.audit.verify()).findings).toEqual([]);
  });

  test('leaves a DEK that does not open where it is, and keeps the KEK for it', async () => {
    w.addCustomers(1);
    w.t.vault.db.exec(`UPDATE sealing_dek SET wrapped_key = zeroblob(60) WHERE purpose = 'customer_pii'`);
    w.keys.rotate(ada, { keyId: 'kek-1' });
    await w.keys.idle();
    expect(w.keys.rotations()[0]).toMatchObject({ kind: 're-wrap', state: 'incomplete', failed: 1 });
    expect(w.keys.get('kek-1').key).toMatchObject({ state: 'retired', protects: 1 });
  });
});

test('one key is rotated by its id, and only its line', async () => {
  w.addCustomers(2);
  w.runtime.advance(100 * DAY_MS);
  w.addCustomers(1);
  const [newer, older] = w.keys.list({ limit: 10, purpose: 'customer_pii' }).rows;
  w.keys.rotate(ada, { keyId: older!.id });
  await w.keys.idle();
  expect(w.keys.get(newer!.id).key.state).toBe('active');
  expect(w.keys.get(older!.id).key).toMatchObject({ state: 'retired', protects: 0 });
  expect(codeOf(() => w.keys.rotate(ada, { keyId: older!.id }))).toBe('KEY_STATE_REFUSED');
  expect(codeOf(() => w.keys.rotate(ada, { keyId: 'dek-999' }))).toBe('KEY_UNKNOWN');
  expect(codeOf(() => w.keys.rotate(ada, { keyId: 'Hüttenrauch' }))).toBe('KEY_UNKNOWN');
});
