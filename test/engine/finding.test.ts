import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost, type EngineHost } from '../../src/main/engine/index.ts';
import { cheapStretch, connectTo, demoStaffOf } from '../support/people.ts';

let folder: string;
let host: EngineHost;
let client: Client;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-finding-'));
  host = createEngineHost({
    ...{ dataFolder: folder, version: 'test' },
    stretchOfOperatorsInTests: cheapStretch,
  });
  ({ client } = await demoStaffOf(connectTo(host, 'cli')));
  await client.vault.openDemo();
  await client.system.demo();
  // The index is built beside.
  while (!(await isReady())) await new Promise((resolve) => setTimeout(resolve, 50));
}, 120_000);

afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

const isReady = async () => (await client.search.query({ text: 'x' })).ready;

/** All rows of a list that comes in pages. */
async function all<T>(
  page: (cursor: string | undefined) => Promise<{ rows: T[]; nextCursor: string | null }>,
): Promise<T[]> {
  const rows: T[] = [];
  let cursor: string | undefined;
  do {
    const answer = await page(cursor);
    rows.push(...answer.rows);
    cursor = answer.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return rows;
}

const paged = (cursor: string | undefined) => ({ limit: 300, ...(cursor === undefined ? {} : { cursor }) });

describe('the text filters, by the index', () => {
  it('find every line of a counterparty, wherever in the queue it stands, and say so', async () => {
    const lines = await all((cursor) => client.reconciliation.queue(paged(cursor)));
    const text = lines.at(-1)!.counterparty!.slice(0, 8).toLowerCase();
    const wanted = lines.filter(({ counterparty }) => counterparty?.toLowerCase().includes(text));
    const found = await all((cursor) => client.reconciliation.queue({ ...paged(cursor), text }));
    const ids = new Set(found.map(({ id }) => id));
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.filter(({ id }) => !ids.has(id))).toEqual([]);
    expect(await client.reconciliation.queue({ limit: 1, text })).toMatchObject({
      lookedThrough: null,
      total: found.length,
    });
  });

  it('find a line by the invoice it is matched to, and by the account it came in on', async () => {
    const [line] = (await client.reconciliation.queue({ status: 'auto', limit: 1 })).rows;
    const byInvoice = await client.reconciliation.queue({ text: line!.invoiceNumbers[0]!, limit: 50 });
    expect(byInvoice.rows.map(({ id }) => id)).toContain(line!.id);
    const { accountNumber } = line!;
    // Lines that name the account as their counterparty's are found beside those that came in on it.
    const text = accountNumber.slice(0, 10);
    const byAccount = await all((cursor) => client.reconciliation.queue({ ...paged(cursor), text }));
    const ids = new Set(byAccount.map(({ id }) => id));
    const own = (await all((cursor) => client.reconciliation.queue(paged(cursor)))).filter(
      (each) => each.accountNumber === accountNumber,
    );
    expect(own.length).toBeGreaterThan(50);
    expect(own.filter(({ id }) => !ids.has(id))).toEqual([]);
  });

  it('find every item of a customer and every customer of a name', async () => {
    const customers = await all((cursor) => client.receivables.customers(paged(cursor)));
    const items = await all((cursor) => client.receivables.openItems(paged(cursor)));
    const text = 'gmbh';
    const named = customers.filter(({ name }) => name.toLowerCase().includes(text));
    const found = await all((cursor) => client.receivables.customers({ ...paged(cursor), text }));
    const foundIds = new Set(found.map(({ customerId }) => customerId));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ customerId }) => !foundIds.has(customerId))).toEqual([]);
    const owed = items.filter(({ customerName }) => customerName.toLowerCase().includes(text));
    const foundItems = await all((cursor) => client.receivables.openItems({ ...paged(cursor), text }));
    const itemIds = new Set(foundItems.map(({ id }) => id));
    expect(owed.filter(({ id }) => !itemIds.has(id))).toEqual([]);
    expect(await client.receivables.openItems({ limit: 1, text })).toMatchObject({ lookedThrough: null });
    expect(await client.receivables.customers({ limit: 1, text: 'nobody at all' })).toMatchObject({
      rows: [],
    });
  });
});
