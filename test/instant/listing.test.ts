/** The list of payments: what narrows it, how it is paged, and that no page of a long list takes long. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentQuery } from '../../src/main/instant/listing.ts';
import {
  camt054,
  camt056,
  type InstantDesk,
  NORD,
  openInstantDesk,
  pacs002,
  pacs004,
  pacs008,
} from './support.ts';

const key = (n: number) => ({ endToEndId: `E${n}` });
const HOUR_MS = 3_600_000;

let desk: InstantDesk;
let startMs: number;
let statusMessage: bigint;
const advance = (ms: number) => (desk.test.runtime as unknown as { advance(ms: number): void }).advance(ms);

/** Amounts of the rows of every page, in order; each page is as long as it was asked to be. */
function amountsOf(query: Partial<PaymentQuery>, limit = 2, found?: readonly bigint[]): bigint[] {
  const amounts: bigint[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 100; pages += 1) {
    const more = cursor === undefined ? {} : { cursor };
    const page = desk.instant.payments(
      { ...query, limit, ...more },
      found && { ids: found, lookedThrough: null },
    );
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    amounts.push(...page.rows.map(({ amountMinor }) => amountMinor));
    if (page.nextCursor === null) return amounts;
    cursor = page.nextCursor;
  }
  throw new Error('the list has no end');
}

beforeAll(async () => {
  desk = await openInstantDesk();
  startMs = desk.test.runtime.nowMs();
  desk.send(pacs008({ amount: '1190.17', text: 'INV-2026-1001', keys: key(1) }));
  desk.send(pacs008({ amount: '980.00', text: 'INV-2026-1004', keys: key(2), debtor: NORD }));
  advance(HOUR_MS);
  desk.send(pacs008({ amount: '755.80', text: 'INV-2026-1003', keys: key(3) }));
  desk.send(camt054({ amount: '77.00', text: 'hello', keys: key(4), debtor: { name: 'Stranger' } }));
  desk.send(camt054({ amount: '12.50', keys: key(5), direction: 'debit', debtor: NORD }));
  desk.send(pacs004(key(3), '755.80'));
  statusMessage = desk.send(pacs002(key(2))).messageNumber;
  desk.send(camt056(key(1)));
  advance(2 * 24 * HOUR_MS);
  desk.send(pacs008({ amount: '1190.17', text: 'INV-2026-1002', keys: key(6) }));
}, 60_000);
afterAll(() => desk?.test.close());

describe('the list', () => {
  const ALL = [119_017n, 1_250n, 7_700n, 75_580n, 98_000n, 119_017n];
  test.each<[string, Partial<PaymentQuery>, bigint[]]>([
    ['nothing', {}, ALL],
    ['what waits', { state: 'waiting' }, [1_250n, 7_700n]],
    ['what was rejected', { state: 'rejected' }, [98_000n]],
    ['what went back', { state: 'returned' }, [75_580n]],
    ['what was asked back', { state: 'recalled' }, [119_017n]],
    ['a rail', { rail: 'sepa-instant' }, ALL],
    ['another rail', { rail: 'pix' }, []],
    ['a currency', { currency: 'EUR' }, ALL],
    ['another currency', { currency: 'USD' }, []],
    ['money out', { direction: 'debit' }, [1_250n]],
    ['money in that waits', { direction: 'credit', state: 'waiting' }, [7_700n]],
    ['the last hour', { age: 'hour' }, [119_017n]],
    ['one to three days', { age: 'three-days' }, [1_250n, 7_700n, 75_580n, 98_000n, 119_017n]],
    ['before that', { age: 'older' }, []],
    ['what was matched at once', { matchedAtOnce: true }, [119_017n, 75_580n, 98_000n, 119_017n]],
    ['what is in transit', { inTransit: true }, [119_017n, 75_580n, 119_017n]],
    ['a reference', { text: 'e4' }, [7_700n]],
    ['a payer', { text: 'nordlicht' }, [1_250n, 98_000n]],
    ['an amount as it is written', { text: '1,190.17' }, [119_017n, 119_017n]],
    ['a text that nothing holds', { text: 'zzz' }, []],
    ['an account that there is none of', { bankAccountId: '999' }, []],
    ['a message that there is none of', { messageNumber: '999' }, []],
    ['a message by what is no number', { messageNumber: 'x' }, []],
  ])('is narrowed to %s', (_, query, amounts) => {
    expect(amountsOf(query)).toEqual(amounts);
    expect(amountsOf(query, 500)).toEqual(amounts);
  });

  test('is narrowed to an hour of the curve', () => {
    const of = (fromMs: number) => amountsOf({ receivedFromMs: fromMs, receivedBeforeMs: fromMs + HOUR_MS });
    expect(of(startMs)).toEqual([98_000n, 119_017n]);
    expect(of(startMs + HOUR_MS)).toEqual([1_250n, 7_700n, 75_580n]);
    expect(of(startMs + 2 * HOUR_MS)).toEqual([]);
  });

  test('is narrowed to a deadline of the curve', () => {
    const [first] = desk.instant.openPrePosts({ limit: 10, overdueOnly: false }).rows;
    expect(amountsOf({ dueAtMs: first!.dueAtMs })).toEqual([119_017n, 75_580n, 119_017n]);
    expect(amountsOf({ dueAtMs: first!.dueAtMs + 1 })).toEqual([]);
  });

  test('is narrowed to what a message told of, also of one that said more of a payment', () => {
    expect(amountsOf({ messageNumber: statusMessage.toString() })).toEqual([98_000n]);
  });

  test('takes the index of the search room where that is up to date', () => {
    const { rows } = desk.instant.payments({ limit: 10 });
    const ids = rows.slice(1, 4).map(({ id }) => BigInt(id));
    expect(amountsOf({ text: 'whatever' }, 2, [3n, ...ids])).toEqual([1_250n, 7_700n, 75_580n]);
    expect(amountsOf({ text: 'whatever', state: 'returned' }, 2, ids)).toEqual([75_580n]);
  });

  test('counts what is in each state', () => {
    expect(desk.instant.counts().counts).toEqual({
      ...{ waiting: 2, 'pre-posted': 1, cleared: 0, returned: 1, rejected: 1, recalled: 1, overdue: 0 },
    });
  });

  test('begins anew where the cursor is none', () => {
    expect(desk.instant.payments({ limit: 1, cursor: 'x; DROP TABLE' }).rows).toHaveLength(1);
  });

  test('tells of a message and shows its bytes', () => {
    const number = statusMessage.toString();
    expect(desk.instant.message(number)).toMatchObject({ kind: 'pacs.002', form: 'json', source: 'test' });
    expect(desk.instant.messageSource(number).text).toMatch(/^M-/);
    for (const unknown of ['99999', 'x', ''])
      expect(() => desk.instant.message(unknown)).toThrow(
        expect.objectContaining({ code: 'INSTANT_MESSAGE_UNKNOWN' }),
      );
  });
});

describe('a list of a hundred thousand', () => {
  test('lets go of the loop after each page, and finds what is rare in it', () => {
    const { db } = desk.test.vault;
    db.exec(`INSERT INTO instant_payment (id, message_id, bank_account_id, currency, rail, money_minor, paid_on,
        received_at_ms, due_at_ms)
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      SELECT (SELECT max(id) FROM instant_payment) + i, 1000000 + i, 1, 'USD', 'fednow', 100 + i, '2026-11-23',
        ${startMs + 100 * HOUR_MS} + i, ${startMs + 200 * HOUR_MS} FROM n`);
    const took: number[] = [];
    const amounts: bigint[] = [];
    let cursor: string | undefined;
    do {
      const before = process.cpuUsage();
      const more = cursor === undefined ? {} : { cursor };
      const page = desk.instant.payments({ limit: 100, rail: 'sepa-instant', ...more });
      const { user, system } = process.cpuUsage(before);
      took.push((user + system) / 1_000);
      amounts.push(...page.rows.map(({ amountMinor }) => amountMinor));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(amounts).toHaveLength(6);
    expect(took.length).toBeGreaterThan(15);
    // A page looks at five thousand payments; the law of the house is 50 ms for any hold of the loop.
    expect(took.sort((a, b) => a - b)[Math.floor(took.length / 2)]).toBeLessThan(50);
    const { counts, mostCounted } = desk.instant.counts();
    expect(counts.waiting).toBe(mostCounted);
    // What the index leads to is there at once, however long the list is.
    const states = desk.instant.payments({ limit: 100, state: 'returned' });
    expect([states.rows.length, states.nextCursor]).toEqual([1, null]);
    expect(desk.instant.payments({ limit: 100, messageNumber: '1' }).rows).toHaveLength(1);
  });
});
