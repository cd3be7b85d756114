import type { Statement } from 'better-sqlite3';
import type { Connection } from '../vault/index.ts';

/** What a row may hold. Numbers must be whole. */
export type SqlValue = bigint | number | string | Buffer | null;

/**
 * Rows a statement of many rows takes. Twenty rows measured three times as fast as one statement a
 * row, and two to three times as fast as `json_each`; more rows gain nothing.
 */
const ROWS_PER_STATEMENT = 20;

/** Writes rows in the order given. */
export interface BulkInsert {
  /** `values` holds the columns of the first row, then those of the second, and so on. */
  run(values: readonly SqlValue[]): void;
}

/** Prepares a multi-row insert. `tail` is what follows the values, an upsert clause for one. */
export function bulkInsert(db: Connection, table: string, columns: readonly string[], tail = ''): BulkInsert {
  const row = `(${columns.map(() => '?').join(',')})`;
  const sql = (rows: number) =>
    `INSERT INTO ${table} (${columns.join(',')}) VALUES ${Array(rows).fill(row).join(',')} ${tail}`;
  const single: Statement = db.prepare(sql(1));
  const many: Statement = db.prepare(sql(ROWS_PER_STATEMENT));
  const step = ROWS_PER_STATEMENT * columns.length;
  return {
    run(values) {
      let at = 0;
      for (; at + step <= values.length; at += step) many.run(values.slice(at, at + step));
      for (; at < values.length; at += columns.length) single.run(values.slice(at, at + columns.length));
    },
  };
}
