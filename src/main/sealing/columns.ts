import type { SealingPurpose } from './purposes.ts';

/**
 * A column whose values are sealed. `sealed_value` does not say where its rows belong, so each room
 * tells it as data, and re-sealing walks the room's table; see docs/decisions/0040.
 */
export interface SealedColumn {
  readonly purpose: SealingPurpose;
  /** Table and column as the values were bound to them. The table is also the one that is walked. */
  readonly table: string;
  readonly column: string;
  /** Column that holds the id of the sealed value; NULL where there is none. */
  readonly sealedId: string;
  /** Integer columns that the rows are walked by: the table's primary key. Values are not negative. */
  readonly key: readonly string[];
  /** SQL expression of the application id over the row. */
  readonly applicationId: string;
}

/** A row of a walk. */
export interface PlacedValue {
  readonly sealedId: bigint;
  readonly applicationId: string;
  /** Where to go on after this row. */
  readonly cursor: string;
}

/** A name that tells sealed columns apart. */
export const columnName = ({ table, column }: SealedColumn) => `${table}.${column}`;
