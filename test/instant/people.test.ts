/** People decide about payments: before their line, after it, and against the machine. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IncidentReport } from '../../src/main/base/index.ts';
import { FEED_FROM } from '../../src/main/statements/index.ts';
import { analyst } from '../reconciliation/support.ts';
import { camt056, type InstantDesk, NORD, openInstantDesk, pacs002, pacs004, pacs008 } from './support.ts';

const U1 = { uetr: '8a562c67-ca16-48ba-b074-65581be6f001', endToEndId: 'E1' };
const FULL = { amount: '1190.17', text: 'INV-2026-1001', keys: U1 };
const PAYMENT = (FEED_FROM + 1n).toString();

let desk: InstantDesk;
let owed = 0n;
const raised: IncidentReport[] = [];
beforeEach(async () => {
  raised.length = 0;
  desk = await openInstantDesk({ raise: (report) => raised.push(report) });
  owed = desk.balances().receivables!;
});
afterEach(async () => {
  expect(desk.instant.verifyTransit()).toMatchObject({ ok: true });
  expect(await desk.receivables.verifyItems()).toMatchObject({ ok: true });
  expect(desk.ledger.trialBalance().balanced).toBe(true);
  desk.close();
});

const item = (invoiceNumber: string) => desk.receivables.openItemByNumber(invoiceNumber).id.toString();
const byHand = (invoiceNumber: string, allocatedMinor: bigint) => ({
  bankTransactionId: PAYMENT,
  allocations: [{ openItemId: item(invoiceNumber), allocatedMinor, discountMinor: 0n, chargesMinor: 0n }],
});
const state = () => desk.instant.payment(PAYMENT).payment.state;

describe('a person', () => {
  test('undoes a pre-post, and the machine does not make it again', async () => {
    desk.send(pacs008(FULL));
    desk.reconciliation.undo({ bankTransactionId: PAYMENT }, analyst);
    expect(desk.balances()).toEqual({ receivables: owed });
    expect(state()).toBe('waiting');
    await desk.run();
    expect(desk.balances()).toEqual({ receivables: owed });
    await desk.book([{ amount: '1190.17', endToEndId: 'E1' }]);
    await desk.run();
    expect(desk.balances()).toEqual({ bank: 119_017n, 'unapplied-cash': -119_017n, receivables: owed });
    expect(desk.reconciliation.counts()).toMatchObject({ all: 1, auto: 0 });
  });

  test('confirms what the machine was not sure of, and that pre-posts it', async () => {
    desk.send(pacs008({ amount: '500.00', debtor: { name: 'Somebody Else' }, keys: U1 }));
    expect(desk.balances()).toEqual({ receivables: owed });
    expect(state()).toBe('waiting');
    desk.reconciliation.confirm(byHand('INV-2026-1003', 40_000n), analyst);
    expect(desk.balances()).toEqual({
      'in-transit': 50_000n,
      'unapplied-cash': -10_000n,
      receivables: owed - 40_000n,
    });
    expect(state()).toBe('pre-posted');
    await desk.book([{ amount: '500.00', endToEndId: 'E1' }]);
    await desk.run();
    const after = { bank: 50_000n, 'unapplied-cash': -10_000n, receivables: owed - 40_000n };
    expect(desk.balances()).toEqual(after);
    const line = desk.instant.payment(PAYMENT).payment.lineId!;
    expect(desk.reconciliation.item(line).match).toMatchObject({ decidedBy: 'person' });
    // One story: the line's history tells of the payment's too.
    expect(desk.reconciliation.item(line).history.map(({ action }) => action)).toContain('person.match');
    desk.reconciliation.undo({ bankTransactionId: line }, analyst);
    expect(desk.balances()).toEqual({ bank: 50_000n, 'unapplied-cash': -50_000n, receivables: owed });
  });

  test('undoes a match that a line took over', async () => {
    desk.send(pacs008(FULL));
    await desk.book([{ amount: '1190.17', endToEndId: 'E1' }]);
    const line = desk.instant.payment(PAYMENT).payment.lineId!;
    desk.reconciliation.undo({ bankTransactionId: line }, analyst);
    expect(desk.balances()).toEqual({ bank: 119_017n, 'unapplied-cash': -119_017n, receivables: owed });
    await desk.run();
    expect(desk.openOf('INV-2026-1001')).toBe(119_017n);
  });

  test('may decide nothing of a payment whose line has come', async () => {
    desk.send(pacs008(FULL));
    await desk.book([{ amount: '1190.17', endToEndId: 'E1' }]);
    expect(() => desk.reconciliation.undo({ bankTransactionId: PAYMENT }, analyst)).toThrow(
      /does not stand by itself/,
    );
  });

  test('has decided the line: the pre-post gives way', async () => {
    await desk.book([{ amount: '1190.17', name: 'Muster Handels GmbH', text: 'on account' }]);
    const line = desk.reconciliation.matches({ limit: 1 }).rows[0]!.bankTransactionId;
    desk.reconciliation.confirm(
      {
        bankTransactionId: line,
        allocations: [
          {
            openItemId: item('INV-2026-1002'),
            allocatedMinor: 119_017n,
            discountMinor: 0n,
            chargesMinor: 0n,
          },
        ],
      },
      analyst,
    );
    // Its references were lost, so that the payment is known by its payer alone.
    expect(desk.send(pacs008(FULL))).toMatchObject({ cleared: 1, prePosted: 0 });
    await desk.run();
    expect(desk.openOf('INV-2026-1001')).toBe(119_017n);
    expect(desk.openOf('INV-2026-1002')).toBe(238_035n - 119_017n);
    expect(desk.balances()).toEqual({ bank: 119_017n, receivables: owed - 119_017n });
  });

  test('keeps a match of which a part goes back', async () => {
    desk.send(pacs008({ amount: '500.00', debtor: { name: 'Somebody Else' }, keys: U1 }));
    desk.reconciliation.confirm(byHand('INV-2026-1003', 40_000n), analyst);
    desk.send(pacs004(U1, '150.00'));
    expect(desk.balances()).toEqual({ 'in-transit': 35_000n, receivables: owed - 35_000n });
    await desk.book([
      { amount: '500.00', endToEndId: 'E1' },
      { amount: '150.00', direction: 'debit', endToEndId: 'E1' },
    ]);
    await desk.run();
    expect(desk.balances()).toEqual({ bank: 35_000n, receivables: owed - 35_000n });
  });
});

describe('which line a payment is', () => {
  const nameless = { amount: '1190.17' };
  const confirm = (bankTransactionId: string) =>
    desk.instant.confirm({ paymentId: PAYMENT, bankTransactionId }, analyst);

  test('is for a person to say where nothing tells', async () => {
    desk.send(pacs008(FULL));
    await desk.book([nameless, nameless]);
    await desk.run();
    expect(state()).toBe('pre-posted');
    const { candidates } = desk.instant.payment(PAYMENT);
    expect(candidates).toHaveLength(2);
    expect(confirm(candidates[1]!.id)).toMatchObject({ status: 'auto' });
    expect(state()).toBe('cleared');
    expect(desk.balances()).toEqual({
      bank: 238_034n,
      'unapplied-cash': -119_017n,
      receivables: owed - 119_017n,
    });
    expect(() => confirm(candidates[0]!.id)).toThrow(/confirmed the payment already/);
  });

  test('is never one of another amount, day or name', async () => {
    desk.send(pacs008(FULL));
    await desk.book([{ amount: '1190.18' }, { amount: '1190.17', endToEndId: 'E9' }]);
    for (const { bankTransactionId } of desk.reconciliation.matches({ limit: 9 }).rows)
      expect(() => confirm(bankTransactionId)).toThrow(/not one that can be/);
    expect(() => desk.instant.confirm({ paymentId: '7', bankTransactionId: '1' }, analyst)).toThrow(
      /no such/,
    );
  });

  test('is not said of what people decided apart', async () => {
    desk.send(pacs008(FULL));
    desk.reconciliation.confirm({ bankTransactionId: PAYMENT }, analyst);
    await desk.book([nameless]);
    const line = desk.reconciliation.matches({ limit: 1 }).rows[0]!.bankTransactionId;
    const allocations = byHand('INV-2026-1003', 75_580n).allocations;
    desk.reconciliation.confirm({ bankTransactionId: line, allocations }, analyst);
    expect(() => confirm(line)).toThrow(/apart/);
    expect(state()).toBe('pre-posted');
  });
});

describe('a recall', () => {
  test('moves nothing, marks the payment and opens a task', () => {
    desk.send(pacs008(FULL));
    const before = desk.balances();
    expect(desk.send(camt056(U1))).toMatchObject({ held: 1 });
    expect(desk.balances()).toEqual(before);
    expect(state()).toBe('recalled');
    expect(raised).toMatchObject([{ kind: 'instant.recall', detail: { payment: PAYMENT, known: true } }]);
  });

  test('waits for its payment', () => {
    desk.send(camt056(U1));
    expect(raised).toHaveLength(1);
    desk.send(pacs008(FULL));
    expect(state()).toBe('recalled');
  });
});

describe('what cannot be', () => {
  test('more goes back than came', () => {
    desk.send(pacs008(FULL));
    expect(() => desk.send(pacs004(U1, '1190.18'))).toThrow(/More would go back/);
    expect(desk.balances()['in-transit']).toBe(119_017n);
  });

  test('an end-to-end id used again with another amount is another payment, and says so', () => {
    desk.send(pacs008({ ...FULL, keys: { endToEndId: 'E1' } }));
    desk.send(pacs008({ amount: '980.00', text: 'INV-2026-1004', debtor: NORD, keys: { endToEndId: 'E1' } }));
    const { rows } = desk.instant.payments({ limit: 10 });
    expect(rows.map(({ amountMinor, notes }) => [amountMinor, notes])).toEqual([
      [98_000n, ['end-to-end-id-reused']],
      [119_017n, []],
    ]);
  });

  test('the same references of two payments name neither', () => {
    desk.send(pacs008({ ...FULL, keys: { endToEndId: 'E1' } }));
    desk.send(pacs008({ amount: '980.00', text: 'INV-2026-1004', debtor: NORD, keys: { endToEndId: 'E1' } }));
    expect(() => desk.send(pacs002({ endToEndId: 'E1' }))).toThrow(/several payments/);
  });
});

describe('time', () => {
  test('what no statement confirms is overdue, told once', async () => {
    desk.send(pacs008(FULL));
    const { runtime } = desk.test as unknown as { runtime: { advance(ms: number): void } };
    expect(desk.instant.tellOverdue()).toBe(0);
    runtime.advance(5 * 86_400_000);
    expect(desk.instant.tellOverdue()).toBe(1);
    expect(desk.instant.tellOverdue()).toBe(0);
    expect(state()).toBe('overdue');
    expect(desk.instant.openPrePosts({ limit: 10, overdueOnly: true }).rows).toMatchObject([
      { paymentId: PAYMENT, leg: 'payment', transitMinor: 119_017n, overdue: true },
    ]);
    await desk.book([{ amount: '1190.17', endToEndId: 'E1', date: '2026-11-24' }], '2026-11-24');
    expect(state()).toBe('cleared');
    expect(desk.instant.openPrePosts({ limit: 10, overdueOnly: false }).rows).toEqual([]);
  });

  test('the day shows what came by hour and what is on its way', () => {
    desk.send(pacs008(FULL));
    const { accounts } = desk.instant.position('2026-11-20');
    expect(accounts).toMatchObject([
      {
        bookedMinor: 0n,
        inTransitMinor: 119_017n,
        waitingMinor: 0n,
        hours: [{ hour: 12, inMinor: 119_017n, outMinor: 0n, payments: 1 }],
        forecast: [{ transitMinor: 119_017n, bookedMinor: 119_017n }],
      },
    ]);
  });

  test('the day shows what nobody has explained, and the payments of one message', () => {
    const { messageNumber } = desk.send(
      pacs008({ amount: '12.34', text: 'hello', debtor: { name: 'Stranger' } }),
    );
    expect(desk.instant.position('2026-11-20').accounts).toMatchObject([
      { inTransitMinor: 0n, waitingMinor: 1_234n, forecast: [] },
    ]);
    const page = (number: bigint) =>
      desk.instant.payments({ limit: 5, messageNumber: number.toString() }).rows.map(({ state }) => state);
    expect(page(messageNumber)).toEqual(['waiting']);
    expect(page(messageNumber + 1n)).toEqual([]);
  });

  test('a payment in a closed period is posted on the first open day', () => {
    const { runtime } = desk.test as unknown as { runtime: { advance(ms: number): void } };
    runtime.advance(3 * 86_400_000);
    desk.ledger.closePeriod('2026-11-21', analyst);
    desk.send(pacs008(FULL));
    expect(desk.balances()['in-transit']).toBe(119_017n);
    const { entries } = desk.instant.payment(PAYMENT);
    expect(entries).toMatchObject([{ reason: 'instant.pre-post', effectiveDate: '2026-11-22' }]);
  });
});

describe('what waits is looked at again', () => {
  test('two lines were alike, and then a person gave one away', async () => {
    desk.send(pacs008(FULL));
    const alike = { amount: '1190.17', name: 'Muster Handels GmbH' };
    await desk.book([alike, alike]);
    await desk.run();
    expect(state()).toBe('pre-posted');
    // A second payment that names neither: nobody can tell them apart, so that both wait.
    desk.send(pacs008({ ...FULL, text: 'INV-2026-1002', keys: { endToEndId: 'E2' } }));
    await desk.run();
    expect(desk.instant.openPrePosts({ limit: 9, overdueOnly: false }).rows.length).toBeGreaterThan(0);
    const [one] = desk.instant.payment(PAYMENT).candidates;
    desk.instant.confirm({ paymentId: PAYMENT, bankTransactionId: one!.id }, analyst);
    // Of each there is one left.
    await desk.run();
    const states = desk.instant.payments({ limit: 9 }).rows.map((row) => row.state);
    expect(states).toEqual(['cleared', 'cleared']);
    expect(desk.balances()['in-transit']).toBeUndefined();
  });
});
