/**
 * Columns of a CSV, sealed and opened as the bytes stream by. A sealed cell holds the field as it
 * stood, quotes included, so that opening gives back the file byte for byte.
 */
import { CountersignError, type Runtime } from '../base/index.ts';
import { csvTypeOf, RawCsvReader, type RawRecord, rawFields, rawFieldText } from '../messages/index.ts';
import { defaultRetentionClass, type FileSealing, type SealingPurpose } from '../sealing/index.ts';
import {
  CELL_PREFIX,
  type Cell,
  cellBinding,
  cellText,
  columnBinding,
  MARK_BYTES,
  parseCell,
  vaultMarkOf,
} from './cell.ts';

/** Purposes whose keys seal cells. */
const CELL_PURPOSES: readonly SealingPurpose[] = ['customer_pii', 'invoice'];

export interface CsvParts {
  readonly fileName: string;
  readonly vaultId: string;
  readonly sealing: FileSealing;
}

/** Takes bytes in and gives bytes out; `end` once. */
export interface CsvTransform {
  write(bytes: Uint8Array): Buffer;
  end(): Buffer;
  readonly rows: number;
  readonly cells: number;
}

const isBlank = ({ text }: RawRecord): boolean => text.trim() === '';
const nameOf = (field: string): string => rawFieldText(field).trim().toLowerCase();
/** Names of columns come from the file, so they are shown cut and without control characters. */
const shown = (name: string): string =>
  Buffer.from(name, 'latin1')
    .toString('utf8')
    .replace(/[\p{Cc}\p{Cf}]/gu, '·')
    .slice(0, 40);

/** Seals the named columns. Throws `SEAL_COLUMN_UNKNOWN`, `SEAL_CELL_SEALED`, `CSV_MALFORMED`. */
export function createCsvSealer(
  { fileName, vaultId, sealing, runtime }: CsvParts & { readonly runtime: Runtime },
  wanted: readonly string[],
): CsvTransform {
  const reader = new RawCsvReader(fileName);
  const vaultMark = vaultMarkOf(vaultId);
  const fileId = runtime.randomBytes(MARK_BYTES);
  let purpose: SealingPurpose = 'customer_pii';
  let width = 0;
  /** Place in the row and binding of each column that is sealed, in the order of the file. */
  let columns:
    | readonly { readonly at: number; readonly name: string; readonly binding: string }[]
    | undefined;
  /** The newest row, with the blank lines after it: whether it is the last is known when another comes. */
  let waiting: RawRecord[] = [];
  let rows = 0;
  let cells = 0;

  function readHeader(record: RawRecord): void {
    const names = rawFields(record, fileName).map(nameOf);
    const asked = new Set(wanted.map((name) => Buffer.from(name.trim().toLowerCase()).toString('latin1')));
    for (const name of asked) {
      if (names.indexOf(name) === names.lastIndexOf(name) && names.includes(name)) continue;
      const twice = names.includes(name);
      throw new CountersignError(
        twice ? 'CSV_MALFORMED' : 'SEAL_COLUMN_UNKNOWN',
        twice ? 'A column stands twice in the header.' : `The file has no column "${shown(name)}".`,
        { file: fileName, line: record.line, path: shown(name), expected: names.map(shown).join(', ') },
      );
    }
    const sealed = names.filter((name) => asked.has(name));
    columns = names.flatMap((name, at) =>
      asked.has(name) ? [{ at, name, binding: columnBinding(sealed, name) }] : [],
    );
    width = names.length;
    if (csvTypeOf(names) === 'invoices') purpose = 'invoice';
  }

  /** One row with its columns sealed. */
  function sealedRow(record: RawRecord, key: ReturnType<FileSealing['keyFor']>, isLastRow: boolean): string {
    const fields = rawFields(record, fileName);
    if (fields.length !== width) {
      throw new CountersignError('CSV_MALFORMED', 'A row has another number of fields than the header.', {
        file: fileName,
        line: record.line,
        expected: `${width} fields`,
        actual: `${fields.length} fields`,
      });
    }
    rows += 1;
    for (const { at, name, binding } of columns!) {
      const field = fields[at]!;
      if (rawFieldText(field).trim().startsWith(CELL_PREFIX)) {
        throw new CountersignError('SEAL_CELL_SEALED', 'A cell of the column is sealed already.', {
          file: fileName,
          line: record.line,
          path: shown(name),
        });
      }
      const place = cellBinding(binding, fileId, rows, isLastRow);
      const sealed = key.seal(place, Buffer.from(field, 'latin1'));
      const { dekId, version } = key;
      fields[at] = cellText({ isLastRow, vaultMark, fileId, dekId, version, sealed });
      cells += 1;
    }
    return fields.join(',') + record.end;
  }

  function sealRows(records: readonly RawRecord[], isEnd: boolean): Buffer {
    const count = records.filter((record) => !isBlank(record)).length;
    if (count === 0) return Buffer.from(asTheyStand(records), 'latin1');
    const key = sealing.keyFor(purpose, defaultRetentionClass[purpose], count * columns!.length);
    let left = count;
    const out = records.map((record) => {
      if (isBlank(record)) return record.text + record.end;
      left -= 1;
      return sealedRow(record, key, isEnd && left === 0);
    });
    return Buffer.from(out.join(''), 'latin1');
  }

  function take(records: readonly RawRecord[]): Buffer {
    let out = '';
    let from = 0;
    while (columns === undefined && from < records.length) {
      const record = records[from]!;
      if (!isBlank(record)) readHeader(record);
      out += record.text + record.end;
      from += 1;
    }
    const all = [...waiting, ...records.slice(from)];
    let last = all.length - 1;
    while (last >= 0 && isBlank(all[last]!)) last -= 1;
    waiting = last < 0 ? all : all.slice(last);
    const done = last < 0 ? [] : all.slice(0, last);
    return Buffer.concat([Buffer.from(out, 'latin1'), sealRows(done, false)]);
  }

  return {
    write: (bytes) => take(reader.write(bytes)),
    end() {
      const record = reader.end();
      const out = record === undefined ? Buffer.alloc(0) : take([record]);
      if (columns === undefined) {
        throw new CountersignError('CSV_MALFORMED', 'The file is empty.', {
          file: fileName,
          expected: 'a header line and rows',
        });
      }
      return Buffer.concat([out, sealRows(waiting, true)]);
    },
    get rows() {
      return rows;
    },
    get cells() {
      return cells;
    },
  };
}

const asTheyStand = (records: readonly RawRecord[]): string =>
  records.map(({ text, end }) => text + end).join('');

/**
 * Opens every sealed cell; a file without any passes as it is. Throws `SEALED_CELL_FOREIGN`,
 * `SEALED_CELL_DAMAGED`, `SEALED_CELL_MISSING`, `SEALED_ROWS_MISSING`, each with line and column.
 */
export function createCsvOpener({ fileName, vaultId, sealing }: CsvParts): CsvTransform {
  const reader = new RawCsvReader(fileName);
  const vaultMark = vaultMarkOf(vaultId);
  let names: readonly string[] | undefined;
  /** Bindings of the sealed columns by their place in the row; set by the first row. */
  let columns: ReadonlyMap<number, string> | undefined;
  let fileId: Buffer | undefined;
  let sawLast = false;
  let rows = 0;
  let cells = 0;
  let lastLine = 1;

  const place = (record: RawRecord, at: number) => ({
    file: fileName,
    line: record.line,
    path: shown(names?.[at] ?? ''),
  });

  function sealedAt(record: RawRecord, fields: readonly string[]): number[] {
    if (!record.text.includes(CELL_PREFIX)) return [];
    return fields.flatMap((field, at) => (rawFieldText(field).trim().startsWith(CELL_PREFIX) ? [at] : []));
  }

  function findColumns(sealed: readonly number[]): void {
    const sealedNames = sealed.map((at) => names![at] ?? '');
    columns = new Map(sealed.map((at, i) => [at, columnBinding(sealedNames, sealedNames[i]!)]));
  }

  function openCell(record: RawRecord, at: number, field: string, binding: string): string {
    const cell: Cell | undefined = parseCell(rawFieldText(field).trim());
    const damaged = () =>
      new CountersignError(
        'SEALED_CELL_DAMAGED',
        'The sealed cell does not open: it was edited, or moved to another row, column or file.',
        place(record, at),
      );
    if (cell === undefined) throw damaged();
    if (!cell.vaultMark.equals(vaultMark)) {
      throw new CountersignError('SEALED_CELL_FOREIGN', 'The cell was sealed in another vault.', {
        ...place(record, at),
        expected: 'a cell that this vault sealed',
      });
    }
    fileId ??= cell.fileId;
    if (!cell.fileId.equals(fileId)) throw damaged();
    const bound = cellBinding(binding, fileId, rows, cell.isLastRow);
    const opened = sealing.open(cell, CELL_PURPOSES, bound, cell.sealed);
    if (opened === undefined) throw damaged();
    sawLast ||= cell.isLastRow;
    cells += 1;
    return opened.toString('latin1');
  }

  function openRow(record: RawRecord): string {
    rows += 1;
    lastLine = record.line;
    const plain = record.text + record.end;
    // A file without sealed cells is none of ours: what is wrong with it the importer says.
    if (!record.text.includes(CELL_PREFIX) && (columns?.size ?? 0) === 0) {
      columns ??= new Map();
      return plain;
    }
    const fields = rawFields(record, fileName);
    const sealed = sealedAt(record, fields);
    if (columns === undefined) findColumns(sealed);
    if (sealed.length === 0 && columns!.size === 0) return plain;
    if (sawLast) throw rowsMissing(record.line, 'the last row that was sealed');
    const missing = [...columns!.keys()].find((at) => !sealed.includes(at));
    if (missing !== undefined) {
      throw new CountersignError('SEALED_CELL_MISSING', 'A cell of a sealed column is not sealed.', {
        ...place(record, missing),
        expected: 'a sealed cell in every row',
      });
    }
    for (const at of sealed) {
      const binding = columns!.get(at);
      if (binding === undefined) {
        throw new CountersignError(
          'SEALED_CELL_DAMAGED',
          'A sealed cell stands in a column that is not sealed.',
          place(record, at),
        );
      }
      fields[at] = openCell(record, at, fields[at]!, binding);
    }
    return fields.join(',') + record.end;
  }

  function rowsMissing(line: number, expected: string): CountersignError {
    const message = 'Rows at the end of the sealed file are missing, or were added to it.';
    return new CountersignError('SEALED_ROWS_MISSING', message, { file: fileName, line, expected });
  }

  function take(records: readonly RawRecord[]): Buffer {
    const out = records.map((record) => {
      if (isBlank(record)) return record.text + record.end;
      if (names !== undefined) return openRow(record);
      names = headerNames(record);
      return record.text + record.end;
    });
    return Buffer.from(out.join(''), 'latin1');
  }

  function headerNames(record: RawRecord): string[] {
    try {
      return rawFields(record, fileName).map(nameOf);
    } catch {
      // The importer refuses the header, in its own words.
      return [];
    }
  }

  return {
    write: (bytes) => take(reader.write(bytes)),
    end() {
      if (cells === 0 && !reader.rest.includes(CELL_PREFIX)) return Buffer.from(reader.rest, 'latin1');
      const record = reader.end();
      const out = record === undefined ? Buffer.alloc(0) : take([record]);
      if (cells > 0 && !sawLast) throw rowsMissing(lastLine, 'the row that was sealed as the last');
      return out;
    },
    get rows() {
      return rows;
    },
    get cells() {
      return cells;
    },
  };
}
