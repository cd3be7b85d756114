import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/contract/errors.ts';
import { createMetrics } from '../../src/main/base/metrics.ts';
import type { Evidence, MatchTransaction, Scorer } from '../../src/main/reconciliation/index.ts';
import { codeOf } from '../support/refusal.ts';
import {
  analyst,
  CUSTOMERS,
  camt053,
  type Desk,
  INVOICE_HEADER,
  INVOICES,
  type LineOptions,
  openDesk,
} from './support.ts';

const MUSTER = { name: 'Muster Handels GmbH', iban: 'DE89370400440532013000' };
const NORD = { name: 'Nordlicht Logistik AG', iban: 'DE75512108001245126199' };
const DATE = '2026-11-02';

let desk: Desk;

beforeEach(async () => {
  desk = await openDesk();
  await desk.import('customers.csv', CUSTOMERS);
  await desk.import('invoices.csv', INVOICES);
});
afterEach(() => desk.close());

const book = (lines: readonly LineOptions[], date?: string) => desk.book(lines, date);
const run = (target = desk) => target.reconciliation.run(analyst);
const lines = (target = desk) => target.reconciliation.matches({ limit: 500 }).rows;
const status = (): string =>
  lines()
    .map((line) => line.status)
    .join(' ');

/** Balance of a role account in euro, debit positive. */
function balance(role: Parameters<Desk['ledger']['roleAccount']>[0], target = desk): bigint {
  return target.test.vault.transaction(() =>
    target.ledger.balanceMinor(target.ledger.roleAccount(role, 'EUR')),
  );
}

function balances(target = desk) {
  const roles = ['unapplied-cash', 'receivables', 'discounts-allowed', 'bank-charges', 'held'] as const;
  return Object.fromEntries(roles.map((role) => [role, balance(role, target)]));
}

function openMinor(invoiceNumber: string, target = desk): bigint {
  return target.receivables.openItemByNumber(invoiceNumber).openMinor;
}

const refused = (code: ErrorCode, work: () => unknown) => expect(codeOf(work)).toBe(code);

async function expectBooksInOrder(target = desk): Promise<void> {
  expect(await target.receivables.verifyItems()).toMatchObject({ ok: true });
  expect(target.ledger.trialBalance().balanced).toBe(true);
}

const hand = (
  invoiceNumber: string,
  allocatedMinor: bigint,
  less: { discountMinor?: bigint; chargesMinor?: bigint } = {},
) => ({
  openItemId: desk.receivables.openItemByNumber(invoiceNumber).id.toString(),
  allocatedMinor,
  discountMinor: less.discountMinor ?? 0n,
  chargesMinor: less.chargesMinor ?? 0n,
});

describe('a run', () => {
  test('matches, posts the reallocation and records it', async () => {
    const owed = balance('receivables');
    await book([{ amount: '1190.17', text: 'INV-2026-1001', ...MUSTER }]);
    expect(balance('unapplied-cash')).toBe(-119_017n);
    expect(await run()).toMatchObject({ considered: 1, matched: 1, suggested: 0, unmatched: 0 });
    expect(balance('unapplied-cash')).toBe(0n);
    expect(balance('receivables')).toBe(owed - 119_017n);
    expect(openMinor('INV-2026-1001')).toBe(0n);
    expect(lines()[0]).toMatchObject({
      direction: 'credit',
      amount: '1190.17',
      currency: 'EUR',
      status: 'auto',
      rivals: 0,
      items: [{ invoiceNumber: 'INV-2026-1001', allocated: '1190.17' }],
    });
    expect(lines()[0]).not.toHaveProperty('exchange');
    expect(lines()[0]!.probability).toBeGreaterThan(0.99);
    expect(lines()[0]!.reasons).toContain('invoice number exact');
    expect(desk.statements.transactionRows([1n])[0]!.status).toBe('auto');
    expect(desk.test.audit.list({ kind: 'reconciliation.match', limit: 10 }).rows).toHaveLength(1);
    await expectBooksInOrder();
  });

  test('a second run finds nothing to write', async () => {
    await book([
      { amount: '1190.17', text: 'INV-2026-1001', ...MUSTER },
      { amount: '12.00', text: 'Spende' },
    ]);
    await run();
    const entries = desk.ledger.entryCount();
    const head = desk.test.audit.head();
    await run();
    expect(desk.ledger.entryCount()).toBe(entries);
    expect(desk.test.audit.head()).toEqual(head);
  });

  test('discount goes to Discounts allowed, charges to Bank charges, what is over stays unapplied', async () => {
    await book([
      { amount: '2332.74', text: 'INV-2026-1002 abzgl. 2% Skonto', ...MUSTER },
      { amount: '1000.00', text: 'INV-2026-1003', ...MUSTER },
    ]);
    await run();
    expect(status()).toBe('auto auto');
    expect(balance('discounts-allowed')).toBe(4_761n);
    expect(balance('unapplied-cash')).toBe(-24_420n);
    expect(lines()[0]!.items).toEqual([{ invoiceNumber: 'INV-2026-1002', allocated: '2380.35' }]);
    await expectBooksInOrder();
  });

  test('every booked line has its line in matches, whatever became of it', async () => {
    await book([
      { amount: '755.80', text: 'INV-2026-1003', ...MUSTER },
      { amount: '980.00', name: 'Nordlicht AG' },
      { amount: '5.00', text: 'Spende' },
      { amount: '20.00', direction: 'debit', text: 'Miete' },
      { amount: '755.80', text: 'INV-2026-1003', reversal: true, direction: 'debit', ...MUSTER },
    ]);
    expect(status()).toBe('unmatched unmatched unmatched unmatched unmatched');
    await run();
    expect(status()).toBe('auto suggested unmatched unmatched unmatched');
    expect(lines().map(({ bankTransactionId }) => bankTransactionId)).toEqual(['1', '2', '3', '4', '5']);
    expect(desk.reconciliation.counts()).toEqual({
      all: 5,
      auto: 1,
      confirmed: 0,
      suggested: 1,
      unmatched: 3,
      quarantined: 0,
    });
    expect(desk.reconciliation.rateByDay()).toEqual([{ date: DATE, transactions: 3, matched: 1 }]);
  });

  test('pages of the queue and of matches join without a gap', async () => {
    await book([
      { amount: '1.00' },
      { amount: '2.00' },
      { amount: '3.00' },
      { amount: '755.80', text: 'INV-2026-1003', ...MUSTER },
    ]);
    await run();
    const first = desk.reconciliation.queue({ limit: 3 });
    const second = desk.reconciliation.queue({ limit: 3, cursor: first.nextCursor! });
    expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(['4', '3', '2', '1']);
    expect(second.nextCursor).toBeNull();
    expect(desk.reconciliation.queue({ limit: 10, status: 'auto' }).rows).toMatchObject([
      { id: '4', reason: expect.any(String), invoiceNumbers: ['INV-2026-1003'] },
    ]);
    expect(desk.reconciliation.queue({ limit: 10, text: 'muster' }).rows.map(({ id }) => id)).toEqual(['4']);
    // By the index: what it found and what is matched to an invoice of that number, page by page.
    const found = (text: string, ids: bigint[], cursor?: string) =>
      desk.reconciliation.queue({ limit: 1, text, cursor }, { ids, lookedThrough: 200_000 });
    const one = found('1003', [1n, 2n]);
    expect(one).toMatchObject({ rows: [{ id: '4' }], total: 3, lookedThrough: 200_000 });
    expect(found('1003', [1n, 2n], one.nextCursor!)).toMatchObject({ rows: [{ id: '2' }] });
    // Very many ids are met by walking down instead; the pages join all the same.
    const many = Array.from({ length: 6_000 }, (_, at) => BigInt(at + 2));
    const newest = found('x', many);
    expect(newest).toMatchObject({ rows: [{ id: '4' }], total: null });
    expect(found('x', many, newest.nextCursor!)).toMatchObject({ rows: [{ id: '3' }] });
    expect(found('x', many, `${DATE} 3`)).toMatchObject({ rows: [{ id: '2' }], nextCursor: null });
    expect(found('nobody', [])).toMatchObject({ rows: [], total: 0, nextCursor: null });
    expect(desk.reconciliation.queue({ limit: 10, direction: 'debit' }).rows).toEqual([]);
    const page = desk.reconciliation.matches({ limit: 2 });
    expect(
      desk.reconciliation.matches({ limit: 2, cursor: page.nextCursor! }).rows.map((row) => row.amount),
    ).toEqual(['3.00', '755.80']);
  });

  test('can be cancelled, and nothing half-done stays', async () => {
    await book([{ amount: '1190.17', text: 'INV-2026-1001', ...MUSTER }]);
    const signal = AbortSignal.abort();
    await expect(desk.reconciliation.run(analyst, { signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(status()).toBe('unmatched');
    await run();
    expect(status()).toBe('auto');
  });

  test('on a worker thread it comes to the same', async () => {
    await book([
      { amount: '1190.17', text: 'INV-2026-1001', ...MUSTER },
      { amount: '980.00', name: 'Nordlicht AG' },
    ]);
    const stages = new Set<string>();
    await desk.reconciliation.run(analyst, { workerFrom: 0, onProgress: ({ stage }) => stages.add(stage) });
    expect(status()).toBe('auto suggested');
    expect(stages).toContain('write');
    const head = desk.test.audit.head();
    await run();
    expect(desk.test.audit.head()).toEqual(head);
  });

  test('runs asked for at once follow one another', async () => {
    await book([{ amount: '1190.17', text: 'INV-2026-1001', ...MUSTER }]);
    await Promise.all([run(), run(), run()]);
    expect(status()).toBe('auto');
    expect(balance('unapplied-cash')).toBe(0n);
  });

  test('a line booked into a closed period is reallocated on the first open day', async () => {
    await book([{ amount: '1190.17', text: 'INV-2026-1001', ...MUSTER }]);
    desk.ledger.closePeriod('2026-11-05', analyst);
    await run();
    const { match } = desk.reconciliation.item('1');
    const entry = desk.ledger.entries({ limit: 1, source: { kind: 'match', id: match!.id } }).rows[0]!;
    expect(entry.effectiveDate).toBe('2026-11-06');
    expect(match!.cleared).toBe(false);
  });
});

describe('the machine revises itself', () => {
  test('a better explanation that comes later takes the place, and the books follow', async () => {
    await book([{ amount: '4120.55', ...NORD }]);
    await run();
    expect(lines()[0]).toMatchObject({ status: 'auto', items: [{ invoiceNumber: 'INV-2026-1005' }] });
    // A second item of the same amount: without a reference nobody can tell them apart any more.
    await desk.import(
      'more.csv',
      `${INVOICE_HEADER}INV-2026-1099,C2,invoice,2026-10-08,2026-11-07,EUR,4120.55,,,\n`,
    );
    await run();
    expect(lines()[0]).toMatchObject({ status: 'suggested', rivals: 1 });
    const shown = () =>
      desk.reconciliation
        .item('1')
        .suggestions.map(({ rivals, allocations }) => `${rivals} ${allocations[0]!.invoiceNumber}`);
    expect(shown().sort()).toEqual(['1 INV-2026-1005', '1 INV-2026-1099']);
    expect(openMinor('INV-2026-1005')).toBe(412_055n);
    expect(balance('unapplied-cash')).toBe(-412_055n);
    // The payment that names the one makes the other unique again.
    await book([{ amount: '4120.55', text: 'INV-2026-1005', ...NORD }], '2026-11-03');
    await run();
    expect(lines().map(({ items }) => items[0]!.invoiceNumber)).toEqual(['INV-2026-1099', 'INV-2026-1005']);
    expect(balance('unapplied-cash')).toBe(0n);
    await expectBooksInOrder();
    expect(desk.reconciliation.item('1').history.map(({ action }) => action)).toEqual([
      'machine.match',
      'machine.undo',
      'machine.match',
    ]);
  });

  test('never in a closed period', async () => {
    await book([{ amount: '4120.55', ...NORD }]);
    await run();
    desk.ledger.closePeriod('2026-11-10', analyst);
    await desk.import(
      'more.csv',
      `${INVOICE_HEADER}INV-2026-1099,C2,invoice,2026-11-11,2026-12-07,EUR,4120.55,,,\n`,
    );
    await run();
    expect(lines()[0]).toMatchObject({ status: 'auto', items: [{ invoiceNumber: 'INV-2026-1005' }] });
    expect(desk.reconciliation.item('1').match!.cleared).toBe(true);
    refused('MATCH_CLEARED', () => desk.reconciliation.undo({ bankTransactionId: '1' }, analyst));
    refused('MATCH_CLEARED', () => desk.reconciliation.reject({ bankTransactionId: '1' }, analyst));
  });

  test('in a closed period where two people agreed, and the books change in the open one', async () => {
    await book([{ amount: '4120.55', ...NORD }]);
    await run();
    desk.ledger.closePeriod('2026-11-10', analyst);
    const cleared = desk.reconciliation.item('1').match!;
    expect(cleared.cleared).toBe(true);
    desk.reconciliation.undo({ bankTransactionId: '1', note: 'wrong payer' }, analyst, true);
    expect(lines()[0]).toMatchObject({ status: 'unmatched', items: [] });
    expect(openMinor('INV-2026-1005')).toBe(412_055n);
    expect(balance('unapplied-cash')).toBe(-412_055n);
    const entries = desk.ledger.entries({ limit: 100 }).rows;
    const reversal = entries.find(({ reverses }) => reverses === cleared.journalEntryId)!;
    expect(reversal.effectiveDate).toBe('2026-11-11');
    await expectBooksInOrder();
  });

  test('the order in which files arrive does not matter after a full run', async () => {
    const more = `${INVOICE_HEADER}INV-2026-1099,C2,invoice,2026-10-08,2026-11-07,EUR,4120.55,,,\nINV-2026-1098,C1,invoice,2026-10-08,2026-11-07,EUR,755.80,,,\n`;
    const first = camt053({
      id: 'A',
      date: '2026-11-02',
      openingMinor: 0n,
      lines: [
        { amount: '4120.55', ...NORD },
        { amount: '755.80', ...MUSTER },
        { amount: '1945.97', text: 'Sammelzahlung', ...MUSTER },
        { amount: '500.00', text: 'INV-2026-1002 Teilzahlung', ...MUSTER },
      ],
    });
    const second = camt053({
      id: 'B',
      date: '2026-11-03',
      openingMinor: first.closingMinor,
      lines: [
        { amount: '4120.55', text: 'INV-2026-1005', ...NORD },
        { amount: '755.80', text: 'INV-2026-1098', ...MUSTER },
        { amount: '1880.35', text: 'INV-2026-1002 Rest', ...MUSTER },
        { amount: '4120.55', text: 'INV-2026-1005', ...NORD },
      ],
    });
    const files: [string, string][] = [
      ['a.xml', first.xml],
      ['b.xml', second.xml],
      ['more.csv', more],
    ];
    const states = [];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      const other = await openDesk();
      try {
        await other.import('customers.csv', CUSTOMERS);
        await other.import('invoices.csv', INVOICES);
        for (const at of order) {
          await other.import(...files[at]!);
          await run(other);
        }
        await run(other);
        const told = lines(other).map(({ bankTransactionId: _id, ...line }) => line);
        states.push({
          told: told.sort((l, r) => (l.accountServicerReference! < r.accountServicerReference! ? -1 : 1)),
          books: balances(other),
        });
        await expectBooksInOrder(other);
      } finally {
        other.close();
      }
    }
    expect(states[1]).toEqual(states[0]);
    expect(states[2]).toEqual(states[0]);
    expect(states[0]!.told.filter((line) => line.status === 'auto').length).toBeGreaterThanOrEqual(5);
  });
});

describe('people', () => {
  beforeEach(async () => {
    await book([
      { amount: '980.00', name: 'Nordlicht AG' },
      { amount: '1190.17', text: 'INV-2026-1001', ...MUSTER },
      { amount: '3000.00', text: 'Zahlung', ...MUSTER },
    ]);
    await run();
    expect(status()).toBe('suggested auto unmatched');
  });

  const suggestions = (id = '1') => desk.reconciliation.item(id).suggestions;

  test('confirm a suggestion; later runs leave it alone', async () => {
    const [first, second] = suggestions();
    expect(first!.allocations).toMatchObject([
      { currency: 'EUR', openMinor: 98_000n, allocatedMinor: 98_000n },
    ]);
    const result = desk.reconciliation.confirm(
      { bankTransactionId: '1', suggestionId: second!.id, note: 'per telephone' },
      analyst,
    );
    expect(result).toMatchObject({ bankTransactionId: '1', status: 'confirmed' });
    const settled = second!.allocations[0]!.invoiceNumber;
    await run();
    expect(lines()[0]).toMatchObject({
      status: 'confirmed',
      items: [{ invoiceNumber: settled, allocated: '980.00' }],
    });
    expect(desk.reconciliation.item('1')).toMatchObject({
      match: { decidedBy: 'person', actor: 'analyst' },
      suggestions: [],
      history: [{ action: 'person.match', note: 'per telephone' }],
    });
    await expectBooksInOrder();
  });

  test('a note is sealed and stands in no table', () => {
    desk.reconciliation.reject({ bankTransactionId: '1', note: 'Herr Nordlicht sagt nein' }, analyst);
    const rows = desk.test.vault.db.prepare('SELECT * FROM match_rejection').all();
    expect(
      JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
    ).not.toContain('Nordlicht');
    expect(desk.reconciliation.item('1').history[0]!.note).toBe('Herr Nordlicht sagt nein');
  });

  test('a suggestion whose item changed is stale', () => {
    const { id, allocations } = suggestions()[0]!;
    desk.reconciliation.confirm(
      { bankTransactionId: '3', allocations: [hand(allocations[0]!.invoiceNumber, 10_000n)] },
      analyst,
    );
    refused('MATCH_STALE', () =>
      desk.reconciliation.confirm({ bankTransactionId: '1', suggestionId: id }, analyst),
    );
  });

  test('a suggestion belongs to its own transaction', () => {
    const { id } = suggestions()[0]!;
    refused('MATCH_UNKNOWN', () =>
      desk.reconciliation.confirm({ bankTransactionId: '3', suggestionId: id }, analyst),
    );
  });

  test('allocate by hand over several items, with discount and charges', async () => {
    const before = balance('receivables');
    const allocations = [
      hand('INV-2026-1002', 238_035n, { discountMinor: 5_000n, chargesMinor: 500n }),
      hand('INV-2026-1003', 60_000n),
    ];
    desk.reconciliation.confirm({ bankTransactionId: '3', allocations }, analyst);
    expect(balance('receivables')).toBe(before - 298_035n);
    expect(balance('discounts-allowed')).toBe(5_000n);
    expect(balance('bank-charges')).toBe(500n);
    expect(balance('unapplied-cash')).toBe(-98_000n - (300_000n - 292_535n));
    expect(openMinor('INV-2026-1003')).toBe(15_580n);
    expect(desk.reconciliation.item('3').match).toMatchObject({ remainderMinor: 7_465n });
    await expectBooksInOrder();
  });

  test('undo brings every balance back, and a redo the same ones again', async () => {
    const before = balances();
    const { id } = suggestions()[0]!;
    desk.reconciliation.confirm({ bankTransactionId: '1', suggestionId: id }, analyst);
    const confirmed = balances();
    expect(confirmed).not.toEqual(before);
    desk.reconciliation.undo({ bankTransactionId: '1' }, analyst);
    expect(balances()).toEqual(before);
    expect(lines()[0]!.status).toBe('suggested');
    desk.reconciliation.confirm({ bankTransactionId: '1', suggestionId: id }, analyst);
    expect(balances()).toEqual(confirmed);
    desk.reconciliation.undo({ bankTransactionId: '1' }, analyst);
    await run();
    expect(balances()).toEqual(before);
    await expectBooksInOrder();
  });

  test('what a person undid of the machine is not made again', async () => {
    desk.reconciliation.undo({ bankTransactionId: '2' }, analyst);
    expect(lines()[1]!.status).toBe('unmatched');
    expect(openMinor('INV-2026-1001')).toBe(119_017n);
    await run();
    expect(lines()[1]).toMatchObject({ status: 'unmatched', items: [] });
    // Undoing the rejection gives it back to the machine.
    desk.reconciliation.undo({ bankTransactionId: '2' }, analyst);
    await run();
    expect(lines()[1]!.status).toBe('auto');
  });

  test('a rejected match is not proposed again, and other explanations may be', async () => {
    const [first, second] = suggestions();
    desk.reconciliation.reject({ bankTransactionId: '1', suggestionId: first!.id }, analyst);
    await run();
    const left = suggestions().flatMap(({ allocations }) =>
      allocations.map(({ invoiceNumber }) => invoiceNumber),
    );
    expect(left).toEqual([second!.allocations[0]!.invoiceNumber]);
    desk.reconciliation.reject({ bankTransactionId: '1' }, analyst);
    await run();
    expect(suggestions()).toEqual([]);
    expect(lines()[0]!.status).toBe('unmatched');
    refused('MATCH_DECIDED', () => desk.reconciliation.reject({ bankTransactionId: '1' }, analyst));
  });

  test('the same rejection twice is one, and later runs still write', async () => {
    const [first] = suggestions();
    desk.reconciliation.reject({ bankTransactionId: '1', suggestionId: first!.id }, analyst);
    desk.reconciliation.reject({ bankTransactionId: '1', suggestionId: first!.id }, analyst);
    const result = await run();
    expect(result).toMatchObject({ suggested: 1 });
    const head = desk.test.audit.head();
    await run();
    expect(desk.test.audit.head()).toEqual(head);
  });

  test("confirm the machine's own match: no money moves, and it is the person's from then on", async () => {
    const entries = desk.ledger.entryCount();
    expect(desk.reconciliation.confirm({ bankTransactionId: '2' }, analyst).status).toBe('confirmed');
    expect(desk.ledger.entryCount()).toBe(entries);
    await run();
    expect(lines()[1]!.status).toBe('confirmed');
    desk.reconciliation.undo({ bankTransactionId: '2' }, analyst);
    expect(openMinor('INV-2026-1001')).toBe(119_017n);
    await expectBooksInOrder();
  });

  test.each<[string, ErrorCode, () => unknown]>([
    [
      'more than remains of the item',
      'MATCH_OVER_ALLOCATED',
      () =>
        desk.reconciliation.confirm(
          { bankTransactionId: '3', allocations: [hand('INV-2026-1003', 75_581n)] },
          analyst,
        ),
    ],
    [
      'more than the money',
      'MATCH_OVER_ALLOCATED',
      () =>
        desk.reconciliation.confirm(
          { bankTransactionId: '3', allocations: [hand('INV-2026-1005', 400_000n)] },
          analyst,
        ),
    ],
    [
      'an item twice',
      'INPUT_INVALID',
      () =>
        desk.reconciliation.confirm(
          { bankTransactionId: '3', allocations: [hand('INV-2026-1003', 1n), hand('INV-2026-1003', 1n)] },
          analyst,
        ),
    ],
    [
      'nothing',
      'INPUT_INVALID',
      () => desk.reconciliation.confirm({ bankTransactionId: '3', allocations: [] }, analyst),
    ],
    [
      'a credit note the wrong way',
      'INPUT_INVALID',
      () =>
        desk.reconciliation.confirm(
          { bankTransactionId: '3', allocations: [hand('CN-2026-0001', 100n)] },
          analyst,
        ),
    ],
    [
      'no suggestion',
      'MATCH_UNKNOWN',
      () => desk.reconciliation.confirm({ bankTransactionId: '3' }, analyst),
    ],
    [
      'matched already',
      'MATCH_NOT_OPEN',
      () =>
        desk.reconciliation.confirm(
          { bankTransactionId: '2', allocations: [hand('INV-2026-1003', 1n)] },
          analyst,
        ),
    ],
    [
      'no such transaction',
      'TRANSACTION_UNKNOWN',
      () => desk.reconciliation.confirm({ bankTransactionId: '99' }, analyst),
    ],
    [
      'no such item',
      'OPEN_ITEM_UNKNOWN',
      () =>
        desk.reconciliation.confirm(
          {
            bankTransactionId: '3',
            allocations: [{ openItemId: '999', allocatedMinor: 1n, discountMinor: 0n, chargesMinor: 0n }],
          },
          analyst,
        ),
    ],
    [
      'nothing to undo',
      'MATCH_UNDO_MACHINE_ONLY',
      () => desk.reconciliation.undo({ bankTransactionId: '1' }, analyst),
    ],
  ])('refused: %s', (_, code, work) => {
    const before = { books: balances(), head: desk.test.audit.head() };
    refused(code, work);
    expect({ books: balances(), head: desk.test.audit.head() }).toEqual(before);
  });
});

test('decisions and what stays unexplained are counted', async () => {
  const metrics = createMetrics();
  const counted = await openDesk({ metrics });
  try {
    await counted.import('customers.csv', CUSTOMERS);
    await counted.import('invoices.csv', INVOICES);
    const lines = [
      { amount: '1190.17', text: 'INV-2026-1001', ...MUSTER },
      { amount: '7.00', text: 'Spende' },
    ];
    await counted.book(lines);
    await run(counted);
    await run(counted);
    const text = await metrics.registry.metrics();
    expect(text).toContain('reconciliation_decisions_total{status="auto"} 1');
    expect(text).toContain('reconciliation_discrepancies_total{kind="unmatched"} 1');
  } finally {
    metrics.close();
    counted.close();
  }
});

test('money that the scorer holds stands in Held until a person has decided', async () => {
  const reasons: Evidence[] = [{ code: 'payer-unknown', weight: -1 }];
  const scorer: Scorer = {
    version: 'test-1',
    holds: (transaction: MatchTransaction) =>
      transaction.amountMinor === 119_017n ? { reasons } : undefined,
  };
  const held = await openDesk({ scorer });
  try {
    await held.import('customers.csv', CUSTOMERS);
    await held.import('invoices.csv', INVOICES);
    const { xml } = camt053({
      id: 'H',
      date: DATE,
      openingMinor: 0n,
      lines: [{ amount: '1190.17', text: 'INV-2026-1001', ...MUSTER }],
    });
    await held.import('h.xml', xml);
    await run(held);
    expect(lines(held)[0]).toMatchObject({
      status: 'quarantined',
      items: [],
      reasons: ['payer is nobody we know'],
    });
    expect(balances(held)).toMatchObject({ 'unapplied-cash': 0n, held: -119_017n });
    const openItemId = held.receivables.openItemByNumber('INV-2026-1001').id.toString();
    const allocations = [{ openItemId, allocatedMinor: 119_017n, discountMinor: 0n, chargesMinor: 0n }];
    held.reconciliation.confirm({ bankTransactionId: '1', allocations }, analyst);
    await run(held);
    expect(lines(held)[0]!.status).toBe('confirmed');
    expect(balances(held)).toMatchObject({ 'unapplied-cash': 0n, held: 0n });
    await expectBooksInOrder(held);
  } finally {
    held.close();
  }
});
