import { createHmac, randomBytes } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemRuntime } from '../../src/main/base/index.ts';
import { openTestVault } from '../support/vault.ts';
import { bytesOf, CALLER, intakeOn, type TestIntake, until } from './support.ts';

let intake: TestIntake;
let port: number;
let connectorId: string;
let key: { keyId: string; secret: string };
let aheadMs = 0;
/** As many connections as a busy caller opens. */
const agent = new Agent({ maxSockets: 60 });
const runtime = { ...systemRuntime, nowMs: () => systemRuntime.nowMs() + aheadMs };

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: { result?: string; error?: { code: string; path?: string } } & Record<string, unknown>;
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly body?: Buffer;
  readonly headers?: Record<string, string | undefined>;
  readonly host?: string;
}

/** The headers of a request as an integrator signs them, written anew here from the documentation. */
function signed(
  body: Buffer,
  more: { nonce?: string; delivery?: string; atMs?: number; secret?: string } = {},
) {
  const { nonce = randomBytes(16).toString('hex'), delivery = '', atMs = runtime.nowMs() } = more;
  const timestamp = String(Math.floor(atMs / 1_000));
  const mac = createHmac('sha256', more.secret ?? key.secret);
  mac.update(`countersign-1\nPOST\n/messages\n${timestamp}\n${nonce}\n${delivery}\n`).update(body);
  return {
    'countersign-key': key.keyId,
    'countersign-timestamp': timestamp,
    'countersign-nonce': nonce,
    ...(delivery === '' ? {} : { 'countersign-delivery': delivery }),
    'countersign-signature': mac.digest('hex'),
  };
}

const present = (headers: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));

function send({
  method = 'POST',
  path = '/messages',
  body = Buffer.alloc(0),
  headers,
  host,
}: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        ...{ host: '127.0.0.1', port, method, path, agent },
        headers: present({
          host: host ?? `127.0.0.1:${port}`,
          'content-length': String(body.byteLength),
          ...headers,
        }),
      },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode!, headers: response.headers, body: JSON.parse(text) });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

const post = (message: Parameters<typeof bytesOf>[0], more: Parameters<typeof signed>[1] = {}) => {
  const body = bytesOf(message);
  return send({ body, headers: signed(body, more) });
};

beforeEach(async () => {
  aheadMs = 0;
  intake = intakeOn(await openTestVault({ runtime }));
  const settings = { kind: 'http' as const, port: 0, ratePerSecond: 200 };
  const line = await intake.connectors.add({ label: 'core banking', settings }, CALLER);
  connectorId = line.id;
  port = Number(/:(\d+)\//.exec(line.address!)![1]);
  key = intake.connectors.createKey(connectorId, 'payments hub', CALLER);
});
afterEach(() => intake.close());

describe('the local endpoint', () => {
  it('answers a signed message with what became of it', async () => {
    const answer = await post({ id: 'a', amount: 70 });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ result: 'taken', received: 1, prePosted: 1 });
    expect(intake.held()).toEqual(['a']);
    const poison = await post({ id: 'p', fate: 'poison' });
    expect(poison.status).toBe(422);
    expect(poison.body).toMatchObject({
      result: 'dead-lettered',
      code: 'INSTANT_KIND_UNKNOWN',
      deadLetterId: '1',
    });
    const [line] = intake.connectors.connectors();
    expect(line).toMatchObject({ state: 'running', taken: 1, deadLettered: 1 });
    expect(intake.connectors.list({ limit: 1 }).rows[0]?.source).toBe('core banking');
  });

  it('listens on this machine alone', async () => {
    expect(intake.connectors.connectors()[0]?.address).toBe(`http://127.0.0.1:${port}/messages`);
    const elsewhere = await send({ host: `bank.example:${port}` });
    expect([elsewhere.status, elsewhere.body.error?.code]).toEqual([403, 'CONNECTOR_HOST_REFUSED']);
    const page = await send({ headers: { origin: 'http://localhost' } });
    expect(page.body.error?.code).toBe('CONNECTOR_HOST_REFUSED');
    expect((await send({ method: 'GET' })).status).toBe(404);
    expect((await send({ path: '/' })).body.error?.code).toBe('CONNECTOR_PLACE_UNKNOWN');
    expect((await send({ path: '/messages?x=1' })).status).toBe(404);
  });

  it.each([
    ['no key', { 'countersign-key': undefined }, 400, 'CONNECTOR_REQUEST_INVALID'],
    ['a key that is none', { 'countersign-key': '../../x' }, 400, 'CONNECTOR_REQUEST_INVALID'],
    ['a short nonce', { 'countersign-nonce': 'abc' }, 400, 'CONNECTOR_REQUEST_INVALID'],
    ['a timestamp that is none', { 'countersign-timestamp': '-1' }, 400, 'CONNECTOR_REQUEST_INVALID'],
    [
      'a signature of another form',
      { 'countersign-signature': 'A'.repeat(64) },
      400,
      'CONNECTOR_REQUEST_INVALID',
    ],
    ['an unknown key', { 'countersign-key': 'key-0000' }, 401, 'CONNECTOR_SIGNATURE_WRONG'],
    ['a forged signature', { 'countersign-signature': '0'.repeat(64) }, 401, 'CONNECTOR_SIGNATURE_WRONG'],
    [
      'a nonce that was not signed',
      { 'countersign-nonce': 'f'.repeat(32) },
      401,
      'CONNECTOR_SIGNATURE_WRONG',
    ],
    ['a delivery id that was not signed', { 'countersign-delivery': 'x' }, 401, 'CONNECTOR_SIGNATURE_WRONG'],
  ])('refuses %s', async (_, headers, status, code) => {
    const body = bytesOf({ id: 'a' });
    const answer = await send({ body, headers: { ...signed(body), ...headers } });
    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
    expect(JSON.stringify(answer.body)).not.toContain(key.secret);
    expect(intake.held()).toEqual([]);
  });

  it('refuses a body that is not the one that was signed, and a secret of another caller', async () => {
    const body = bytesOf({ id: 'a', amount: 1 });
    const changed = bytesOf({ id: 'a', amount: 9 });
    expect((await send({ body: changed, headers: signed(body) })).status).toBe(401);
    const other = intake.connectors.createKey(connectorId, 'another', CALLER);
    expect((await send({ body, headers: signed(body, { secret: other.secret }) })).status).toBe(401);
  });

  it.each([-301_000, 301_000, -86_400_000])('refuses a clock that is %s ms away', async (byMs) => {
    const answer = await post({ id: 'a' }, { atMs: runtime.nowMs() + byMs });
    expect([answer.status, answer.body.error?.code]).toEqual([401, 'CONNECTOR_CLOCK_APART']);
  });

  it('refuses a request that is sent again as it was, and takes a message signed anew as known', async () => {
    const body = bytesOf({ id: 'a' });
    const headers = signed(body);
    expect((await send({ body, headers })).status).toBe(200);
    const replayed = await send({ body, headers });
    expect([replayed.status, replayed.body.error?.code]).toEqual([409, 'CONNECTOR_REPLAYED']);
    const again = await post({ id: 'a' });
    expect([again.status, again.body.result]).toEqual([200, 'duplicate']);
    expect(intake.held()).toEqual(['a']);
  });

  it('remembers nonces when the clock of the day jumps back, and takes nothing twice after a restart', async () => {
    const body = bytesOf({ id: 'a' });
    const headers = signed(body);
    await send({ body, headers });
    aheadMs = -200_000;
    expect((await send({ body, headers })).body.error?.code).toBe('CONNECTOR_REPLAYED');
    aheadMs = 0;
    const again = await intake.reopen();
    await again.connectors.startAll();
    port = Number(/:(\d+)\//.exec(again.connectors.connectors()[0]!.address!)![1]);
    // The memory of nonces is gone; the message is known all the same.
    expect((await send({ body, headers })).body.result).toBe('duplicate');
    expect(again.held()).toEqual(['a']);
    intake = again;
  });

  it('knows a delivery by its id for each caller', async () => {
    const first = await post({ id: 'a' }, { delivery: 'order-1' });
    expect(first.body.result).toBe('taken');
    expect((await post({ id: 'a' }, { delivery: 'order-1' })).body).toMatchObject({
      result: 'duplicate',
      messageNumber: first.body.messageNumber,
    });
    const reused = await post({ id: 'b' }, { delivery: 'order-1' });
    expect([reused.status, reused.body.error?.code]).toEqual([409, 'CONNECTOR_DELIVERY_REUSED']);
    key = intake.connectors.createKey(connectorId, 'another', CALLER);
    expect((await post({ id: 'b' }, { delivery: 'order-1' })).body.result).toBe('taken');
  });

  it('stops serving a key the moment it is revoked', async () => {
    expect((await post({ id: 'a' })).status).toBe(200);
    intake.connectors.revokeKey(key.keyId, CALLER);
    expect((await post({ id: 'b' })).body.error?.code).toBe('CONNECTOR_SIGNATURE_WRONG');
    const [line] = intake.connectors.keys(connectorId);
    expect(line).toMatchObject({ keyId: key.keyId, caller: 'payments hub' });
    expect(line?.revokedAtMs).not.toBeNull();
    expect(JSON.stringify(line)).not.toContain(key.secret);
  });

  it('refuses 100 MB by what the request states, and by what it sends', async () => {
    const body = bytesOf({ id: 'a' });
    const stated = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        const headers = Object.entries(signed(body)).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.write(
          `POST /messages HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: ${100 * 1_048_576}\r\n` +
            `${headers.join('')}\r\nxxxx`,
        );
      });
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(stated).toMatch(/^HTTP\/1\.1 413 /);
    expect(stated).toContain('CONNECTOR_MESSAGE_TOO_LARGE');
    const before = process.memoryUsage().rss;
    const chunked = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
      let sent = 0;
      const pump = () => {
        while (sent < 100 * 1_048_576 && !socket.destroyed) {
          sent += 65_536;
          if (!socket.write(chunk)) return void socket.once('drain', pump);
        }
      };
      socket.on('data', (data) => {
        text += data.toString('latin1');
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
      const headers = Object.entries(signed(body)).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(
        `POST /messages HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nTransfer-Encoding: chunked\r\n${headers.join('')}\r\n`,
      );
      pump();
    });
    expect(chunked === '' || /^HTTP\/1\.1 413 /.test(chunked)).toBe(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1_048_576);
    expect((await post({ id: 'a' })).status).toBe(200);
  });

  it('holds a caller to its share, and a forger uses up nothing of it', async () => {
    const forged = bytesOf({ id: 'f' });
    const forgeries = await Promise.all(
      Array.from({ length: 500 }, () => send({ body: forged, headers: signed(forged, { secret: 'guess' }) })),
    );
    expect(new Set(forgeries.map(({ status }) => status))).toEqual(new Set([401]));
    const answers = await Promise.all(Array.from({ length: 900 }, (_, n) => post({ id: `m${n}` })));
    const refused = answers.filter(({ status }) => status === 429);
    const taken = answers.filter(({ status }) => status === 200);
    expect(taken.length + refused.length).toBe(900);
    expect(taken.length).toBeGreaterThanOrEqual(400);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.body.error?.code).toBe('CONNECTOR_RATE_EXCEEDED');
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(intake.held()).toHaveLength(taken.length);
  });

  it('ends connections that send nothing, or that send a header at a time', async () => {
    const slow = connect(port, '127.0.0.1');
    slow.write(`POST /messages HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`);
    const drip = setInterval(() => slow.write('X-A: b\r\n'), 500);
    const startedAt = performance.now();
    await new Promise((resolve) => {
      slow.on('error', resolve);
      slow.on('close', resolve);
      slow.resume();
    });
    clearInterval(drip);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect((await post({ id: 'a' })).status).toBe(200);
  }, 30_000);

  it('answers 503 when the intake has stopped, and nothing listens after the vault is locked', async () => {
    const body = bytesOf({ id: 'a' });
    const headers = signed(body);
    await intake.connectors.close();
    await expect(send({ body, headers })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(intake.held()).toEqual([]);
  });

  it('is refused where its port is taken, says so, and starts once it is free', async () => {
    const settings = { kind: 'http' as const, port, ratePerSecond: 1 };
    await expect(intake.connectors.add({ label: 'second', settings }, CALLER)).rejects.toMatchObject({
      code: 'CONNECTOR_UNREACHABLE',
    });
    // Nothing was set up of it.
    expect(intake.connectors.connectors().map(({ label }) => label)).toEqual(['core banking']);
    await intake.connectors.stop(connectorId, CALLER);
    const second = await intake.connectors.add({ label: 'second', settings }, CALLER);
    expect(second.state).toBe('running');
    await intake.connectors.change(
      connectorId,
      { label: 'core banking', settings: { ...settings, port: 0 } },
      CALLER,
    );
    expect((await intake.connectors.start(connectorId, CALLER)).state).toBe('running');
    // Its own port is no obstacle to a change.
    const same = await intake.connectors.change(second.id, { label: 'renamed', settings }, CALLER);
    expect(same.state).toBe('running');
  });
});

describe('what is set up', () => {
  it('keeps secrets sealed and every change in the log', async () => {
    const { connectors, test } = intake;
    const settings = { kind: 'http' as const, port: 0, ratePerSecond: 5 };
    await expect(connectors.add({ label: 'core banking', settings }, CALLER)).rejects.toMatchObject({
      code: 'CONNECTOR_NAME_TAKEN',
    });
    const changed = await connectors.change(connectorId, { label: 'renamed', settings }, CALLER);
    expect(changed).toMatchObject({ label: 'renamed', settings: { ratePerSecond: 5 }, state: 'running' });
    await expect(
      connectors.change(
        connectorId,
        { label: 'renamed', settings: { kind: 'folder', folder: '/tmp', everyMs: 500 } },
        CALLER,
      ),
    ).rejects.toMatchObject({ code: 'CONNECTOR_SETTINGS_INVALID' });
    await connectors.stop(connectorId, CALLER);
    expect(connectors.connectors()[0]).toMatchObject({ state: 'stopped', enabled: false });
    await connectors.remove(connectorId, 'no longer needed', CALLER);
    expect(connectors.connectors()).toEqual([]);
    expect(() => connectors.keys(connectorId)).toThrow(/no connector/);
    await expect(connectors.start(connectorId, CALLER)).rejects.toMatchObject({ code: 'CONNECTOR_UNKNOWN' });
    expect(() => connectors.revokeKey('key-none', CALLER)).toThrow(/no key/);
    const kinds = test.audit.list({ limit: 20 }).rows.map(({ kind }) => kind);
    expect(kinds.toReversed()).toEqual([
      'connectors.added',
      'connectors.key-created',
      'connectors.changed',
      'connectors.stopped',
      'connectors.key-revoked',
      'connectors.removed',
    ]);
    for (const { seq } of test.audit.list({ limit: 20 }).rows) {
      expect(test.audit.get(seq).detail).not.toContain(key.secret);
    }
    // The label may be used again.
    expect((await connectors.add({ label: 'core banking', settings }, CALLER)).id).not.toBe(connectorId);
  });

  it('starts with the vault what is switched on, and nothing else', async () => {
    const settings = { kind: 'http' as const, port: 0, ratePerSecond: 5 };
    const second = await intake.connectors.add({ label: 'second', settings }, CALLER);
    await intake.connectors.stop(second.id, CALLER);
    const again = await intake.reopen();
    expect(again.connectors.connectors().map(({ state }) => state)).toEqual(['stopped', 'stopped']);
    await again.connectors.startAll();
    await until(() => again.connectors.connectors()[0]?.state === 'running');
    expect(again.connectors.connectors().map(({ state }) => state)).toEqual(['running', 'stopped']);
    intake = again;
  });
});
