/** What the head of a message claims about its transactions, held against them. */
import { currencyScale } from '../../contract/money.ts';
import type { OrderDraft } from './instant-draft.ts';
import type { InstantReader } from './instant-reader.ts';
import type { MoneyAmount } from './types.ts';

/** Digits after the point that control sums are compared in; ISO 20022 allows 17. */
const SUM_SCALE = 17;

function inSumScale({ amountMinor, currency }: MoneyAmount): bigint {
  return amountMinor * 10n ** BigInt(SUM_SCALE - (currencyScale(currency) ?? 2));
}

function readSum(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(SUM_SCALE, '0'));
}

/** Counts and adds up what the group header claims. @throws CountersignError GROUP_HEADER_MISMATCH. */
export function checkGroup(reader: InstantReader, orders: readonly OrderDraft[]): void {
  const { count, controlSum, total } = reader.group;
  const needsCount = reader.kind === 'pacs.008' || reader.kind === 'pacs.004';
  if (count === undefined && needsCount) {
    reader.fail('CAMT_FIELD_MISSING', 'The group header does not say how many transactions there are.', {
      path: 'GrpHdr/NbOfTxs',
      expected: 'NbOfTxs',
    });
  }
  // A message that speaks of another as a whole lists no transactions to count.
  if (orders.length === 0) return;
  if (count !== undefined) checkCount(reader, count, orders.length);
  if (controlSum !== undefined) checkSum(reader, controlSum, orders);
  if (total !== undefined) checkTotal(reader, total, orders);
}

function checkCount(reader: InstantReader, count: string, given: number): void {
  if (!/^\d{1,15}$/.test(count)) {
    reader.fail('CAMT_FIELD_INVALID', 'The number of transactions is not a whole number.', {
      path: 'GrpHdr/NbOfTxs',
      expected: 'digits only',
    });
  }
  if (Number(count) !== given) {
    reader.fail('GROUP_HEADER_MISMATCH', 'The group header counts other transactions than are given.', {
      path: 'GrpHdr/NbOfTxs',
      expected: String(given),
      actual: count,
    });
  }
}

function checkSum(reader: InstantReader, controlSum: string, orders: readonly OrderDraft[]): void {
  const amounts = orders.map(({ amount, originalAmount }) => amount ?? originalAmount);
  // A recall need not give the amounts it adds up.
  if (!amounts.every((amount) => amount !== undefined)) return;
  const sum = amounts.reduce((so, amount) => so + inSumScale(amount), 0n);
  if (readSum(controlSum) === sum) return;
  reader.fail('GROUP_HEADER_MISMATCH', 'The control sum is not the sum of the transactions.', {
    path: 'GrpHdr/CtrlSum',
    expected: 'the sum of the settlement amounts',
  });
}

function checkTotal(reader: InstantReader, total: MoneyAmount, orders: readonly OrderDraft[]): void {
  let sum = 0n;
  let isOneCurrency = true;
  for (const { amount } of orders) {
    if (amount === undefined) continue;
    sum += amount.amountMinor;
    isOneCurrency &&= amount.currency === total.currency;
  }
  if (isOneCurrency && sum === total.amountMinor) return;
  reader.fail('GROUP_HEADER_MISMATCH', 'The total of the group header is not that of the transactions.', {
    path: 'GrpHdr',
    expected: 'the sum of the settlement amounts, in their currency',
  });
}
