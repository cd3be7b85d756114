import type { ReplayStore } from './store.ts';

/** What moved on an account. */
export interface ReplayedBalance {
  debitMinor: bigint;
  creditMinor: bigint;
  pendingDebitMinor: bigint;
  pendingCreditMinor: bigint;
}

/**
 * The balances as known at a record, summed from the journal alone: an entry counts where its batch,
 * or the publication of its import, has that record or an earlier one.
 */
export function replayBooks(store: ReplayStore, at: number): Map<string, ReplayedBalance> {
  const balances = new Map<string, ReplayedBalance>();
  const outcomes = new Map(store.resolutions(at));
  const batches = store.knownBatches(at)[Symbol.iterator]();
  let batch = batches.next();

  const isKnown = (number: bigint): boolean => {
    while (batch.done !== true && number > batch.value[1]) batch = batches.next();
    return batch.done !== true && number >= batch.value[0];
  };

  function post(account: bigint, amountMinor: bigint, waits: boolean): void {
    const key = account.toString();
    let balance = balances.get(key);
    if (balance === undefined) {
      balance = { debitMinor: 0n, creditMinor: 0n, pendingDebitMinor: 0n, pendingCreditMinor: 0n };
      balances.set(key, balance);
    }
    if (waits && amountMinor > 0n) balance.pendingDebitMinor += amountMinor;
    else if (waits) balance.pendingCreditMinor -= amountMinor;
    else if (amountMinor > 0n) balance.debitMinor += amountMinor;
    else balance.creditMinor -= amountMinor;
  }

  for (const [number, debit, credit, amount, postings, pending] of store.entries()) {
    if (!isKnown(number)) continue;
    const outcome = pending === 1n ? outcomes.get(number) : 'posted';
    if (outcome !== undefined && outcome !== 'posted') continue;
    const waits = outcome === undefined;
    if (postings === null) {
      post(debit!, amount!, waits);
      post(credit!, -amount!, waits);
      continue;
    }
    for (const [account, minor] of JSON.parse(postings) as [number, string][]) {
      post(BigInt(account), BigInt(minor), waits);
    }
  }
  return balances;
}
