/** Rules on the road of single messages: a payment is held back the moment it arrives, and booked by nobody. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RuleChange, RuleDefinition } from '../../src/contract/rules.ts';
import { type InstantDesk, MUSTER, openInstantDesk, pacs008 } from '../instant/support.ts';
import { analyst } from '../reconciliation/support.ts';

const SPAN = { from: '2026-11-01', to: '2026-11-30' };

let desk: InstantDesk;
beforeEach(async () => {
  desk = await openInstantDesk();
});
afterEach(() => desk.close());

async function write(definition: Omit<RuleDefinition, 'name'>): Promise<void> {
  const change: RuleChange = { kind: 'create', definition: { name: 'a rule', ...definition } };
  const { trial } = await desk.dryRun.run({ change, ...SPAN });
  desk.rules.change({ change, trial }, analyst);
}

const pay = (endToEndId: string) =>
  desk.send(pacs008({ amount: '1190.17', text: 'INV-2026-1001', keys: { endToEndId } }));
const rows = () => desk.reconciliation.queue({ limit: 10 }).rows;

test('a payment that a person is asked about is not pre-posted, and its rule is told', async () => {
  await write({
    conditions: { road: 'instant', currency: 'EUR' },
    action: { kind: 'ask', reason: 'new rail' },
  });
  pay('A1');
  expect(rows()).toMatchObject([{ status: 'suggested', reason: 'rule 1 (version 1) asks a person' }]);
  expect(desk.balances()['in-transit']).toBeUndefined();
  const { trial } = await desk.dryRun.run({
    ...{ change: { kind: 'switch', number: 1, baseVersion: 1, on: false }, ...SPAN },
  });
  expect(trial.figures).toEqual([{ effect: 'to-machine', currency: 'EUR', count: 1, amountMinor: 119_017n }]);
});

test('a rule for statements alone does not hold a payment back', async () => {
  await write({ conditions: { road: 'statement', currency: 'EUR' }, action: { kind: 'ask', reason: 'x' } });
  pay('A2');
  expect(rows()).toMatchObject([{ status: 'auto' }]);
  expect(desk.balances()['in-transit']).toBe(119_017n);
});

test('a payment is booked by no rule, nor is the line that stands in its place', async () => {
  const account = desk.ledger.createAccount(
    {
      code: '4900.EUR',
      name: 'Interest EUR',
      kind: 'income',
      currency: 'EUR',
      postable: true,
      parentId: null,
    },
    analyst,
  ).id;
  await write({
    conditions: { currency: 'EUR', remittance: ['interest'] },
    action: { kind: 'book', accountId: account, mostMinor: 100_000n },
  });
  const { name, account: iban } = { ...MUSTER, name: 'Some Bank' };
  desk.send(pacs008({ amount: '7.31', text: 'interest', debtor: { name }, keys: { endToEndId: 'I1' } }));
  expect(rows().map(({ status }) => status)).toEqual(['unmatched']);
  await desk.book([{ amount: '7.31', text: 'interest', name, endToEndId: 'I1' }]);
  await desk.book([{ amount: '8.32', text: 'interest', name, iban, endToEndId: 'I2' }]);
  await desk.run();
  expect(
    rows()
      .map(({ status, amountMinor }) => [amountMinor, status])
      .sort(),
  ).toEqual([
    [731n, 'unmatched'],
    [832n, 'auto'],
  ]);
  expect(desk.ledger.balanceMinor(BigInt(account))).toBe(-832n);
  expect((await desk.ledger.verify()).verified).toBe(true);
});
