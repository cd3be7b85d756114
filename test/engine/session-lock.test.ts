import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../src/contract/jobs.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost, type DoorName, type EngineHost } from '../../src/main/engine/index.ts';

const PASSPHRASE = 'seven quiet herons on a ledge';

describe('the session lock', () => {
  let folder: string;
  let host: EngineHost;
  let window: Client;
  let script: Client;
  const clientAt = (door: DoorName): Client =>
    createRouterClient(host.router, { context: () => host.contextFor(door) });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-session-'));
    host = createEngineHost({ dataFolder: folder, version: 'test' });
    window = clientAt('loopback');
    script = clientAt('cli');
    await window.vault.create({ name: 'desk', passphrase: PASSPHRASE });
  });
  afterAll(async () => {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shuts the windows out and leaves the vault open to work that goes on', async () => {
    const events: FeedEvent[] = [];
    const watching = new AbortController();
    void (async () => {
      for await (const event of host.feed.watch(watching.signal)) events.push(event);
    })();
    expect(await window.vault.lockSession()).toMatchObject({ state: 'open', sessionLocked: true });
    await expect(window.dashboard.figures()).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' });
    await expect(clientAt('electron').audit.records({})).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' });
    await expect(window.vault.slots.list()).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' });
    await expect(script.reconciliation.run()).resolves.toMatchObject({ considered: 0 });
    await expect(script.audit.head()).resolves.toBeDefined();
    await expect(script.ledger.verify()).resolves.toMatchObject({ verified: true });
    await new Promise((resolve) => setTimeout(resolve, 5));
    watching.abort();
    expect(events).toContainEqual({ type: 'locked' });
  });

  it('lets nobody past it by another vault', async () => {
    await expect(window.vault.openDemo()).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' });
    const other = { name: 'other', passphrase: PASSPHRASE };
    await expect(window.vault.create(other)).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' });
  });

  it('opens to what opens a key slot, and to nothing else', async () => {
    const wrong = { secret: { passphrase: 'seven quiet herons on a hedge' } };
    await expect(window.vault.unlockSession(wrong)).rejects.toMatchObject({ code: 'VAULT_PASSPHRASE_WRONG' });
    expect(await window.vault.status()).toMatchObject({ sessionLocked: true });
    const right = { secret: { passphrase: PASSPHRASE } };
    expect(await window.vault.unlockSession(right)).toMatchObject({ state: 'open', sessionLocked: false });
    await expect(window.dashboard.figures()).resolves.toBeDefined();
  });

  it('goes with the vault lock, and needs an open vault', async () => {
    await window.vault.lockSession();
    expect(await window.vault.lock()).toMatchObject({ state: 'closed', sessionLocked: false });
    expect(await window.vault.lockSession()).toMatchObject({ state: 'closed', sessionLocked: false });
    const secret = { passphrase: PASSPHRASE };
    await expect(window.vault.unlockSession({ secret })).rejects.toMatchObject({ code: 'VAULT_CLOSED' });
    const directory = join(folder, 'desk.vault');
    expect(await window.vault.open({ directory, passphrase: PASSPHRASE })).toMatchObject({
      sessionLocked: false,
    });
  });
});
