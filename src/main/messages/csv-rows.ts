/** The columns of the two CSV files and the checks of their rows. Pure: text in, rows or an error out. */
import { currencyScale, parseAmount } from '../../contract/money.ts';
import { CountersignError, type ErrorDetails, isIsoDate } from '../base/index.ts';
import { checkIban } from './iban.ts';
import { looksLikeRfReference, normaliseRfReference } from './rf-reference.ts';
import type { CustomerRow, InvoiceRow } from './types.ts';

export const CUSTOMER_COLUMNS = ['customer_id', 'name', 'country', 'ibans', 'aliases'] as const;
export const INVOICE_COLUMNS = [
  'invoice_number',
  'customer_id',
  'kind',
  'issued_on',
  'due_on',
  'currency',
  'amount',
  'structured_reference',
  'discount_percent',
  'discount_until',
] as const;

type Column = (typeof CUSTOMER_COLUMNS)[number] | (typeof INVOICE_COLUMNS)[number];

/** Which file a header line belongs to; undefined where it is neither. */
export function csvTypeOf(header: readonly string[]): 'customers' | 'invoices' | undefined {
  const names = new Set(header.map((name) => name.trim().toLowerCase()));
  const shared = 'customer_id';
  const score = (columns: readonly string[]) =>
    columns.filter((column) => column !== shared && names.has(column)).length;
  const customers = score(CUSTOMER_COLUMNS);
  const invoices = score(INVOICE_COLUMNS);
  // One column alone is no evidence unless it is the key of its file.
  if (names.has('invoice_number') || invoices > Math.max(1, customers)) return 'invoices';
  if ((names.has(shared) && customers > 0) || customers > 1) return 'customers';
  return undefined;
}

/** A row with its values by column name, its line, and errors that say where. */
export class CsvRow {
  readonly #columns: ReadonlyMap<string, number>;
  readonly #fields: readonly string[];
  readonly #fileName: string;
  readonly line: number;

  constructor(
    columns: ReadonlyMap<string, number>,
    fields: readonly string[],
    fileName: string,
    line: number,
  ) {
    this.#columns = columns;
    this.#fields = fields;
    this.#fileName = fileName;
    this.line = line;
  }

  /** The trimmed value; empty text where there is none. */
  text(column: Column): string {
    return (this.#fields[this.#columns.get(column) ?? -1] ?? '').trim();
  }

  needed(column: Column, maxLength: number): string {
    const value = this.text(column);
    if (value === '') this.fail('CSV_VALUE_INVALID', column, 'The value is missing.', 'a value');
    if (value.length > maxLength) {
      this.fail('CSV_VALUE_INVALID', column, 'The value is too long.', `at most ${maxLength} characters`);
    }
    return value;
  }

  date(column: Column): string {
    const value = this.needed(column, 32);
    if (!isIsoDate(value))
      this.fail('DATE_INVALID', column, 'The date does not exist or is not YYYY-MM-DD.', 'YYYY-MM-DD');
    return value;
  }

  list(column: Column): string[] {
    return this.text(column)
      .split('|')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }

  fail(
    code:
      | 'CSV_VALUE_INVALID'
      | 'DATE_INVALID'
      | 'IBAN_INVALID'
      | 'AMOUNT_INVALID'
      | 'AMOUNT_SCALE'
      | 'CURRENCY_UNKNOWN'
      | 'CSV_DUPLICATE',
    column: Column,
    text: string,
    expected: string,
    extra: ErrorDetails = {},
  ): never {
    throw new CountersignError(code, text, {
      file: this.#fileName,
      line: this.line,
      path: column,
      expected,
      ...extra,
    });
  }
}

/** One customer. @throws CountersignError CSV_VALUE_INVALID, IBAN_INVALID with line and column. */
export function readCustomer(row: CsvRow): CustomerRow {
  const customerId = row.needed('customer_id', 64);
  const name = row.needed('name', 256);
  const country = row.text('country').toUpperCase();
  if (country !== '' && !/^[A-Z]{2}$/.test(country)) {
    row.fail('CSV_VALUE_INVALID', 'country', 'The country is not a code of two letters.', 'ISO 3166 alpha-2');
  }
  const ibans = row.list('ibans').map((text) => {
    const check = checkIban(text);
    if (check.ok) return check.iban;
    const what = { form: 'form', country: 'country', length: 'length', 'check-digits': 'check digits' }[
      check.reason
    ];
    return row.fail('IBAN_INVALID', 'ibans', `An IBAN has the wrong ${what}.`, 'a valid IBAN', {
      reason: check.reason,
    });
  });
  const aliases = row.list('aliases');
  return {
    line: row.line,
    customerId,
    name,
    ibans: [...new Set(ibans)],
    aliases,
    ...(country === '' ? {} : { country }),
  };
}

/** One invoice or credit note. @throws CountersignError with line and column. */
export function readInvoice(row: CsvRow): InvoiceRow {
  const invoiceNumber = row.needed('invoice_number', 64);
  const customerId = row.needed('customer_id', 64);
  const kind = row.needed('kind', 16).toLowerCase();
  if (kind !== 'invoice' && kind !== 'credit_note') {
    row.fail('CSV_VALUE_INVALID', 'kind', 'The kind is not one that is known.', 'invoice or credit_note');
  }
  const issuedOn = row.date('issued_on');
  const dueOn = row.date('due_on');
  const currency = row.needed('currency', 8);
  if (currencyScale(currency) === undefined) {
    row.fail('CURRENCY_UNKNOWN', 'currency', 'ISO 4217 has no such currency.', 'a currency of ISO 4217', {
      actual: currency,
    });
  }
  const reference = row.text('structured_reference');
  return {
    line: row.line,
    invoiceNumber,
    customerId,
    kind,
    issuedOn,
    dueOn,
    currency,
    amountMinor: readPositiveAmount(row, currency),
    ...(reference === '' ? {} : { structuredReference: tidyReference(reference) }),
    ...readDiscount(row),
  };
}

function tidyReference(text: string): string {
  return looksLikeRfReference(text) ? normaliseRfReference(text) : text;
}

function readPositiveAmount(row: CsvRow, currency: string): bigint {
  const text = row.needed('amount', 40);
  const read = parseAmount(text, currency);
  if (!read.ok && read.reason === 'digits-beyond-scale') {
    const scale = currencyScale(currency) ?? 2;
    row.fail(
      'AMOUNT_SCALE',
      'amount',
      `The amount has digits beyond the scale of ${currency}.`,
      `at most ${scale} digits after the point`,
    );
  }
  if (!read.ok || read.amountMinor === 0n) {
    row.fail(
      'AMOUNT_INVALID',
      'amount',
      'The amount is not a positive decimal number.',
      'digits with a decimal point, no sign',
    );
  }
  return read.amountMinor;
}

/** `2.5` is 25,000 parts per million. Four digits after the point are the most a discount has. */
export function readPercentPpm(text: string): number | undefined {
  const found = /^(\d{1,3})(?:\.(\d{1,4})0*)?$/.exec(text);
  if (found === null) return undefined;
  const ppm = Number(found[1]) * 10_000 + Number((found[2] ?? '').padEnd(4, '0'));
  return ppm <= 1_000_000 ? ppm : undefined;
}

function readDiscount(row: CsvRow): { discountPpm?: number; discountUntil?: string } {
  const percent = row.text('discount_percent');
  const until = row.text('discount_until');
  if (percent === '' && until === '') return {};
  if (percent === '')
    row.fail(
      'CSV_VALUE_INVALID',
      'discount_percent',
      'A discount date stands without a percentage.',
      'both or neither',
    );
  const discountPpm = readPercentPpm(percent);
  if (discountPpm === undefined) {
    row.fail(
      'CSV_VALUE_INVALID',
      'discount_percent',
      'The percentage is not a decimal from 0 to 100.',
      'at most four digits after the point',
    );
  }
  if (discountPpm === 0) return {};
  if (until === '')
    row.fail(
      'CSV_VALUE_INVALID',
      'discount_until',
      'A discount stands without its last date.',
      'both or neither',
    );
  return { discountPpm, discountUntil: row.date('discount_until') };
}
