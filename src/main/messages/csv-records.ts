/** RFC 4180 records out of a stream of bytes: commas, optional quotes, CRLF or LF. */
import { CountersignError } from '../base/index.ts';
import { LenientDecoder } from './encoding.ts';

export interface CsvRecord {
  readonly fields: string[];
  /** 1-based line on which the record begins. */
  readonly line: number;
}

/** Longest record in bytes; a quote that never closes must not take the memory. */
const MAX_RECORD_BYTES = 1_048_576;

export class CsvRecordReader {
  readonly #fileName: string;
  readonly #take: (record: CsvRecord) => void;
  readonly #decoder = new LenientDecoder();
  #rest = '';
  #line = 1;
  #first = true;

  constructor(fileName: string, take: (record: CsvRecord) => void) {
    this.#fileName = fileName;
    this.#take = take;
  }

  get fellBack(): boolean {
    return this.#decoder.fellBack;
  }

  get encoding(): string {
    return this.#decoder.encoding;
  }

  write(chunk: Uint8Array): void {
    let text = this.#rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    if (this.#first && text.length >= 3) {
      if (text.startsWith('\xEF\xBB\xBF')) text = text.slice(3);
      this.#first = false;
    }
    let start = 0;
    for (;;) {
      const end = this.#recordEnd(text, start);
      if (end < 0) break;
      this.#record(text.slice(start, end));
      start = end + 1;
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > MAX_RECORD_BYTES)
      this.#fail('A record is longer than 1 MiB: a quote may not be closed.');
  }

  /** Takes the last record, which may have no line end. */
  end(): void {
    if (this.#rest === '') return;
    if (quotesOpen(this.#rest)) {
      throw new CountersignError('MESSAGE_TRUNCATED', 'The file ends inside a quoted field.', {
        file: this.#fileName,
        line: this.#line,
        expected: 'a closing quote',
      });
    }
    this.#record(this.#rest);
    this.#rest = '';
  }

  /** Index of the newline that ends the record starting at `start`, or −1. */
  #recordEnd(text: string, start: number): number {
    let newline = text.indexOf('\n', start);
    let from = start;
    let open = false;
    while (newline >= 0) {
      for (
        let quote = text.indexOf('"', from);
        quote >= 0 && quote < newline;
        quote = text.indexOf('"', from)
      ) {
        open = !open;
        from = quote + 1;
      }
      if (!open) return newline;
      from = newline + 1;
      newline = text.indexOf('\n', from);
    }
    return -1;
  }

  #record(bytes: string): void {
    const line = this.#line;
    for (let at = bytes.indexOf('\n'); at >= 0; at = bytes.indexOf('\n', at + 1)) this.#line++;
    this.#line++;
    const whole = bytes.endsWith('\r') ? bytes.slice(0, -1) : bytes;
    if (whole.trim() === '') return;
    const text = this.#decoder.decode(whole);
    if (text.includes('\0')) this.#fail('A NUL character stands in the file.', line);
    this.#take({ fields: this.#split(text, line), line });
  }

  #split(text: string, line: number): string[] {
    if (!text.includes('"')) return text.split(',');
    const fields: string[] = [];
    let at = 0;
    for (;;) {
      if (text[at] === '"') {
        const quoted = /"((?:[^"]|"")*)"(?=,|$)/y;
        quoted.lastIndex = at;
        const found = quoted.exec(text);
        if (found === null) this.#fail('A quoted field does not end at a comma.', line);
        fields.push((found[1] as string).replaceAll('""', '"'));
        at = quoted.lastIndex;
      } else {
        const comma = text.indexOf(',', at);
        const end = comma < 0 ? text.length : comma;
        const field = text.slice(at, end);
        if (field.includes('"')) this.#fail('A quote stands inside a field that is not quoted.', line);
        fields.push(field);
        at = end;
      }
      if (at >= text.length) return fields;
      at++;
      if (at === text.length) {
        fields.push('');
        return fields;
      }
    }
  }

  #fail(text: string, line = this.#line): never {
    throw new CountersignError('CSV_MALFORMED', text, { file: this.#fileName, line, expected: 'RFC 4180' });
  }
}

function quotesOpen(text: string): boolean {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++;
  return count % 2 === 1;
}
