import type { Connection } from '../vault/index.ts';
import type { PlacedValue, SealedColumn } from './columns.ts';

const IDENTIFIER = /^[a-z][a-z0-9_]*$/;

/** Walks a sealed column from a cursor on, `null` from its start. No value has 0: it says there is none. */
export function createColumnWalk(db: Connection, column: SealedColumn) {
  const { table, sealedId, key, applicationId } = column;
  for (const name of [table, sealedId, ...key]) {
    if (!IDENTIFIER.test(name)) throw new TypeError(`sealing: ${name} is no name of a table or column`);
  }
  const places = key.map(() => '?').join(', ');
  const rows = db
    .prepare<(bigint | number)[], [bigint, string, ...bigint[]]>(
      `SELECT ${sealedId}, CAST(${applicationId} AS TEXT), ${key.join(', ')} FROM ${table}
       WHERE ${sealedId} > 0 AND (${key.join(', ')}) > (${places}) ORDER BY ${key.join(', ')} LIMIT ?`,
    )
    .raw();
  return (cursor: string | null, limit: number): PlacedValue[] => {
    const after = cursor === null ? key.map(() => -1n) : cursor.split(',').map(BigInt);
    return rows.all(...after, limit).map(([id, text, ...at]) => ({
      sealedId: id,
      applicationId: text,
      cursor: at.join(','),
    }));
  };
}
