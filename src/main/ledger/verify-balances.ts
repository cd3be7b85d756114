import type { AccountInfo, Turnover } from './balances.ts';
import { type Breathe, CheckLog, type LedgerCheck } from './findings.ts';
import type { VerifyStore } from './store-verify.ts';
import type { Movements } from './verify-journal.ts';

/** Balances are the sums of the postings that count, posted and pending apart. */
export function checkBalances(store: VerifyStore, sums: ReadonlyMap<bigint, Turnover>): LedgerCheck {
  const log = new CheckLog('balances are the sums of postings');
  const left = new Map(sums);
  for (const row of store.balances()) {
    const sum = left.get(row.account_id);
    left.delete(row.account_id);
    log.expect(
      row.debit_minor === (sum?.debitMinor ?? 0n) &&
        row.credit_minor === (sum?.creditMinor ?? 0n) &&
        row.pending_debit_minor === (sum?.pendingDebitMinor ?? 0n) &&
        row.pending_credit_minor === (sum?.pendingCreditMinor ?? 0n),
      () => `account ${row.account_id} has other balances than its postings`,
    );
  }
  for (const [accountId, sum] of left) {
    const empty = sum.debitMinor + sum.creditMinor + sum.pendingDebitMinor + sum.pendingCreditMinor === 0n;
    log.expect(empty, () => `account ${accountId} has postings and no balance`);
  }
  return log.result();
}

/** End-of-day snapshots are the movements known at their records, summed up to each date. */
export async function checkSnapshots(
  store: VerifyStore,
  movements: Movements,
  accounts: ReadonlyMap<bigint, AccountInfo>,
  breathe: Breathe,
): Promise<LedgerCheck> {
  const log = new CheckLog('end-of-day snapshots agree');
  const known = new Map<bigint, Map<number, { debit: bigint; credit: bigint }>>();
  for (const [place, snapshot] of store.snapshots().entries()) {
    for (const [accountId, days] of movements.of(place)) {
      let sums = known.get(accountId);
      if (sums === undefined) {
        sums = new Map();
        known.set(accountId, sums);
      }
      for (const [day, { debit, credit }] of days) {
        const sum = sums.get(day);
        if (sum === undefined) sums.set(day, { debit, credit });
        else {
          sum.debit += debit;
          sum.credit += credit;
        }
      }
    }
    let rowCount = 0n;
    for (const accountId of accounts.keys()) {
      const rows = store.snapshotRows(snapshot.record, accountId);
      const days = [...(known.get(accountId) ?? [])].sort((a, b) => a[0] - b[0]);
      let debit = 0n;
      let credit = 0n;
      const agree =
        days.length === rows.length &&
        days.every(([day, sum], i) => {
          debit += sum.debit;
          credit += sum.credit;
          const row = rows[i]!;
          return (
            Number(row.effective_day) === day && row.debit_minor === debit && row.credit_minor === credit
          );
        });
      rowCount += BigInt(rows.length);
      log.expect(
        agree,
        () => `account ${accountId} has other balances in the snapshot of record ${snapshot.record}`,
      );
      await breathe();
    }
    if (rowCount !== snapshot.row_count || store.snapshotCount(snapshot.record) !== rowCount) {
      log.fail(`the snapshot of record ${snapshot.record} has rows of no account`);
    }
  }
  return log.result();
}
