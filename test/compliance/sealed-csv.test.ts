import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Bench,
  DAY_MS,
  openBench,
  openColumns,
  refusal,
  START_MS,
  sealColumns,
  transfer,
} from './support.ts';

const HEAD = 'customer_id,name,country,ibans,aliases';
const ROWS = [
  'C-1,Muster GmbH,DE,DE89370400440532013000,Muster|Muster Handel',
  'C-2,"Meyer, ""Sohn""; Co\nZweite Zeile",DE,,',
  'C-3,Zuñiga S.A.,ES,,Zuñiga',
  'C-4,Last & Co,FR,,',
];
const CSV = `${HEAD}\r\n${ROWS.join('\r\n')}\r\n`;
const COLUMNS = ['name', 'ibans', 'aliases'];

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.test.close());

const seal = (text: string | Buffer, columns = COLUMNS) => sealColumns(bench.compliance, text, columns);
const open = (bytes: Uint8Array) => openColumns(bench.compliance, bytes);
const sealedLines = async (text = CSV) => (await seal(text)).toString('latin1').split('\r\n');
const openLines = (lines: readonly string[]) =>
  refusal(() => open(Buffer.from(lines.join('\r\n'), 'latin1')));

describe('a CSV with sealed columns', () => {
  it('can be read but for them', async () => {
    const lines = await sealedLines();
    expect(lines[0]).toBe(HEAD);
    expect(lines).toHaveLength(ROWS.length + 2);
    for (const [i, line] of lines.slice(1, -1).entries()) {
      const fields = line.split(',');
      expect([fields[0], fields[2]]).toEqual([`C-${i + 1}`, ['DE', 'DE', 'ES', 'FR'][i]]);
      for (const at of [1, 3, 4]) expect(fields[at]).toMatch(/^csv1:[A-Za-z0-9_-]{68,}$/);
    }
    expect(lines.join()).not.toMatch(/Muster|Meyer|DE8937|Last/);
  });

  it('opens to the bytes it was, however they were cut', async () => {
    const sealed = await seal(CSV);
    for (const size of [1, 7, 4_096]) {
      const work = { kind: 'open-columns', fileName: 'list.csv' } as const;
      const { bytes, result } = await transfer(bench.compliance, work, sealed, size);
      expect(bytes.equals(Buffer.from(CSV))).toBe(true);
      expect(result).toMatchObject({ rows: 4, cells: 12 });
    }
  });

  it('gives back any CSV byte for byte', async () => {
    const field = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => `"${text.replaceAll('\0', '').replaceAll('"', '""')}"`),
      fc.string().map((text) => text.replace(/[",\r\n\0]/g, ';').replace(/^csv1:/, '')),
      fc.constantFrom('', ' ', '"a\nb"', '"a\r\n,""b"', ';', 'Ω'),
    );
    const end = fc.constantFrom('\n', '\r\n');
    const row = fc.tuple(field, field, field, end, fc.constantFrom('', '\n', '  \r\n'));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('', '\uFEFF'),
        fc.array(row, { maxLength: 6 }),
        fc.boolean(),
        async (bom, rows, cutsEnd) => {
          // A record of nothing but blanks is a blank line, which has no fields.
          const kept = rows.filter(([a]) => a.trim() !== '');
          const text = `${bom}id,"b ""x""",c\n${kept.map(([a, b, c, e, blank]) => `${a},${b},${c}${e}${blank}`).join('')}`;
          const bytes = Buffer.from(cutsEnd ? text.replace(/\r?\n$/, '') : text);
          const sealed = await seal(bytes, ['c', 'B "x"']);
          if (kept.length === 0) expect(sealed.equals(bytes)).toBe(true);
          else expect((await open(sealed)).equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('keeps bytes that are not UTF-8', async () => {
    const bytes = Buffer.from(`${HEAD}\nC-1,M\xFCller,DE,,\n`, 'latin1');
    expect((await open(await seal(bytes))).equals(bytes)).toBe(true);
  });

  it('passes a file without sealed cells as it is', async () => {
    async function* source() {
      yield Buffer.from(CSV);
    }
    let out = '';
    for await (const bytes of bench.compliance.openCells(source(), 'list.csv')) out += Buffer.from(bytes);
    expect(out).toBe(CSV);
    expect(await refusal(() => open(Buffer.from(CSV)))).toBe('SEALED_FILE_INVALID');
  });

  it('seals nothing where there is no row', async () => {
    expect((await seal(`${HEAD}\n`)).toString()).toBe(`${HEAD}\n`);
  });

  it('still opens after the quarter has turned, when another key seals', async () => {
    const own = await openBench();
    const sealed = await sealColumns(own.compliance, CSV, COLUMNS);
    own.clock.advance(100 * DAY_MS);
    const later = await sealColumns(own.compliance, CSV, COLUMNS);
    expect((await openColumns(own.compliance, sealed)).toString()).toBe(CSV);
    expect((await openColumns(own.compliance, later)).toString()).toBe(CSV);
    const keys = own.test.vault.db.prepare('SELECT cells FROM sealing_file_use').pluck().all();
    expect(keys).toEqual([12n, 12n]);
    const counted = own.test.vault.db
      .prepare("SELECT seal_count FROM sealing_dek WHERE purpose = 'customer_pii'")
      .pluck()
      .all();
    expect(counted).toEqual([12n, 12n]);
    own.test.close();
  });

  it('still opens after its key was replaced, which seals nothing more', async () => {
    const own = await openBench();
    const sealed = await sealColumns(own.compliance, CSV, COLUMNS);
    own.test.vault.transaction(() =>
      own.test.vault.db
        .prepare("UPDATE sealing_dek SET state = 'retired' WHERE purpose = 'customer_pii'")
        .run(),
    );
    const later = await sealColumns(own.compliance, CSV, COLUMNS);
    for (const bytes of [sealed, later])
      expect((await openColumns(own.compliance, bytes)).toString()).toBe(CSV);
    const versions = own.test.vault.db
      .prepare("SELECT version, seal_count FROM sealing_dek WHERE purpose = 'customer_pii' ORDER BY version")
      .raw()
      .all();
    expect(versions).toEqual([
      [1n, 12n],
      [2n, 12n],
    ]);
    own.test.close();
  });

  it('seals a list of invoices under the keys of invoices', async () => {
    const own = await openBench();
    await sealColumns(own.compliance, 'invoice_number,customer_id,amount\nI-1,C-1,2.00\n', ['amount']);
    const purposes = own.test.vault.db
      .prepare('SELECT purpose FROM sealing_dek JOIN sealing_file_use ON dek_id = id')
      .pluck()
      .all();
    expect(purposes).toEqual(['invoice']);
    own.test.close();
  });

  it('leaves one audit record, without a cell', async () => {
    const before = bench.test.audit.lastSeq();
    await seal(CSV);
    expect(bench.test.audit.lastSeq()).toBe(before + 1n);
    const { record, detail } = bench.test.audit.get(before + 1n);
    expect(record.kind).toBe('compliance.seal-columns');
    expect(detail).toContain('"rows":4');
    expect(detail).not.toContain('Muster');
  });
});

describe('sealing refuses', () => {
  it.each([
    ['a column that is not there', CSV, ['nmae'], 'SEAL_COLUMN_UNKNOWN 1 nmae'],
    ['a column that stands twice', 'a,b,B\n1,2,3\n', ['b'], 'CSV_MALFORMED 1 b'],
    ['an empty file', '', ['name'], 'CSV_MALFORMED'],
    ['a row of another width', 'a,b\n1\n', ['b'], 'CSV_MALFORMED 2'],
    ['a quote within a field', 'a,b\n1,x"y"\n', ['b'], 'CSV_MALFORMED 2'],
    ['a quote that does not close', 'a,b\n1,"x\n', ['b'], 'MESSAGE_TRUNCATED 2'],
    ['a cell that is sealed', 'a,b\n1,csv1:AAAA\n', ['b'], 'SEAL_CELL_SEALED 2 b'],
  ])('%s', async (_, text, columns, expected) => {
    expect(await refusal(() => seal(text, columns))).toBe(expected);
  });

  it('naming the columns that there are', async () => {
    await expect(seal(CSV, ['nmae'])).rejects.toMatchObject({
      details: { expected: 'customer_id, name, country, ibans, aliases' },
    });
  });
});

/** Changes one field of one line. */
const change = (lines: readonly string[], line: number, field: number, to: (text: string) => string) =>
  lines.map((text, i) =>
    i === line
      ? text
          .split(',')
          .map((value, at) => (at === field ? to(value) : value))
          .join(',')
      : text,
  );

describe('a sealed cell does not open', () => {
  it('in another row', async () => {
    const lines = await sealedLines();
    const moved = change(lines, 1, 1, () => lines[2]!.split(',')[1]!);
    expect(await openLines(moved)).toBe('SEALED_CELL_DAMAGED 2 name');
    expect(await openLines([lines[0]!, lines[2]!, lines[1]!, ...lines.slice(3)])).toBe(
      'SEALED_CELL_DAMAGED 2 name',
    );
  });

  it('in another column', async () => {
    const lines = await sealedLines();
    const swapped = change(lines, 3, 4, () => lines[3]!.split(',')[3]!);
    expect(await openLines(swapped)).toBe('SEALED_CELL_DAMAGED 4 aliases');
    const renamed = [lines[0]!.replace('name', 'x').replace('aliases', 'name').replace('x', 'aliases')];
    expect(await openLines([...renamed, ...lines.slice(1)])).toBe('SEALED_CELL_DAMAGED 2 aliases');
  });

  it('in another file', async () => {
    const [lines, other] = [await sealedLines(), await sealedLines()];
    expect(await openLines([...lines.slice(0, 2), other[2]!, ...lines.slice(3)])).toBe(
      'SEALED_CELL_DAMAGED 3 name',
    );
  });

  it('in another vault', async () => {
    const foreign = await openBench(START_MS, true);
    const sealed = await seal(CSV);
    expect(await refusal(() => openColumns(foreign.compliance, sealed))).toBe('SEALED_CELL_FOREIGN 2 name');
    foreign.test.close();
  });

  it('with any of its bits flipped', async () => {
    const lines = await sealedLines();
    const cell = Buffer.from(lines[1]!.split(',')[1]!.slice(5), 'base64url');
    for (let bit = 0; bit < cell.length * 8; bit += 5) {
      const flipped = Buffer.from(cell);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const edited = change(lines, 1, 1, () => `csv1:${flipped.toString('base64url')}`);
      expect(await openLines(edited), `bit ${bit}`).toMatch(/^SEALED_CELL_(DAMAGED|FOREIGN) /);
    }
  });

  it.each([
    ['cut short', (text: string) => text.slice(0, -3)],
    ['cut to its mark', () => 'csv1:'],
    ['grown', (text: string) => `${text}AAAA`],
    ['with other characters', (text: string) => `${text.slice(0, -1)}=`],
  ])('%s', async (_, to) => {
    expect(await openLines(change(await sealedLines(), 2, 1, to))).toBe('SEALED_CELL_DAMAGED 3 name');
  });

  it('beside plain text in its column', async () => {
    const lines = await sealedLines();
    expect(await openLines(change(lines, 3, 1, () => 'Eve Ltd'))).toMatch(/^SEALED_CELL_MISSING \d name$/);
    expect(await openLines(change(lines, 1, 1, () => 'Eve Ltd'))).toMatch(/^SEALED_CELL_DAMAGED 2 ibans$/);
    const allPlain = [1, 2, 3, 4].reduce((now, line) => change(now, line, 1, () => 'Eve Ltd'), lines);
    expect(await openLines(allPlain)).toMatch(/^SEALED_CELL_DAMAGED 2 ibans$/);
  });

  it('when its key was destroyed', async () => {
    const own = await openBench();
    const sealed = await sealColumns(own.compliance, CSV, COLUMNS);
    own.test.vault.transaction(() =>
      own.test.vault.db
        .prepare(
          "UPDATE sealing_dek SET state = 'destroyed', wrapped_key = NULL WHERE purpose = 'customer_pii'",
        )
        .run(),
    );
    expect(await refusal(() => openColumns(own.compliance, sealed))).toMatch(/^SEALING_KEY_MISSING/);
    own.test.close();
  });
});

describe('a sealed file is refused', () => {
  it('without its last rows', async () => {
    const lines = await sealedLines();
    expect(await openLines([...lines.slice(0, 4), ''])).toBe('SEALED_ROWS_MISSING 4');
  });

  it('without a row in between', async () => {
    const lines = await sealedLines();
    expect(await openLines([...lines.slice(0, 2), ...lines.slice(3)])).toBe('SEALED_CELL_DAMAGED 3 name');
  });

  it('with rows added to it', async () => {
    const lines = await sealedLines();
    const [more] = lines.slice(-2);
    expect(await openLines([...lines.slice(0, -1), more!, ''])).toMatch(/^SEALED_ROWS_MISSING/);
    expect(await openLines([...lines.slice(0, -1), 'C-9,Eve,DE,,', ''])).toMatch(/^SEALED_ROWS_MISSING/);
  });
});
