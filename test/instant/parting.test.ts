/** A person takes back which line of a statement is a payment: each stands by itself again, and the books say so. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FEED_FROM } from '../../src/main/statements/index.ts';
import { analyst } from '../reconciliation/support.ts';
import { codeOf } from '../support/refusal.ts';
import { type InstantDesk, openInstantDesk, pacs002, pacs004, pacs008 } from './support.ts';

const U1 = { uetr: '8a562c67-ca16-48ba-b074-65581be6f001', endToEndId: 'E1' };
const FULL = { amount: '1190.17', text: 'INV-2026-1001', keys: U1 };
const MINOR = 119_017n;
const PAYMENT = (FEED_FROM + 1n).toString();
/** A line from which the bank took all that would say whose it is. */
const NAMELESS = { amount: '1190.17' };

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

const undo = (isApproved = false) => desk.instant.undo(PAYMENT, analyst, isApproved);
const story = () => desk.instant.payment(PAYMENT);
const confirm = (bankTransactionId: string) =>
  desk.instant.confirm({ paymentId: PAYMENT, bankTransactionId }, analyst);

describe('the line that a person chose', () => {
  test('is given back: the money is in transit again, by a reversal, and another line is chosen', async () => {
    desk.send(pacs008(FULL));
    const before = desk.balances();
    await desk.book([NAMELESS, NAMELESS]);
    const [one, other] = story().candidates;
    confirm(one!.id);
    expect(undo()).toMatchObject({ paymentId: PAYMENT, bankTransactionId: one!.id, status: 'auto' });
    expect(story().payment).toMatchObject({ state: 'pre-posted', transitMinor: MINOR, lineId: null });
    const booked = { bank: 2n * MINOR, 'unapplied-cash': -2n * MINOR };
    expect(desk.balances()).toEqual({ ...before, ...booked });
    expect(desk.openOf('INV-2026-1001')).toBe(0n);
    const [clearing] = story().entries.filter(({ reason }) => reason === 'instant.clear');
    expect(story().entries).toContainEqual(
      expect.objectContaining({ reason: 'instant.unclear', reverses: clearing!.id }),
    );
    expect(story().events.at(-1)).toMatchObject({ action: 'parted', lineId: one!.id });
    expect(desk.reconciliation.item(one!.id)).toMatchObject({ match: null });
    // The machine leaves both apart, even where that line is the only one of which nothing speaks against it.
    confirm(other!.id);
    undo();
    await desk.run();
    expect(story().payment.state).toBe('pre-posted');
    expect(confirm(other!.id)).toMatchObject({ status: 'auto' });
    await desk.run();
    expect(desk.balances()).toEqual({
      ...{ bank: 2n * MINOR, 'unapplied-cash': -MINOR, receivables: owed - MINOR },
    });
  });

  test('keeps the match that a person made of it, and the payment is decided anew', async () => {
    desk.send(pacs008({ ...FULL, text: 'hello', debtor: { name: 'Stranger' } }));
    await desk.book([NAMELESS]);
    const [line] = story().candidates;
    confirm(line!.id);
    const openItemId = desk.receivables.openItemByNumber('INV-2026-1003').id.toString();
    const allocations = [{ openItemId, allocatedMinor: 75_580n, discountMinor: 0n, chargesMinor: 0n }];
    desk.reconciliation.confirm({ bankTransactionId: line!.id, allocations }, analyst);
    expect(undo()).toMatchObject({ status: 'suggested' });
    expect(desk.reconciliation.item(line!.id).match).toMatchObject({ decidedBy: 'person' });
    expect(story().payment).toMatchObject({ state: 'waiting', transitMinor: 0n });
    expect(desk.openOf('INV-2026-1003')).toBe(0n);
  });

  test('is the same with a match that a person undid meanwhile', async () => {
    desk.send(pacs008(FULL));
    await desk.book([NAMELESS]);
    const [line] = story().candidates;
    confirm(line!.id);
    desk.reconciliation.undo({ bankTransactionId: line!.id }, analyst);
    undo();
    await desk.run();
    // What the person undid of the money the machine makes neither of the line nor of the payment again.
    expect(desk.openOf('INV-2026-1001')).toBe(MINOR);
    expect(desk.balances()).toEqual({ bank: MINOR, 'unapplied-cash': -MINOR, receivables: owed });
  });
});

describe('the line that the machine found', () => {
  test('is not the payment where a person says so, whatever both of them name', async () => {
    desk.send(pacs008(FULL));
    await desk.book([{ amount: '1190.17', endToEndId: 'E1' }]);
    expect(story().payment.state).toBe('cleared');
    undo();
    await desk.run();
    expect(story().payment.state).toBe('pre-posted');
    expect(desk.balances()).toMatchObject({ bank: MINOR, 'in-transit': MINOR, 'unapplied-cash': -MINOR });
  });

  test('of a payment that was rejected before leaves it rejected', async () => {
    desk.send(pacs008(FULL));
    desk.send(pacs002(U1));
    await desk.book([{ amount: '1190.17', endToEndId: 'E1' }]);
    expect(story().payment.state).toBe('cleared');
    undo();
    expect(story().payment.state).toBe('rejected');
    expect(desk.balances()).toMatchObject({ bank: MINOR });
    expect(desk.balances()['in-transit']).toBeUndefined();
  });
});

describe('what cannot be taken back', () => {
  test('is what no line has confirmed, what went back, and alone what lies in a closed period', async () => {
    expect(codeOf(() => desk.instant.undo('7', analyst))).toBe('INSTANT_PAYMENT_UNKNOWN');
    desk.send(pacs008(FULL));
    expect(codeOf(() => undo())).toBe('INSTANT_NOT_CONFIRMED');
    await desk.book([{ amount: '1190.17', endToEndId: 'E1' }]);
    const { runtime } = desk.test as unknown as { runtime: { advance(ms: number): void } };
    runtime.advance(3 * 86_400_000);
    desk.ledger.closePeriod('2026-11-21', analyst);
    expect(codeOf(() => undo())).toBe('MATCH_CLEARED');
    expect(story().payment.state).toBe('cleared');
    undo(true);
    expect(story().payment).toMatchObject({ state: 'pre-posted', transitMinor: MINOR });
    const [entry] = story().entries.filter(({ reason }) => reason === 'instant.unclear');
    expect(entry).toMatchObject({ effectiveDate: '2026-11-22' });
    confirm(story().candidates[0]!.id);
    desk.send(pacs004(U1, '100.00'));
    expect(codeOf(() => undo())).toBe('INSTANT_WENT_BACK');
  });
});
