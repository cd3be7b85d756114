import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/contract/errors.ts';
import { isCountersignError } from '../../src/main/base/index.ts';
import {
  camt054,
  type InstantDesk,
  MUSTER,
  NORD,
  openInstantDesk,
  pacs002,
  pacs004,
  pacs008,
} from './support.ts';

const U1 = { uetr: '8a562c67-ca16-48ba-b074-65581be6f001', endToEndId: 'E1' };

let desk: InstantDesk;
let owed = 0n;
beforeEach(async () => {
  desk = await openInstantDesk();
  owed = desk.balances().receivables!;
});
afterEach(() => desk.close());

function refused(code: ErrorCode, work: () => unknown): void {
  let caught: unknown;
  try {
    work();
  } catch (error) {
    caught = error;
  }
  expect(isCountersignError(caught, code), `${code}, not ${String(caught)}`).toBe(true);
}

const FULL = { amount: '1190.17', text: 'INV-2026-1001', keys: U1 };

describe('a payment', () => {
  test('is matched and pre-posted with its message', () => {
    expect(desk.send(pacs008(FULL))).toMatchObject({
      result: 'taken',
      received: 1,
      prePosted: 1,
      cleared: 0,
    });
    expect(desk.balances()).toEqual({ 'in-transit': 119_017n, receivables: owed - 119_017n });
    expect(desk.openOf('INV-2026-1001')).toBe(0n);
    expect(desk.reconciliation.counts()).toMatchObject({ all: 1, auto: 1 });
  });

  test('its line clears it, and one match stands', async () => {
    desk.send(pacs008(FULL));
    await desk.book([{ amount: '1190.17', endToEndId: 'E1' }]);
    expect(desk.balances()).toEqual({ bank: 119_017n, receivables: owed - 119_017n });
    expect(desk.reconciliation.counts()).toMatchObject({ all: 1, auto: 1 });
    await desk.run();
    expect(desk.balances()).toEqual({ bank: 119_017n, receivables: owed - 119_017n });
    expect(desk.reconciliation.counts()).toMatchObject({ all: 1, auto: 1 });
  });

  test('its message comes again', () => {
    const message = pacs008(FULL, 'M1');
    const first = desk.send(message);
    expect(desk.send(message)).toEqual({ ...first, result: 'duplicate' });
    expect(desk.balances()['in-transit']).toBe(119_017n);
    refused('INSTANT_MESSAGE_REUSED', () => desk.send(pacs008({ ...FULL, amount: '1.00' }, 'M1')));
  });

  test("its id is its sender's: another bank may use it again", () => {
    const message = { ...pacs008(FULL, 'M1'), sender: 'BANKDEFFXXX' };
    const first = desk.send(message);
    expect(desk.send({ ...message, sender: 'BANKDEFF' })).toEqual({ ...first, result: 'duplicate' });
    const keys = { endToEndId: 'E2' };
    const other = { ...pacs008({ amount: '980.00', text: 'INV-2026-1004', debtor: NORD, keys }, 'M1') };
    refused('INSTANT_MESSAGE_REUSED', () => desk.send({ ...other, sender: 'BANKDEFF' }));
    expect(desk.send({ ...other, sender: 'OTHRDEFF' })).toMatchObject({ result: 'taken', received: 1 });
    expect(desk.send(other)).toMatchObject({ result: 'taken', received: 0 });
  });

  test('a notification of it joins it', () => {
    desk.send(pacs008(FULL));
    expect(
      desk.send(camt054({ amount: '1190.17', keys: { endToEndId: 'E1', accountServicerReference: 'A1' } })),
    ).toMatchObject({ received: 0, prePosted: 0 });
    expect(desk.balances()['in-transit']).toBe(119_017n);
  });

  test('is on no account of ours', () => {
    refused('INSTANT_ACCOUNT_UNKNOWN', () => desk.send(pacs008({ ...FULL, account: MUSTER.account })));
    expect(desk.reconciliation.counts().all).toBe(0);
  });

  test('comes after its statement', async () => {
    await desk.book([{ amount: '1190.17', endToEndId: 'E1' }]);
    await desk.run();
    expect(desk.send(pacs008(FULL))).toMatchObject({ received: 1, prePosted: 0, cleared: 1 });
    expect(desk.balances()).toEqual({ bank: 119_017n, receivables: owed - 119_017n });
    expect(desk.reconciliation.counts()).toMatchObject({ all: 1, auto: 1 });
  });
});

describe('money that goes back', () => {
  test('a rejection reverses the pre-post', () => {
    desk.send(pacs008(FULL));
    expect(desk.send(pacs002(U1))).toMatchObject({ reopened: 1 });
    expect(desk.balances()).toEqual({ receivables: owed });
    expect(desk.reconciliation.counts().all).toBe(0);
  });

  test('of a return each of two lines clears one leg', async () => {
    desk.send(pacs008(FULL));
    expect(desk.send(pacs004(U1, '1190.17'))).toMatchObject({ reopened: 1 });
    expect(desk.balances()).toEqual({ receivables: owed });
    await desk.book([{ amount: '1190.17', endToEndId: 'E1' }]);
    expect(desk.balances()).toEqual({ bank: 119_017n, 'in-transit': -119_017n, receivables: owed });
    await desk.book([{ amount: '1190.17', direction: 'debit', endToEndId: 'E1' }]);
    expect(desk.balances()).toEqual({ receivables: owed });
    await desk.run();
    expect(desk.balances()).toEqual({ receivables: owed });
  });

  test('after the statement', async () => {
    desk.send(pacs008(FULL));
    await desk.book([{ amount: '1190.17', endToEndId: 'E1' }]);
    desk.send(pacs004(U1, '1190.17'));
    expect(desk.balances()).toEqual({ bank: 119_017n, 'in-transit': -119_017n, receivables: owed });
    await desk.book([{ amount: '1190.17', direction: 'debit', endToEndId: 'E1' }]);
    expect(desk.balances()).toEqual({ receivables: owed });
  });

  test('before the payment', async () => {
    desk.send(pacs004(U1, '1190.17'));
    expect(desk.send(pacs008(FULL))).toMatchObject({ prePosted: 0 });
    expect(desk.balances()).toEqual({ receivables: owed });
    await desk.book([
      { amount: '1190.17', endToEndId: 'E1' },
      { amount: '1190.17', direction: 'debit', endToEndId: 'E1' },
    ]);
    await desk.run();
    expect(desk.balances()).toEqual({ receivables: owed });
  });

  test('in part', async () => {
    desk.send(pacs008(FULL));
    desk.send(pacs004(U1, '190.17'));
    expect(desk.balances()).toEqual({ 'in-transit': 100_000n, receivables: owed - 100_000n });
    await desk.book([
      { amount: '1190.17', endToEndId: 'E1' },
      { amount: '190.17', direction: 'debit', endToEndId: 'E1' },
    ]);
    await desk.run();
    expect(desk.balances()).toEqual({ bank: 100_000n, receivables: owed - 100_000n });
    expect(desk.openOf('INV-2026-1001')).toBe(19_017n);
  });
});
