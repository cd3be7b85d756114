/** Messages that share no reference, and then one that carries the references of both: the money came once. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FEED_FROM } from '../../src/main/statements/index.ts';
import { analyst } from '../reconciliation/support.ts';
import {
  camt054,
  camt056,
  type InstantDesk,
  MUSTER,
  message,
  openInstantDesk,
  pacs002,
  pacs004,
  pacs008,
  payment,
} from './support.ts';

const U = { uetr: '8a562c67-ca16-48ba-b074-65581be6f001' };
const E = { endToEndId: 'E1' };
const A = { accountServicerReference: 'A1' };
const AMOUNT = { amount: '1190.17', text: 'INV-2026-1001' };
const MINOR = 119_017n;
const STRANGER = { name: 'Somebody Else' };
const [FIRST, SECOND] = [(FEED_FROM + 1n).toString(), (FEED_FROM + 2n).toString()];

let desk: InstantDesk;
let owed = 0n;
beforeEach(async () => {
  desk = await openInstantDesk();
  owed = desk.balances().receivables!;
});
afterEach(async () => {
  expect(desk.instant.verifyTransit()).toMatchObject({ ok: true, findings: [] });
  expect(await desk.receivables.verifyItems()).toMatchObject({ ok: true });
  expect(await desk.ledger.verify()).toMatchObject({ verified: true });
  desk.close();
});

const payments = () => desk.instant.payments({ limit: 9 }).rows;
const item = (invoiceNumber: string) => desk.receivables.openItemByNumber(invoiceNumber).id.toString();
const byHand = (bankTransactionId: string, invoiceNumber: string, allocatedMinor: bigint) => ({
  bankTransactionId,
  allocations: [{ openItemId: item(invoiceNumber), allocatedMinor, discountMinor: 0n, chargesMinor: 0n }],
});

describe('two payments become one', () => {
  test('and one of two pre-postings is reversed by an entry of its own, in the transaction of the message', () => {
    desk.send(pacs008({ ...AMOUNT, keys: U }));
    desk.send(camt054({ amount: '1190.17', debtor: STRANGER, keys: { ...E, ...A } }));
    desk.reconciliation.confirm(byHand(SECOND, 'INV-2026-1003', 75_580n), analyst);
    expect(desk.balances()).toMatchObject({ 'in-transit': 2n * MINOR });
    const head = desk.test.audit.lastSeq();
    expect(desk.send(camt054({ amount: '1190.17', keys: { ...U, ...A } }))).toMatchObject({
      ...{ result: 'taken', received: 0, prePosted: 0, reopened: 1 },
      valueMinor: [{ currency: 'EUR', rail: 'sepa-instant', amountMinor: -MINOR, matchedMinor: -MINOR }],
    });
    // The person's decision stays, and the machine's gives way.
    expect(desk.openOf('INV-2026-1001')).toBe(MINOR);
    expect(desk.openOf('INV-2026-1003')).toBe(0n);
    expect(desk.balances()).toEqual({
      ...{ 'in-transit': MINOR, receivables: owed - 75_580n, 'unapplied-cash': 75_580n - MINOR },
    });
    expect(payments()).toMatchObject([{ id: FIRST, state: 'pre-posted', transitMinor: MINOR }]);
    expect(desk.reconciliation.counts()).toMatchObject({ all: 1, confirmed: 1 });
    const found = (text: string) => desk.instant.payments({ limit: 9, text }).rows.map(({ id }) => id);
    // By what the one said that is gone, the one that stays is found.
    expect(found('somebody else')).toEqual([FIRST]);
    expect(desk.instant.standIns([BigInt(SECOND)])).toEqual([BigInt(FIRST)]);
    const story = desk.instant.payment(SECOND);
    expect(story.payment.id).toBe(FIRST);
    expect(story.messages).toHaveLength(3);
    const reversed = story.entries.filter(({ reverses }) => reverses !== null);
    expect(reversed).toHaveLength(1);
    expect(reversed[0]!.record).toBeGreaterThan(head);
    expect(story.events.map(({ action }) => action)).toContain('joined');
    expect(desk.instant.position('2026-11-20').accounts).toMatchObject([
      { inTransitMinor: MINOR, hours: [{ inMinor: MINOR, payments: 1 }] },
    ]);
  });

  test('whichever of them was decided', async () => {
    desk.send(camt054({ amount: '1190.17', debtor: STRANGER, keys: { ...E, ...A } }));
    desk.send(pacs008({ ...AMOUNT, keys: U }));
    expect(payments().map(({ state }) => state)).toEqual(['pre-posted', 'waiting']);
    desk.send(camt054({ amount: '1190.17', keys: { ...U, ...A } }));
    expect(payments()).toMatchObject([{ id: FIRST, state: 'pre-posted' }]);
    expect(desk.balances()).toEqual({ 'in-transit': MINOR, receivables: owed - MINOR });
    await desk.book([{ amount: '1190.17', servicerReference: 'A1' }]);
    expect(desk.balances()).toEqual({ bank: MINOR, receivables: owed - MINOR });
    expect(payments()).toMatchObject([{ state: 'cleared' }]);
    await desk.run();
    expect(desk.balances()).toEqual({ bank: MINOR, receivables: owed - MINOR });
  });

  test('where neither was clear, and both together are', () => {
    desk.send(camt054({ amount: '1190.17', debtor: STRANGER, keys: A }));
    desk.send(camt054({ amount: '1190.17', debtor: STRANGER, keys: U }));
    expect(desk.balances()).toEqual({ receivables: owed });
    const sent = desk.send(pacs008({ ...AMOUNT, keys: { ...U, ...A } }));
    expect(sent).toMatchObject({ received: 0, reopened: 0 });
    expect(desk.balances()).toEqual({ 'in-transit': MINOR, receivables: owed - MINOR });
    expect(payments()).toHaveLength(1);
  });

  test('after the line of one of them', async () => {
    desk.send(pacs008({ ...AMOUNT, keys: U }));
    desk.send(camt054({ amount: '1190.17', text: 'INV-2026-1002', keys: { ...E } }));
    await desk.book([{ amount: '1190.17', endToEndId: 'E1' }]);
    desk.send(camt054({ amount: '1190.17', keys: { ...U, ...E } }));
    expect(payments()).toMatchObject([{ id: SECOND, state: 'cleared' }]);
    expect(desk.balances()['in-transit']).toBeUndefined();
    await desk.run();
    expect(desk.balances()).toEqual({ bank: MINOR, receivables: owed - MINOR });
    expect(desk.openOf('INV-2026-1001')).toBe(0n);
  });

  test('by a status, a recall or a return that calls them one', async () => {
    desk.send(pacs008({ ...AMOUNT, keys: U }));
    desk.send(camt054({ amount: '1190.17', keys: E }));
    desk.send(camt056({ ...U, ...E }));
    expect(payments()).toMatchObject([{ id: FIRST, state: 'recalled' }]);
    expect(desk.send(pacs004({ ...U, ...E }, '1190.17'))).toMatchObject({ reopened: 1 });
    expect(desk.balances()).toEqual({ receivables: owed });
    desk.send(camt054({ amount: '1190.17', keys: A }));
    expect(payments()).toHaveLength(2);
    expect(() => desk.send(pacs002({ endToEndId: 'E1', accountServicerReference: 'A9' }))).not.toThrow();
  });

  test('where one of them was rejected, both are', () => {
    desk.send(pacs008({ ...AMOUNT, keys: U }));
    desk.send(camt054({ amount: '1190.17', text: 'INV-2026-1002', keys: E }));
    desk.send(pacs002(U));
    desk.send(camt054({ amount: '1190.17', keys: { ...U, ...E } }));
    expect(payments()).toMatchObject([{ id: FIRST, state: 'rejected' }]);
    expect(desk.balances()).toEqual({ receivables: owed });
    expect(desk.reconciliation.counts().all).toBe(0);
  });

  test('where money of one of them has gone back', async () => {
    desk.send(camt054({ ...AMOUNT, keys: E }));
    desk.send(pacs008({ ...AMOUNT, keys: U }));
    desk.send(pacs004(U, '190.17'));
    desk.send(camt054({ amount: '1190.17', keys: { ...U, ...E } }));
    expect(payments()).toMatchObject([{ id: SECOND, returnedMinor: 19_017n }]);
    await desk.book([
      { amount: '1190.17', endToEndId: 'E1' },
      { amount: '190.17', direction: 'debit', endToEndId: 'E1' },
    ]);
    await desk.run();
    expect(desk.balances()).toEqual({ bank: 100_000n, receivables: owed - 100_000n });
  });

  test('and are three, and four', () => {
    const T = { transactionId: 'T1' };
    for (const keys of [U, E, A, T]) desk.send(camt054({ ...AMOUNT, keys }));
    expect(payments()).toHaveLength(4);
    desk.send(camt054({ ...AMOUNT, keys: { ...U, ...E } }));
    desk.send(camt054({ ...AMOUNT, keys: { ...A, ...T } }));
    expect(payments()).toHaveLength(2);
    desk.send(pacs008({ ...AMOUNT, keys: { ...E, ...A } }));
    expect(payments()).toMatchObject([{ id: FIRST, state: 'pre-posted' }]);
    expect(desk.balances()).toEqual({ 'in-transit': MINOR, receivables: owed - MINOR });
    // All that any of them was called leads to the one.
    for (const keys of [U, E, A, T]) desk.send(camt054({ ...AMOUNT, keys }));
    expect(payments()).toHaveLength(1);
    desk.send(pacs002(T));
    expect(payments()).toMatchObject([{ id: FIRST, state: 'rejected' }]);
  });

  test('people decided both: that of the one that stays is kept, and the other item is open again', () => {
    for (const keys of [U, E]) desk.send(camt054({ amount: '1190.17', debtor: STRANGER, keys }));
    desk.reconciliation.confirm(byHand(FIRST, 'INV-2026-1002', MINOR), analyst);
    desk.reconciliation.confirm(byHand(SECOND, 'INV-2026-1003', 75_580n), analyst);
    expect(desk.send(pacs008({ ...AMOUNT, keys: { ...U, ...E } }))).toMatchObject({ reopened: 1 });
    expect(desk.openOf('INV-2026-1003')).toBe(75_580n);
    expect(desk.balances()).toEqual({ 'in-transit': MINOR, receivables: owed - MINOR });
  });
});

describe('two payments stay two', () => {
  test('where their UETRs differ', () => {
    const other = { uetr: '8a562c67-ca16-48ba-b074-65581be6f002' };
    desk.send(pacs008({ ...AMOUNT, keys: { ...U, ...E } }));
    desk.send(pacs008({ ...AMOUNT, text: 'INV-2026-1002', keys: { ...other, ...E } }));
    desk.send(camt054({ amount: '1190.17', keys: E }));
    expect(payments()).toHaveLength(2);
    expect(() => desk.send(pacs002(E))).toThrow(/several payments/);
  });

  test('where one message lists them apart, under one reference of the bank', async () => {
    const batch = ['INV-2026-1001', 'INV-2026-1002'].map((text, at) =>
      payment({ amount: '1190.17', text, keys: { ...A, endToEndId: `B${at}` } }),
    );
    expect(desk.send(message('camt.054', batch))).toMatchObject({ received: 2 });
    desk.send(camt054({ amount: '1190.17', keys: { ...A, endToEndId: 'B1' } }));
    desk.send(camt054({ amount: '1190.17', keys: A }));
    expect(payments()).toHaveLength(2);
    await desk.book([
      { amount: '1190.17', endToEndId: 'B1', servicerReference: 'A1' },
      { amount: '1190.17', endToEndId: 'B0', servicerReference: 'A1' },
    ]);
    expect(payments().map(({ state }) => state)).toEqual(['cleared', 'cleared']);
  });

  test('where each has a line of its own', async () => {
    desk.send(pacs008({ ...AMOUNT, keys: U }));
    desk.send(pacs008({ ...AMOUNT, text: 'INV-2026-1002', keys: E }));
    await desk.book([
      { amount: '1190.17', endToEndId: 'E1' },
      { amount: '1190.17', name: MUSTER.name },
    ]);
    expect(payments().map(({ state }) => state)).toEqual(['cleared', 'cleared']);
    desk.send(camt054({ amount: '1190.17', keys: { ...U, ...E } }));
    expect(payments()).toHaveLength(2);
    expect(desk.balances().bank).toBe(2n * MINOR);
  });
});

describe('one message that speaks of one payment twice', () => {
  test('takes both parts of it back', async () => {
    desk.send(pacs008({ ...AMOUNT, keys: { ...U, ...E } }));
    const [one] = pacs004(U, '190.17').items;
    expect(desk.send(message('pacs.004', [one!, one!]))).toMatchObject({ reopened: 2 });
    expect(desk.balances()).toEqual({ 'in-transit': MINOR - 38_034n, receivables: owed - (MINOR - 38_034n) });
    const line = { amount: '190.17', direction: 'debit', endToEndId: 'E1' } as const;
    await desk.book([{ amount: '1190.17', endToEndId: 'E1' }, line, line]);
    await desk.run();
    expect(desk.balances()).toEqual({ bank: MINOR - 38_034n, receivables: owed - (MINOR - 38_034n) });
  });

  test('is refused where it lists two under one UETR', () => {
    const two = [payment({ ...AMOUNT, keys: U }), payment({ ...AMOUNT, text: 'INV-2026-1002', keys: U })];
    expect(() => desk.send(message('pacs.008', two))).toThrow(/two payments under one UETR/);
    expect(desk.balances()).toEqual({ receivables: owed });
    expect(payments()).toEqual([]);
  });

  test('decides it once', () => {
    desk.send(camt054({ amount: '1190.17', debtor: STRANGER, keys: A }));
    const same = payment({ ...AMOUNT, keys: A });
    expect(desk.send(message('camt.054', [same, same]))).toMatchObject({ received: 0, prePosted: 1 });
    expect(desk.balances()).toEqual({ 'in-transit': MINOR, receivables: owed - MINOR });
  });
});
