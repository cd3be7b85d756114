import type { Statement } from 'better-sqlite3';
import type { Connection } from '../vault/index.ts';

/** What a row may hold. Numbers must be whole. */
export type SqlValue = bigint | number | string | Buffer | null;

/**
 * Rows a statement of many rows takes. Twenty rows measured three times as fast as one statement a
 * row, and two to three times as fast as `json_each`; more rows gain nothing.
 */
const ROWS_PER_STATEMENT = 20;

/** Takes the columns of the rows one by one. */
export type PutValue = (value: SqlValue) => void;

/**
 * Prepares a multi-row insert into `columns` of `table`; `tail` is what follows the values, an
 * upsert clause for one. The answered function runs `produce`, which puts in the columns of whole
 * rows, and writes them in that order.
 */
export function bulkInsert(db: Connection, table: string, columns: readonly string[], tail = '') {
  const row = `(${columns.map(() => '?').join(',')})`;
  const sql = (rows: number) =>
    `INSERT INTO ${table} (${columns.join(',')}) VALUES ${Array(rows).fill(row).join(',')} ${tail}`;
  const single: Statement = db.prepare(sql(1));
  const many: Statement = db.prepare(sql(ROWS_PER_STATEMENT));
  const values = Array<SqlValue>(ROWS_PER_STATEMENT * columns.length).fill(null);
  let count = 0;
  const put: PutValue = (value) => {
    values[count] = value;
    count += 1;
    if (count < values.length) return;
    count = 0;
    many.run(values);
  };
  return (produce: (put: PutValue) => void): void => {
    count = 0;
    produce(put);
    for (let at = 0; at < count; at += columns.length) single.run(values.slice(at, at + columns.length));
  };
}
