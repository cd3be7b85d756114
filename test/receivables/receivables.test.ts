import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/main/base/index.ts';
import {
  ageBucket,
  ageBuckets,
  bucketDays,
  itemState,
  percentText,
} from '../../src/main/receivables/ageing.ts';
import { type TestDesks, withDesks } from '../support/desks.ts';

const CUSTOMERS = `customer_id,name,country,ibans,aliases
C1,Ärger & Söhne GmbH,DE,DE89370400440532013000|DE02120300000000202051,Aerger
C2,Zwei AG,CH,CH9300762011623852957,
C3,Drei Ltd,GB,,
`;
const INVOICES = `invoice_number,customer_id,kind,issued_on,due_on,currency,amount,structured_reference,discount_percent,discount_until
I1,C1,invoice,2024-01-01,2024-02-01,EUR,100.50,RF18539007547034,2.5,2024-01-10
I2,C1,credit_note,2024-01-02,2024-02-15,EUR,20.00,,,
I3,C2,invoice,2024-01-03,2024-03-01,CHF,70.00,,,
`;

async function filled(desks: TestDesks): Promise<void> {
  await desks.take('customers.csv', CUSTOMERS);
  await desks.take('invoices.csv', INVOICES);
}

describe('the age of an item', () => {
  it.each([
    ['2024-03-10', 'not-due'],
    ['2024-03-01', 'not-due'],
    ['2024-02-29', '1-30'],
    ['2024-01-31', '1-30'],
    ['2024-01-30', '31-60'],
    ['2024-01-01', '31-60'],
    ['2023-12-31', '61-90'],
    ['2023-12-02', '61-90'],
    ['2023-12-01', 'over-90'],
  ] as const)('due on %s is %s on the first of March', (dueOn, bucket) => {
    expect(ageBucket(dueOn, '2024-03-01')).toBe(bucket);
  });

  it('lies within the days of its bucket and of no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: -400, max: 400 }), (days) => {
        const bucket = ageBucket(addDays('2024-06-15', -days), '2024-06-15');
        const holding = ageBuckets.filter((name) => {
          const { from, to } = bucketDays[name];
          return (from === null || days >= from) && (to === null || days <= to);
        });
        expect(holding).toEqual([bucket]);
      }),
    );
  });

  it.each([
    [100n, 100n, 'open'],
    [100n, 99n, 'part-paid'],
    [100n, 0n, 'paid'],
  ] as const)('%s with %s left is %s', (amount, open, state) => {
    expect(itemState(amount, open)).toBe(state);
  });

  it.each([
    [25_000n, '2.5'],
    [30_000n, '3'],
    [1n, '0.0001'],
    [1_000_000n, '100'],
    [0n, '0'],
  ] as const)('%s parts per million are %s percent', (ppm, text) => {
    expect(percentText(ppm)).toBe(text);
  });
});

describe('customers', () => {
  it('are listed with what they owe', () =>
    withDesks(async (desks) => {
      await filled(desks);
      const { rows, total } = desks.receivables.customers({ limit: 10 });
      expect(total).toBe(3);
      expect(rows[0]).toMatchObject({
        customerId: 'C1',
        name: 'Ärger & Söhne GmbH',
        country: 'DE',
        ibans: ['DE89370400440532013000', 'DE02120300000000202051'],
        aliases: ['Aerger'],
        openMinor: [{ currency: 'EUR', amountMinor: 8_050n }],
      });
      const first = desks.receivables.customers({ limit: 2 });
      const second = desks.receivables.customers({ limit: 2, cursor: first.nextCursor! });
      expect([...first.rows, ...second.rows]).toEqual(rows);
      expect(second.nextCursor).toBeNull();
    }));

  it.each([
    ['ärger', ['C1']],
    ['aerger', ['C1']],
    ['DE89 3704', ['C1']],
    ['c2', ['C2']],
    ['nobody', []],
  ])('are found by %s', (text, expected) =>
    withDesks(async (desks) => {
      await filled(desks);
      const { rows, total } = desks.receivables.customers({ limit: 10, text });
      expect(rows.map(({ customerId }) => customerId)).toEqual(expected);
      expect(total).toBe(expected.length);
    }),
  );

  it('that changed show what was said last, under the same id, with a record of it', () =>
    withDesks(async (desks) => {
      await filled(desks);
      const { receivables, test } = desks;
      const before = receivables.customers({ limit: 1 }).rows[0]!;
      const renamed = CUSTOMERS.replace('Ärger & Söhne', 'Ärger Nachfolger').replace(
        '|DE02120300000000202051',
        '',
      );
      expect(await desks.take('customers.csv', renamed)).toMatchObject({
        outcome: 'imported',
        transactions: 1,
      });
      const after = receivables.customers({ limit: 1 }).rows[0]!;
      expect(after).toMatchObject({ id: before.id, name: 'Ärger Nachfolger GmbH' });
      expect(receivables.customersByIban('DE89370400440532013000')).toEqual([BigInt(after.id)]);
      expect(receivables.customersByIban('DE02120300000000202051')).toEqual([]);
      expect(test.audit.bySubject({ kind: 'customer', id: 'C1' }, 10).map(({ kind }) => kind)).toEqual([
        'intake.import',
        'intake.import',
      ]);
      // The first list once more says something else than what holds now.
      expect(await desks.take('customers.csv', CUSTOMERS)).toMatchObject({
        outcome: 'imported',
        transactions: 1,
      });
      expect(receivables.customers({ limit: 1 }).rows[0]!.name).toBe('Ärger & Söhne GmbH');
    }));

  it('are found by their IBAN through the blind index', () =>
    withDesks(async (desks) => {
      await filled(desks);
      expect(desks.receivables.customersByIban('CH9300762011623852957')).toHaveLength(1);
      expect(desks.receivables.customersByIban('DE75512108001245126199')).toEqual([]);
    }));
});

describe('open items', () => {
  it('are listed by due date', () =>
    withDesks(async (desks) => {
      await filled(desks);
      const { rows, total } = desks.receivables.openItems({ limit: 10 });
      expect(total).toBe(3);
      expect(rows.map(({ invoiceNumber }) => invoiceNumber)).toEqual(['I1', 'I2', 'I3']);
      expect(rows[0]).toMatchObject({
        customerName: 'Ärger & Söhne GmbH',
        kind: 'invoice',
        amountMinor: 10_050n,
        openMinor: 10_050n,
        structuredReference: 'RF18539007547034',
        discountPercent: '2.5',
        discountUntil: '2024-01-10',
        state: 'open',
      });
      const first = desks.receivables.openItems({ limit: 2 });
      const second = desks.receivables.openItems({ limit: 2, cursor: first.nextCursor! });
      expect([...first.rows, ...second.rows]).toEqual(rows);
    }));

  it.each([
    ['a customer', { customerId: 'C1' }, ['I1', 'I2']],
    ['a state', { state: 'part-paid' }, ['I1']],
    ['a bucket', { bucket: 'over-90' }, ['I1', 'I2', 'I3']],
    ['another bucket', { bucket: 'not-due' }, []],
    ['the name of their customer', { text: 'zwei' }, ['I3']],
    ['their number', { text: 'i2' }, ['I2']],
    ['their reference', { text: 'RF18 5390' }, ['I1']],
  ] as const)('are filtered by %s', (_, filter, expected) =>
    withDesks(async (desks) => {
      await filled(desks);
      const { receivables, test } = desks;
      test.vault.transaction(() => receivables.settle(receivables.openItemByNumber('I1').id, 50n, 'M1'));
      const { rows, total } = receivables.openItems({ limit: 10, ...filter });
      expect(rows.map(({ invoiceNumber }) => invoiceNumber)).toEqual(expected);
      expect(total).toBe(expected.length);
    }),
  );

  it('age by what remains, credit notes against invoices', () =>
    withDesks(async (desks) => {
      await filled(desks);
      expect(desks.receivables.ageing('2024-02-20')).toEqual([
        { bucket: '1-30', currency: 'EUR', count: 2, amountMinor: 8_050n },
        { bucket: 'not-due', currency: 'CHF', count: 1, amountMinor: 7_000n },
      ]);
    }));

  it('that nobody knows are refused', () =>
    withDesks(async ({ receivables }) => {
      for (const work of [
        () => receivables.openItem('7'),
        () => receivables.openItem('x'),
        () => receivables.openItemByNumber('I1'),
        () => receivables.settle(7n, 1n, 'M1'),
      ]) {
        expect(work).toThrow(expect.objectContaining({ code: 'OPEN_ITEM_UNKNOWN' }));
      }
    }));
});

describe('settling', () => {
  it.each([
    ['a part', [40n], { openMinor: 10_010n, state: 'part-paid' }],
    ['the whole', [10_050n], { openMinor: 0n, state: 'paid' }],
    ['and taking it back', [10_050n, -10_050n], { openMinor: 10_050n, state: 'open' }],
    ['nothing', [0n], { openMinor: 10_050n, state: 'open' }],
  ] as const)('%s', (_, deltas, expected) =>
    withDesks(async (desks) => {
      await filled(desks);
      const { receivables, test } = desks;
      const { id } = receivables.openItemByNumber('I1');
      for (const delta of deltas) test.vault.transaction(() => receivables.settle(id, delta, 'M1'));
      expect(receivables.openItem(id.toString())).toMatchObject(expected);
      expect(await receivables.verifyItems()).toEqual({ ok: true, examined: 3, findings: [] });
    }),
  );

  it.each([
    ['more than remains', [10_000n, 51n]],
    ['back more than was settled', [10n, -11n]],
  ] as const)('%s is refused and changes nothing', (_, [first, second]) =>
    withDesks(async (desks) => {
      await filled(desks);
      const { receivables, test } = desks;
      const { id } = receivables.openItemByNumber('I1');
      test.vault.transaction(() => receivables.settle(id, first, 'M1'));
      expect(() => test.vault.transaction(() => receivables.settle(id, second, 'M2'))).toThrow(
        expect.objectContaining({ code: 'MATCH_OVER_ALLOCATED' }),
      );
      expect(receivables.openItemForMatching(id).openMinor).toBe(10_050n - first);
    }),
  );

  it('never leaves the bounds of an item, and the cache follows the steps', () =>
    withDesks(async (desks) => {
      await filled(desks);
      const { receivables, test } = desks;
      const { id, amountMinor } = receivables.openItemByNumber('I2');
      let open = amountMinor;
      fc.assert(
        fc.property(fc.bigInt({ min: -3_000n, max: 3_000n }), (delta) => {
          const fits = open - delta >= 0n && open - delta <= amountMinor;
          const settle = () => test.vault.transaction(() => receivables.settle(id, delta, 'M'));
          if (fits) {
            settle();
            open -= delta;
          } else expect(settle).toThrow();
          expect(receivables.openItemForMatching(id).openMinor).toBe(open);
        }),
        { numRuns: 60 },
      );
      expect((await receivables.verifyItems()).ok).toBe(true);
    }));

  it('cannot be done behind the room: rows are not edited', () =>
    withDesks(async (desks) => {
      await filled(desks);
      const { db } = desks.test.vault;
      for (const sql of [
        'UPDATE open_item SET amount_minor = 1',
        "UPDATE open_item SET invoice_number = 'X'",
        'DELETE FROM open_item',
        'UPDATE customer_version SET country = NULL',
        'DELETE FROM customer',
        'UPDATE open_item SET open_minor = amount_minor + 1',
      ]) {
        expect(() => db.exec(sql), sql).toThrow();
      }
    }));
});

describe('what matching reads', () => {
  it('is every open item and every customer, opened', () =>
    withDesks(async (desks) => {
      await filled(desks);
      const { receivables, test } = desks;
      test.vault.transaction(() => receivables.settle(receivables.openItemByNumber('I3').id, 7_000n, 'M1'));
      const items = [...receivables.openItemsForMatching()];
      expect(items.map(({ invoiceNumber }) => invoiceNumber)).toEqual(['I1', 'I2']);
      expect([...receivables.openItemsForMatching({ withPaid: true })]).toHaveLength(3);
      expect(items[0]).toMatchObject({
        customerId: 'C1',
        discountPpm: 25_000n,
        structuredReference: 'RF18539007547034',
      });
      const customers = [...receivables.customersForMatching()];
      expect(customers.map(({ customerId }) => customerId)).toEqual(['C1', 'C2', 'C3']);
      expect(customers[0]!.id).toBe(items[0]!.customer);
    }));
});
