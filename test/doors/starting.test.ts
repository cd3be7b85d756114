import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { runQuietly } from '../../build/lib/child.mjs';
import { majorOf } from '../../build/lib/node24.mjs';
import { exchange, nextEvent, openSocket, rawRequest, temporaryFolder } from './support.ts';

const folder = temporaryFolder();
const env = { ...process.env, XDG_DATA_HOME: folder.path, COUNTERSIGN_PASSPHRASE: '' };
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => folder.remove());

/** Starts a program and waits until it prints its address. */
async function started(
  args: string[],
): Promise<{ child: ChildProcess; url: URL; ended: Promise<number | null> }> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await new Promise<URL>((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer) => {
      text += String(chunk);
      const address = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/.exec(text);
      if (address) resolve(new URL(address[0]));
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${text}`)));
  });
  return { child, url, ended };
}

describe('npm start', () => {
  it('opens the loopback door, serves the page and the contract, and ends in order when told to', async () => {
    const { child, url, ended } = await started(['build/start.mjs', '--no-browser']);
    const port = Number(url.port);
    const page = await rawRequest(port, { path: '/', headers: { host: url.host } });
    expect(page.body).toContain('<title>Countersign</title>');
    const token = url.hash.slice('#token='.length);
    const { secret } = JSON.parse((await exchange(port, token)).body) as { secret: string };
    const { socket } = await openSocket(port);
    socket.send(JSON.stringify({ secret }));
    expect(await nextEvent(socket)).toEqual({ message: '{"ready":true}' });
    socket.send('{"i":"1","p":{"u":"/vault/status"}}');
    expect(JSON.stringify(await nextEvent(socket))).toContain('closed');
    expect(readdirSync(join(folder.path, 'countersign', 'run'))).toHaveLength(1);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(readdirSync(join(folder.path, 'countersign', 'run'))).toEqual([]);
  }, 120_000);

  it('says what it takes, and refuses what it does not', async () => {
    expect(await runQuietly(process.execPath, ['build/start.mjs', '--help'])).toMatchObject({
      code: 0,
      output: expect.stringContaining('--demo'),
    });
    expect(await runQuietly(process.execPath, ['build/start.mjs', '--nonsense'])).toMatchObject({ code: 1 });
    expect(await runQuietly(process.execPath, ['build/start.mjs', '--port', 'x'])).toMatchObject({ code: 1 });
  });
});

describe('the starter', () => {
  it('hands on arguments, output and exit code', async () => {
    expect(await runQuietly(process.execPath, ['bin/countersign.js', '--help'])).toMatchObject({
      code: 0,
      output: expect.stringContaining('trial-balance'),
    });
    const wrong = await runQuietly(process.execPath, ['bin/countersign.js', 'nonsense', '--json']);
    expect(wrong.code).toBe(2);
    expect(JSON.parse(wrong.output)).toMatchObject({ error: { code: 'USAGE' } });
    const vault = join(folder.path, 'none.vault');
    expect(
      (await runQuietly(process.execPath, ['bin/countersign.js', 'verify', '--vault', vault])).code,
    ).toBe(3);
  }, 60_000);

  it('hands on signals', async () => {
    const { child, ended } = await started(['bin/countersign.js', 'serve']);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  }, 120_000);

  it.each([
    ['v24.9.0', 24],
    ['20.1.0', 20],
    ['nonsense', 0],
  ])('reads the generation of %s', (version, major) => {
    expect(majorOf(version)).toBe(major);
  });
});
