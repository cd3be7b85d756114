/** What was learned of somebody goes with what it was learned from. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Bench, OFFICER, openBench, REASON, STRANGER, takeEverything } from './support.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  await takeEverything(bench);
  // Somebody who is no customer pays a part of what C-3 owes, and a person says so.
  const allocations = [{ openItemId: '3', allocatedMinor: 700n, discountMinor: 0n, chargesMinor: 0n }];
  bench.console.reconciliation.confirm({ bankTransactionId: '3', allocations }, OFFICER);
});
afterEach(() => bench.close());

const learned = async () =>
  (await bench.console.reconciliation.learned({ limit: 10 })).rows.map(
    ({ name, account }) => name ?? account,
  );

it('is known while the payment is', async () => {
  expect(await learned()).toEqual([STRANGER.name, STRANGER.iban]);
});

it('is not known any more when the party is erased', async () => {
  expect(await learned()).toHaveLength(2);
  const { privacy } = bench.console;
  bench.years(8);
  await privacy.purge('purge what is due', OFFICER);
  const { searchId, confirmation, fingerprint } = await privacy.find({ name: STRANGER.name }, OFFICER);
  await privacy.erase({ searchId, fingerprint, confirm: confirmation, reason: REASON }, OFFICER);
  expect(await learned()).toEqual([]);
});

it('is not known any more when its time has passed', async () => {
  expect(await learned()).toHaveLength(2);
  bench.years(12);
  await bench.console.privacy.purge('purge what is due', OFFICER);
  expect(await learned()).toEqual([]);
});
