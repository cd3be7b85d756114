import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_FRAME_BYTES } from '../../src/main/doors/shared/frames.ts';
import { exchange, fakeLoopback, nextEvent, openSocket, rawRequest, signedIn } from './support.ts';

let door: Awaited<ReturnType<typeof fakeLoopback>>;
beforeEach(async () => {
  door = await fakeLoopback();
});
afterEach(() => door.close());

const own = () => ({ host: door.authority });

describe('DNS rebinding and foreign pages', () => {
  it.each([
    ['a foreign name', 'evil.example'],
    ['a foreign name with our port', 'evil.example:PORT'],
    ['localhost by name', 'localhost:PORT'],
    ['no port', '127.0.0.1'],
    ['another loopback address', '127.0.0.2:PORT'],
    ['a name that begins like ours', '127.0.0.1.evil.example:PORT'],
    ['ours with a trailing dot', '127.0.0.1.:PORT'],
  ])('refuses the Host of %s', async (_, host) => {
    const headers = { host: host.replace('PORT', String(door.port)) };
    expect((await rawRequest(door.port, { path: '/', headers })).status).toBe(403);
    expect((await exchange(door.port, door.token, headers)).status).toBe(403);
    expect((await openSocket(door.port, { headers })).status).toBe(403);
  });

  it.each([
    ['another site', 'https://evil.example'],
    ['another port of this machine', 'http://127.0.0.1:1'],
    ['https under our name', 'https://127.0.0.1:PORT'],
    ['an opaque origin', 'null'],
    ['an origin that begins like ours', 'http://127.0.0.1:PORT.evil.example'],
  ])('refuses the Origin of %s', async (_, template) => {
    const origin = template.replace('PORT', String(door.port));
    expect((await rawRequest(door.port, { path: '/', headers: { ...own(), origin } })).status).toBe(403);
    expect((await exchange(door.port, door.token, { origin })).status).toBe(403);
    expect((await openSocket(door.port, { headers: { origin } })).status).toBe(403);
  });

  it('refuses a socket and an exchange that name no origin', async () => {
    const answer = await rawRequest(door.port, {
      path: '/session',
      method: 'POST',
      headers: { ...own(), 'content-type': 'application/json' },
      body: JSON.stringify({ token: door.token }),
    });
    expect(answer.status).toBe(403);
    const status = await new Promise((resolve) => {
      const headers = {
        ...own(),
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      };
      const request = httpRequest({ host: '127.0.0.1', port: door.port, path: '/rpc', headers });
      request.on('response', (response) => resolve(response.statusCode));
      request.on('upgrade', () => resolve('open'));
      request.end();
    });
    expect(status).toBe(403);
  });

  it('refuses what a browser marks as cross-site, but for a plain link to the page', async () => {
    const cross = { ...own(), 'sec-fetch-site': 'cross-site' };
    const image = { ...cross, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
    const frame = { ...cross, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
    const link = { ...cross, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await rawRequest(door.port, { path: '/assets/index-abc.js', headers: image })).status).toBe(403);
    expect((await rawRequest(door.port, { path: '/', headers: frame })).status).toBe(403);
    expect((await rawRequest(door.port, { path: '/', headers: link })).status).toBe(200);
    expect((await exchange(door.port, door.token, { 'sec-fetch-site': 'same-site' })).status).toBe(403);
  });

  it('listens on 127.0.0.1 alone', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter((one) => (one.address !== '127.0.0.1' && one.scopeid === 0) || one.family === 'IPv4')
      .map((one) => one.address)
      .filter((address) => address !== '127.0.0.1');
    for (const host of [...others, '127.0.0.2', '::1']) {
      const outcome = await new Promise((resolve) => {
        const socket = connect({ host, port: door.port });
        socket.once('connect', () => resolve('connected'));
        socket.once('error', () => resolve('refused'));
        socket.setTimeout(2_000, () => resolve('refused'));
      });
      expect(outcome, host).toBe('refused');
    }
  });
});

describe('the token', () => {
  it('opens once', async () => {
    expect((await exchange(door.port, door.token)).status).toBe(200);
    expect((await exchange(door.port, door.token)).status).toBe(401);
  });

  it('is void after five wrong ones', async () => {
    for (let i = 0; i < 5; i += 1) expect((await exchange(door.port, `wrong-${i}`)).status).toBe(401);
    expect((await exchange(door.port, door.token)).status).toBe(401);
  });

  it('stands after four wrong ones', async () => {
    for (let i = 0; i < 4; i += 1) await exchange(door.port, `wrong-${i}`);
    expect((await exchange(door.port, door.token)).status).toBe(200);
  });

  it.each([
    ['no JSON', 'token'],
    ['a list', '["token"]'],
    ['a number', '{"token":1}'],
    ['nothing', '{}'],
    ['null', 'null'],
    ['a prototype', '{"__proto__":{"token":"x"}}'],
  ])('is not found in %s', async (_, body) => {
    const headers = { ...own(), origin: `http://${door.authority}`, 'content-type': 'application/json' };
    const answer = await rawRequest(door.port, { path: '/session', method: 'POST', headers, body });
    expect(answer.status).toBe(401);
  });

  it('is not read from a form, nor from a body without end', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await exchange(door.port, door.token, form)).status).toBe(415);
    const headers = { ...own(), origin: `http://${door.authority}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ token: 'x'.repeat(4096) });
    const long = await rawRequest(door.port, { path: '/session', method: 'POST', headers, body });
    expect(long.status).toBe(413);
    expect((await exchange(door.port, door.token)).status).toBe(200);
  });

  it('leaves no cookie and never comes back in an answer', async () => {
    const answer = await exchange(door.port, door.token);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).not.toContain(door.token);
  });
});

describe('the files', () => {
  it.each([
    '/../secret.html',
    '/..%2fsecret.html',
    '/%2e%2e/secret.html',
    '/%2e%2e%2fsecret.html',
    '/..\\secret.html',
    '/..%5csecret.html',
    '/assets/../../secret.html',
    '/assets/..%2f..%2fsecret.html',
    '/assets/%252e%252e/%252e%252e/secret.html',
    '//etc/passwd',
    '/etc/passwd%00.html',
    '/index.html%00',
    '/assets/index-abc.js/../../../secret.html',
    '/package.json',
    '/.env',
    'http://evil.example/secret.html',
  ])('are not left by %s', async (path) => {
    const answer = await rawRequest(door.port, { path, headers: own() });
    expect(answer.body).not.toContain('not for the page');
    expect(answer.body).not.toContain('root:');
    expect([404, 400, 403]).toContain(answer.status);
  });
});

describe('the socket before it signed in', () => {
  const request = '{"i":"1","p":{"u":"/vault/status"}}';

  it('reaches no procedure', async () => {
    const { socket } = await openSocket(door.port);
    socket.send(request);
    expect(await nextEvent(socket)).toEqual({ closed: 4401 });
    expect(door.calls).toEqual([]);
  });

  it('reaches none by sending the call right behind a wrong secret', async () => {
    const { socket } = await openSocket(door.port);
    socket.send('{"secret":"guess"}');
    socket.send(request);
    expect(await nextEvent(socket)).toEqual({ closed: 4401 });
    expect(door.calls).toEqual([]);
  });

  it.each([
    ['a token in place of a secret', () => JSON.stringify({ secret: door.token })],
    ['no text', () => new Uint8Array([1, 2, 3])],
    ['a long text', () => JSON.stringify({ secret: 'x'.repeat(10_000) })],
    ['a list', () => '[]'],
    ['no JSON', () => 'secret'],
    ['an empty secret', () => '{"secret":""}'],
  ])('is closed for %s', async (_, message) => {
    const { socket } = await openSocket(door.port);
    socket.send(message());
    expect(await nextEvent(socket)).toEqual({ closed: 4401 });
  });

  it('is found at /rpc alone', async () => {
    for (const path of ['/', '/rpc/', '/rpc?x=1', '/assets/rpc']) {
      expect((await openSocket(door.port, { path })).status, path).toBe(404);
    }
  });
});

describe('the socket after it signed in', () => {
  it.each([
    ['no JSON', 'hello'],
    ['a list', '[]'],
    ['no id', '{"p":{"u":"/vault/status"}}'],
    ['a number as id', '{"i":1,"p":{"u":"/vault/status"}}'],
    ['a long id', `{"i":"${'1'.repeat(65)}","p":{"u":"/vault/status"}}`],
    ['another kind of message', '{"i":"1","t":2,"p":{}}'],
    ['no payload', '{"i":"1"}'],
    ['an address elsewhere', '{"i":"1","p":{"u":"http://evil.example/vault/status"}}'],
    ['an address that climbs', '{"i":"1","p":{"u":"/../vault/status?x"}}'],
    ['another method', '{"i":"1","p":{"u":"/vault/status","m":"GET"}}'],
    ['a prototype in the input', '{"i":"1","p":{"u":"/ledger/post","b":{"json":{"__proto__":{"x":1}}}}}'],
    [
      'a constructor in the input',
      '{"i":"1","p":{"u":"/ledger/post","b":{"json":{"constructor":{"prototype":1}}}}}',
    ],
    ['a nest of arrays', `{"i":"1","p":{"u":"/ledger/post","b":${'['.repeat(100)}${']'.repeat(100)}}}`],
    ['a broken head before its bytes', Buffer.from([0x7b, 0xff, 1, 2, 3])],
  ])('is closed for %s', async (_, frame) => {
    const socket = await signedIn(door.port, door.token);
    socket.send(frame);
    expect(await nextEvent(socket)).toEqual({ closed: 4400 });
    expect(door.calls).toEqual([]);
    expect(Reflect.get({}, 'x')).toBeUndefined();
  });

  it('ends no process and no other session by such a frame', async () => {
    const bad = await signedIn(door.port, door.token);
    const good = await signedIn(door.port, new URL(door.loopback.issueUrl()).hash.slice('#token='.length));
    bad.send('{"i":');
    expect(await nextEvent(bad)).toEqual({ closed: 4400 });
    good.send('{"i":"1","p":{"u":"/vault/status"}}');
    expect(await nextEvent(good)).toHaveProperty('message');
  });

  it('is closed for a frame that is too large', async () => {
    const socket = await signedIn(door.port, door.token);
    socket.on('error', () => {});
    socket.send(Buffer.alloc(MAX_FRAME_BYTES + 1));
    expect(await nextEvent(socket)).toEqual({ closed: 1009 });
  });

  it('answers an unknown procedure with an error and serves on', async () => {
    const socket = await signedIn(door.port, door.token);
    for (const path of ['/vault/none', '/constructor', '/toString', '/vault/status/call']) {
      socket.send(`{"i":"1","p":{"u":"${path}"}}`);
      const answer = await nextEvent(socket);
      expect(JSON.parse('message' in answer ? answer.message : '{}'), path).toMatchObject({ p: { s: 404 } });
    }
    expect(door.calls).toEqual([]);
    socket.send('{"i":"2","p":{"u":"/vault/status"}}');
    expect(await nextEvent(socket)).toHaveProperty('message');
    expect(door.calls).toEqual(['vault.status']);
  });
});
