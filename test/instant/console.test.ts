/** Instant payments in a whole console: replayed from the log, verified, shown by their own bytes, found, erased. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/main/base/index.ts';
import { createMetrics } from '../../src/main/base/metrics.ts';
import { type Console, openConsole } from '../../src/main/engine/console.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import type { InstantMessage } from '../../src/main/messages/index.ts';
import { FEED_FROM } from '../../src/main/statements/index.ts';
import { analyst, CUSTOMERS, camt053, INVOICES } from '../reconciliation/support.ts';
import { inChunks } from '../support/desks.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';
import { camt056, NORD, pacs004, pacs008, untilReady } from './support.ts';

const key = (n: number) => ({ uetr: `8a562c67-ca16-48ba-b074-65581be6f00${n}`, endToEndId: `E${n}` });
const FIRST = (FEED_FROM + 1n).toString();

let t: TestVault;
let console: Console;

async function take(fileName: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  const result = await console.intake.importStream({ fileName, source: inChunks(bytes) }, analyst);
  expect(result.outcome).toBe('imported');
}

const send = (message: InstantMessage) =>
  console.instant.take(
    { message, raw: Buffer.from(`<${message.messageId}>`), source: 'test', receivedAtMs: t.runtime.nowMs() },
    analyst,
  );

beforeAll(async () => {
  t = await openTestVault({ runtime: fixedClockRuntime(Date.parse('2026-11-20T12:00:00Z')) });
  const feed = createFeed();
  const { vault, runtime } = t;
  const jobs = createJobs({ runtime, feed });
  console = await openConsole({ vault, runtime, log: silentLogger, metrics: createMetrics(), jobs, feed });
  await take('customers.csv', CUSTOMERS);
  await take('invoices.csv', INVOICES);
  const opening = camt053({ id: 'S0', date: '2026-11-19', openingMinor: 0n, lines: [] });
  await take('s0.xml', opening.xml);
  await untilReady(console);
  send(pacs008({ amount: '1190.17', text: 'INV-2026-1001', keys: key(1) }));
  send(pacs008({ amount: '980.00', text: 'INV-2026-1004', keys: key(2), debtor: NORD }));
  send(pacs008({ amount: '755.80', text: 'INV-2026-1003', keys: key(3) }));
  send(pacs008({ amount: '77.00', text: 'hello', keys: key(4), debtor: { name: 'Somebody Else' } }));
  send(pacs004(key(3), '755.80'));
  send(camt056(key(1)));
  const lines = [
    { amount: '1190.17', endToEndId: 'E1' },
    // Of this one the bank has lost every reference.
    { amount: '980.00', name: NORD.name },
    { amount: '77.00', endToEndId: 'E4' },
  ];
  await take('s1.xml', camt053({ id: 'S1', date: '2026-11-20', openingMinor: 0n, lines }).xml);
  await console.reconciliation.run(analyst);
}, 60_000);
afterAll(async () => {
  await console?.close();
  t?.close();
});

describe('a console with instant payments', () => {
  test('verifies', async () => {
    const ledger = await console.ledger.verify();
    expect(ledger.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(ledger.checks.map(({ name }) => name)).toContain('money in transit equals open pre-postings');
  });

  test('finds money in transit that nothing accounts for', async () => {
    const { db } = t.vault;
    db.prepare('UPDATE instant_payment SET transit_minor = transit_minor + 1 WHERE id = ?').run(
      BigInt(FIRST),
    );
    expect(console.instant.verifyTransit()).toMatchObject({ ok: false });
    db.prepare('UPDATE instant_payment SET transit_minor = transit_minor - 1 WHERE id = ?').run(
      BigInt(FIRST),
    );
    expect(console.instant.verifyTransit()).toMatchObject({ ok: true, examined: 4 });
  });

  test('finds a kept sum that is not that of the payments', () => {
    const { db } = t.vault;
    for (const column of ['transit_minor', 'waiting_minor', 'open_count']) {
      const add = (by: string) => db.exec(`UPDATE instant_sum SET ${column} = ${column} ${by}`);
      add('+ 1');
      const { ok, findings } = console.instant.verifyTransit();
      expect([column, ok]).toEqual([column, false]);
      expect(findings.join()).toContain('sums of what waits are not those of the instant payments');
      add('- 1');
    }
    expect(console.instant.verifyTransit()).toMatchObject({ ok: true });
  });

  test('is rebuilt from its log', async () => {
    const { compared } = await console.replay(undefined);
    expect(compared).not.toBeNull();
    for (const [what, { differences }] of Object.entries(compared!))
      expect([what, differences]).toEqual([what, []]);
  });

  test('knows a line that has lost every reference by its payer', () => {
    const states = console.instant
      .payments({ limit: 10 })
      .rows.map(({ state, amountMinor }) => [amountMinor, state]);
    expect(states).toEqual([
      [7_700n, 'cleared'],
      [75_580n, 'returned'],
      [98_000n, 'cleared'],
      [119_017n, 'cleared'],
    ]);
  });

  test('tells one story of a payment', () => {
    const story = console.instant.payment(FIRST);
    expect(story).toMatchObject({
      payment: {
        state: 'cleared',
        status: 'auto',
        recalled: true,
        rail: 'sepa-instant',
        counterparty: 'Muster Handels GmbH',
      },
      line: { status: 'auto', amountMinor: 119_017n },
      messages: [{ kind: 'pacs.008' }, { kind: 'camt.056' }],
      notices: [{ kind: 'recall', reason: 'FRAD' }],
    });
    expect(story.events.map(({ action }) => action)).toEqual(['received', 'recalled', 'confirmed']);
    expect(story.entries.map(({ reason }) => reason)).toEqual(['instant.pre-post', 'instant.clear']);
  });

  test('shows the bytes of its message', () => {
    const excerpt = console.statements.source(FIRST, 'amount');
    expect(excerpt.text).toMatch(/^<M-/);
    expect(console.statements.transaction(FIRST).fileName).toMatch(/^pacs\.008 1 \(test\)$/);
  });

  test('finds it', async () => {
    await console.search.refresh();
    const ids = (await console.findText('bank-transaction', 'Somebody'))?.ids;
    expect(ids).toContain(FEED_FROM + 4n);
    // The line says nobody's name: it is found by that of the payment in whose place it stands.
    expect(ids?.map(String)).toContain(console.instant.payment((FEED_FROM + 4n).toString()).payment.lineId);
  });

  test('keeps one row of a payment and its line in the queue', () => {
    const { rows } = console.reconciliation.queue({ limit: 50 });
    expect(rows.filter(({ amountMinor }) => amountMinor === 119_017n)).toHaveLength(1);
    expect(console.reconciliation.counts().all).toBe(3);
  });

  test('is rebuilt from its log where a person has parted a payment from its line', async () => {
    for (const one of [FIRST, (FEED_FROM + 4n).toString()]) console.instant.undo(one, analyst);
    await console.reconciliation.run(analyst);
    expect(console.instant.counts().counts).toMatchObject({ recalled: 1, waiting: 1, cleared: 1 });
    const { compared } = await console.replay(undefined);
    for (const [what, { differences }] of Object.entries(compared!))
      expect([what, differences]).toEqual([what, []]);
    const ledger = await console.ledger.verify();
    expect(ledger.checks.filter(({ ok }) => !ok)).toEqual([]);
  });
});
