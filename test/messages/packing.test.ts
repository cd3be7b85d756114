import { describe, expect, it } from 'vitest';
import { type BankTransaction, readContent } from '../../src/main/messages/index.ts';
import { packEvent, packTransactions } from '../../src/main/messages/packing.ts';

const plain: BankTransaction = {
  index: 0,
  entryIndex: 0,
  amountMinor: 1_050n,
  currency: 'EUR',
  direction: 'credit',
  status: 'booked',
  reversal: false,
  bookingDate: '2024-02-01',
  valueDate: '2024-02-02',
  endToEndId: 'E2E-1',
  debtor: { name: 'Muster AG', account: 'DE89370400440532013000' },
  remittance: { unstructured: ['invoice 1'], structured: [] },
  position: { byteStart: 10, byteEnd: 90, line: 3, path: 'Stmt[1]/Ntry[1]' },
};
const { valueDate: _none, ...undated } = plain;
const rich: BankTransaction = {
  ...undated,
  index: 1,
  direction: 'debit',
  status: 'pending',
  reversal: true,
  debtor: { name: 'Müller & Söhne — 株式会社' },
  charges: [{ amountMinor: 9_007_199_254_740_993n, currency: 'EUR', direction: 'debit', included: true }],
  instructed: { amountMinor: 12n, currency: 'USD' },
  remittance: {
    unstructured: ['amountMinor":"7"'],
    structured: [
      { reference: 'RF18539007547034', documents: [{ number: '1', amountMinor: 5n, discountMinor: 1n }] },
    ],
  },
  position: {
    ...plain.position,
    line: 9,
    entryHead: { byteStart: 1, byteEnd: 9, line: 2, path: 'Stmt[1]/Ntry[2]' },
  },
};

const contentOf = (packed: ReturnType<typeof packTransactions>, at: number) =>
  readContent(
    Buffer.from(packed.contents.subarray(packed.offsets[at], packed.offsets[at + 1])).toString('utf8'),
  );

describe('packed transactions', () => {
  it.each([
    ['of plain text', [plain, plain]],
    ['of other scripts and with amounts inside', [plain, rich, plain]],
  ])('%s carry all that the transactions say', (_, transactions) => {
    const packed = packTransactions(transactions);
    expect(packed.count).toBe(transactions.length);
    transactions.forEach((transaction, at) => {
      const {
        amountMinor,
        currency,
        direction,
        status,
        reversal,
        bookingDate,
        valueDate,
        position,
        ...rest
      } = transaction;
      const { byteStart, byteEnd, line, path, ...more } = position;
      expect(packed.signedMinor[at]).toBe(direction === 'credit' ? amountMinor : -amountMinor);
      expect([packed.currencies[at], packed.statuses[at], packed.reversals[at]]).toEqual([
        currency,
        status,
        reversal ? 1 : 0,
      ]);
      expect([packed.bookingDates[at], packed.valueDates[at]]).toEqual([bookingDate, valueDate ?? null]);
      expect([packed.byteStarts[at], packed.byteEnds[at], packed.lines[at]]).toEqual([
        byteStart,
        byteEnd,
        line,
      ]);
      expect(contentOf(packed, at)).toEqual({ ...rest, ...more, line, path });
    });
  });

  it('are made of transactions only', () => {
    const end = { kind: 'file-end', encoding: 'UTF-8', statements: 0, transactions: 0, rows: 0 } as const;
    expect(packEvent(end)).toBe(end);
    const packed = packEvent({ kind: 'transactions', statementIndex: 4, transactions: [plain] });
    expect(packed).toMatchObject({ kind: 'packed-transactions', statementIndex: 4, packed: { count: 1 } });
  });
});
