import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Key } from '../../src/contract/keys.ts';
import { isCountersignError } from '../../src/main/base/index.ts';
import { canonicalJson, xWing } from '../../src/main/crypto/index.ts';
import { checkNotice } from '../../src/main/keys/index.ts';
import { requireLoopback } from '../../src/main/keys/notices.ts';
import { ada, codeOf, DAY_MS, dekOf, type KeysWorld, openKeysWorld, START_MS } from './support.ts';

let w: KeysWorld;
beforeEach(async () => {
  w = await openKeysWorld();
});
afterEach(() => w.close());

const codesOf = (id: string) => w.keys.get(id).key.findings.map(({ code }) => code);
const exec = (sql: string) => w.t.vault.db.exec(sql);

describe('the inventory', () => {
  test('tells of every key: type, algorithm, state, owner, policy, what it protects', () => {
    w.addCustomers(4);
    const { rows, nextCursor, states, purposes } = w.keys.list({ limit: 100 });
    expect(rows.map(({ id }) => id)).toEqual([
      'kek-1',
      'signing-1',
      'log-3',
      'transport-2',
      'dek-3',
      'dek-2',
      'dek-1',
    ]);
    expect(nextCursor).toBeNull();
    expect(rows.map((key) => [key.type, key.algorithm, key.policy, key.custody, key.protects])).toEqual([
      ['KEK', 'X25519+ML-KEM-1024', 'KEK 365 days', 'vault', 3],
      ['signing', 'Ed25519+ML-DSA-65', 'signing 365 days', 'vault', 0],
      ['log', 'Ed25519+ML-DSA-44', 'log 365 days', 'vault', 0],
      ['transport', 'X-Wing (X25519+ML-KEM-768)', 'transport 90 days', 'vault', 0],
      ['DEK', 'AES-256-GCM', 'DEK 90 days', 'vault', 4],
      expect.arrayContaining(['DEK']),
      expect.arrayContaining(['DEK']),
    ]);
    expect(dekOf(w)).toMatchObject({
      state: 'active',
      purpose: 'customer_pii',
      retentionClass: 'relationship',
      quarter: '2026Q2',
      version: 1,
      createdAtMs: START_MS,
      nextRotationAtMs: START_MS + 90 * DAY_MS,
      endedAtMs: null,
      findings: [],
    });
    expect(states).toEqual([{ state: 'active', count: 7 }]);
    expect(purposes).toContain('customer_pii');
  });

  test('says that a token is asked for where the vault has none', () => {
    expect(w.keys.list({ limit: 9 }).findings).toBe(4);
    for (const id of ['kek-1', 'signing-1', 'transport-2', 'log-3'])
      expect(codesOf(id)).toEqual(['HSM_REQUIRED']);
  });

  test('comes in pages and filtered', () => {
    w.addCustomers(1);
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = w.keys.list({ limit: 2, cursor });
      ids.push(...page.rows.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(ids).toEqual(w.keys.list({ limit: 100 }).rows.map(({ id }) => id));
    expect(w.keys.list({ limit: 9, type: 'signing' }).rows).toHaveLength(1);
    w.runtime.advance(84 * DAY_MS);
    const expiring = w.keys.list({ limit: 9, state: 'expiring' }).rows;
    expect(new Set(expiring.map(({ type }) => type))).toEqual(new Set(['DEK', 'transport']));
    expect(codeOf(() => w.keys.list({ limit: 9, cursor: '1; DROP' }))).toBe('INPUT_INVALID');
  });

  test('is filtered by what is due, has a finding, is live, and by words, as each key says of itself', () => {
    w.addCustomers(3);
    w.runtime.advance(100 * DAY_MS);
    w.keys.runDue();
    const [dek] = w.keys.list({ limit: 1, purpose: 'customer_pii' }).rows;
    w.keys.markCompromised(ada, { keyId: 'kek-1', reason: 'A drill.' });
    w.runtime.advance(300 * DAY_MS);
    const all = w.keys.list({ limit: 500 });
    const urgent = ['REPLACEMENT_URGENT', 'DUAL_CONTROL_DUE', 'ROTATION_DUE'];
    const ids = (rows: readonly Key[]) => rows.map(({ id }) => id);
    const isDue = ({ findings }: Key) => findings.some(({ code }) => urgent.includes(code));
    const due = all.rows.filter(isDue);
    expect(due.length).toBeGreaterThan(3);
    expect(due.length).toBeLessThan(all.rows.length);
    expect(ids(w.keys.list({ limit: 500, due: true }).rows)).toEqual(ids(due));
    expect([all.due, w.keys.dueCount()]).toEqual([due.length, due.length]);
    const troubled = all.rows.filter(({ findings }) => findings.length > 0);
    expect(ids(w.keys.list({ limit: 500, findings: true }).rows)).toEqual(ids(troubled));
    expect(all.findings).toBe(troubled.length);
    const live = all.rows.filter(({ state }) => ['active', 'expiring', 'rotating'].includes(state));
    expect(ids(w.keys.list({ limit: 500, live: true }).rows)).toEqual(ids(live));
    const named = (text: string) => ids(w.keys.list({ limit: 500, text }).rows);
    expect(named(`${dek!.id.toUpperCase()} PII`)).toContain(dek!.id);
    expect(named('compromised kek')).toEqual(['kek-1']);
    expect(named('kek 7y')).toEqual([]);
    expect(named("' OR 1=1 --")).toEqual([]);
    expect(named('100%')).toEqual([]);
  });

  test('says of each replacement why it was', () => {
    w.addCustomers(1);
    const caused = (id: string) => w.keys.get(id).history.at(-1)?.reason;
    const first = dekOf(w).id;
    w.keys.rotate(ada, { keyId: first });
    expect(caused(first)).toBe('command');
    const second = dekOf(w).id;
    w.runtime.advance(91 * DAY_MS);
    w.keys.runDue();
    expect(caused(second)).toBe('due');
    expect(w.keys.get('transport-2').history.at(-1)).toMatchObject({ event: 'retired', reason: 'due' });
    w.addCustomers(1);
    w.keys.markCompromised(ada, { keyId: dekOf(w).id, reason: 'due' });
    const { rows } = w.keys.events({ limit: 500 });
    expect(rows.filter(({ event }) => event === 'compromised').map(({ reason }) => reason)).toEqual([null]);
    expect(new Set(rows.map(({ reason }) => reason))).toEqual(
      new Set(['command', 'due', 'compromised', null]),
    );
  });

  test('knows keys that are older than itself, and their history is append-only', async () => {
    w.addCustomers(1);
    exec('DROP TRIGGER key_event_no_delete; DELETE FROM key_event;');
    await w.reopen();
    const events = w.keys.get(dekOf(w).id).history;
    expect(events.map(({ event, actor, record }) => [event, actor, record])).toEqual([
      ['created', 'system', null],
      ['activated', 'system', null],
    ]);
    expect(() => exec("UPDATE key_event SET actor = 'eve'")).toThrow('append-only: key_event');
  });

  test('shows the timeline of all keys, newest first', () => {
    w.keys.retire(ada, 'transport-2');
    const { rows, nextCursor } = w.keys.events({ limit: 1 });
    expect(rows).toMatchObject([
      { keyId: 'transport-2', event: 'retired', fromState: 'active', toState: 'retired', actor: 'ada' },
    ]);
    expect(w.keys.events({ limit: 500, cursor: nextCursor! }).rows.at(-1)).toMatchObject({
      event: 'created',
    });
  });

  test('the tables themselves let no key come back', () => {
    w.addCustomers(1);
    w.keys.markCompromised(ada, { keyId: dekOf(w).id, reason: 'a test' });
    const back = (table: string, state: string) => () => exec(`UPDATE ${table} SET state = '${state}'`);
    expect(back('sealing_dek', 'active')).toThrow('no way back');
    expect(back('sealing_dek', 'retired')).toThrow('no way back');
    w.keys.markCompromised(ada, { keyId: 'signing-1', reason: 'a test' });
    expect(back('key_pair', 'active')).toThrow('no way back');
  });
});

describe('what is due', () => {
  test('DEK and transport keys are replaced unattended, KEK and signing keys wait', async () => {
    w.addCustomers(3);
    w.runtime.advance(366 * DAY_MS);
    const { replaced, waiting } = w.keys.runDue();
    expect(waiting.sort()).toEqual(['kek-1', 'log-3', 'signing-1']);
    expect(w.due.map(({ keyId, urgent }) => [keyId, urgent])).toEqual([
      ['kek-1', false],
      ['signing-1', false],
      ['log-3', false],
    ]);
    expect(replaced.map(({ from }) => from)).toContain('transport-2');
    await w.keys.idle();
    expect(codesOf('kek-1')).toEqual(['HSM_REQUIRED', 'DUAL_CONTROL_DUE']);
    expect(w.keys.get('transport-2').key.state).toBe('retired');
    expect(dekOf(w)).toMatchObject({ version: 2, state: 'active', protects: 3, quarter: '2026Q2' });
    expect(w.keys.rotations().every(({ reason, state }) => reason === 'due' && state === 'done')).toBe(true);
    expect(w.beats.find(({ source }) => source === 'keys.rotation-check')).toMatchObject({ ok: true });
    expect(w.keys.runDue().replaced).toEqual([]);
  });

  test('nothing before its time', () => {
    w.addCustomers(1);
    w.runtime.advance(89 * DAY_MS);
    expect(w.keys.runDue()).toMatchObject({ replaced: [], waiting: [] });
    expect(dekOf(w).state).toBe('expiring');
  });

  test('an empty line of a quarter that is over is retired and gets no successor', async () => {
    w.addCustomers(1);
    exec('UPDATE sealing_dek SET value_count = 0');
    const { id } = dekOf(w);
    w.runtime.advance(100 * DAY_MS);
    expect(w.keys.runDue().replaced.map(({ from }) => from)).not.toContain(id);
    expect(w.keys.get(id).key).toMatchObject({ state: 'retired', findings: [] });
  });
});

describe('a compromised key', () => {
  test('a DEK stops sealing at once, is replaced, and its values move', async () => {
    w.addCustomers(3);
    const { id } = dekOf(w);
    const { key, replacedBy } = w.keys.markCompromised(ada, { keyId: id, reason: 'found on a stick' });
    expect(key.state).toBe('compromised');
    w.addCustomers(1);
    expect(dekOf(w)).toMatchObject({ id: replacedBy, protects: 1 });
    await w.keys.idle();
    expect(dekOf(w).protects).toBe(4);
    expect(w.keys.get(id).key).toMatchObject({ state: 'compromised', protects: 0, findings: [] });
    expect(w.incidents).toMatchObject([{ kind: 'keys.compromised', severity: 'critical' }]);
    expect(JSON.stringify(w.beats)).not.toContain('found on a stick');
    expect(codeOf(() => w.keys.markCompromised(ada, { keyId: id, reason: 'again' }))).toBe(
      'KEY_STATE_REFUSED',
    );
  });

  test('a transport key is replaced at once and opens nothing more', () => {
    const { publicKey } = w.keys.pairs.transportKey();
    const { ciphertext, sharedSecret } = xWing.encapsulate(publicKey, (t) => w.runtime.randomFill(t));
    expect(w.keys.pairs.decapsulate(2, ciphertext).equals(sharedSecret)).toBe(true);
    const { replacedBy } = w.keys.markCompromised(ada, { keyId: 'transport-2', reason: 'a test' });
    expect(w.keys.pairs.transportKey().keyId).toBe(replacedBy);
    expect(codeOf(() => w.keys.pairs.decapsulate(2, ciphertext))).toBe('KEY_NOT_USABLE');
  });

  test('a signing key signs no more and waits for people, urgently', () => {
    const { replacedBy } = w.keys.markCompromised(ada, { keyId: 'signing-1', reason: 'a test' });
    expect(replacedBy).toBeNull();
    expect(w.due).toEqual([{ keyId: 'signing-1', urgent: true }]);
    expect(codesOf('signing-1')).toEqual(['REPLACEMENT_URGENT']);
    expect(codeOf(() => w.keys.pairs.sign('test', Buffer.from('x')))).toBe('KEY_NOT_USABLE');
    expect(codeOf(() => w.keys.pairs.sign('test', Buffer.from('x'), 1))).toBe('KEY_NOT_USABLE');
    const { replaced } = w.keys.rotate(ada, { keyId: 'signing-1' });
    expect(w.keys.pairs.sign('test', Buffer.from('x')).keyId).toBe(replaced[0]!.to);
    expect(codesOf('signing-1')).toEqual([]);
    expect(codeOf(() => w.keys.rotate(ada, { keyId: 'signing-1' }))).toBe('KEY_STATE_REFUSED');
  });

  test('a KEK wraps no more; once people agree, every DEK under it is replaced too', async () => {
    const ids = w.addCustomers(2);
    w.keys.markCompromised(ada, { keyId: 'kek-1', reason: 'a test' });
    expect(codesOf('kek-1')).toContain('REPLACEMENT_URGENT');
    w.runtime.advance(100 * DAY_MS);
    w.addCustomers(1);
    // What is sealed in the meantime lies under a fresh KEK.
    expect(w.keys.list({ limit: 9, type: 'KEK' }).rows.map(({ id, state }) => [id, state])).toEqual([
      ['kek-2', 'active'],
      ['kek-1', 'compromised'],
    ]);
    const activeDeks = () =>
      w.keys.list({ limit: 99, type: 'DEK', state: 'active' }).rows.map(({ id }) => id);
    const before = activeDeks();
    w.keys.rotate(ada, { keyId: 'kek-1' });
    await w.keys.idle();
    expect(w.keys.get('kek-1').key.state).toBe('destroyed');
    expect(before.length).toBeGreaterThan(0);
    expect(activeDeks().filter((id) => before.includes(id))).toEqual([]);
    expect(ids.map(w.nameOf)).toEqual(['customer 1', 'customer 2']);
  });
});

describe('retiring and destroying', () => {
  test('a retired key signs nothing; a destroyed one has no private half', () => {
    w.keys.rotate(ada, { keyId: 'signing-1' });
    expect(codeOf(() => w.keys.pairs.sign('test', Buffer.from('x'), 1))).toBe('KEY_NOT_USABLE');
    const loss = w.keys.loss({ keyId: 'signing-1' });
    expect(loss).toMatchObject({ refusal: null, confirmation: 'destroy signing-1' });
    expect(codeOf(() => w.keys.destroy(ada, { keyId: 'signing-1' }, 'yes'))).toBe('KEY_CONFIRMATION_WRONG');
    w.keys.destroy(ada, { keyId: 'signing-1' }, 'destroy signing-1');
    expect(w.keys.get('signing-1').key.state).toBe('destroyed');
    expect(codeOf(() => w.keys.pairs.sign('test', Buffer.from('x'), 1))).toBe('KEY_NOT_USABLE');
    expect(codeOf(() => w.keys.retire(ada, 'signing-1'))).toBe('KEY_STATE_REFUSED');
  });

  test('an active key is not destroyed, nor a DEK alone, nor a KEK', () => {
    w.addCustomers(1);
    for (const keyId of ['signing-1', 'kek-1', dekOf(w).id]) {
      expect(codeOf(() => w.keys.destroy(ada, { keyId }, `destroy ${keyId}`))).toBe('KEY_STATE_REFUSED');
    }
    expect(codeOf(() => w.keys.retire(ada, 'kek-1'))).toBe('KEY_STILL_NEEDED');
  });

  test('a retired DEK seals nothing more', () => {
    w.addCustomers(1);
    const { id } = dekOf(w);
    expect(w.keys.retire(ada, id)).toMatchObject({ state: 'retired' });
    expect(codesOf(id)).toEqual(['STILL_PROTECTS']);
    w.addCustomers(1);
    expect(dekOf(w)).toMatchObject({ version: 2, protects: 1 });
    expect(w.nameOf(1)).toBe('customer 1');
  });

  const line = { retentionClass: 'relationship', quarter: '2026Q2' };

  test('a class and quarter goes when its time is over, and only with the words that say so', async () => {
    w.addCustomers(3);
    expect(w.keys.loss(line)).toMatchObject({
      values: [{ purpose: 'customer_pii', count: 3 }],
      allowedFromMs: Date.UTC(2036, 6, 1),
      refusal: { code: 'KEY_RETENTION_RUNS' },
      confirmation: 'destroy relationship 2026Q2',
    });
    const words = 'destroy relationship 2026Q2';
    expect(codeOf(() => w.keys.destroy(ada, line, words))).toBe('KEY_RETENTION_RUNS');
    w.runtime.advance(Date.UTC(2036, 6, 1) - START_MS);
    w.addCustomers(1);
    expect(codeOf(() => w.keys.destroy(ada, line, 'destroy 7y 2026Q2'))).toBe('KEY_CONFIRMATION_WRONG');
    expect(w.nameOf(1)).toBe('customer 1');
    expect(w.keys.destroy(ada, line, words).values).toEqual([{ purpose: 'customer_pii', count: 3 }]);
    expect(codeOf(() => w.nameOf(1))).toBe('SEALING_KEY_MISSING');
    expect(w.nameOf(4)).toBe('customer 4');
    const bytes = 'SELECT encapsulation, wrapped_key FROM sealing_dek WHERE state = ?';
    expect(w.t.vault.db.prepare(bytes).raw().all('destroyed')).toEqual([[null, null]]);
    expect((await w.t.audit.verify()).findings).toEqual([]);
    expect(codeOf(() => w.keys.loss(line))).toBe('KEY_UNKNOWN');
    await w.reopen();
    expect(codeOf(() => w.nameOf(2))).toBe('SEALING_KEY_MISSING');
  });

  test('not while something under it is held', async () => {
    w.addCustomers(1);
    w.runtime.advance(Date.UTC(2036, 6, 1) - START_MS);
    await w.reopen({
      isHeld: (retentionClass, quarter) => `${retentionClass} ${quarter}` === 'relationship 2026Q2',
    });
    expect(codeOf(() => w.keys.destroy(ada, line, 'destroy relationship 2026Q2'))).toBe('KEY_UNDER_HOLD');
  });

  test('never the class of private keys', () => {
    w.runtime.advance(40_000 * DAY_MS);
    const keysLine = { retentionClass: 'keys', quarter: '2026Q2' };
    expect(codeOf(() => w.keys.destroy(ada, keysLine, 'destroy keys 2026Q2'))).toBe('KEY_RETENTION_RUNS');
  });
});

describe('notices', () => {
  const files = () => readdirSync(w.keys.noticesFolder).sort();
  const text = (name: string) => readFileSync(join(w.keys.noticesFolder, name), 'utf8');

  test('are filed beside the vault, signed, and a changed byte voids them', async () => {
    w.addCustomers(1);
    const { publicKey } = w.keys.pairs.sign('x', Buffer.from('x'));
    w.keys.rotate(ada, { purpose: 'customer_pii' });
    await w.keys.idle();
    await w.keys.close();
    expect(files()).toEqual(['00000001.json', '00000002.json']);
    expect(statSync(join(w.keys.noticesFolder, '00000001.json')).mode & 0o777).toBe(0o600);
    const notice = text('00000001.json');
    expect(checkNotice(notice, publicKey)).toMatchObject({
      keyId: 'signing-1',
      notice: {
        vaultId: w.t.vault.vaultId,
        kind: 'keys.replaced',
        facts: { type: 'DEK', reason: 'command' },
      },
    });
    expect(checkNotice(text('00000002.json'), publicKey).notice).toMatchObject({
      kind: 'keys.rotation-ended',
      facts: { moved: 1, left: 0 },
    });
    const refused = (odd: string, key: Uint8Array = publicKey) => codeOf(() => checkNotice(odd, key));
    expect(refused(notice.replace('command', 'commanD'))).toBe('NOTICE_INVALID');
    expect(refused(`${notice} `)).toBe('NOTICE_INVALID');
    expect(refused('{}')).toBe('NOTICE_INVALID');
    expect(refused(canonicalJson({ ...JSON.parse(notice), signature: null }))).toBe('NOTICE_INVALID');
    expect(refused(notice, Buffer.alloc(publicKey.length))).toBe('NOTICE_INVALID');
  });

  test('wait for a key where the signing key is compromised', async () => {
    w.keys.markCompromised(ada, { keyId: 'signing-1', reason: 'a test' });
    await w.reopen();
    expect(() => files()).toThrow();
    w.keys.rotate(ada, { keyId: 'signing-1' });
    await w.reopen();
    expect(files()).toHaveLength(2);
    expect(JSON.parse(text('00000001.json')).signature.keyId).not.toBe('signing-1');
  });

  test('are posted to this machine, and again after it was down', async () => {
    const got: string[] = [];
    let status = 503;
    const server = createServer((request, answer) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        if (status === 200) got.push(body);
        answer.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const noticeWebhook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/notices`;
    try {
      w.keys.retire(ada, 'transport-2');
      await w.reopen({ noticeWebhook });
      status = 200;
      await w.reopen({ noticeWebhook });
      while (got.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(got).toEqual([text('00000001.json')]);
    } finally {
      server.close();
    }
  });

  test.each([
    'http://192.168.1.4/x',
    'http://localhost:80/',
    'https://127.0.0.1/',
    'http://127.0.0.1.example.com/',
    'http://user:word@127.0.0.1/',
    'http://2130706433.example/',
    'file:///etc/passwd',
    'no address',
  ])('are not posted to %s', (address) => {
    expect(codeOf(() => requireLoopback(address))).toBe('KEY_WEBHOOK_REFUSED');
  });

  test('may be posted to the loopback addresses', () => {
    expect(requireLoopback('http://[::1]:8080/x').port).toBe('8080');
    expect(requireLoopback('http://127.0.0.1:9/').hostname).toBe('127.0.0.1');
  });
});

test('a command that fails leaves nothing behind', () => {
  w.addCustomers(1);
  const dump = () => w.t.vault.db.prepare('SELECT * FROM key_event').all();
  const [before, head] = [dump(), w.t.audit.lastSeq()];
  for (const work of [
    () => w.keys.rotate(ada, { keyId: 'transport-99' }),
    () => w.keys.markCompromised(ada, { keyId: 'kek-7', reason: 'none' }),
    () => w.keys.loss({ keyId: 'signing-9' }),
    () => w.keys.loss({ retentionClass: '7y', quarter: '2001Q1' }),
    () => w.keys.get('dek-0'),
  ]) {
    try {
      work();
      expect.unreachable();
    } catch (error) {
      expect(isCountersignError(error, 'KEY_UNKNOWN')).toBe(true);
    }
  }
  expect([dump(), w.t.audit.lastSeq()]).toEqual([before, head]);
});
