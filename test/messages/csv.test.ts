import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPercentPpm } from '../../src/main/messages/csv-rows.ts';
import { type CustomerRow, type InvoiceRow, parseBytes } from '../../src/main/messages/index.ts';
import { bytesOf, eventsOf, parseText, refusalOf, warningsOf } from './support.ts';

const CUSTOMERS = 'customer_id,name,country,ibans,aliases';
const INVOICES =
  'invoice_number,customer_id,kind,issued_on,due_on,currency,amount,structured_reference,discount_percent,discount_until';

const customers = (text: string): CustomerRow[] =>
  eventsOf(parseText(text), 'customers').flatMap(({ rows }) => rows);
const invoices = (text: string): InvoiceRow[] =>
  eventsOf(parseText(text), 'invoices').flatMap(({ rows }) => rows);
const invoice = (changes: Partial<Record<string, string>> = {}): string => {
  const values: Record<string, string | undefined> = {
    invoice_number: 'R-1',
    customer_id: 'C1',
    kind: 'invoice',
    issued_on: '2025-03-01',
    due_on: '2025-03-31',
    currency: 'EUR',
    amount: '119.00',
    structured_reference: '',
    discount_percent: '',
    discount_until: '',
    ...changes,
  };
  return `${INVOICES}\n${INVOICES.split(',')
    .map((name) => values[name])
    .join(',')}\n`;
};

describe('customers', () => {
  it('reads rows, in any order of columns, with quotes, lists and empty fields', () => {
    const text =
      'name,aliases,customer_id,ibans,country\r\n' +
      '"Müller, ""Co"" GmbH",Mueller|MUELLER CO, C1 ,DE89 3704 0044 0532 0130 00|NL91ABNA0417164300,de\r\n' +
      '"two\nlines",,C2,,\r\n';
    expect(customers(text)).toEqual([
      {
        line: 2,
        customerId: 'C1',
        name: 'Müller, "Co" GmbH',
        country: 'DE',
        ibans: ['DE89370400440532013000', 'NL91ABNA0417164300'],
        aliases: ['Mueller', 'MUELLER CO'],
      },
      { line: 3, customerId: 'C2', name: 'two\nlines', ibans: [], aliases: [] },
    ]);
  });

  it('leaves extra columns out under a warning', () => {
    const events = parseText(`${CUSTOMERS},colour\nC1,A,DE,,,red\n`);
    expect(events[0]).toEqual({ kind: 'file-start', type: 'customers', encoding: 'utf-8' });
    expect(warningsOf(events)).toEqual(['CSV_COLUMN_IGNORED']);
    expect(eventsOf(events, 'warning')[0]?.message).toContain('"colour"');
  });

  it('takes a byte order mark, a header of other case, blank lines and a last line without an end', () => {
    expect(customers(`\uFEFFCUSTOMER_ID,Name,Country,IBANs,Aliases\n\nC1,A,DE,,\n\nC2,B,,,`)).toHaveLength(2);
    expect(customers(`${CUSTOMERS}\n`)).toEqual([]);
  });

  it('reads ISO-8859-1 where the bytes are not UTF-8', () => {
    const events = parseBytes(bytesOf(`${CUSTOMERS}\nC1,Müller,DE,,\n`, 'latin1'), 'f');
    expect(eventsOf(events, 'customers')[0]?.rows[0]?.name).toBe('Müller');
    expect(warningsOf(events)).toEqual(['ENCODING_FALLBACK']);
  });

  it.each([
    ['a missing column', 'customer_id,name,country,aliases\nC1,A,DE,\n', 'CSV_COLUMN_MISSING', 1, 'ibans'],
    ['a missing key column', 'name,country,ibans,aliases\nA,DE,,\n', 'CSV_COLUMN_MISSING', 1, 'customer_id'],
    ['a column twice', `${CUSTOMERS},name\nC1,A,DE,,,B\n`, 'CSV_MALFORMED', 1, 'name'],
    [
      'wrong check digits',
      `${CUSTOMERS}\nC1,A,DE,,\nC2,B,DE,DE88370400440532013000,\n`,
      'IBAN_INVALID',
      3,
      'ibans',
    ],
    [
      'an IBAN of another length',
      `${CUSTOMERS}\nC1,A,DE,DE8937040044053201300,\n`,
      'IBAN_INVALID',
      2,
      'ibans',
    ],
    ['no name', `${CUSTOMERS}\nC1,,DE,,\n`, 'CSV_VALUE_INVALID', 2, 'name'],
    ['a country of three letters', `${CUSTOMERS}\nC1,A,DEU,,\n`, 'CSV_VALUE_INVALID', 2, 'country'],
    ['a number twice', `${CUSTOMERS}\nC1,A,DE,,\nC1,B,DE,,\n`, 'CSV_DUPLICATE', 3, 'customer_id'],
    ['a row that is too short', `${CUSTOMERS}\nC1,A,DE,\n`, 'CSV_MALFORMED', 2, undefined],
    ['a row that is too long', `${CUSTOMERS}\nC1,A,DE,,,\n`, 'CSV_MALFORMED', 2, undefined],
    ['a quote in a field', `${CUSTOMERS}\nC1,A"B",DE,,\n`, 'CSV_MALFORMED', 2, undefined],
    ['text after a quote', `${CUSTOMERS}\nC1,"A"B,DE,,\n`, 'CSV_MALFORMED', 2, undefined],
    [
      'a quote that does not close',
      `${CUSTOMERS}\nC1,"A,DE,,\nC2,B,DE,,\n`,
      'MESSAGE_TRUNCATED',
      2,
      undefined,
    ],
    ['a NUL', `${CUSTOMERS}\nC1,A\0,DE,,\n`, 'CSV_MALFORMED', 2, undefined],
    [
      'a record of more than 1 MiB',
      `${CUSTOMERS}\nC1,"${'x'.repeat(1_100_000)}`,
      'CSV_MALFORMED',
      2,
      undefined,
    ],
  ])('refuses %s', (_, text, code, line, path) => {
    expect(refusalOf(() => parseText(text))).toMatchObject({
      code,
      line,
      ...(path === undefined ? {} : { path }),
    });
  });
});

describe('invoices', () => {
  it('reads rows', () => {
    const text =
      `${INVOICES}\nR-1,C1,invoice,2025-03-01,2025-03-31,EUR,119.00,RF18 5390 0754 7034,2.5,2025-03-15\n` +
      'R-2,C1,credit_note,2025-03-02,2025-03-31,JPY,1200,,,\n';
    expect(invoices(text)).toEqual([
      {
        line: 2,
        invoiceNumber: 'R-1',
        customerId: 'C1',
        kind: 'invoice',
        issuedOn: '2025-03-01',
        dueOn: '2025-03-31',
        currency: 'EUR',
        amountMinor: 11_900n,
        structuredReference: 'RF18539007547034',
        discountPpm: 25_000,
        discountUntil: '2025-03-15',
      },
      {
        line: 3,
        invoiceNumber: 'R-2',
        customerId: 'C1',
        kind: 'credit_note',
        issuedOn: '2025-03-02',
        dueOn: '2025-03-31',
        currency: 'JPY',
        amountMinor: 1_200n,
      },
    ]);
  });

  it.each([
    [{ amount: '119' }, { amountMinor: 11_900n }],
    [{ amount: '119.0000' }, { amountMinor: 11_900n }],
    [{ kind: 'Invoice' }, { kind: 'invoice' }],
    [{ discount_percent: '0' }, { amountMinor: 11_900n }],
    [{ structured_reference: 'ABC 1' }, { structuredReference: 'ABC 1' }],
  ])('takes %o', (changes, expected) => {
    expect(invoices(invoice(changes))[0]).toMatchObject(expected);
  });

  it.each([
    ['amount', { amount: '119.001' }, 'AMOUNT_SCALE'],
    ['amount', { amount: '-119.00' }, 'AMOUNT_INVALID'],
    ['amount', { amount: '0.00' }, 'AMOUNT_INVALID'],
    ['amount', { amount: '"119,00"' }, 'AMOUNT_INVALID'],
    ['amount', { amount: '' }, 'CSV_VALUE_INVALID'],
    ['amount', { amount: '1e3' }, 'AMOUNT_INVALID'],
    ['currency', { currency: 'XXQ' }, 'CURRENCY_UNKNOWN'],
    ['currency', { currency: 'eur' }, 'CURRENCY_UNKNOWN'],
    ['kind', { kind: 'bill' }, 'CSV_VALUE_INVALID'],
    ['issued_on', { issued_on: '2025-02-30' }, 'DATE_INVALID'],
    ['due_on', { due_on: '31.03.2025' }, 'DATE_INVALID'],
    ['discount_percent', { discount_percent: '2.12345', discount_until: '2025-03-15' }, 'CSV_VALUE_INVALID'],
    ['discount_percent', { discount_percent: '101', discount_until: '2025-03-15' }, 'CSV_VALUE_INVALID'],
    ['discount_percent', { discount_until: '2025-03-15' }, 'CSV_VALUE_INVALID'],
    ['discount_until', { discount_percent: '2' }, 'CSV_VALUE_INVALID'],
    ['invoice_number', { invoice_number: 'x'.repeat(65) }, 'CSV_VALUE_INVALID'],
  ])('refuses a wrong %s: %o', (path, changes, code) => {
    expect(refusalOf(() => parseText(invoice(changes)))).toMatchObject({ code, line: 2, path });
  });

  it('refuses a file in which a number stands twice, and one that lacks a column', () => {
    const twice = invoice() + invoice().split('\n')[1];
    expect(refusalOf(() => parseText(twice))).toMatchObject({ code: 'CSV_DUPLICATE', line: 3 });
    expect(refusalOf(() => parseText(invoice().replace(',amount', ',sum')))).toMatchObject({
      code: 'CSV_COLUMN_MISSING',
      path: 'amount',
    });
  });

  it.each([
    ['2', 20_000],
    ['2.5', 25_000],
    ['0.0001', 1],
    ['2.50000', 25_000],
    ['100', 1_000_000],
    ['100.0001', undefined],
    ['2,5', undefined],
    ['-1', undefined],
    ['', undefined],
  ])('%s percent is %s parts per million', (text, ppm) => {
    expect(readPercentPpm(text)).toBe(ppm);
  });
});

describe('RFC 4180', () => {
  it('reads back what is written, however it is quoted and cut', () => {
    const field = fc
      .string({ unit: fc.constantFrom('a', 'ü', '"', ',', '\n', '\r\n', ' ', '€'), maxLength: 8 })
      .map((text) => `x${text}x`);
    const rows = fc.array(fc.tuple(field, fc.boolean()), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.boolean(), (names, crlf) => {
        const end = crlf ? '\r\n' : '\n';
        const quote = (text: string, always: boolean) =>
          always || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
        const lines = names.map(([name, always], at) => `C${at},${quote(name, always)},,,`);
        const read = customers([CUSTOMERS, ...lines].join(end));
        expect(read.map(({ name }) => name)).toEqual(names.map(([name]) => name));
      }),
    );
  });
});
