import { afterEach, beforeEach, expect, it } from 'vitest';
import { primitives } from '../../src/main/audit/index.ts';
import { verifyReceipt } from '../../src/main/proof/index.ts';
import { openHeads } from '../audit/support.ts';
import { camt053 } from '../support/statement-files.ts';
import { analyst, type Desk, openDesk } from './support.ts';

/** As many items as one confirmation takes, with numbers as long as they may be. */
const ITEMS = 500;
const ITEMS_IN_A_RECORD = 60;
const number = (at: number) => `Rechnung-Nr-${at}-`.padEnd(64, 'ü');

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

it('of every record of a match over as many items as there may be is one small file that verifies', async () => {
  const invoices = Array.from(
    { length: ITEMS },
    (_, at) => `${number(at)},C-1,invoice,2026-10-01,2026-11-01,EUR,10.00,,,`,
  );
  await desk.import('customers.csv', 'customer_id,name,country,ibans,aliases\nC-1,Hüttenrauch OHG,DE,,\n');
  await desk.import(
    'invoices.csv',
    `invoice_number,customer_id,kind,issued_on,due_on,currency,amount,structured_reference,discount_percent,discount_until\n${invoices.join('\n')}\n`,
  );
  await desk.import(
    'statement.xml',
    camt053({
      opening: ['2026-11-02', '0.00'],
      closing: ['2026-11-02', '5000.00'],
      lines: [{ date: '2026-11-02', amount: '5000.00', text: 'all of it' }],
    }),
  );
  const open = desk.receivables.openItems({ limit: ITEMS }).rows;
  expect(open).toHaveLength(ITEMS);
  desk.reconciliation.confirm(
    {
      bankTransactionId: '1',
      allocations: open.map(({ id, openMinor }) => ({
        openItemId: id,
        allocatedMinor: openMinor,
        discountMinor: 0n,
        chargesMinor: 0n,
      })),
    },
    analyst,
  );
  const last = Number(desk.test.audit.lastSeq());
  const heads = openHeads(desk.test);
  try {
    heads.transparency.checkpoint();
    const told = new Set<string>();
    for (let seq = last; seq > last - ITEMS / ITEMS_IN_A_RECORD; seq -= 1) {
      const { text } = heads.transparency.receipt(analyst, { seq: BigInt(seq) });
      expect(Buffer.byteLength(text)).toBeLessThan(32 * 1024);
      expect(verifyReceipt(text, primitives, heads.transparency.trust().text).verdict).toBe('verified');
      const { detail } = JSON.parse(text) as { detail: { text: string } };
      const { changes } = JSON.parse(detail.text) as {
        changes: { match: string; items: { invoice: string }[] }[];
      };
      for (const change of changes) {
        // Who holds nothing but this knows the payment by its money and the item by its number.
        expect(change).toMatchObject({ match: '1', booked: '2026-11-02', currency: 'EUR', amount: '500000' });
        for (const { invoice } of change.items) told.add(invoice);
      }
    }
    expect([...told].sort()).toEqual(Array.from({ length: ITEMS }, (_, at) => number(at)).sort());
  } finally {
    await heads.keys.close();
  }
});
