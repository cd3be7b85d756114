import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { codeOfCall } from '../support/refusal.ts';
import { analyst, CUSTOMERS, type Desk, INVOICE_HEADER, type LineOptions, openDesk } from './support.ts';

const PAYER = { name: 'Zahlstelle Brandt GmbH', iban: 'DE44500105175407324931' };
const OTHER_PAYER = { name: 'Kontor Weiss KG', iban: 'DE21500105175407324999' };
const AMOUNTS = ['483.17', '1592.39', '771.43', '2648.71', '319.87', '905.13'];
const ITEMS = `${INVOICE_HEADER}${AMOUNTS.map(
  (amount, at) => `INV-2026-200${at},C1,invoice,2026-10-01,2026-10-31,EUR,${amount},,,`,
).join('\n')}
INV-2026-3001,C2,invoice,2026-10-01,2026-10-31,EUR,640.21,,,
`;

let desk: Desk;

beforeEach(async () => {
  desk = await openDesk();
  await desk.import('customers.csv', CUSTOMERS);
  await desk.import('invoices.csv', ITEMS);
});
afterEach(() => desk.close());

const book = (...lines: LineOptions[]) => desk.book(lines);
const run = () => desk.reconciliation.run(analyst);
const learned = async (customerId?: string) =>
  (await desk.reconciliation.learned({ limit: 100, ...(customerId === undefined ? {} : { customerId }) }))
    .rows;
const told = async () =>
  (await learned()).map(({ customerId, name, account, decisions, shared }) => [
    customerId,
    name ?? account,
    decisions,
    shared,
  ]);
const status = (id: number) => desk.reconciliation.item(`${id}`).transaction.status;

function settle(id: number, ...invoices: string[]): void {
  const allocations = invoices.map((invoiceNumber) => {
    const { id: itemId, openMinor } = desk.receivables.openItemByNumber(invoiceNumber);
    return { openItemId: `${itemId}`, allocatedMinor: openMinor, discountMinor: 0n, chargesMinor: 0n };
  });
  desk.reconciliation.confirm({ bankTransactionId: `${id}`, allocations }, analyst);
}
const undo = (id: number) => desk.reconciliation.undo({ bankTransactionId: `${id}` }, analyst);

/** Three payments of the stranger, settled by hand, and a fourth that only its payer explains. */
async function teach(): Promise<void> {
  await book(...AMOUNTS.slice(0, 3).map((amount) => ({ ...PAYER, amount, text: 'danke' })), {
    ...PAYER,
    amount: AMOUNTS[3]!,
    text: 'danke',
  });
  for (const at of [0, 1, 2]) settle(at + 1, `INV-2026-200${at}`);
}

describe('a decision of a person', () => {
  test('teaches name and account, with its source, person and time', async () => {
    await book({ ...PAYER, amount: AMOUNTS[0]!, text: 'danke' });
    expect(await learned()).toEqual([]);
    settle(1, 'INV-2026-2000');
    expect(await told()).toEqual([
      ['C1', PAYER.name, 1, false],
      ['C1', PAYER.iban, 1, false],
    ]);
    const [row] = await learned('C1');
    expect(row).toMatchObject({
      customerName: 'Muster Handels GmbH',
      what: 'name',
      enough: 3,
      uses: 0,
      learnedFrom: [
        { bankTransactionId: '1', actor: analyst.actor, atMs: Date.parse('2026-11-20T12:00:00Z') },
      ],
    });
    expect(await learned('C2')).toEqual([]);
  });

  test('teaches nothing that the lists say, and nothing of whom several customers share', async () => {
    await book(
      { name: 'MUSTER-HANDELS GMBH', iban: 'DE89370400440532013000', amount: AMOUNTS[0]! },
      { ...PAYER, amount: '3288.92' },
    );
    settle(1, 'INV-2026-2000');
    settle(2, 'INV-2026-2003', 'INV-2026-3001');
    expect(await told()).toEqual([]);
  });

  test('is unlearned when it is undone, and learned again when it is made again', async () => {
    await book({ ...PAYER, amount: AMOUNTS[0]! });
    settle(1, 'INV-2026-2000');
    expect(await told()).toHaveLength(2);
    undo(1);
    expect(await told()).toEqual([]);
    settle(1, 'INV-2026-2000');
    expect(await told()).toHaveLength(2);
  });

  test('whose transaction rolls back teaches nothing', async () => {
    await book({ ...PAYER, amount: AMOUNTS[0]! });
    await learned();
    expect(() =>
      desk.test.vault.transaction(() => {
        settle(1, 'INV-2026-2000');
        throw new Error('the disk is gone');
      }),
    ).toThrow('the disk is gone');
    expect(await told()).toEqual([]);
  });
});

describe('a run', () => {
  test('relies on three decisions, says from where, and gives way when one is undone', async () => {
    await teach();
    await run();
    expect(status(4)).toBe('auto');
    const item = desk.reconciliation.item('4');
    const reason = item.match!.reasons.find(({ code }) => code === 'learned-alias');
    expect(reason).toMatchObject({
      text: 'payer as learned from decisions of people: 3',
      learnedFrom: { bankTransactionId: '1', actor: analyst.actor },
    });
    expect((await learned()).map(({ uses }) => uses)).toEqual([1, 1]);
    undo(2);
    await run();
    expect(status(4)).toBe('suggested');
    expect(status(1)).toBe('confirmed');
    expect((await learned()).map(({ uses }) => uses)).toEqual([0, 0]);
    expect(desk.reconciliation.item('4').suggestions[0]!.reasons.map(({ code }) => code)).toContain(
      'learned-alias',
    );
    expect(desk.ledger.trialBalance().balanced).toBe(true);
  });

  test('a reason whose decision was undone since names no source any more', async () => {
    await book({ ...PAYER, amount: AMOUNTS[0]! }, { ...PAYER, amount: AMOUNTS[1]! });
    settle(1, 'INV-2026-2000');
    await run();
    undo(1);
    const reasons = desk.reconciliation.item('2').suggestions[0]!.reasons;
    expect(reasons.find(({ code }) => code === 'learned-alias')).toEqual(
      expect.not.objectContaining({ learnedFrom: expect.anything() }),
    );
  });

  test('does not take back what a person decided, whatever was learned since', async () => {
    await teach();
    settle(4, 'INV-2026-2005');
    const before = desk.reconciliation.item('4').match;
    await run();
    await run();
    expect(desk.reconciliation.item('4').match).toEqual(before);
  });

  test('payments of one invoice that are settled together teach once', async () => {
    await book(
      { ...PAYER, amount: '100.11' },
      { ...PAYER, amount: '200.22' },
      { ...PAYER, amount: '182.84' },
    );
    const { id } = desk.receivables.openItemByNumber('INV-2026-2000');
    for (const [at, allocatedMinor] of [10_011n, 20_022n, 18_284n].entries()) {
      const allocations = [{ openItemId: `${id}`, allocatedMinor, discountMinor: 0n, chargesMinor: 0n }];
      desk.reconciliation.confirm({ bankTransactionId: `${at + 1}`, allocations }, analyst);
    }
    expect(await told()).toEqual([
      ['C1', PAYER.name, 1, false],
      ['C1', PAYER.iban, 1, false],
    ]);
  });
});

describe('what two customers were taught', () => {
  test('is shared, and the machine relies on it for neither', async () => {
    await teach();
    await book({ ...PAYER, amount: '640.21' });
    settle(5, 'INV-2026-3001');
    expect((await told()).map((row) => row[3])).toEqual([true, true, true, true]);
    await run();
    expect(status(4)).toBe('suggested');
  });
});

describe('a wrong decision', () => {
  test('posts nothing by itself, and nothing is left of it when it is taken back', async () => {
    // The payer is a stranger, whose money a person took for that of C2.
    await book({ ...OTHER_PAYER, amount: '640.21' }, { ...OTHER_PAYER, amount: AMOUNTS[1]! });
    settle(1, 'INV-2026-3001');
    await run();
    expect(status(2)).toBe('suggested');
    expect(desk.receivables.openItemByNumber('INV-2026-2001').openMinor).toBe(159_239n);
    undo(1);
    await run();
    expect(await told()).toEqual([]);
  });
});

describe('forgetting', () => {
  test('leaves the decisions and is not learned from them again; the next one teaches anew', async () => {
    await teach();
    await run();
    const [name, account] = await learned();
    expect(await desk.reconciliation.forget(account!.id, analyst)).toEqual({ decisions: 3 });
    expect(await told()).toEqual([['C1', PAYER.name, 3, false]]);
    await desk.reconciliation.forget(name!.id, analyst);
    expect(await told()).toEqual([]);
    await run();
    expect([1, 2, 3, 4].map(status)).toEqual(['confirmed', 'confirmed', 'confirmed', 'suggested']);
    expect(await told()).toEqual([]);
    settle(4, 'INV-2026-2003');
    expect(await told()).toEqual([
      ['C1', PAYER.name, 1, false],
      ['C1', PAYER.iban, 1, false],
    ]);
  });

  test('leaves one record that names the decisions and nobody else', async () => {
    await teach();
    const [name] = await learned();
    await desk.reconciliation.forget(name!.id, analyst);
    const { rows } = desk.test.audit.list({ kind: 'reconciliation.forget', limit: 10 });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ actor: analyst.actor });
    const { detail } = desk.test.audit.get(rows[0]!.seq);
    expect(JSON.parse(detail!)).toEqual({
      changes: [{ action: 'forget', decisions: 3, matches: ['1', '2', '3'], what: 'name' }],
    });
    expect(await codeOfCall(() => desk.reconciliation.forget(name!.id, analyst))).toBe('LEARNED_UNKNOWN');
  });

  test.each(['', '1', '99-name', '1-charges', '1-surname'])('%j is refused', async (id) => {
    await teach();
    const head = desk.test.audit.head();
    expect(await codeOfCall(() => desk.reconciliation.forget(id, analyst))).toBe('LEARNED_UNKNOWN');
    expect(desk.test.audit.head()).toEqual(head);
  });

  test('what was undone teaches nothing that could be forgotten', async () => {
    await teach();
    const [name] = await learned();
    undo(1);
    expect(await codeOfCall(() => desk.reconciliation.forget(name!.id, analyst))).toBe('LEARNED_UNKNOWN');
    expect(await told()).toEqual([
      ['C1', PAYER.name, 2, false],
      ['C1', PAYER.iban, 2, false],
    ]);
  });
});

describe('who is erased', () => {
  test('is not known any more: the payment, or the customer', async () => {
    await teach();
    expect(await told()).toHaveLength(2);
    const { vault, sealing } = desk.test;
    const contentOf = (sql: string) => vault.db.prepare<[], bigint>(sql).pluck().all();
    vault.transaction(() => {
      const [first] = contentOf('SELECT sealed_id FROM bank_transaction ORDER BY id');
      sealing.erase(first!);
    });
    await desk.reconciliation.relearn();
    expect((await told()).map((row) => row[2])).toEqual([2, 2]);
    vault.transaction(() => {
      for (const id of contentOf(
        "SELECT v.sealed_id FROM customer_version v JOIN customer c ON c.id = v.customer WHERE c.customer_id = 'C1'",
      ))
        sealing.erase(id);
    });
    await desk.reconciliation.relearn();
    expect(await told()).toEqual([]);
  });
});

describe('pages', () => {
  test('a customer’s rows stay together', async () => {
    await book({ ...PAYER, amount: AMOUNTS[0]! }, { ...OTHER_PAYER, amount: '640.21' });
    settle(1, 'INV-2026-2000');
    settle(2, 'INV-2026-3001');
    const first = await desk.reconciliation.learned({ limit: 1 });
    expect(first.rows.map(({ customerId }) => customerId)).toEqual(['C1', 'C1']);
    const next = await desk.reconciliation.learned({ limit: 1, cursor: first.nextCursor! });
    expect(next.rows.map(({ customerId }) => customerId)).toEqual(['C2', 'C2']);
    expect(next.nextCursor).toBeNull();
  });
});
