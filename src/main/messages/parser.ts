/** One file from its first byte to its last: finds the reader, feeds it, queues what it yields. */
import { deserialize } from 'node:v8';
import { inflateRawSync } from 'node:zlib';
import { CountersignError } from '../base/index.ts';
import { CamtFile } from './camt-reader.ts';
import { CsvReader } from './csv-reader.ts';
import { DETECT_BYTES, detectFormat } from './detect.ts';
import { MtReader } from './mt-reader.ts';
import type { PackedBlock } from './statement-book.ts';
import type { BankTransaction, ParseEvent } from './types.ts';

interface Reader {
  write(chunk: Uint8Array): void;
  end(): void;
  /** The encoding the bytes were read in so far, lower case. */
  readonly encoding: string;
}

/** Bytes handed to a reader at once: enough to be quick, few enough that events come steadily. */
const PIECE_BYTES = 262_144;
/** Smaller pieces are gathered first, so that a source of single bytes costs no more than another. */
const GATHER_BYTES = 32_768;

/** Push parser: `write` the bytes in order, take the events after each write, `end` once. */
export class FileParser {
  readonly #fileName: string;
  #reader: Reader | undefined;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #queue: (ParseEvent | PackedBlock)[] = [];
  #statements = 0;
  #transactions = 0;
  #rows = 0;

  constructor(fileName: string) {
    this.#fileName = fileName;
  }

  /** Takes the next bytes of the file. @throws CountersignError where the file is refused. */
  write(chunk: Uint8Array): void {
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length;
    if (this.#gatheredBytes >= GATHER_BYTES) this.#feed();
  }

  /** Takes the end of the file. @throws CountersignError where the file is refused. */
  end(): void {
    this.#feed();
    if (this.#reader === undefined) {
      throw new CountersignError('MESSAGE_TYPE_UNKNOWN', 'The file is empty.', { file: this.#fileName });
    }
    this.#reader.end();
    this.#queue.push({
      kind: 'file-end',
      encoding: this.#reader.encoding,
      statements: this.#statements,
      transactions: this.#transactions,
      rows: this.#rows,
    });
  }

  /** Takes the next event that is ready; blocks that were put aside are inflated one at a time. */
  next(): ParseEvent | undefined {
    const event = this.#queue.shift();
    if (event === undefined || event.kind !== 'packed') return event;
    const transactions = deserialize(inflateRawSync(event.deflated)) as BankTransaction[];
    return { kind: 'transactions', statementIndex: event.statementIndex, transactions };
  }

  #feed(): void {
    if (this.#gatheredBytes === 0) return;
    const bytes =
      this.#gathered.length === 1 ? (this.#gathered[0] as Uint8Array) : Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#reader ??= this.#choose(bytes.subarray(0, DETECT_BYTES));
    for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
      this.#reader.write(bytes.subarray(from, from + PIECE_BYTES));
    }
  }

  #choose(head: Uint8Array): Reader {
    const sink = { event: (event: ParseEvent | PackedBlock) => this.#take(event) };
    switch (detectFormat(head)) {
      case 'camt':
        return new CamtFile(this.#fileName, sink);
      case 'mt':
        return new MtReader(this.#fileName, sink);
      case 'csv':
        return new CsvReader(this.#fileName, sink);
      case 'utf-16':
        throw new CountersignError('MESSAGE_ENCODING', 'The file is UTF-16, which is not read.', {
          file: this.#fileName,
          line: 1,
          expected: 'UTF-8 or ISO-8859-1',
        });
      default:
        throw new CountersignError(
          'MESSAGE_TYPE_UNKNOWN',
          'The content is none of the formats the console reads.',
          {
            file: this.#fileName,
            line: 1,
            expected: 'camt.052, camt.053, camt.054, MT940, MT942, or a CSV of customers or invoices',
          },
        );
    }
  }

  #take(event: ParseEvent | PackedBlock): void {
    if (event.kind === 'statement-end') {
      this.#statements++;
      this.#transactions += event.counts.transactions;
    }
    if (event.kind === 'customers' || event.kind === 'invoices') this.#rows += event.rows.length;
    this.#queue.push(event);
  }
}
