import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { CONTENT_SECURITY_POLICY } from '../../src/main/doors/shared/headers.ts';
import { exchange, fakeLoopback, rawRequest, signedIn } from './support.ts';

let door: Awaited<ReturnType<typeof fakeLoopback>>;
beforeEach(async () => {
  door = await fakeLoopback();
});
afterEach(() => door.close());

const own = () => ({ host: door.authority });

describe('the page', () => {
  it('comes under every route of its own, uncached, with its policy', async () => {
    for (const path of ['/', '/index.html', '/ledger', '/ledger/entry', '/statements/']) {
      const answer = await rawRequest(door.port, { path, headers: own() });
      expect(answer.status, path).toBe(200);
      expect(answer.body).toContain('<title>page</title>');
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers['content-security-policy']).toBe(CONTENT_SECURITY_POLICY);
    }
  });

  it('has its assets cached for good, since their names carry a hash', async () => {
    const answer = await rawRequest(door.port, { path: '/assets/index-abc.js', headers: own() });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(answer.headers['cache-control']).toContain('immutable');
  });

  it('answers HEAD without a body, 404 for what is not there, 405 for other methods', async () => {
    const head = await rawRequest(door.port, { path: '/', method: 'HEAD', headers: own() });
    expect([head.status, head.body]).toEqual([200, '']);
    expect((await rawRequest(door.port, { path: '/assets/none.js', headers: own() })).status).toBe(404);
    const headers = { ...own(), origin: `http://${door.authority}` };
    expect((await rawRequest(door.port, { path: '/', method: 'PUT', headers })).status).toBe(405);
    expect((await rawRequest(door.port, { path: '/', method: 'POST', headers })).status).toBe(405);
  });
});

describe('the contract', () => {
  it('is served over the socket once signed in, with bigints and blobs, in a context of this door', async () => {
    const socket = await signedIn(door.port, door.token);
    socket.binaryType = 'arraybuffer';
    const client: Client = createORPCClient(
      new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }),
    );
    expect(await client.vault.status()).toMatchObject({ state: 'closed' });
    expect(await client.ledger.post({ entries: [{ memo: 'a' }] } as never)).toEqual({ count: 1, total: 12n });
    const bytes = new Blob([new Uint8Array(1024 * 1024).fill(0xff)]);
    expect(await client.intake.write({ bytes } as never)).toEqual({ receivedBytes: 1024 * 1024 });
    expect(door.calls).toEqual(['vault.status', 'ledger.post', 'intake.write']);
    expect(door.doors).toEqual(['loopback']);
    socket.close();
  });

  it('is open to one session more after another address was asked for', async () => {
    expect((await exchange(door.port, door.token)).status).toBe(200);
    const token = new URL(door.loopback.issueUrl()).hash.slice('#token='.length);
    expect(token).not.toBe(door.token);
    expect((await exchange(door.port, token)).status).toBe(200);
  });
});
