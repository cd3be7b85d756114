import { describe, expect, it } from 'vitest';
import {
  type BigCamtOptions,
  bigCustomers,
  bigCustomersCsv,
  bigInvoicesCsv,
  bigItems,
  writeBigCamt,
} from '../../build/sample-data/big.ts';
import { checkDigitsHold } from '../../build/sample-data/identifiers.ts';
import { parseBytes } from '../../src/main/messages/index.ts';

async function write(options: BigCamtOptions) {
  const chunks: Buffer[] = [];
  const result = await writeBigCamt(options, (chunk) => {
    chunks.push(chunk);
    return undefined;
  });
  return { result, chunks, bytes: Buffer.concat(chunks) };
}

describe('a large statement', () => {
  it.each([
    { entries: 1_000, seed: 1 },
    { entries: 3, txDetailsPerEntry: 400, seed: 2 },
    { entries: 400, bytesPerEntry: 1_500, seed: 3 },
  ])('adds up and is read whole: %o', async (options) => {
    const { result, bytes } = await write(options);
    const events = parseBytes(bytes, 'big.xml');
    const end = events.find((event) => event.kind === 'statement-end');
    expect(end?.counts).toEqual({ entries: options.entries, transactions: result.transactions });
    expect(end?.balanceChecks[0]).toMatchObject({ outcome: 'balanced', closingMinor: result.closingMinor });
    expect(result.bytes).toBe(bytes.length);
    expect(checkDigitsHold(result.iban)).toBe(true);
  });

  it('has entries of about the length asked for', async () => {
    const entries = 2_000;
    const { result } = await write({ entries, seed: 1 });
    expect(result.bytes / entries).toBeGreaterThan(1_050);
    expect(result.bytes / entries).toBeLessThan(1_160);
  });

  it('goes out in chunks and waits for a slow sink', async () => {
    let waiting = 0;
    let chunks = 0;
    await writeBigCamt({ entries: 2_000, seed: 4 }, async (chunk) => {
      waiting += 1;
      expect(waiting).toBe(1);
      expect(chunk.length).toBeLessThan(400_000);
      await new Promise((resolve) => setImmediate(resolve));
      waiting -= 1;
      chunks += 1;
    });
    expect(chunks).toBeGreaterThan(5);
  });

  it('names the invoices it is given', async () => {
    const { bytes } = await write({ entries: 3, seed: 5, invoiceNumber: (at) => `X-${at}-Y` });
    expect([...bytes.toString('utf8').matchAll(/X-(\d)-Y/g)].map((match) => match[1])).toEqual([
      '0',
      '1',
      '2',
    ]);
  });
});

describe('a large world of open items', () => {
  const options = { customers: 300, items: 5_000, seed: 6 };
  const customers = bigCustomers(options);

  it('is read by the console, each row once', () => {
    const list = parseBytes(Buffer.from(bigCustomersCsv(customers), 'utf8'), 'customers.csv');
    expect(list.at(-1)).toMatchObject({ kind: 'file-end', rows: 300 });
    const invoices = parseBytes(Buffer.concat([...bigInvoicesCsv(options, customers)]), 'invoices.csv');
    expect(invoices.at(-1)).toMatchObject({ kind: 'file-end', rows: 5_000 });
  });

  it('has no two customers of one name and no two items of one number', () => {
    expect(new Set(customers.map((each) => each.name.toLowerCase())).size).toBe(300);
    const items = [...bigItems(options, customers)];
    expect(new Set(items.map((item) => item.invoiceNumber)).size).toBe(5_000);
    for (const item of items) {
      expect(item.structuredReference === '' || checkDigitsHold(item.structuredReference)).toBe(true);
    }
  });
});
