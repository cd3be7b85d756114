import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../build/lib/page.mjs';
import { findChromium } from '../../build/lib/system.mjs';
import { type Loopback, startLoopback } from '../../src/main/doors/loopback/index.ts';
import { fakeHost } from './support.ts';

/** A name that the hostile site makes resolve to this machine. */
const REBOUND = 'rebound.example';

const executablePath = findChromium();
let browser: Browser;
let loopback: Loopback;
let calls: string[];
let evil: Server;
let evilOrigin: string;
let page: Page;

beforeAll(async () => {
  await ensureBuilt('page');
  browser = await chromium.launch({
    executablePath: executablePath!,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`,
    ],
  });
  evil = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>evil</title>');
  });
  await new Promise<void>((done) => evil.listen(0, '127.0.0.1', done));
  evilOrigin = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`;
}, 180_000);
afterAll(async () => {
  await browser?.close();
  evil?.close();
});
beforeEach(async () => {
  const fake = fakeHost();
  calls = fake.calls;
  loopback = await startLoopback({ host: fake.host, rendererFolder: resolve('out/renderer') });
  page = await (await browser.newContext()).newPage();
});
afterEach(async () => {
  await page.context().close();
  await loopback.close();
});

/** What injected markup would try; runs in the page and answers which directives stopped it. */
const BREACHES = `(async () => {
  const directives = [];
  document.addEventListener('securitypolicyviolation', (event) => directives.push(event.effectiveDirective));
  const add = (name, attributes, text = '') => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    document.body.append(element);
  };
  add('script', {}, 'window.breached = true');
  add('script', { src: 'ELSEWHERE/evil.js' });
  add('img', { src: 'ELSEWHERE/leak.png' });
  add('iframe', { src: 'ELSEWHERE/' });
  add('div', { style: 'color: red' });
  await fetch('ELSEWHERE/leak').catch(() => {});
  await new Promise((done) => setTimeout(done, 300));
  return { directives: [...new Set(directives)].sort(), breached: 'breached' in window };
})()`;

/** Tries to open the socket from the page it is on; answers how that went. */
const socketFrom = (target: string) =>
  page.evaluate(
    (address) =>
      new Promise<string>((done) => {
        const socket = new WebSocket(`${address.replace('http', 'ws')}/rpc`);
        socket.onopen = () => done('open');
        socket.onerror = () => done('refused');
      }),
    target,
  );

describe('a hostile site in the same browser', () => {
  it('opens no socket, exchanges no token and frames no page', async () => {
    await page.goto(evilOrigin);
    expect(await socketFrom(loopback.origin)).toBe('refused');
    const { hash } = new URL(loopback.url);
    const exchanged = await page.evaluate(
      async ([origin, token]) => {
        const body = JSON.stringify({ token });
        const tries = [
          fetch(`${origin}/session`, {
            method: 'POST',
            body,
            headers: { 'content-type': 'application/json' },
          }),
          fetch(`${origin}/session`, { method: 'POST', body, mode: 'no-cors' }),
        ];
        return (await Promise.allSettled(tries)).map((one) =>
          one.status === 'fulfilled' ? one.value.type : 'failed',
        );
      },
      [loopback.origin, hash.slice('#token='.length)] as const,
    );
    // Not even the blind one's answer reaches the page (Cross-Origin-Resource-Policy).
    expect(exchanged).toEqual(['failed', 'failed']);
    await page.setContent(`<iframe src="${loopback.origin}/"></iframe>`);
    await page.waitForTimeout(500);
    const framed = page.frames().filter((frame) => frame !== page.mainFrame());
    expect(await Promise.all(framed.map((frame) => frame.locator('#root').count()))).toEqual([0]);
    expect(calls).toEqual([]);
    // The person's own address still works: none of this spent the token.
    await page.goto(loopback.url);
    await expect.poll(() => calls.length).toBeGreaterThan(0);
  });

  it('gets nowhere by a name that it makes resolve to this machine', async () => {
    const { port } = new URL(loopback.origin);
    const answer = await page.goto(`http://${REBOUND}:${port}/`);
    expect(answer!.status()).toBe(403);
    expect(await socketFrom(`http://${REBOUND}:${port}`)).toBe('refused');
    expect(calls).toEqual([]);
  });
});

describe('the page', () => {
  it('signs in, takes the token out of the address, and stays signed in when it is loaded again', async () => {
    await page.goto(loopback.url);
    await expect.poll(() => calls.length).toBeGreaterThan(0);
    expect(page.url()).not.toContain('token');
    expect(await page.context().cookies()).toEqual([]);
    expect(await page.evaluate('localStorage.length')).toBe(0);
    calls.length = 0;
    await page.reload();
    await expect.poll(() => calls.length).toBeGreaterThan(0);
  });

  it('is of no use to whoever finds its address later', async () => {
    await page.goto(loopback.url);
    await expect.poll(() => calls.length).toBeGreaterThan(0);
    await page.close();
    calls.length = 0;
    const other = await (await browser.newContext()).newPage();
    await other.goto(loopback.url);
    await other.waitForTimeout(1_000);
    expect(calls).toEqual([]);
    await other.context().close();
  });

  it('runs without a breach of its policy, and the policy stops what is not its own', async () => {
    const breaches: string[] = [];
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) breaches.push(message.text());
    });
    await page.goto(loopback.url);
    await expect.poll(() => calls.length).toBeGreaterThan(0);
    await page.waitForTimeout(500);
    expect(breaches).toEqual([]);

    const stopped = (await page.evaluate(BREACHES.replaceAll('ELSEWHERE', evilOrigin))) as {
      directives: string[];
      breached: boolean;
    };
    expect(stopped.breached).toBe(false);
    expect(stopped.directives).toEqual(
      ['connect-src', 'frame-src', 'img-src', 'script-src-elem', 'style-src-attr'].sort(),
    );
  });
});
