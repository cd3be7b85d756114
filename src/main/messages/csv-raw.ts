/**
 * A CSV as its bytes stand: records and fields are found and put together again without a byte
 * changed, so that a file from which cells were sealed and opened is the file it was.
 */
import { CountersignError } from '../base/index.ts';

export interface RawRecord {
  /** 1-based line on which the record begins. */
  readonly line: number;
  /** The record without its line end; one character a byte. */
  readonly text: string;
  /** The line end as it stands: `\n`, `\r\n`, or nothing at the end of the file. */
  readonly end: string;
}

/** Longest record in bytes; a quote that never closes must not take the memory. */
const MOST_RECORD_BYTES = 2_097_152;

const BOM = '\xEF\xBB\xBF';

/** Cuts a stream of bytes into records. Blank lines come as records of blank text. */
export class RawCsvReader {
  readonly #fileName: string;
  #rest = '';
  #line = 1;

  constructor(fileName: string) {
    this.#fileName = fileName;
  }

  /** The records that these bytes complete. @throws CountersignError CSV_MALFORMED */
  write(bytes: Uint8Array): RawRecord[] {
    const text =
      this.#rest + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const records: RawRecord[] = [];
    let start = 0;
    for (let end = recordEnd(text, start); end >= 0; end = recordEnd(text, start)) {
      records.push(this.#record(text.slice(start, end), '\n'));
      start = end + 1;
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > MOST_RECORD_BYTES) {
      throw new CountersignError('CSV_MALFORMED', 'A record is too long: a quote may not be closed.', {
        file: this.#fileName,
        line: this.#line,
        expected: 'RFC 4180',
      });
    }
    return records;
  }

  /** What came after the last whole record. */
  get rest(): string {
    return this.#rest;
  }

  /** The last record, where the file does not end with a line end. @throws CountersignError MESSAGE_TRUNCATED */
  end(): RawRecord | undefined {
    if (this.#rest === '') return undefined;
    if (this.#rest.split('"').length % 2 === 0) {
      throw new CountersignError('MESSAGE_TRUNCATED', 'The file ends inside a quoted field.', {
        file: this.#fileName,
        line: this.#line,
        expected: 'a closing quote',
      });
    }
    const rest = this.#rest;
    this.#rest = '';
    return this.#record(rest, '');
  }

  #record(bytes: string, newline: string): RawRecord {
    const line = this.#line;
    for (let at = bytes.indexOf('\n'); at >= 0; at = bytes.indexOf('\n', at + 1)) this.#line += 1;
    this.#line += 1;
    const hasReturn = bytes.endsWith('\r');
    return {
      line,
      text: hasReturn ? bytes.slice(0, -1) : bytes,
      end: hasReturn ? `\r${newline}` : newline,
    };
  }
}

/** Index of the newline that ends the record starting at `start`, or −1. */
function recordEnd(text: string, start: number): number {
  let newline = text.indexOf('\n', start);
  let from = start;
  let open = false;
  while (newline >= 0) {
    let quote = text.indexOf('"', from);
    while (quote >= 0 && quote < newline) {
      open = !open;
      from = quote + 1;
      quote = text.indexOf('"', from);
    }
    if (!open) return newline;
    from = newline + 1;
    newline = text.indexOf('\n', from);
  }
  return -1;
}

/**
 * The fields of a record as they stand between its commas, quotes included.
 * @throws CountersignError CSV_MALFORMED with the line
 */
export function rawFields({ text, line }: RawRecord, fileName: string): string[] {
  if (!text.includes('"')) return text.split(',');
  const fields: string[] = [];
  const pattern = /(?:"(?:[^"]|"")*"|[^",]*)(?=,|$)/y;
  for (let at = 0; ; at = pattern.lastIndex + 1) {
    // A byte order mark stands before the quote of the first field.
    const skipped = at === 0 && text.startsWith(`${BOM}"`) ? BOM.length : 0;
    pattern.lastIndex = at + skipped;
    const found = pattern.exec(text);
    if (found === null) {
      throw new CountersignError('CSV_MALFORMED', 'A quote stands where no quoted field begins or ends.', {
        file: fileName,
        line,
        expected: 'RFC 4180',
      });
    }
    fields.push(text.slice(at, pattern.lastIndex));
    if (pattern.lastIndex >= text.length) return fields;
  }
}

/** What a field says, without its quotes and the byte order mark. One character a byte. */
export function rawFieldText(field: string): string {
  const bare = field.startsWith(BOM) ? field.slice(BOM.length) : field;
  return bare.startsWith('"') ? bare.slice(1, -1).replaceAll('""', '"') : bare;
}
