/** A pre-posting that nobody confirmed becomes a break, which ends with its line or with its match. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../src/main/base/index.ts';
import { createMetrics } from '../../src/main/base/metrics.ts';
import { type Console, openConsole } from '../../src/main/engine/console.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import { FEED_FROM } from '../../src/main/statements/index.ts';
import { analyst, CUSTOMERS, camt053, INVOICES } from '../reconciliation/support.ts';
import { inChunks } from '../support/desks.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';
import { pacs008, untilReady } from './support.ts';

const PAYMENT = (FEED_FROM + 1n).toString();
const clock = fixedClockRuntime(Date.parse('2026-11-20T12:00:00Z'));
let t: TestVault;
let console: Console;

async function take(fileName: string, text: string): Promise<void> {
  await console.intake.importStream({ fileName, source: inChunks(Buffer.from(text)) }, analyst);
}

beforeAll(async () => {
  t = await openTestVault({ runtime: clock });
  const feed = createFeed();
  const jobs = createJobs({ runtime: clock, feed });
  const { vault } = t;
  console = await openConsole({
    vault,
    runtime: clock,
    log: silentLogger,
    metrics: createMetrics(),
    jobs,
    feed,
  });
  await take('customers.csv', CUSTOMERS);
  await take('invoices.csv', INVOICES);
  await take('s0.xml', camt053({ id: 'S0', date: '2026-11-19', openingMinor: 0n, lines: [] }).xml);
  await untilReady(console);
});
afterAll(async () => {
  await console?.close();
  t?.close();
});

const inTransit = () =>
  console.ledger.roleBalances('in-transit').reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
const state = () => console.instant.payment(PAYMENT).payment.state;

const breaks = async () => {
  await console.breaks.sweep();
  const { rows } = console.breaks.list({ limit: 10, kind: 'pre-post' }, analyst.actor);
  return rows.filter(({ status }) => status !== 'closed');
};

test('overdue, taken back by a person, and confirmed by its line after all', {
  timeout: 60_000,
}, async () => {
  const keys = { endToEndId: 'E1' };
  const message = pacs008({ amount: '1190.17', text: 'INV-2026-1001', keys });
  console.instant.take(
    { message, raw: Buffer.from('x'), source: 'test', receivedAtMs: clock.nowMs() },
    analyst,
  );
  expect(await breaks()).toEqual([]);
  clock.advance(6 * 86_400_000);
  expect(await breaks()).toMatchObject([{ kind: 'pre-post', amountMinor: 119_017n, currency: 'EUR' }]);

  console.reconciliation.undo({ bankTransactionId: PAYMENT }, analyst);
  expect(await breaks()).toEqual([]);
  expect(inTransit()).toBe(0n);

  const line = { amount: '1190.17', endToEndId: 'E1', date: '2026-11-25' };
  await take('s1.xml', camt053({ id: 'S1', date: '2026-11-25', openingMinor: 0n, lines: [line] }).xml);
  expect(state()).toBe('cleared');
  await console.reconciliation.run(analyst);
  // What a person undid the machine does not make again, of the line neither.
  expect(console.receivables.openItemByNumber('INV-2026-1001').openMinor).toBe(119_017n);
  const { checks } = await console.ledger.verify();
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
});
