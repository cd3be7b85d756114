import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureBuilt } from '../../build/lib/page.mjs';
import { fromRoot } from '../../build/lib/paths.mjs';
import { findChromium } from '../../build/lib/system.mjs';
import { caller, openHeads, write } from '../audit/support.ts';
import { begin, openWorld, runThrough } from '../ceremonies/support.ts';
import { withTestVault } from '../support/vault.ts';

let browser: Browser;
let page: Page;
let folder: string;
let receipt: string;
let trust: { text: string; fingerprint: string };
let transcript: string;
const asked: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  await ensureBuilt('verifier');
  await withTestVault(async (t) => {
    const { transparency, keys } = openHeads(t);
    write(t, 1_000);
    receipt = transparency.receipt(caller, { seq: 500n }).text;
    const made = transparency.trust();
    trust = { text: made.text, fingerprint: made.fingerprints[0]!.fingerprint };
    await keys.close();
  });
  const world = await openWorld();
  const { id } = begin(world);
  await runThrough(world, id);
  transcript = world.ceremonies.transcript(id).text;
  world.close();
  folder = mkdtempSync(join(tmpdir(), 'countersign-verifier-'));
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('Chromium is not installed; the browser tests need it.');
  browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  const context = await browser.newContext();
  await context.setOffline(true);
  page = await context.newPage();
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
}, 120_000);
afterAll(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const address = pathToFileURL(fromRoot('out', 'verifier.html')).href;
let files = 0;

/** Chooses a file in a field of the page. */
async function choose(field: 'receipt' | 'trust', text: string): Promise<void> {
  files += 1;
  const path = join(folder, `${field}-${files}.json`);
  writeFileSync(path, text);
  await page.setInputFiles(`#${field}`, path);
}

/** What the page says of a receipt, opened anew. */
async function verdictOf(file: string, trustFile?: string): Promise<string> {
  await page.goto(address);
  if (trustFile !== undefined) await choose('trust', trustFile);
  await choose('receipt', file);
  await page.waitForSelector('#answer[data-took-ms]');
  return page.innerText('#answer strong');
}

test('a receipt is verified under its trust file, without asking anybody', async () => {
  asked.length = 0;
  expect(await verdictOf(receipt, trust.text)).toBe('Verified');
  expect(await page.innerText('#facts')).toContain('reconciliation.match');
  expect(asked).toEqual([address]);
  expect(complaints).toEqual([]);
});

test('without a trust file its signer is unknown; the fingerprint is as good as the file', async () => {
  expect(await verdictOf(receipt)).toBe('Consistent, signer unknown');
  await page.fill('#fingerprint', trust.fingerprint);
  expect(await page.innerText('#answer strong')).toBe('Verified');
  await page.fill(
    '#fingerprint',
    trust.fingerprint.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
  );
  expect(await page.innerText('#answer strong')).toBe('Not verified');
});

test('with one character changed it is not verified', async () => {
  const places = [
    '"kind": "r',
    '"actor": "a',
    '"text": "{',
    '"salt": "',
    '"path": [',
    'epoch/0',
    '"mlDsa44": "',
  ];
  for (const place of places) {
    const at = receipt.indexOf(place) + place.length + 6;
    const changed = `${receipt.slice(0, at)}${receipt[at] === 'x' ? 'y' : 'x'}${receipt.slice(at + 1)}`;
    expect(await verdictOf(changed, trust.text), place).toBe('Not verified');
    expect(await page.innerText('#facts')).toBe('');
  }
});

test('the transcript of a 3-of-5 ceremony is checked too, within a second', async () => {
  asked.length = 0;
  expect(await verdictOf(transcript)).toBe('Verified');
  expect(asked).toEqual([address]);
  expect(await page.innerText('#facts')).toContain('generate of root kek');
  expect(await page.innerText('#facts')).toContain('3 of 5');
  // The best of three: a machine with other work to do says little by one.
  let tookMs = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3; tries += 1) {
    expect(await verdictOf(transcript)).toBe('Verified');
    tookMs = Math.min(tookMs, Number(await page.getAttribute('#answer', 'data-took-ms')));
  }
  process.stderr.write(`verifier: transcript of 3 of 5 in ${tookMs} ms\n`);
  expect(tookMs).toBeLessThan(1_000);
});

test('a transcript with a byte changed is not verified, and the step is named', async () => {
  const at = transcript.indexOf('"signature": "', transcript.indexOf('"id": "prove"')) + 40;
  const changed = `${transcript.slice(0, at)}${transcript[at] === 'x' ? 'y' : 'x'}${transcript.slice(at + 1)}`;
  expect(await verdictOf(changed)).toBe('Not verified');
  expect(await page.innerText('#facts')).toMatch(/Step at fault\s+prove/);
  expect(await verdictOf(transcript.replace('root kek', 'root key'))).toBe('Not verified');
  expect(await page.innerText('#facts')).not.toContain('root key');
});

test('files that are dropped say themselves what they are', async () => {
  await page.goto(address);
  await page.evaluate(`{
    const dropped = new DataTransfer();
    dropped.items.add(new File([${JSON.stringify(trust.text)}], 'a.json'));
    dropped.items.add(new File([${JSON.stringify(receipt)}], 'b.json'));
    document.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, cancelable: true }));
  }`);
  await page.waitForSelector('#answer[data-took-ms]');
  expect(await page.innerText('#answer strong')).toBe('Verified');
});

test('the page may reach nothing', async () => {
  await page.goto(address);
  const policy = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', 'content');
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-/);
  expect(policy).not.toContain('unsafe');
  const reached = await page.evaluate(async () => {
    try {
      await fetch('https://example.org/');
      return true;
    } catch {
      return false;
    }
  });
  expect(reached).toBe(false);
  complaints.length = 0;
});

test('a receipt is checked in a blink, the first one too', async () => {
  await verdictOf(receipt, trust.text);
  const took = async () => Number(await page.getAttribute('#answer', 'data-took-ms'));
  const firstMs = await took();
  const warm: number[] = [];
  for (let i = 0; i < 15; i += 1) {
    await page.dispatchEvent('#fingerprint', 'input');
    warm.push(await took());
  }
  const median = warm.sort((a, b) => a - b)[7]!;
  process.stderr.write(`verifier: first ${firstMs} ms, warm median ${median} ms\n`);
  // The bench judges the promised 300 and 50 ms; here other tests run beside it.
  expect(firstMs).toBeLessThan(3_000);
  expect(median).toBeLessThan(500);
});
