import type { Connection } from './connection.ts';

/** Rows that the longest statement takes; more make it no faster. */
const MOST_ROWS = 50;
/** Rows of the shorter ones, so that a few rows are a statement or two and not one each. */
const FEWER_ROWS = [16, 8, 4, 2, 1];

/** What the rows are written by, beside their number. */
export interface InsertOptions {
  /** What follows the values: an upsert clause, for one. */
  readonly tail?: string;
  readonly mostRows?: number;
}

/**
 * Prepares an INSERT of any number of rows whose parameters lie one after another in a flat list. `into` is
 * the table with its columns, `row` one row in SQL with its parameters.
 */
export function prepareInsert(
  db: Connection,
  into: string,
  row: string,
  { tail = '', mostRows = MOST_ROWS }: InsertOptions = {},
): (flat: readonly unknown[]) => void {
  const width = row.split('?').length - 1;
  const statements = [mostRows, ...FEWER_ROWS.filter((rows) => rows < mostRows)].map((rows) => ({
    values: rows * width,
    statement: db.prepare(`INSERT INTO ${into} VALUES ${Array(rows).fill(row).join(', ')} ${tail}`),
  }));
  return (flat) => {
    let at = 0;
    for (const { values, statement } of statements) {
      for (; at + values <= flat.length; at += values) statement.run(flat.slice(at, at + values));
    }
  };
}
