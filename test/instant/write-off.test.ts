/** A pre-posting that nobody confirmed becomes a break; what people write off no line confirms until they take it back. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMetrics, silentLogger } from '../../src/main/base/index.ts';
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

test('overdue, written off, taken back, confirmed', { timeout: 60_000 }, async () => {
  const keys = { endToEndId: 'E1' };
  const message = pacs008({ amount: '1190.17', text: 'INV-2026-1001', keys });
  console.instant.take(
    { message, raw: Buffer.from('x'), source: 'test', receivedAtMs: clock.nowMs() },
    analyst,
  );
  clock.advance(6 * 86_400_000);
  await console.breaks.sweep();
  const [found] = console.breaks.list({ limit: 10, kind: 'pre-post' }, analyst.actor).rows;
  expect(found).toMatchObject({ kind: 'pre-post', amountMinor: 119_017n, currency: 'EUR' });

  const { id } = found!;
  console.breaks.writeOff(
    { id, amountMinor: 119_017n, currency: 'EUR', reason: 'bank-error', note: 'never booked' },
    analyst,
  );
  expect(inTransit()).toBe(0n);
  expect(console.instant.verifyTransit()).toMatchObject({ ok: true });
  expect(() => console.reconciliation.undo({ bankTransactionId: PAYMENT }, analyst)).toThrow(/written off/);

  const line = { amount: '1190.17', endToEndId: 'E1', date: '2026-11-25' };
  await take('s1.xml', camt053({ id: 'S1', date: '2026-11-25', openingMinor: 0n, lines: [line] }).xml);
  expect(console.instant.payment(PAYMENT)).toMatchObject({ line: null, candidates: [] });

  console.breaks.undoWriteOff({ id, note: 'it came after all' }, analyst);
  const { candidates } = console.instant.payment(PAYMENT);
  console.instant.confirm({ paymentId: PAYMENT, bankTransactionId: candidates[0]!.id }, analyst);
  expect(state()).toBe('cleared');
  expect(inTransit()).toBe(0n);
  expect(console.instant.verifyTransit()).toMatchObject({ ok: true });
  const { checks } = await console.ledger.verify();
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
});
