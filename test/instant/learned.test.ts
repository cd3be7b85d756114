/** The engine in memory learns of a decision at once, and what was learned follows a payment to its line. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FEED_FROM } from '../../src/main/statements/index.ts';
import { analyst } from '../reconciliation/support.ts';
import { type InstantDesk, openInstantDesk, pacs004, pacs008 } from './support.ts';

const debtor = { name: 'Zahlstelle Brandt GmbH', account: 'DE44500105175407324931' };

let desk: InstantDesk;
beforeEach(async () => {
  desk = await openInstantDesk();
});
afterEach(async () => {
  expect(desk.instant.verifyTransit()).toMatchObject({ ok: true });
  expect(desk.ledger.trialBalance().balanced).toBe(true);
  desk.close();
});

let sent = 0;
/** A payment of the stranger; answers its id. */
function send(amount: string): string {
  const before = desk.reconciliation.counts().all;
  sent += 1;
  desk.send(pacs008({ amount, debtor, text: 'danke', keys: { endToEndId: `E${sent}` } }));
  return (FEED_FROM + BigInt(before) + 1n).toString();
}
const codesOf = (id: string) =>
  desk.reconciliation.item(id).suggestions[0]?.reasons.map(({ code }) => code) ?? [];
const statusOf = (id: string) => desk.reconciliation.item(id).transaction.status;

function settle(bankTransactionId: string, invoiceNumber: string, allocatedMinor: bigint): void {
  const openItemId = desk.receivables.openItemByNumber(invoiceNumber).id.toString();
  const allocations = [{ openItemId, allocatedMinor, discountMinor: 0n, chargesMinor: 0n }];
  desk.reconciliation.confirm({ bankTransactionId, allocations }, analyst);
}
const told = async () =>
  (await desk.reconciliation.learned({ limit: 10 })).rows.map(({ what, decisions, learnedFrom }) => [
    what,
    decisions,
    learnedFrom.map(({ bankTransactionId }) => bankTransactionId),
  ]);

test('the next payment meets what the one before has taught, and what was undone', () => {
  const first = send('1190.17');
  settle(first, 'INV-2026-1001', 119_017n);
  const second = send('2380.35');
  expect(codesOf(second)).toContain('learned-alias');
  settle(second, 'INV-2026-1002', 238_035n);
  settle(send('255.43'), 'INV-2026-1003', 25_543n);
  const fourth = send('500.37');
  expect(statusOf(fourth)).toBe('auto');
  expect(desk.openOf('INV-2026-1003')).toBe(0n);
  desk.reconciliation.undo({ bankTransactionId: fourth }, analyst);
  desk.reconciliation.undo({ bankTransactionId: first }, analyst);
  const fifth = send('500.37');
  expect(statusOf(fifth)).toBe('suggested');
});

test('what was learned of a payment is its line’s, and what was forgotten stays forgotten', async () => {
  const id = send('1190.17');
  settle(id, 'INV-2026-1001', 119_017n);
  expect(await told()).toEqual([
    ['name', 1, [id]],
    ['account', 1, [id]],
  ]);
  const { rows } = await desk.reconciliation.learned({ limit: 10 });
  await desk.reconciliation.forget(rows[1]!.id, analyst);
  await desk.book([{ amount: '1190.17', endToEndId: `E${sent}` }]);
  await desk.run();
  const line = desk.instant.payment(id).payment.lineId!;
  expect(await told()).toEqual([['name', 1, [line]]]);
});

test('a part that went back leaves the lesson, and all of it takes it away', async () => {
  const id = send('1190.17');
  settle(id, 'INV-2026-1001', 119_017n);
  const { rows } = await desk.reconciliation.learned({ limit: 10 });
  await desk.reconciliation.forget(rows[0]!.id, analyst);
  desk.send(pacs004({ endToEndId: `E${sent}` }, '100.00'));
  expect(await told()).toEqual([['account', 1, [id]]]);
  desk.send(pacs004({ endToEndId: `E${sent}` }, '1090.17'));
  expect(await told()).toEqual([]);
});
