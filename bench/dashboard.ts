/** From unlock to the dashboard's first paint, in a real Chromium at the loopback door, over a large vault. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { bigCustomers, bigCustomersCsv, bigInvoicesCsv, writeBigCamt } from '../build/sample-data/big.ts';
import { createRandom, type Random } from '../build/sample-data/random.ts';
import { startLoopback } from '../src/main/doors/loopback/index.ts';
import type { Client } from '../src/main/doors/shared/client.ts';
import { BENCH_PASSPHRASE, type BenchEngine, importChunks, withEngine } from './engine.ts';
import { type BenchFigure, type BenchSection, median } from './figure.ts';

const CHROMIUM = '/usr/bin/chromium';
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const RENDERER = fileURLToPath(new URL('../out/renderer', import.meta.url));
const POST_BATCH = 4_000;
const ROUNDS = 5;

function uuid(random: Random): string {
  const hex = () => random.int(0, 0xffff).toString(16).padStart(4, '0');
  return `${hex()}${hex()}-${hex()}-7${hex().slice(1)}-8${hex().slice(1)}-${hex()}${hex()}${hex()}`;
}

/** One statement with that many lines, as the importer reads it. */
export async function* camtChunks(entries: number): AsyncGenerator<Buffer> {
  const chunks: Buffer[] = [];
  let wake = () => {};
  let done = false;
  const writing = writeBigCamt({ entries, seed: 5 }, async (chunk) => {
    chunks.push(chunk);
    wake();
    // The reader empties the list; the writer goes on when it has.
    while (chunks.length > 4) await new Promise((resolve) => setTimeout(resolve, 1));
  }).finally(() => {
    done = true;
    wake();
  });
  for (;;) {
    const chunk = chunks.shift();
    if (chunk) yield chunk;
    else if (done) break;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
  await writing;
}

async function postEntries(client: Client, count: number): Promise<void> {
  const random = createRandom(5, 'bench-entries');
  const accounts: string[] = [];
  for (const code of ['9901', '9902', '9903', '9904']) {
    const account = await client.ledger.createAccount({
      code,
      name: `Bench ${code}`,
      kind: 'equity',
      currency: 'EUR',
    });
    accounts.push(account.id);
  }
  for (let done = 0; done < count; done += POST_BATCH) {
    await client.ledger.post({
      entries: Array.from({ length: Math.min(POST_BATCH, count - done) }, () => {
        const [from, to] = random.shuffle(accounts) as [string, string];
        const amountMinor = BigInt(random.int(1, 1_000_000));
        return {
          id: uuid(random),
          effectiveDate: `2026-${String(random.int(1, 10)).padStart(2, '0')}-${String(random.int(1, 28)).padStart(2, '0')}`,
          postings: [
            { accountId: from, amountMinor: -amountMinor, currency: 'EUR' },
            { accountId: to, amountMinor, currency: 'EUR' },
          ],
        };
      }),
    });
  }
}

/** Unlocks on the page and answers the milliseconds from the open vault to the painted figures. */
async function unlockToPaint(page: Page, { host, client }: BenchEngine): Promise<number> {
  await client.vault.lock();
  const field = page.locator('input[type=password]');
  await field.waitFor();
  await field.fill(BENCH_PASSPHRASE);
  const painted = page
    .locator('.cs-dash')
    .waitFor()
    .then(() => performance.now());
  await page.keyboard.press('Enter');
  // The passphrase costs Argon2id first, which is no part of the dashboard.
  while (host.status().state !== 'open') await new Promise((resolve) => setTimeout(resolve, 1));
  const openMs = performance.now();
  return (await painted) - openMs;
}

async function measure(
  engine: BenchEngine,
  browser: Browser,
): Promise<{ paintMs: number[]; figuresMs: number[] }> {
  const loopback = await startLoopback({ host: engine.host, rendererFolder: RENDERER });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(loopback.url);
    const paintMs: number[] = [];
    const figuresMs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      paintMs.push(await unlockToPaint(page, engine));
      const startMs = performance.now();
      await engine.client.dashboard.figures();
      figuresMs.push(performance.now() - startMs);
    }
    return { paintMs, figuresMs };
  } finally {
    await loopback.close();
  }
}

export const benchDashboard: BenchSection = async ({ quick, say }) => {
  if (!existsSync(CHROMIUM)) {
    say(`not measured: there is no Chromium at ${CHROMIUM}`);
    return [];
  }
  const { ensureBuilt } = (await import(new URL('../build/lib/page.mjs', import.meta.url).href)) as {
    ensureBuilt(name: 'page'): Promise<void>;
  };
  await ensureBuilt('page');
  return withEngine(async (engine) => {
    const entries = quick ? 20_000 : 1_000_000;
    const lines = Math.round(entries / 10);
    const options = { customers: Math.round(lines / 50), items: Math.round(lines / 5), seed: 5 };
    const customers = bigCustomers(options);
    say(`filling a vault with ${entries} journal entries`);
    await importChunks(engine.client, 'customers.csv', [Buffer.from(bigCustomersCsv(customers), 'utf8')]);
    await importChunks(engine.client, 'invoices.csv', bigInvoicesCsv(options, customers));
    await importChunks(engine.client, 'statement.xml', camtChunks(lines));
    await postEntries(engine.client, entries - lines - options.items);
    say('unlocking in Chromium');
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });
    try {
      const { paintMs, figuresMs } = await measure(engine, browser);
      const figure = (name: string, value: number, rest: Partial<BenchFigure> = {}): BenchFigure => ({
        section: 'dashboard',
        name,
        value,
        unit: 'ms',
        ...rest,
      });
      return [
        figure(`first paint after unlock, ${entries} entries`, median(paintMs), {
          goal: { of: 'value', atMost: 1_000 },
        }),
        figure('slowest of its rounds', Math.max(...paintMs), { goal: { of: 'value', atMost: 1_000 } }),
        figure('its figures alone, from the engine', median(figuresMs)),
      ];
    } finally {
      await browser.close();
    }
  });
};
