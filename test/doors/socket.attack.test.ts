import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { findHolder, serveSocket } from '../../src/main/doors/socket/index.ts';
import { fakeHost, nextEvent, temporaryFolder } from './support.ts';

let folder: ReturnType<typeof temporaryFolder>;
const open: { close(): unknown }[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
  folder.remove();
});

const run = () => join(folder.path, 'run');

async function serving(directory: string | null) {
  const fake = fakeHost(directory);
  const server = await serveSocket(fake.host, { folder: run() });
  open.push(server);
  return { ...fake, server };
}

/** Somebody who laid a socket of their own where ours would be. */
async function squatter(name: string): Promise<{ contacts: () => number }> {
  let contacts = 0;
  const server: Server = createServer(() => {
    contacts += 1;
  });
  await new Promise<void>((resolve) => server.listen(join(run(), name), resolve));
  open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
  return { contacts: () => contacts };
}

describe('the socket', () => {
  it('is 0600 in a folder that is 0700', async () => {
    const { server } = await serving(null);
    expect(statSync(server.path).mode & 0o777).toBe(0o600);
    expect(statSync(run()).mode & 0o777).toBe(0o700);
  });

  it('closes the folder where it stood open', async () => {
    mkdirSync(run(), { mode: 0o777 });
    chmodSync(run(), 0o777);
    await serving(null);
    expect(statSync(run()).mode & 0o777).toBe(0o700);
  });

  it('is not laid where the folder is a link or a file', async () => {
    mkdirSync(join(folder.path, 'elsewhere'));
    symlinkSync(join(folder.path, 'elsewhere'), run());
    const { host } = fakeHost();
    await expect(serveSocket(host, { folder: run() })).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    expect(readdirSync(join(folder.path, 'elsewhere'))).toEqual([]);
    unlinkSync(run());
    writeFileSync(run(), '');
    await expect(serveSocket(host, { folder: run() })).rejects.toThrow();
  });

  it('is gone when the app ends', async () => {
    const { server } = await serving(null);
    await server.close();
    expect(readdirSync(run())).toEqual([]);
  });

  it('ends for a frame that is not of the protocol, and serves the next', async () => {
    const vault = folder.path;
    const { server, calls } = await serving(vault);
    const socket = new WebSocket(`ws+unix:${server.path}:/rpc`);
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send('{"i":"1","p":{"u":"/vault/status","b":{"json":{"__proto__":{"x":1}}}}}');
    expect(await nextEvent(socket)).toEqual({ closed: 4400 });
    expect(calls).toEqual([]);
    const connection = await findHolder(vault, run());
    open.push(connection!);
    expect(await connection!.client.vault.status()).toMatchObject({ state: 'open' });
  });
});

describe('the command line', () => {
  it('finds the app that holds the vault, by whatever path, and no other', async () => {
    const vault = join(folder.path, 'a.vault');
    mkdirSync(vault);
    symlinkSync(vault, join(folder.path, 'link'));
    await serving(null);
    const { doors } = await serving(vault);
    for (const path of [vault, join(folder.path, 'link')]) {
      const connection = await findHolder(path, run());
      open.push(connection!);
      expect(await connection!.client.vault.status()).toMatchObject({ directory: vault });
    }
    expect(await findHolder(join(folder.path, 'b.vault'), run())).toBe(null);
    expect(new Set(doors)).toEqual(new Set(['socket']));
  });

  it('removes what a killed app left', async () => {
    await serving(null);
    const stale = join(run(), '999999-dead.sock');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(stale, resolve));
    chmodSync(stale, 0o600);
    // A killed process leaves its socket behind; a closed one would remove it.
    const path = join(run(), 'left.sock');
    const { renameSync } = await import('node:fs');
    renameSync(stale, path);
    await new Promise((resolve) => server.close(resolve));
    expect(lstatSync(path).isSocket()).toBe(true);
    expect(await findHolder(folder.path, run())).toBe(null);
    expect(readdirSync(run())).not.toContain('left.sock');
  });

  it('does not speak to a socket that others can open', async () => {
    mkdirSync(run(), { mode: 0o700 });
    const { contacts } = await squatter('1-squat.sock');
    chmodSync(join(run(), '1-squat.sock'), 0o666);
    expect(await findHolder(folder.path, run())).toBe(null);
    expect(contacts()).toBe(0);
  });

  it('does not speak to any socket in a folder that others can write to', async () => {
    mkdirSync(run(), { mode: 0o700 });
    const { contacts } = await squatter('1-squat.sock');
    chmodSync(join(run(), '1-squat.sock'), 0o600);
    chmodSync(run(), 0o777);
    expect(await findHolder(folder.path, run())).toBe(null);
    expect(contacts()).toBe(0);
  });

  it.runIf(process.getuid?.() === 0)('does not speak to a socket that another user owns', async () => {
    const { chownSync } = await import('node:fs');
    mkdirSync(run(), { mode: 0o700 });
    const { contacts } = await squatter('1-squat.sock');
    chmodSync(join(run(), '1-squat.sock'), 0o600);
    chownSync(join(run(), '1-squat.sock'), 65_534, 65_534);
    expect(await findHolder(folder.path, run())).toBe(null);
    expect(contacts()).toBe(0);
  });

  it('does not follow a link that stands for a socket', async () => {
    mkdirSync(run(), { mode: 0o700 });
    const elsewhere = join(folder.path, 'evil.sock');
    let contacts = 0;
    const server = createServer(() => {
      contacts += 1;
    });
    await new Promise<void>((resolve) => server.listen(elsewhere, resolve));
    open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
    symlinkSync(elsewhere, join(run(), '1-link.sock'));
    expect(await findHolder(folder.path, run())).toBe(null);
    expect(contacts).toBe(0);
  });
});
