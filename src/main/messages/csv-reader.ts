/** Turns a customers or invoices file into batches of checked rows. */
import { CountersignError } from '../base/index.ts';
import { type CsvRecord, CsvRecordReader } from './csv-records.ts';
import {
  CsvRow,
  CUSTOMER_COLUMNS,
  csvTypeOf,
  INVOICE_COLUMNS,
  readCustomer,
  readInvoice,
} from './csv-rows.ts';
import type { EventSink } from './statement-book.ts';
import type { CustomerRow, InvoiceRow } from './types.ts';

const BATCH_SIZE = 1_000;

export class CsvReader {
  readonly #fileName: string;
  readonly #events: EventSink;
  readonly #records: CsvRecordReader;
  #type: 'customers' | 'invoices' | undefined;
  #columns = new Map<string, number>();
  #width = 0;
  #warned = false;
  #numbers = new Set<string>();
  #customers: CustomerRow[] = [];
  #invoices: InvoiceRow[] = [];

  constructor(fileName: string, events: EventSink) {
    this.#fileName = fileName;
    this.#events = events;
    this.#records = new CsvRecordReader(fileName, (record) => this.#take(record));
  }

  get encoding(): string {
    return this.#records.encoding;
  }

  write(chunk: Uint8Array): void {
    this.#records.write(chunk);
  }

  end(): void {
    this.#records.end();
    if (this.#type === undefined) {
      throw new CountersignError('MESSAGE_TYPE_UNKNOWN', 'The file is empty.', { file: this.#fileName });
    }
    this.#flush();
  }

  #take(record: CsvRecord): void {
    if (this.#type === undefined) this.#header(record);
    else this.#row(record);
    if (this.#records.fellBack && !this.#warned) {
      this.#warned = true;
      this.#events.event({
        kind: 'warning',
        code: 'ENCODING_FALLBACK',
        message: 'The file is not UTF-8; from here on it is read as ISO-8859-1.',
        line: record.line,
      });
    }
  }

  #header({ fields, line }: CsvRecord): void {
    const names = fields.map((name) => name.trim().toLowerCase());
    const type = csvTypeOf(names);
    if (type === undefined) {
      throw new CountersignError(
        'MESSAGE_TYPE_UNKNOWN',
        'The header is neither that of customers nor of invoices.',
        {
          file: this.#fileName,
          line,
        },
      );
    }
    const known: readonly string[] = type === 'customers' ? CUSTOMER_COLUMNS : INVOICE_COLUMNS;
    this.#events.event({ kind: 'file-start', type, encoding: this.#records.encoding });
    for (const [at, name] of names.entries()) {
      if (this.#columns.has(name)) {
        throw new CountersignError('CSV_MALFORMED', 'A column stands twice in the header.', {
          file: this.#fileName,
          line,
          path: name.slice(0, 40),
        });
      }
      if (known.includes(name)) this.#columns.set(name, at);
      else this.#warnColumn(fields[at] ?? '', line);
    }
    const missing = known.filter((name) => !this.#columns.has(name));
    if (missing.length > 0) {
      throw new CountersignError('CSV_COLUMN_MISSING', `The header lacks ${missing.join(', ')}.`, {
        file: this.#fileName,
        line,
        path: missing[0] as string,
        expected: known.join(','),
      });
    }
    this.#type = type;
    this.#width = fields.length;
  }

  #warnColumn(name: string, line: number): void {
    const shown = name.trim().slice(0, 40);
    const message =
      shown === '' ? 'A column without a name was left out.' : `The column "${shown}" was left out.`;
    this.#events.event({ kind: 'warning', code: 'CSV_COLUMN_IGNORED', message, line });
  }

  #row({ fields, line }: CsvRecord): void {
    if (fields.length !== this.#width) {
      throw new CountersignError('CSV_MALFORMED', 'A row has another number of fields than the header.', {
        file: this.#fileName,
        line,
        expected: `${this.#width} fields`,
        actual: `${fields.length} fields`,
      });
    }
    const row = new CsvRow(this.#columns, fields, this.#fileName, line);
    if (this.#type === 'customers') {
      const customer = readCustomer(row);
      this.#once(row, 'customer_id', customer.customerId);
      this.#customers.push(customer);
    } else {
      const invoice = readInvoice(row);
      this.#once(row, 'invoice_number', invoice.invoiceNumber);
      this.#invoices.push(invoice);
    }
    if (this.#customers.length >= BATCH_SIZE || this.#invoices.length >= BATCH_SIZE) this.#flush();
  }

  #once(row: CsvRow, column: 'customer_id' | 'invoice_number', value: string): void {
    if (this.#numbers.has(value))
      row.fail('CSV_DUPLICATE', column, 'The same number stands twice in the file.', 'each number once');
    this.#numbers.add(value);
  }

  #flush(): void {
    if (this.#customers.length > 0) this.#events.event({ kind: 'customers', rows: this.#customers });
    if (this.#invoices.length > 0) this.#events.event({ kind: 'invoices', rows: this.#invoices });
    this.#customers = [];
    this.#invoices = [];
  }
}
