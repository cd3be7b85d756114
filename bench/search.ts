/** How soon after unlock a name or a remittance text can be looked for, and how quickly it is found. */
import { bigCustomers, bigCustomersCsv, bigInvoicesCsv } from '../build/sample-data/big.ts';
import type { Client } from '../src/main/doors/shared/client.ts';
import { BENCH_PASSPHRASE, importChunks, withEngine } from './engine.ts';
import { type BenchFigure, type BenchSection, percentile } from './figure.ts';

/** Asks until the index says that it is whole; answers the time since `startMs`. */
async function untilReady(client: Client, text: string, startMs: number): Promise<number> {
  for (;;) {
    const { ready } = await client.search.query({ text });
    if (ready) return performance.now() - startMs;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The longest that the engine's thread was held while `work` ran. */
async function longestHoldMs(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 1);
    last = now;
  }, 1);
  await work();
  clearInterval(timer);
  return longest;
}

export const benchSearch: BenchSection = ({ quick, say }) =>
  withEngine(async ({ client, directory }) => {
    const options = { customers: quick ? 500 : 5_000, items: quick ? 5_000 : 100_000, seed: 11 };
    say(`importing ${options.items} open items over ${options.customers} customers`);
    const customers = bigCustomers(options);
    await importChunks(client, 'customers.csv', [Buffer.from(bigCustomersCsv(customers), 'utf8')]);
    await importChunks(client, 'invoices.csv', bigInvoicesCsv(options, customers));
    await client.vault.lock();
    await client.vault.open({ directory, passphrase: BENCH_PASSPHRASE });
    const openedMs = performance.now();
    let readyMs = 0;
    const holdMs = await longestHoldMs(async () => {
      readyMs = await untilReady(client, customers[0]!.name, openedMs);
    });
    say('asking');
    const times: number[] = [];
    for (let at = 0; at < 200; at += 1) {
      const customer = customers[(at * 37) % customers.length]!;
      const text = at % 2 === 0 ? customer.name : `RE-2026-${100_000 + at * 11}`;
      const startMs = performance.now();
      const { hits } = await client.search.query({ text });
      times.push(performance.now() - startMs);
      if (hits.length === 0) throw new Error('What was imported is not found.');
    }
    const figure = (name: string, value: number, atMost?: number): BenchFigure => ({
      section: 'search',
      name,
      value,
      unit: 'ms',
      ...(atMost === undefined ? {} : { goal: { of: 'value', atMost } }),
    });
    return [
      figure(`index over ${options.items} open items ready after unlock`, readyMs, 5_000),
      figure('longest hold of the event loop meanwhile', holdMs, 50),
      figure('one query, p50', percentile(times, 50)),
      figure('one query, p99', percentile(times, 99)),
    ];
  });
