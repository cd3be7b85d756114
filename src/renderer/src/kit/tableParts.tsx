// biome-ignore-all lint/a11y/useSemanticElements: a virtual list cannot be an HTML table, whose rows must all be there.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names the active row or cell.
/** What a `DataTable` is made of: its columns, its order, its heads and its placeholders. */
import {
  createSortedRowModel,
  type Row as ModelRow,
  type ReactTable,
  type RowData,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { type CSSProperties, type ReactNode, useMemo } from 'react';
import { t } from './messages.ts';
import type { Rows } from './rows.ts';

/** Left and right of a row together, as in kit.css. */
const ROW_PADDING = 12;

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
type Features = typeof features;

export interface Column<Row> {
  readonly id: string;
  /** A function where the columns stand outside a component, so that the language may change. */
  readonly header: string | (() => string);
  /** Least width in pixels; money columns need about 150. */
  readonly width: number;
  /** Share of the room that is left over. */
  readonly grow?: number;
  /** `end` for money and counts: right-aligned and never cut short. */
  readonly align?: 'start' | 'end';
  readonly cell: (row: Row) => ReactNode;
  /** The full text as a tooltip, where the cell may be cut short. */
  readonly title?: (row: Row) => string | undefined;
  /** Makes the column sortable where the list is whole. */
  readonly sort?: (row: Row) => string | number | bigint;
}

/** Rows in the order a person chose; sorting is done here where the list is whole. */
export function useModel<Row extends RowData>(
  columns: readonly Column<Row>[],
  rows: Rows<Row>,
  rowKey: (row: Row) => string,
) {
  const definitions = useMemo(
    () =>
      columns.map((column) => ({
        id: column.id,
        header: headerOf(column),
        accessorFn: (row: Row) => column.sort?.(row) ?? '',
        enableSorting: column.sort !== undefined,
        sortFn: (a: ModelRow<Features, Row>, b: ModelRow<Features, Row>) =>
          compare(column.sort?.(a.original) ?? '', column.sort?.(b.original) ?? ''),
      })),
    [columns],
  );
  return useTable<Features, Row>({
    features,
    columns: definitions,
    data: rows.rows,
    getRowId: rowKey,
    enableSorting: rows.whole,
    manualSorting: !rows.whole,
  });
}

function compare(a: string | number | bigint, b: string | number | bigint): number {
  if (typeof a === 'string' && typeof b === 'string') return a.localeCompare(b, undefined, { numeric: true });
  return a < b ? -1 : a > b ? 1 : 0;
}

export function HeadCell<Row extends RowData>({
  column,
  colIndex,
  model,
  whole,
}: {
  readonly column: Column<Row>;
  readonly colIndex: number;
  readonly model: ReactTable<Features, Row>;
  readonly whole: boolean;
}) {
  const sorted = model.getColumn(column.id)?.getIsSorted() ?? false;
  const canSort = whole && column.sort !== undefined;
  return (
    <span
      role="columnheader"
      aria-colindex={colIndex}
      aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined}
      className={cellClass(column, false)}
    >
      {canSort ? (
        <button
          type="button"
          className="cs-sort"
          title={t('table.sortBy', { column: headerOf(column) })}
          onClick={() => model.getColumn(column.id)?.toggleSorting()}
        >
          {headerOf(column)}
          <span aria-hidden="true">{sorted === 'asc' ? ' ▲' : sorted === 'desc' ? ' ▼' : ''}</span>
        </button>
      ) : (
        headerOf(column)
      )}
    </span>
  );
}

export function SkeletonRows<Row>(props: {
  readonly columns: readonly Column<Row>[];
  readonly style: CSSProperties;
  readonly label: string;
  readonly withSelect: boolean;
}) {
  return (
    <div className="cs-skeleton" aria-hidden="true">
      {Array.from({ length: 14 }, (_, row) => (
        <div key={row} className="cs-row cs-row--skeleton" style={props.style}>
          {props.withSelect && <span className="cs-cell" />}
          {props.columns.map((column) => (
            <span key={column.id} className={cellClass(column, false)}>
              <span className="bp6-skeleton cs-skeleton-bar">{headerOf(column)}</span>
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}

function headerOf<Row>(column: Column<Row>): string {
  return typeof column.header === 'string' ? column.header : column.header();
}

export function cellClass<Row>(column: Column<Row>, isActive: boolean): string {
  return `cs-cell${column.align === 'end' ? ' cs-cell--end' : ''}${isActive ? ' cs-cell--active' : ''}`;
}

/** The columns as tracks of a CSS grid, and the width below which the table scrolls sideways. */
export function trackStyle<Row>(columns: readonly Column<Row>[], withSelect: boolean): CSSProperties {
  const tracks = columns.map((column) =>
    column.grow ? `minmax(${column.width}px, ${column.grow}fr)` : `${column.width}px`,
  );
  const minWidth = columns.reduce((sum, column) => sum + column.width, withSelect ? 32 : 0) + ROW_PADDING;
  return { gridTemplateColumns: (withSelect ? ['32px', ...tracks] : tracks).join(' '), minWidth };
}

/** `100 of 1,200 rows`; `100 rows and more` where nobody has counted the rest. */
export function countWords<Row>(rows: Rows<Row>): string {
  if (rows.total !== null && rows.total > rows.rows.length) {
    return t('table.rowsOf', {
      loaded: rows.rows.length.toLocaleString(),
      total: rows.total.toLocaleString(),
    });
  }
  if (rows.total === null && rows.hasMore)
    return t('table.rowsMore', { loaded: rows.rows.length.toLocaleString() });
  return t('table.rows', { count: rows.total ?? rows.rows.length });
}
