/** Money that goes back, however it is told: by a return, by the bank's notification, by a line of a statement. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InstantMessage } from '../../src/main/messages/index.ts';
import { FEED_FROM } from '../../src/main/statements/index.ts';
import type { LineOptions } from '../reconciliation/support.ts';
import {
  camt054,
  DATE,
  type InstantDesk,
  message,
  takenBack as notified,
  openInstantDesk,
  pacs004,
  pacs008,
  payment,
} from './support.ts';

const U1 = { uetr: '8a562c67-ca16-48ba-b074-65581be6f001', endToEndId: 'E1' };
const FULL = { amount: '1190.17', text: 'INV-2026-1001', keys: U1 };
const MINOR = 119_017n;
const PART = 19_017n;
const PAYMENT = (FEED_FROM + 1n).toString();

const takenBack = (amount: string, accountServicerReference = 'R1'): InstantMessage =>
  notified(amount, { endToEndId: 'E1', accountServicerReference });
const IN: LineOptions = { amount: '1190.17', endToEndId: 'E1' };
const out = (amount: string): LineOptions => ({
  ...{ amount, direction: 'debit', endToEndId: 'E1', returnReason: 'AC04' },
});

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

const story = () => desk.instant.payment(PAYMENT);
const payments = () => desk.instant.payments({ limit: 9 }).rows;
/** After both lines and a run nothing of the money is left, in the books or in the queue. */
async function settled(): Promise<void> {
  await desk.run();
  expect(desk.balances()).toEqual({ receivables: owed });
  expect(desk.openOf('INV-2026-1001')).toBe(MINOR);
  expect(desk.reconciliation.counts()).toMatchObject({ auto: 0, suggested: 0 });
}

describe('a notification of a return', () => {
  test('is the return of the payment, and no payment of its own', async () => {
    desk.send(pacs008(FULL));
    expect(desk.send(takenBack('1190.17'))).toMatchObject({ received: 0, reopened: 1 });
    expect(payments()).toMatchObject([{ id: PAYMENT, state: 'returned', returnedMinor: MINOR }]);
    expect(desk.balances()).toEqual({ receivables: owed });
    await desk.book([IN, { ...out('1190.17'), servicerReference: 'R1' }]);
    await settled();
    expect(story().notices).toMatchObject([
      { kind: 'return', amountMinor: MINOR, lineId: expect.any(String) },
    ]);
  });

  test('waits for its payment', async () => {
    desk.send(takenBack('190.17'));
    desk.send(pacs008(FULL));
    expect(payments()).toMatchObject([{ state: 'pre-posted', returnedMinor: PART }]);
    expect(desk.balances()).toEqual({ 'in-transit': 100_000n, receivables: owed - 100_000n });
  });

  test.each(['first', 'last', 'both before the payment'])(
    'and the return itself, %s, are one',
    async (order) => {
      if (order !== 'both before the payment') desk.send(pacs008(FULL));
      const told = [pacs004(U1, '190.17'), takenBack('190.17')];
      for (const one of order === 'first' ? told : told.reverse()) desk.send(one);
      if (order === 'both before the payment') desk.send(pacs008(FULL));
      expect(payments()).toMatchObject([{ returnedMinor: PART }]);
      await desk.book([IN, out('190.17')]);
      await desk.run();
      expect(desk.balances()).toEqual({ bank: 100_000n, receivables: owed - 100_000n });
    },
  );

  test('of as much twice is two returns, each told twice', async () => {
    desk.send(pacs008(FULL));
    for (const one of [takenBack('190.17', 'R1'), takenBack('190.17', 'R2')]) desk.send(one);
    for (const _ of [1, 2]) desk.send(pacs004(U1, '190.17'));
    desk.send(takenBack('190.17', 'R2'));
    expect(payments()).toMatchObject([{ returnedMinor: 2n * PART }]);
    await desk.book([IN, out('190.17'), out('190.17')]);
    await desk.run();
    const left = MINOR - 2n * PART;
    expect(desk.balances()).toEqual({ bank: left, receivables: owed - left });
  });

  test('that names no earlier payment is a payment of its own', () => {
    const one = payment({ amount: '5.00', direction: 'debit', keys: { accountServicerReference: 'R9' } });
    const transaction = { ...one.transaction, reversal: true };
    expect(desk.send(message('camt.054', [{ ...one, transaction }]))).toMatchObject({ received: 1 });
    expect(payments()).toMatchObject([{ direction: 'debit', state: 'waiting' }]);
  });

  test('of money that we sent, and of which no message told, is a payment of its own', () => {
    const one = payment({ amount: '50.00', keys: { endToEndId: 'OUT-9' } });
    const transaction = { ...one.transaction, returnReason: 'AC01' };
    expect(desk.send(message('camt.054', [{ ...one, transaction }]))).toMatchObject({ received: 1 });
    expect(payments()).toMatchObject([{ direction: 'credit', state: 'waiting' }]);
  });

  test('without a word of a return is a payment of its own, whatever it is called', () => {
    desk.send(pacs008(FULL));
    desk.send(camt054({ amount: '1190.17', direction: 'debit', keys: { endToEndId: 'E1' } }));
    expect(payments()).toHaveLength(2);
    expect(desk.balances()['in-transit']).toBe(MINOR);
  });

  test('of an entry that the same message tells of', async () => {
    const [one] = takenBack('1190.17').items;
    expect(desk.send(message('camt.054', [payment(FULL), one!]))).toMatchObject({ received: 1, reopened: 1 });
    expect(payments()).toMatchObject([{ state: 'returned' }]);
    await desk.book([IN, out('1190.17')]);
    await settled();
  });

  test('of more than is left is refused', () => {
    desk.send(pacs008({ ...FULL, keys: U1 }));
    desk.send(pacs004(U1, '1190.17'));
    const one = payment({ amount: '1190.18', direction: 'debit', keys: U1 });
    const transaction = { ...one.transaction, returnReason: 'AC04' };
    expect(() => desk.send(message('camt.054', [{ ...one, transaction }]))).toThrow(/More would go back/);
  });
});

describe('a line that takes money back, of which no message told', () => {
  test.each([['1190.17'], ['190.17']])('is the return of the payment: %s', async (amount) => {
    desk.send(pacs008(FULL));
    await desk.book([IN]);
    await desk.book([out(amount)], '2026-11-23');
    const left = MINOR - BigInt(amount.replace('.', ''));
    expect(payments()).toMatchObject([{ returnedMinor: MINOR - left }]);
    // The message comes at last, and says what is known.
    desk.send(pacs004(U1, amount));
    expect(payments()).toMatchObject([{ returnedMinor: MINOR - left }]);
    await desk.run();
    const bank = left === 0n ? {} : { bank: left };
    expect(desk.balances()).toEqual({ ...bank, receivables: owed - left });
    expect(desk.openOf('INV-2026-1001')).toBe(MINOR - left);
  });

  test('stands before the line of the payment', async () => {
    desk.send(pacs008(FULL));
    await desk.book([out('1190.17'), IN]);
    await settled();
    expect(payments()).toMatchObject([{ state: 'returned' }]);
  });

  test('comes, as its payment did, before any message', async () => {
    await desk.book([IN, out('1190.17')]);
    await desk.run();
    expect(desk.send(pacs008(FULL))).toMatchObject({ cleared: 1 });
    expect(payments()).toMatchObject([{ state: 'returned' }]);
    await settled();
  });

  test('of more than came is for people', async () => {
    desk.send(pacs008(FULL));
    await desk.book([IN, out('1190.18')]);
    expect(payments()).toMatchObject([{ state: 'cleared', returnedMinor: 0n }]);
    await desk.run();
    expect(desk.balances()).toEqual({ bank: -1n, 'unapplied-cash': 119_018n, receivables: owed - MINOR });
  });
});

describe('a return', () => {
  test('in parts, and the rest', async () => {
    desk.send(pacs008(FULL));
    for (const amount of ['190.17', '400.00', '600.00']) desk.send(pacs004(U1, amount));
    expect(payments()).toMatchObject([{ state: 'returned' }]);
    expect(() => desk.send(pacs004(U1, '0.01'))).toThrow(/More would go back/);
    await desk.book([IN, out('600.00'), out('190.17'), out('400.00')]);
    await settled();
  });

  test('that is taken back is for people, and its line stands alone', async () => {
    desk.send(pacs008(FULL));
    const back = pacs004(U1, '1190.17').items[0]!;
    desk.send(
      message('pacs.004', [{ ...back, kind: 'return', keys: { transactionId: 'RTR-1' } } as typeof back]),
    );
    await desk.book([IN, out('1190.17')]);
    expect(() => desk.send(pacs004({ transactionId: 'RTR-1' }, '1190.17'))).toThrow(/takes back a return/);
    await desk.book([{ ...IN, servicerReference: 'R3', returnReason: 'AC04' }], '2026-11-23');
    await desk.run();
    expect(desk.balances()).toEqual({ bank: MINOR, 'unapplied-cash': -MINOR, receivables: owed });
  });

  test('of money that we sent comes in', async () => {
    const keys = { endToEndId: 'OUT-1' };
    desk.send(camt054({ amount: '50.00', direction: 'debit', keys, debtor: { name: 'Supplier' } }));
    const one = payment({ amount: '50.00', direction: 'credit', keys });
    const transaction = { ...one.transaction, returnReason: 'AC01' };
    desk.send(message('camt.054', [{ ...one, transaction }]));
    expect(payments()).toMatchObject([{ direction: 'debit', state: 'returned' }]);
    const line = { amount: '50.00', endToEndId: 'OUT-1', date: DATE } as const;
    await desk.book([
      { ...line, direction: 'debit' },
      { ...line, returnReason: 'AC01' },
    ]);
    await desk.run();
    expect(desk.balances()).toEqual({ receivables: owed });
  });
});
